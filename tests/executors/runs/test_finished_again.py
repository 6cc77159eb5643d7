"""A run that is finished again and again stays in doubt as long as a step cannot be told, and ends once that was put right."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.killed_runs import codes, killed, recovered
from tests.support.plans import plan_of
from tests.support.undodesk import UndoDesk


def vouch_for_nothing(journal: Path) -> None:
    """Take out of a journal what it calls done: the run was killed within its first batch."""
    lines = journal.read_bytes().rstrip(b"\0").splitlines(keepends=True)
    journal.write_bytes(b"".join(line for line in lines if b'"t":"done"' not in line))


def test_a_step_in_doubt_stays_so_however_often_the_rest_is_done(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    p = desk.planning
    last = replace(p.move("inbox:2.mkv", "shelf:c.mkv"), needs=(0,))
    plan = plan_of(desk.stores, p.move("inbox:0.mkv", "shelf:a.mkv"), p.move("inbox:1.mkv", "shelf:b.mkv"), last)
    vouch_for_nothing(killed(desk, plan, monkeypatch))
    (desk.shelf / "c.mkv").rename(desk.inbox / "2.mkv")
    was = (desk.shelf / "a.mkv").read_bytes()
    (desk.shelf / "a.mkv").write_bytes(was + b"edited")
    for _ in range(3):
        report = recovered(desk, "finish")
        assert (report.outcome, report.unsure) == ("unsettled", ["shelf:a.mkv"])
        assert codes(report).count("cannot-tell") == 1 and codes(report).count("skipped") == 1
        assert (desk.inbox / "2.mkv").exists()
    accepted = recovered(desk, "accept")
    assert (accepted.outcome, accepted.unsure) == ("stopped", ["shelf:a.mkv"])
    assert (desk.shelf / "a.mkv").read_bytes() == was + b"edited"


def test_once_it_is_put_right_the_rest_is_done(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    p = desk.planning
    last = replace(p.move("inbox:2.mkv", "shelf:c.mkv"), needs=(0,))
    plan = plan_of(desk.stores, p.move("inbox:0.mkv", "shelf:a.mkv"), last)
    vouch_for_nothing(killed(desk, plan, monkeypatch))
    (desk.shelf / "c.mkv").rename(desk.inbox / "2.mkv")
    (desk.shelf / "a.mkv").rename(desk.shelf / "kept.mkv")
    assert recovered(desk, "finish").outcome == "unsettled"
    (desk.shelf / "kept.mkv").rename(desk.shelf / "a.mkv")
    report = recovered(desk, "finish")
    assert (report.outcome, report.unsure, codes(report)) == ("done", [], [])
    assert (desk.shelf / "c.mkv").exists()
