"""What a file system would not have set is told once, and fails no run; a full or broken disk does."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reshelve.cli import exit_codes
from reshelve.executors.runs.apply import apply
from reshelve.schemas.plan import Plan
from tests.crash.every_kind import every_kind
from tests.support.plans import clock, plan_of
from tests.support.undodesk import UndoDesk, undo_desk

SETTING = {"times": "utime", "modes": "fchmod", "owners": "fchown", "extended attributes": "setxattr"}
NAMES = ("far/big.mkv", "far/small.mkv", "a/one.mkv")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[UndoDesk]:
    with undo_desk(tmp_path) as one:
        if not one.two_disks:
            pytest.skip("needs a second file system")
        yield one


def refusing(monkeypatch: pytest.MonkeyPatch, what: str, code: int) -> None:
    """Have the system refuse to set something from now on."""

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, SETTING[what], refuse)
    monkeypatch.setattr(os, "supports_fd", {*os.supports_fd, refuse})


def moves_across(desk: UndoDesk) -> Plan:
    """Plan to move three files to another disk: each with a mode, an owner, a time and an attribute of its own."""
    for name in NAMES:
        os.setxattr(desk.inbox / name, "user.note", b"mine")
        if os.geteuid() == 0:
            os.chown(desk.inbox / name, 4321, 4321)
        os.chmod(desk.inbox / name, 0o640)
    p = desk.planning
    moves = [p.move(f"inbox:{name}", f"attic:{name.replace('/', '-')}", across=True) for name in NAMES]
    return plan_of(desk.stores, *moves)


@pytest.mark.parametrize("code", [errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.EINVAL])
@pytest.mark.parametrize("what", SETTING)
def test_what_is_refused_is_told_once_and_fails_nothing(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, what: str, code: int
) -> None:
    if what == "owners" and os.geteuid():
        pytest.skip("owners are for the superuser to set")
    before, plan = (desk.inbox / "far/big.mkv").read_bytes(), moves_across(desk)
    refusing(monkeypatch, what, code)
    report = apply(plan, desk.stores, desk.state, now=clock)
    assert (report.outcome, report.failures, exit_codes.of_report(report)) == ("done", [], 0)
    (note,) = report.notes
    assert (note.code, note.path, note.severity) == ("not-set", "attic:", "warning")
    assert f"{what} ({os.strerror(code)})" in note.detail
    assert (desk.attic / "far-big.mkv").read_bytes() == before
    assert not (desk.inbox / "far/big.mkv").exists()


@pytest.mark.parametrize(("code", "told"), [(errno.EACCES, True), (errno.EPERM, True), (errno.EOPNOTSUPP, False)])
def test_attributes_that_cannot_be_listed_may_be_lost_and_are_told(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, code: int, told: bool
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    plan = moves_across(desk)
    monkeypatch.setattr(os, "listxattr", refuse)
    report = apply(plan, desk.stores, desk.state, now=clock)
    assert (report.outcome, report.failures) == ("done", [])
    assert [f"extended attributes ({os.strerror(code)})" in note.detail for note in report.notes] == [True] * told


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("what", ["times", "modes"])
def test_a_full_or_broken_disk_is_an_error(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, what: str, code: int) -> None:
    plan = moves_across(desk)
    with monkeypatch.context() as patched:
        refusing(patched, what, code)
        report = apply(plan, desk.stores, desk.state, now=clock)
    assert (report.outcome, report.notes) == ("rolled-back", [])
    assert all((desk.inbox / name).exists() for name in NAMES)
    assert list(desk.attic.iterdir()) == []


@pytest.mark.parametrize("what", SETTING)
def test_every_kind_of_step_and_its_undo_go_on_without(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Folders made with a mode, links with a time, what is unpacked, and the trash: nowhere is a refusal a failure."""
    plan = every_kind(desk.stores)
    refusing(monkeypatch, what, errno.EPERM)
    report = apply(plan, desk.stores, desk.state, now=clock)
    assert (report.outcome, report.failures) == ("done", [])
    undone = apply(desk.plan_undo(desk.state.run(report.run)), desk.stores, desk.state, now=clock)
    assert (undone.outcome, undone.failures) == ("done", [])
