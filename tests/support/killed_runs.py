"""Runs killed when everything is done and nothing settled, and what can be damaged of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from reshelve import api
from reshelve.executors.runs import apply as applying
from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state import run_journal
from reshelve.schemas.journal_records import Began, Done
from reshelve.schemas.operations import AnyOperation, Write
from reshelve.schemas.plan import Plan
from reshelve.schemas.run_report import Report
from tests.support.plans import clock
from tests.support.undodesk import UndoDesk

COUNT = 40


class PowerCut(BaseException):
    """No `except Exception` of the product may survive it: as good as a kill, where it is raised."""


def cut(*args: Any, **rest: Any) -> Any:
    raise PowerCut


def cut_short(folder: Path) -> str:
    """Apply the layout of a workspace, cut short before it is recorded how that ended; return the run."""
    session = api.open_workspace(folder)
    plan = session.plans.make(api.load_layout(session.layouts.path))
    with patch.object(applying, "settle", cut), pytest.raises(PowerCut):
        session.runs.apply(plan)
    return plan.run


def standing(desk: UndoDesk) -> dict[str, bytes | None]:
    """Return what stands where, with contents and without times: those of folders are lost with a journal."""
    found: dict[str, bytes | None] = {}
    for name, folder in desk.folders.items():
        for path in sorted(folder.rglob("*")):
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
            found[f"{name}:{path.relative_to(folder)}"] = content
    return found


def steps(desk: UndoDesk) -> list[AnyOperation]:
    """Moves, a copy, a move to another disk, a generated file and links: all of them can be told without a journal."""
    p = desk.planning
    moves = [p.move(f"inbox:{number}.mkv", f"shelf:{number}.mkv") for number in range(COUNT)]
    far = p.move("inbox:far/big.mkv", "attic:big.mkv", across=desk.two_disks)
    others = [
        p.copy("inbox:copy/me.txt", "shelf:copied.txt"),
        far,
        Write("shelf:made.json", "{}"),
        p.link("inbox:link/me.txt", "shelf:hard.txt", how="hard"),
        p.trash("inbox:old/render.mp4"),
    ]
    return [*moves, *others]


def killed(desk: UndoDesk, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Kill a run when all of it is done and nothing settled; return its journal."""
    with monkeypatch.context() as patched:
        patched.setattr(applying, "settle", cut)
        patched.setattr("reshelve.executors.runs.batch_sizes.BATCH", 8)
        with pytest.raises(PowerCut):
            apply(plan, desk.stores, desk.state, now=clock)
    return desk.state.folder_of(plan.run) / "journal.ndjson"


def recovered(desk: UndoDesk, how: Any = None) -> Report:
    for store in desk.stores.values():
        store.forget()
    [report] = recover(desk.state, desk.stores, how=how, now=clock)
    return report


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.failures]


def flipped(content: bytes) -> bytes:
    at = content.index(b'"t":"intended"')
    return content[:at] + b"?" + content[at + 1 :]


def _lines(content: bytes) -> list[bytes]:
    return content.rstrip(b"\0").splitlines(keepends=True)


def _anothers(content: bytes) -> bytes:
    lines = _lines(content)
    foreign = run_journal.encode(Began("0123456789ab", "0" * 64, "apply", "", "rollback", "2026-01-02T03:04:05Z", "", "", "", 1))
    return b"".join([foreign, *lines[1:], run_journal.encode(Done(10**6))])


DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "removed": lambda _: None,
    "emptied": lambda _: b"",
    "zeros": lambda content: bytes(len(content)),
    "cut within a record": lambda content: content[: len(content.rstrip(b"\0")) // 3],
    "cut between records": lambda content: b"".join(_lines(content)[:3]),
    "its beginning zeros": lambda content: bytes(300) + content[300:],
    "a bit flipped": flipped,
    "its first record gone": lambda content: content.split(b"\n", 1)[1],
    "another run's": _anothers,
    "overwritten": lambda _: b"this is no journal\nat all\n",
    "overwritten by a line": lambda content: b"no journal" + bytes(len(content)),
    "a record nobody knows": lambda content: b"".join([*_lines(content)[:2], _unknown(), *_lines(content)[2:]]),
}


def spoil(path: Path, damage: str) -> None:
    """Damage a journal."""
    content = DAMAGE[damage](path.read_bytes())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def _unknown() -> bytes:
    return run_journal.encode(Done(1)).replace(b'"t":"done"', b'"t":"dome"')
