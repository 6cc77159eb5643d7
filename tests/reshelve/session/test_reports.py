"""Reports of a month: costs beside the month before, what was archived and what failed, kept and not made again."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reshelve import api
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.problems import ReshelveError
from reshelve.session.session import Session
from reshelve.views.monthly_reports import monthly_page, monthly_text
from tests.support.casebuckets import CaseBuckets

WORKSPACE = """\
version: 1
zone: Europe/Berlin
stores:
  ssd: {path: ssd}
  s3: {s3: videos, prefix: v}
tiers:
  videos:
    order:
      ssd: {at: "ssd:{project}"}
      s3: {at: "s3:{project}", form: tar.gz}
    moves: [{from: ssd, to: [s3], after: 10d}]
cost: {prices: prices.yaml, warn: [1 USD/month, 2000 USD/month, 5 EUR/month, 900000 USD/month]}
"""
ZONE = ZoneInfo("Europe/Berlin")
PRICES = (Path(__file__).resolve().parents[3] / "examples/project-tiers/prices.yaml").read_text()


class Year:
    """A workspace with a bucket, at any moment: a GB in STANDARD costs a million."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "ssd").mkdir()
        (folder / "reshelve.yaml").write_text(WORKSPACE)
        (folder / "prices.yaml").write_text(PRICES.replace("gb_month: 0.023", "gb_month: 1000000", 1))

    def project(self, name: str, size: int) -> None:
        (self.folder / "ssd" / name).mkdir()
        (self.folder / "ssd" / name / "a.mp4").write_bytes(random.Random(name).randbytes(size))
        for path in (self.folder / "ssd" / name / "a.mp4", self.folder / "ssd" / name):
            os.utime(path, (1_700_000_000, 1_700_000_000))

    def later(self, months: int) -> Session:
        """Return the session in the middle of a month so many after this one."""
        first = datetime.now(UTC).replace(day=15)
        at = (first.replace(day=1) + timedelta(days=31 * months + 5)) if months else datetime.now(UTC)
        return api.open_workspace(self.folder, now=lambda: at)

    def archive(self, months: int = 0) -> str:
        session = self.later(months)
        return session.runs.apply(session.plans.make(session.layouts.scan().layout)).run


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    with CaseBuckets().served():
        yield Year(tmp_path)


def test_a_month_says_what_it_costs_what_was_archived_and_what_changed(year: Year) -> None:
    year.project("b01", 200_000)
    (year.folder / "ssd/notes").mkdir()
    first = year.archive()
    now = year.later(0).reports.month(f"{datetime.now(ZONE):%Y-%m}")
    assert (now.before, now.compared, now.runs, now.failed) == ("", "", 1, [])
    assert [(run.run, run.places) for run in now.archived] == [(first, ["s3:b01.tar.gz"])]
    [project] = [project for project in now.projects if project.id == "b01"]
    assert project.tiers == ["s3"] and project.cost == now.cost and Decimal(now.cost) > 1
    assert now.levels == ["1 USD/month"]

    whole = year.later(1).reports.month()
    assert whole.month == now.month and whole.cost == now.cost
    year.project("b02", 400_000)
    second = year.later(1)
    second.runs.apply(second.plans.make(second.layouts.scan().layout))
    assert year.later(1).reports.month() == whole, "a kept report is shown as it was"
    after = year.later(2).reports.month()
    assert (after.compared, after.before, after.runs) == (whole.month, whole.cost, 1)
    assert {one.id: one.before for one in after.projects if one.cost != "0.00"} == {"b01": project.cost, "b02": ""}
    text = "\n".join(monthly_text(after))
    assert f"more than in {whole.month}" in text and "as before" in text and "new" in text
    calm = "\n".join(monthly_text(year.later(3).reports.month()))
    assert f"a month, as in {after.month}" in calm
    assert "b02" in monthly_page(after) and "<script" not in monthly_page(after)


def test_a_kept_report_reaches_the_levels_that_are_set_now(year: Year) -> None:
    year.project("b01", 200_000)
    year.archive()
    kept = year.later(1).reports.month()
    assert kept.levels == ["1 USD/month"]
    for levels, reached in (("[2 USD/month, 3 USD/month, 900000 USD/month]", ["2 USD/month", "3 USD/month"]), ("[]", [])):
        settings = WORKSPACE[: WORKSPACE.index("warn:")] + f"warn: {levels}}}\n"
        (year.folder / "reshelve.yaml").write_text(settings)
        again = year.later(1).reports.month()
        assert (again.levels, again.cost, again.made) == (reached, kept.cost, kept.made)


def test_an_undo_that_brings_an_archive_back_to_its_class_archived_nothing(year: Year) -> None:
    year.project("b01", 1000)
    packed = year.archive()
    session = year.later(0)
    colder = Layout(files={"s3:b01.tar.gz": Entry(storage_class="DEEP_ARCHIVE")})
    changed = session.runs.apply(session.plans.make(colder))
    month = f"{datetime.now(ZONE):%Y-%m}"
    assert [run.run for run in session.reports.month(month).archived] == [packed, changed.run]
    assert session.runs.apply(session.history.plan_undo(changed.run)).counts == {"transition": 1}
    assert [run.run for run in session.reports.month(month).archived] == [packed]


def test_runs_that_were_undone_or_failed_are_told(year: Year) -> None:
    year.project("b01", 1000)
    session = year.later(0)
    session.runs.apply(session.history.plan_undo(year.archive()))
    made = session.reports.month(f"{datetime.now(ZONE):%Y-%m}")
    assert (made.runs, made.undone, made.archived) == (2, 1, [])
    assert [project.cost for project in made.projects] == ["0.00"]
    session.history.release()
    plan = session.plans.make(session.layouts.scan().layout)
    assert plan.operations
    report = session.runs.apply(plan, emit=_spoil(year.folder / "ssd/b01/a.mp4"))
    assert report.outcome == "rolled-back"
    made = session.reports.month(f"{datetime.now(ZONE):%Y-%m}")
    assert [(run.run, run.outcome) for run in made.failed] == [(report.run, "rolled-back")] and made.failed[0].why
    assert report.run in "\n".join(monthly_text(made))


def _spoil(file: Path) -> Callable[[object], None]:
    def emit(event: object) -> None:
        del event
        file.write_bytes(b"another")

    return emit


def test_what_is_no_month_and_what_cannot_be_read_is_told(year: Year) -> None:
    for wrong in ("2026-13", "2026", "october", f"{datetime.now(UTC).year + 1}-01"):
        with pytest.raises(ReshelveError) as caught:
            year.later(0).reports.month(wrong)
        assert caught.value.problems[0].code == "no-such-month"
    made = year.later(1).reports.month()
    kept = year.folder / f".reshelve/reports/{made.month}.json"
    kept.write_text("{}")
    with pytest.raises(ReshelveError) as caught:
        year.later(1).reports.month()
    assert caught.value.problems[0].code == "state-damaged"
    assert year.later(2).reports.month().compared == "", "one that cannot be read is none to compare with"


def test_a_class_without_a_price_is_no_sum_of_nothing(year: Year) -> None:
    year.project("b01", 1000)
    year.archive()
    prices = year.folder / "prices.yaml"
    prices.write_text(prices.read_text().replace("  STANDARD:", "  ONEZONE_IA:", 1))
    made = year.later(1).reports.month()
    assert (made.cost, made.unpriced, made.levels) == ("", ["STANDARD"], [])
    assert "no price for STANDARD" in "\n".join(monthly_text(made))
