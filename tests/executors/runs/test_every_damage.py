"""Damage of every line of a killed run's journal, beside a plan that is whole, cut or gone, and every form of recover."""

import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.recover import recover
from reshelve.executors.state import run_journal
from reshelve.schemas.journal_records import Began, Done, Intended, MadeFiles, Settled
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report
from tests.support.killed_runs import COUNT, killed, standing, steps
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk, undo_desk

LINES = 14
"""More than the journal of the run has: what is beyond its end is its last line."""
OTHER = "0123456789ab"
FOREIGN = [
    Began(OTHER, "0" * 64, "apply", "", "rollback", "2026-01-02T03:04:05Z", "", "", "", 1),
    Intended(10**6),
    Done(10**6),
    MadeFiles([(COUNT, 1, 1, 1, "xxh3:" + "0" * 32)]),
    Settled("done", "2026-01-02T03:04:05Z", [(0, 10**6)]),
]
"""Whole lines of another run, which would each be believed if nothing told them apart."""


def _foreign(lines: list[bytes], at: int) -> list[bytes]:
    begins = sum(map(len, lines[:at]))
    return [*lines[:at], run_journal.encode(FOREIGN[at % len(FOREIGN)], begins, OTHER), *lines[at + 1 :]]


DAMAGE: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "truncated": lambda lines, at: lines[:at],
    "truncated within": lambda lines, at: [*lines[:at], lines[at][: len(lines[at]) // 2]],
    "garbage": lambda lines, at: [*lines[:at], b"no journal at all\n", *lines[at + 1 :]],
    "another's": _foreign,
    "doubled": lambda lines, at: [*lines[: at + 1], *lines[at:]],
    "reordered": lambda lines, at: [*lines[:at], *lines[at + 1 : at + 2], lines[at], *lines[at + 2 :]],
    "left out": lambda lines, at: [*lines[:at], *lines[at + 1 :]],
}
PLANS: dict[str, Callable[[Path], Any]] = {
    "whole": lambda path: None,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "gone": lambda path: path.unlink(),
}
FORMS = [None, "rollback", "finish", "accept"]
EVERY = list(product(DAMAGE, range(LINES), PLANS, FORMS))


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[[], Any]]:
    number = 0

    def one() -> Any:
        nonlocal number
        number += 1
        base = tmp_path / str(number)
        base.mkdir()
        return undo_desk(base)

    yield one


def damaged(path: Path, damage: str, at: int) -> bool:
    """Damage a journal, with the room it had; say whether that changed anything of what was written."""
    content = path.read_bytes()
    lines = content.rstrip(b"\0").splitlines(keepends=True)
    spoilt = b"".join(DAMAGE[damage](lines, min(at, len(lines) - 1)))
    path.write_bytes(spoilt + bytes(max(len(content) - len(spoilt), 0)))
    return spoilt != b"".join(lines)


def attempt(desk: UndoDesk, how: Any) -> Report | ReshelveError:
    for store in desk.stores.values():
        store.forget()
    try:
        [report] = recover(desk.state, desk.stores, how=how, now=clock)
    except ReshelveError as refused:
        return refused
    return report


def seen(desk: UndoDesk) -> dict[str, bytes | None]:
    return {name: content for name, content in standing(desk).items() if ".reshelve-" not in name}


def check(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, damage: str, at: int, plan: str, how: Any) -> None:
    for number in range(COUNT):
        (desk.inbox / f"{number}.mkv").write_text(f"film {number}")
    before, contents = seen(desk), set(standing(desk).values())
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    after = seen(desk)
    in_trash = {content for name, content in before.items() if name not in after and content not in after.values()}
    was_damaged = damaged(path, damage, at)
    PLANS[plan](path.with_name("plan.json"))
    found = attempt(desk, how)
    assert contents <= set(standing(desk).values()), "content is gone"
    if isinstance(found, ReshelveError):
        assert all(problem.hint for problem in found.problems), found.problems
        assert any("reshelve recover" in problem.hint for problem in found.problems)
    else:
        well = not found.failures and not found.unsure
        if found.outcome == "rolled-back":
            assert seen(desk) == before or not well
        elif found.outcome == "done":
            assert seen(desk) == after or not well
        else:
            assert how in ("accept", None) or found.failures
        if found.outcome == "unsettled":
            assert any("reshelve recover" in problem.hint for problem in found.failures)
        if plan == "whole" and was_damaged and damage not in ("truncated", "truncated within"):
            assert [problem for problem in found.failures if problem.code == "journal-damaged"], found.failures
        visible = set(seen(desk).values())
        hidden = contents - visible - in_trash
        told = "\n".join(f"{problem.detail} {problem.hint}" for problem in found.failures)
        assert not hidden or "trash" in told, hidden
    if desk.state.unsettled():
        settled = attempt(desk, "accept")
        assert isinstance(settled, Report), settled
    assert desk.state.unsettled() == []
    assert contents <= set(standing(desk).values())


@pytest.mark.parametrize("world", EVERY[:: len(EVERY) // 16], ids=str)
def test_some_damage_is_told_and_loses_nothing(
    desks: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, world: tuple[str, int, str, Any]
) -> None:
    with desks() as desk:
        check(desk, monkeypatch, *world)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGE)
def test_every_damage_is_told_and_loses_nothing(desks: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    # A fifth of them, of all kinds, unless every one is asked for.
    for world in EVERY[:: 1 if os.environ.get("RESHELVE_EVERY_DAMAGE") else 5]:
        if world[0] == damage:
            with desks() as desk:
                check(desk, monkeypatch, *world)
