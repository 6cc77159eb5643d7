"""What stands only in the trash once a killed run is settled is told, with the command that brings it back."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.schemas.run_report import Report
from reshelve.schemas.verbs import Witness
from tests.support.killed_runs import killed, recovered
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk


def kept_times(path: Path, content: bytes) -> None:
    seen = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


DAMAGE = {
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "zeroed, its times kept": lambda path: kept_times(path, bytes(path.stat().st_size)),
    "cut short": lambda path: os.truncate(path, path.stat().st_size // 2),
    "removed": os.unlink,
    "replaced": lambda path: (path.unlink(), path.write_bytes(b"another")),
}


def told(report: Report) -> list[str]:
    return [f"{problem.path} {problem.detail} {problem.hint}" for problem in report.failures if problem.code == "only-in-trash"]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("making", ["pack", "copy"])
@pytest.mark.parametrize("how", ["finish", "stop", "accept"])
def test_what_rests_on_a_copy_damaged_since_is_told(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, making: str, damage: str, how: Any
) -> None:
    p = desk.planning
    folder = desk.inbox / "packed"
    folder.mkdir()
    (folder / "in.txt").write_bytes(b"in it" * 2000)
    pack = p.pack("inbox:packed", "shelf:made") if making == "pack" else p.copy("inbox:packed/in.txt", "shelf:made")
    within = {"holding": "within", "member": "in.txt"} if making == "pack" else {}
    trash = p.trash_of_many("inbox:packed/in.txt", Witness("shelf:made", 0, 0, 0, op=0, **within), needs=(0,))  # type: ignore[arg-type]
    plan = plan_of(desk.stores, pack, trash)
    killed(desk, plan, monkeypatch)
    assert not (folder / "in.txt").exists()
    whole = (desk.shelf / "made").read_bytes()
    DAMAGE[damage](desk.shelf / "made")
    report = recovered(desk, how)
    copied = (desk.shelf / "made").exists() and (desk.shelf / "made").read_bytes() == whole
    if copied or (folder / "in.txt").exists():
        # It was brought back, and where the run was finished copied once more.
        assert told(report) == []
        return
    [line] = told(report)
    assert line.startswith("inbox:packed/in.txt shelf:made ")
    assert f".reshelve-trash/{plan.run}/packed/in.txt" in line
    assert f"reshelve trash restore inbox:packed/in.txt --run {plan.run}" in line


def test_what_a_whole_copy_stands_for_is_not_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    p = desk.planning
    copy = p.copy("inbox:0.mkv", "shelf:made")
    trash = p.trash_of_many("inbox:0.mkv", Witness("shelf:made", 0, 0, 0, op=0), needs=(0,))
    killed(desk, plan_of(desk.stores, copy, trash), monkeypatch)
    report = recovered(desk, "finish")
    assert (report.outcome, report.failures) == ("done", [])


def test_what_could_not_be_put_back_is_told(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(desk.stores, desk.planning.trash("inbox:0.mkv"))
    killed(desk, plan, monkeypatch)
    (desk.inbox / "0.mkv").write_text("another by that name")
    report = recovered(desk, "rollback")
    [line] = told(report)
    assert "Once the run is settled: reshelve trash restore inbox:0.mkv" in line
    assert (desk.inbox / f".reshelve-trash/{plan.run}/0.mkv").read_text() == "film 0"


@pytest.mark.parametrize("how", ["finish", "accept"])
@pytest.mark.parametrize("damage", [*DAMAGE, "touched"])
def test_an_earlier_backup_is_told_if_the_later_one_is_damaged_since(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str, how: Any
) -> None:
    p = desk.planning
    (desk.inbox / "packed").mkdir()
    (desk.inbox / "packed/in.txt").write_bytes(b"in it" * 2000)
    made = plan_of(desk.stores, p.pack("inbox:packed", "shelf:first.tar.gz"), p.pack("inbox:packed", "shelf:later.tar.gz"))
    assert apply(made, desk.stores, desk.state, now=clock).outcome == "done"
    later = replace(p.witness("shelf:later.tar.gz"), holding="whole")
    killed(desk, plan_of(desk.stores, p.trash("shelf:first.tar.gz", witnesses=(later,))), monkeypatch)
    if damage == "touched":
        (desk.shelf / "later.tar.gz").chmod(0o600)
    else:
        DAMAGE[damage](desk.shelf / "later.tar.gz")
    report = recovered(desk, how)
    if damage == "touched" or (desk.shelf / "first.tar.gz").exists():
        assert told(report) == []
        return
    [line] = told(report)
    assert line.startswith("shelf:first.tar.gz shelf:later.tar.gz ")
    assert "trash restore" in line
