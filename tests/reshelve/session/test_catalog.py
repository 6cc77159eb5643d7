"""The catalog: written as runs settle, made good where it is missing, made anew to the same, and never in the way."""

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from reshelve import api
from reshelve.executors.catalog.catalog_queries import gone, several_places
from reshelve.executors.state import cache_db
from reshelve.schemas.asset_questions import Wanted
from reshelve.schemas.problems import ReshelveError
from reshelve.session import catalog_keeping
from reshelve.session.session import Session
from reshelve.session.session_catalog import said, used
from reshelve.views.asset_exports import exported
from tests.support.shellplaces import lay


@pytest.fixture(autouse=True)
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as unchanged for long: hashes of new ones are not remembered else."""
    monkeypatch.setattr(cache_db, "UNSETTLED_NS", -(10**18))


HEAT, OLD = "movies:Heat (1995)/Heat.1995.1080p.mkv", "inbox:Heat.1995.1080p.mkv"
ONE = "tv:Nordlys/Season 01/Nordlys.S01E01.Home.mkv"


def filed(folder: Path, **scan: str) -> Session:
    session = api.open_workspace(lay(folder), environ={})
    scanning = session.scanning(**scan)  # type: ignore[arg-type]
    session.runs.apply(session.plans.make(scanning.layouts.scan().layout))
    return session


def ways(session: Session, place: str) -> list[tuple[str, str, str]]:
    return [(row.command, row.was, row.now) for row in session.catalog.history(place)]


def text(session: Session) -> str:
    return "".join(exported(session.catalog.assets(Wanted()), "ndjson", {}))


def db(session: Session) -> Path:
    return session.setting.state.folder / "assets.db"


def test_a_run_is_written_as_it_settles_and_an_undo_adds_to_it(tmp_path: Path) -> None:
    session = filed(tmp_path)
    with sqlite3.connect(db(session)) as plain:  # any client reads it
        assert plain.execute("SELECT was, now, who FROM history WHERE verb = 'move' AND was = ?", (OLD,)).fetchone()[1] == HEAT
        assert plain.execute("SELECT file_type, status FROM assets WHERE filepath = ?", (HEAT,)).fetchone() == ("video", "active")
    session.runs.apply(session.history.plan_undo())
    there, back = ("apply", OLD, HEAT), ("undo", HEAT, OLD)
    assert ways(session, OLD) == ways(session, HEAT) == [there, back]
    session.runs.apply(session.history.plan_redo())
    assert ways(session, OLD) == [there, back, ("redo", OLD, HEAT)]
    assert [place.location for place in session.catalog.assets(Wanted())][:1] == [HEAT]


def test_history_of_a_folder_is_that_of_what_is_in_it(tmp_path: Path) -> None:
    session = filed(tmp_path)
    assert len([way for way in ways(session, "tv:Nordlys") if way[1]]) == 3
    assert ways(session, "movies:") == [("apply", "", "movies:Heat (1995)"), ("apply", OLD, HEAT)]
    assert ways(session, "tv:Nord") == []


def test_before_the_first_run_there_are_no_rows_and_no_error(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    assert session.catalog.assets(Wanted()) == [] and session.catalog.history(OLD) == []
    assert session.catalog.stats("").files == 0
    assert not (tmp_path / ".reshelve").exists()


def test_what_an_update_finds_before_the_first_run_is_kept(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    assert session.catalog.update(read=True).read > 0
    assert len(session.catalog.assets(Wanted())) > 0
    again = api.open_workspace(tmp_path, environ={}).catalog.update(read=True)
    assert (again.new, again.read) == (0, 0)


def test_making_it_anew_calls_new_what_the_old_one_did_not_know(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.catalog.update()
    (tmp_path / "inbox/Late.2001.mkv").write_text("late")
    assert (session.catalog.rebuild().new, session.catalog.rebuild().new) == (1, 0)


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    db(session).mkdir(parents=True)
    assert session.catalog.update().files > 0
    assert [problem.code for problem in session.catalog.problems] == ["catalog-not-kept"]


def test_a_copy_is_one_asset_with_two_places(tmp_path: Path) -> None:
    session = filed(tmp_path, transfer="copy")
    known = {place.location: place for place in session.catalog.assets(Wanted())}
    assert known[HEAT].xxh3 == known[OLD].xxh3 != "" and known[HEAT].places == 2
    assert [len(same) for same in session.catalog.ask(lambda catalog: list(several_places(catalog)))] == [2, 2, 2, 2]


def test_what_could_not_be_written_is_a_warning_and_made_good_by_the_next_question(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    layout = session.layouts.scan().layout
    session.setting.state.prepare()
    db(session).mkdir()
    report = session.runs.apply(session.plans.make(layout))
    assert report.outcome == "done" and [note.code for note in report.notes] == ["catalog-not-written"]
    assert ways(session, OLD) == [("apply", OLD, HEAT)]  # in memory, while nothing can be kept
    db(session).rmdir()
    session.runs.apply(session.history.plan_undo())
    assert ways(session, OLD) == [("apply", OLD, HEAT), ("undo", HEAT, OLD)] and session.catalog.problems == []


@pytest.mark.parametrize("damage", [b"no database", b"", None])
def test_a_damaged_or_lost_catalog_is_made_anew_to_the_same(tmp_path: Path, damage: bytes | None) -> None:
    session = filed(tmp_path)
    session.catalog.update(read=True)
    session.catalog.note([ONE], said(tags=["hero"], note="first"))
    before = text(session)
    assert '"sha256": ""' not in before
    for file in tmp_path.glob(".reshelve/assets.db*"):
        file.unlink()
    if damage is not None:
        db(session).write_bytes(damage)
    if damage:
        assert text(session) == before and [problem.code for problem in session.catalog.problems] == ["catalog-damaged"]
    else:
        session.catalog.rebuild()
        assert text(session) == before


def test_a_catalog_whose_tables_are_cut_short_is_made_anew(tmp_path: Path) -> None:
    session = filed(tmp_path)
    before = text(session)
    whole = db(session).read_bytes()
    db(session).write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    assert ways(session, OLD) == [("apply", OLD, HEAT)]
    assert before in text(session) or len(text(session).splitlines()) >= len(before.splitlines())


def test_making_it_anew_says_the_same(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.catalog.update(read=True)
    session.runs.apply(session.history.plan_undo())
    session.runs.apply(session.history.plan_redo())
    before, seen = text(session), {place.location: place.first_seen for place in session.catalog.assets(Wanted())}
    session.catalog.rebuild()
    assert text(session) == before
    assert {place.location: place.first_seen for place in session.catalog.assets(Wanted())} == seen


def test_a_run_has_one_time_however_the_catalog_was_made(tmp_path: Path) -> None:
    ticks = count()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    session = api.open_workspace(lay(tmp_path), environ={}, now=lambda: start + timedelta(seconds=next(ticks)))
    session.runs.apply(session.plans.make(session.layouts.scan().layout))
    before, when = text(session), session.catalog.history(OLD)[0].when
    for file in tmp_path.glob(".reshelve/assets.db*"):
        file.unlink()
    assert text(session) == before and session.catalog.history(OLD)[0].when == when


def test_a_damaged_run_stops_nothing_and_is_named_once(tmp_path: Path) -> None:
    session = filed(tmp_path)
    run = session.setting.state.base()
    (session.setting.state.folder_of(run) / "plan.json").write_text("damaged")
    session.catalog.rebuild()
    assert [problem.code for problem in session.catalog.problems] == ["run-unreadable"]
    again = api.open_workspace(tmp_path, environ={})
    assert again.catalog.history(OLD) == [] and again.catalog.problems == []
    assert again.catalog.stats("").files == 5


def test_what_pruned_runs_did_stays_known(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.runs.apply(session.history.plan_undo())
    session.setting.state.release()
    session.runs.apply(session.plans.make(session.layouts.scan().layout))
    before, exported_before = ways(session, OLD), text(session)
    assert len(before) == 3
    assert session.pruning.prune(session.pruning.choose(keep=1)) == 2
    assert ways(session, OLD) == before
    session.catalog.rebuild()
    assert session.catalog.history(OLD)[0].when
    assert ways(session, OLD) == before and text(session).splitlines()[-4:] == exported_before.splitlines()[-4:]


def test_a_large_run_is_written_by_the_next_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_keeping, "AT_ONCE", 3)
    session = filed(tmp_path)
    assert not db(session).exists()
    session.runs.apply(session.history.plan_undo(only=("*Heat*",), partial=True))
    assert ways(session, OLD) == [("apply", OLD, HEAT), ("undo", HEAT, OLD)]


def test_runs_that_were_missing_in_between_are_put_in_their_order(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.runs.apply(session.history.plan_undo())
    with sqlite3.connect(db(session)) as plain:
        plain.execute("DELETE FROM operation WHERE run = 1")
        plain.execute("DELETE FROM run WHERE number = 1")
    assert ways(session, OLD) == [("apply", OLD, HEAT), ("undo", HEAT, OLD)]


def test_what_is_moved_by_hand_keeps_its_asset_and_what_changed_loses_it(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.catalog.update(read=True)
    asset = session.catalog.show(HEAT).places[0].sha256
    (tmp_path / "movies/by hand.mkv").hardlink_to(tmp_path / "movies/Heat (1995)/Heat.1995.1080p.mkv")
    (tmp_path / "movies/Heat (1995)/Heat.1995.1080p.mkv").unlink()
    one = tmp_path / "tv/Nordlys/Season 01/Nordlys.S01E01.Home.mkv"
    when = one.stat()
    one.write_text("ONE")
    os.utime(one, ns=(when.st_atime_ns, when.st_mtime_ns))  # same size and time: the change time tells
    found = session.catalog.update()
    assert (found.followed, found.new, found.changed, found.gone, found.unread) == (1, 0, 1, 0, 1), "each file is counted once"
    known = {place.location: place for place in session.catalog.assets(Wanted())}
    assert known["movies:by hand.mkv"].sha256 == asset and known[ONE].sha256 == ""
    assert session.catalog.ask(lambda catalog: list(gone(catalog))) == []


def test_moves_by_hand_stay_in_the_history_and_runs_go_on_from_them(tmp_path: Path) -> None:
    session = filed(tmp_path)
    one, two = "movies:by hand.mkv", "movies:by hand again.mkv"
    (tmp_path / "movies/Heat (1995)/Heat.1995.1080p.mkv").rename(tmp_path / "movies/by hand.mkv")
    session.catalog.update()
    (tmp_path / "movies/by hand.mkv").rename(tmp_path / "movies/by hand again.mkv")
    session.catalog.update()
    session.catalog.update()
    (tmp_path / "more.yaml").write_text(f'version: 1\nfiles:\n  "movies:Heat.mkv": {{from: "{two}"}}\n')
    session.runs.apply(session.plans.make(api.load_layout(tmp_path / "more.yaml")))
    wanted = [("apply", OLD, HEAT), ("moved by hand", HEAT, one), ("moved by hand", one, two), ("apply", two, "movies:Heat.mkv")]
    assert ways(session, OLD) == ways(session, "movies:Heat.mkv") == ways(session, one) == wanted
    session.catalog.rebuild()
    assert ways(session, "movies:Heat.mkv") == wanted
    with sqlite3.connect(db(session)) as plain:  # a run that is missing between others has the catalog made anew
        first = plain.execute("SELECT number FROM run WHERE command = 'apply' ORDER BY number").fetchone()
        plain.execute("DELETE FROM operation WHERE run = ?", first)
        plain.execute("DELETE FROM run WHERE number = ?", first)
    assert ways(session, OLD) == wanted


def test_what_is_moved_by_hand_to_another_store_is_followed_and_counted_once(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.catalog.update(read=True)
    asset = session.catalog.show(HEAT).places[0].sha256
    shutil.move(tmp_path / "movies/Heat (1995)/Heat.1995.1080p.mkv", tmp_path / "inbox/back.mkv")  # a store seen before its own
    shutil.move(tmp_path / "inbox/xyz.bin", tmp_path / "tv/xyz.bin")  # and one seen after it
    (tmp_path / "tv/new.mkv").write_text("new")
    (tmp_path / ONE.replace(":", "/")).unlink()
    found = session.catalog.update()
    assert (found.followed, found.new, found.changed, found.gone) == (2, 1, 0, 1)
    known = {place.location: place for place in session.catalog.assets(Wanted())}
    assert known["inbox:back.mkv"].sha256 == asset and '"title":"Heat"' in known["inbox:back.mkv"].facts
    wanted = [("apply", OLD, HEAT), ("moved by hand", HEAT, "inbox:back.mkv")]
    assert ways(session, "inbox:back.mkv") == ways(session, OLD) == wanted
    assert ways(session, "tv:xyz.bin") == [("moved by hand", "inbox:xyz.bin", "tv:xyz.bin")]
    again = session.catalog.update()
    assert (again.followed, again.new, again.changed, again.gone) == (0, 0, 0, 0)


def test_a_store_that_is_away_is_told_and_nothing_in_it_is_gone(tmp_path: Path) -> None:
    session = filed(tmp_path)
    (tmp_path / "movies").rename(tmp_path / "elsewhere")
    found = session.catalog.update()
    assert [problem.path for problem in found.away] == ["movies"] and found.gone == 0
    assert HEAT in {place.location for place in session.catalog.assets(Wanted())}


def test_reading_is_bounded_and_goes_on_where_it_was(tmp_path: Path) -> None:
    session = filed(tmp_path)
    assert session.catalog.update(read=True, max_seconds=0.0).unread == 5
    found = session.catalog.update(read=True)
    assert (found.read, found.unread) == (5, 0)
    assert session.catalog.update(read=True).read == 0


def test_what_people_say(tmp_path: Path) -> None:
    session = filed(tmp_path)
    (sha256,) = session.catalog.note([ONE], said(tags=["hero", "x"], note="n", meta={"camera": "A7"}, status="approved"))
    assert session.catalog.note([sha256[:12]], said(tags=["final"], without=["x"])) == [sha256]
    session.catalog.note([ONE], used("b63", "opening", "2026-11-26", 2.5))
    session.catalog.note([ONE], used("b64", "", "2026-11-27", None))
    for wanted in (Wanted(tag="final"), Wanted(status="approved"), Wanted(tag="hero", type="video")):
        (found,) = session.catalog.assets(wanted)
        assert (found.location, found.tags, found.usage_count, found.note) == (ONE, ("final", "hero"), 2, "n")
    assert session.catalog.assets(Wanted(tag="x")) == []
    detail = session.catalog.show(ONE)
    assert detail.notes is not None and [use.project for use in detail.notes.uses] == ["b63", "b64"] and len(detail.history) == 1
    # A file that is gone stays known by what was said of it.
    (tmp_path / "tv/Nordlys/Season 01/Nordlys.S01E01.Home.mkv").unlink()
    session.catalog.update()
    (found,) = session.catalog.assets(Wanted(tag="hero"))
    assert found.location == ONE and found.gone_at


def test_versions_are_numbered_by_their_links_and_nothing_comes_from_itself(tmp_path: Path) -> None:
    session = filed(tmp_path)
    two, three = ONE.replace("E01.Home", "E02.Away"), HEAT
    one = session.catalog.link(two, ONE, "version")[1]
    session.catalog.link(three, two, "version")
    known = {place.location: place for place in session.catalog.assets(Wanted())}
    assert [known[place].version for place in (ONE, two, three)] == [1, 2, 3] and known[two].parent == one
    with pytest.raises(ReshelveError) as refused:
        session.catalog.link(ONE, three, "derived")
    assert refused.value.problems[0].code == "link-circle"
    assert session.catalog.show(ONE).links_to == [("version", known[two].sha256)]


def test_the_document_can_be_edited_by_hand_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.catalog.note([ONE], said(tags=["hero"]))
    document = tmp_path / "assets.yaml"
    document.write_text(document.read_text().replace("hero", "villain"))
    assert [place.location for place in session.catalog.assets(Wanted(tag="villain"))] == [ONE]
    document.write_text("version: 1\nassets: {x: 1}\n")
    with pytest.raises(ReshelveError):
        session.catalog.assets(Wanted())
    report = session.runs.apply(session.history.plan_undo())
    assert report.outcome == "done" and report.notes == []


def test_losing_the_state_loses_history_and_nothing_people_said(tmp_path: Path) -> None:
    session = filed(tmp_path)
    session.catalog.note([ONE], said(tags=["hero"]))
    shutil.rmtree(tmp_path / ".reshelve")
    again = api.open_workspace(tmp_path, environ={})
    assert [place.tags for place in again.catalog.assets(Wanted(tag="hero"))] in ([()], [("hero",)])
    again.setting.state.prepare()
    again.catalog.update(read=True)
    assert [place.location for place in again.catalog.assets(Wanted(tag="hero"))] == [ONE]
