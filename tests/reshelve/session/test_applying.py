"""Acting on a plan: what is only a help never turns a run that has ended into a failure."""

import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from reshelve import api
from reshelve.executors.runs import apply as runs
from reshelve.executors.state.cache_db import UNSETTLED_NS
from reshelve.executors.state.root_locks import locked
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.session import applying, verified_hashes
from reshelve.session.session import Session
from tests.support.shellplaces import lay

FILM, TARGET = "inbox:Heat.1995.1080p.mkv", "movies:heat.mkv"


def rewrite(path: Path) -> None:
    """Write other content of the same length into a file in place, and put its time back."""
    before = path.stat()
    path.write_bytes(bytes(before.st_size))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (before.st_ino, before.st_size, before.st_mtime_ns) == (after.st_ino, after.st_size, after.st_mtime_ns)


@pytest.mark.parametrize("end", ["source", "target"])
def test_a_copy_rewritten_with_its_time_kept_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """What the run read and verified counts only as long as nothing was done to it, whatever time it shows."""
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", -UNSETTLED_NS)
    reads: list[str] = []
    real = LocalStore.digest

    def counted(self: LocalStore, rel: str) -> str:
        reads.append(rel)
        return real(self, rel)

    monkeypatch.setattr(LocalStore, "digest", counted)
    session = api.open_workspace(lay(tmp_path))
    source, target = tmp_path / "inbox/Heat.1995.1080p.mkv", tmp_path / "movies/heat.mkv"
    session.runs.apply(session.plans.make(Layout(files={TARGET: Entry(source=FILM, transfer="copy")})))
    moving = Layout(files={TARGET: Entry(source=FILM)})
    assert [each.describe() for each in session.plans.make(moving).operations] == [f"trash {FILM}"]
    assert reads == []
    rewrite(source if end == "source" else target)
    plan = session.plans.make(moving)
    assert (plan.operations, [each.code for each in plan.blocked]) == ([], ["target-taken"])
    assert reads == [source.name if end == "source" else target.name]


def test_what_a_run_and_its_undo_rename_stays_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", -UNSETTLED_NS)
    session = api.open_workspace(lay(tmp_path))
    source = tmp_path / "inbox/Heat.1995.1080p.mkv"
    session.runs.apply(session.plans.make(Layout(files={TARGET: Entry(source=FILM, transfer="copy")})))
    session.runs.apply(session.plans.make(Layout(files={"movies:a.mkv": Entry(source=FILM)})))
    session.runs.apply(session.history.plan_undo())
    session.runs.apply(session.plans.make(Layout(files={"movies:b.mkv": Entry(source=TARGET)})))
    reads: list[str] = []
    monkeypatch.setattr(LocalStore, "digest", lambda self, rel: reads.append(rel))
    plan = session.plans.make(Layout(files={"movies:b.mkv": Entry(source=FILM)}))
    assert ([each.describe() for each in plan.operations], reads) == ([f"trash {FILM}"], [])
    assert source.exists()


def test_hashes_that_cannot_be_remembered_do_not_fail_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = api.open_workspace(lay(tmp_path))
    layout = Layout(files={"movies:heat.mkv": Entry(source="inbox:Heat.1995.1080p.mkv", transfer="copy")})

    def broken(*args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(verified_hashes, "remember_hashes", broken)
    assert session.runs.apply(session.plans.make(layout)).outcome == "done"


def cut(*args: object, **rest: object) -> None:
    raise KeyboardInterrupt


def _used(session: Session, plan: Plan, place: Path) -> Plan:
    session.runs.apply(plan)
    return plan


def _cut_short_and_drifted(session: Session, plan: Plan, place: Path) -> Plan:
    other = session.plans.make(Layout(files={"movies:Show": Entry("inbox:xyz.bin")}))
    with pytest.MonkeyPatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(runs, "settle", cut)
        session.runs.apply(other)
    rewrite(place / "inbox/Heat.1995.1080p.mkv")
    (place / "inbox/Heat.1995.1080p.mkv").unlink()
    return plan


AWAY = Problem("store-unavailable", "A store is not available.")

REFUSED = {
    "for reading": (lambda _, plan, __: replace(plan, against=True), "stale", "plan-for-reading"),
    "another workspace's": (lambda _, plan, __: replace(plan, workspace="other"), "stale", "foreign-plan"),
    "used": (_used, "stale", "plan-used"),
    "with an error": (
        lambda _, plan, __: replace(plan, problems=[AWAY]),
        "error",
        "plan-has-errors",
    ),
    "cut short and drifted": (_cut_short_and_drifted, "unsettled", "unsettled-run"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_whoever_asks_first_hears_what_apply_would_say(tmp_path: Path, why: str) -> None:
    change, kind, code = REFUSED[why]
    session = api.open_workspace(lay(tmp_path))
    plan = change(session, session.plans.make(Layout(files={TARGET: Entry(FILM)})), tmp_path)
    told = []
    for ask in (session.plans.ready, session.runs.apply):
        with pytest.raises(ReshelveError) as refused:
            ask(plan)
        told.append((refused.value.kind, refused.value.problems))
    assert told[0] == told[1]
    assert (told[0][0], told[0][1][0].code) == (kind, code)


def test_while_another_run_is_under_way_nobody_is_asked(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path))
    plan = session.plans.make(Layout(files={TARGET: Entry(FILM)}))
    _cut_short_and_drifted(session, plan, tmp_path)
    [run] = session.setting.state.unsettled()
    with locked([str(tmp_path / ".reshelve")], f"apply {run}"):
        for ask in (session.plans.ready, session.runs.apply):
            with pytest.raises(ReshelveError) as refused:
                ask(plan)
            assert refused.value.kind == "locked"


@pytest.mark.parametrize("command", get_args(PlanCommand))
def test_every_plan_is_kept_to_the_cost_guard_unless_it_is_a_way_back(tmp_path: Path, command: PlanCommand) -> None:
    session = api.open_workspace(lay(tmp_path))
    cost = PlanCost("list", "2026-05-01", "USD", "1.00", "9.00", "8.00")
    found = applying.beyond_guards(session.setting, Plan(command=command, cost=cost, max_cost="5 USD/month"))
    back = command in ("undo", "redo", "trash restore", "trash empty")
    assert [problem.code for problem in found] == ([] if back else ["max-cost"])
    assert all(("--only" in problem.hint) == (command == "apply") for problem in found)
