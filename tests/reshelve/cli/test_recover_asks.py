"""A run that was killed is told with how far it got and both ways on; settling it says what it will do, and asks on a terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs import apply as runs_applying
from reshelve.executors.stores.local_store import LocalStore
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

COUNT, DONE = 12, 7


class Killed(BaseException):
    """No `except Exception` of the product may survive it: as good as a kill, where it is raised."""


def killed(folder: Path, monkeypatch: pytest.MonkeyPatch, *args: str) -> Path:
    """Lay a workspace whose only run was killed when seven of its twelve files had been moved."""
    lay(folder, {f"inbox/{number}.mkv": str(number) for number in range(COUNT)}, WORKSPACE)
    lines = ["version: 1", "files:", *(f'  "movies:{n}.mkv": {{from: "inbox:{n}.mkv"}}' for n in range(COUNT))]
    (folder / "layout.yaml").write_text("\n".join(lines) + "\n")
    rename_many = LocalStore.rename_many

    def some(self: LocalStore, to: Any, renames: Sequence[Any], *rest: Any) -> int:
        rename_many(self, to, renames[:DONE], *rest)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "rename_many", some)
        with pytest.raises(Killed):
            call(folder, "apply", "--yes", *args)
    assert moved(folder) == DONE
    return folder


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return killed(tmp_path, monkeypatch)


def moved(place: Path) -> int:
    return len(list((place / "movies").iterdir()))


NAMES = ["status", "plan", "check", "scan -o other.yaml", "apply", "log", "show", "undo", "undo last", "health", "doctor"]


@pytest.mark.parametrize("command", NAMES)
def test_whatever_names_the_run_says_how_far_it_got_and_both_ways_on(place: Path, command: str) -> None:
    came = call(place, *command.split())
    said = came.out + came.err
    assert "7 of 12 operations done" in said, said
    assert "reshelve recover --finish" in said and said.count("reshelve recover") >= 2, said


def test_recover_says_what_it_will_do_and_asks_on_a_terminal(place: Path) -> None:
    declined = call(place, "recover", answers="no\n")
    assert declined.code == 7 and moved(place) == DONE
    assert "was cut short, with 7 of 12 operations done." in declined.out and "What it did will be taken back." in declined.out
    assert "Take back run" in declined.err and "--finish" in declined.out
    assert call(place, "recover", answers="yes\n").code == 0
    assert moved(place) == 0


def test_finish_says_how_much_is_left_and_asks(place: Path) -> None:
    declined = call(place, "recover", "--finish", answers="\n")
    assert (
        declined.code == 7 and "The rest of it will be done: 5 operations." in declined.out and "Do the rest of run" in declined.err
    )
    assert call(place, "recover", "--finish", "--yes", answers="").code == 0
    assert moved(place) == COUNT


def test_a_script_is_not_asked_and_told_the_same(place: Path) -> None:
    came = call(place, "recover")
    assert came.code == 0 and "7 of 12 operations done" in came.out and moved(place) == 0


def test_a_preview_does_nothing(place: Path) -> None:
    came = call(place, "recover", "--dry-run", answers="yes\n")
    assert (
        came.code == 0
        and "7 of 12 operations done" in came.out
        and "nothing was settled." in came.out
        and "would be taken back" in came.out
    )
    assert moved(place) == DONE
    [event] = [one for one in call(place, "recover", "--dry-run", "--json").events if one["type"] == "cut-short"]
    assert (event["done"], event["at_most"], event["operations"], event["will"]) == (DONE, DONE, COUNT, "rollback")
    call(place, "recover")
    assert "every run has settled" in call(place, "recover", "--dry-run").out


def test_a_run_told_to_stop_is_kept_by_a_plain_recover_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = killed(tmp_path, monkeypatch, "--on-error", "stop")
    assert "To keep what was done, and end it there: reshelve recover\n" in call(place, "plan").err
    assert "`reshelve recover` keeps what was done" in call(place, "log").out
    came = call(place, "recover", answers="yes\n")
    assert came.code == 0 and "What it did will be kept" in came.out and moved(place) == DONE


def test_a_plan_of_a_state_that_is_half_done_is_shown_only_when_asked_for(place: Path) -> None:
    came = call(place, "plan")
    assert came.code == 0 and "(--full shows it as it is now)" in came.out and "Plan:" not in came.out, came.out
    assert "Plan:" in call(place, "plan", "--full").out
    assert call(place, "plan", "--json").events[-1]["type"] == "summary"


def test_a_command_given_again_is_told_that_its_run_was_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {f"inbox/{number}.mkv": str(number) for number in range(3)}, WORKSPACE)
    lines = ["version: 1", "files:", *(f'  "movies:{n}.mkv": {{from: "inbox:{n}.mkv"}}' for n in range(3))]
    (tmp_path / "layout.yaml").write_text("\n".join(lines) + "\n")

    def killed_at_once(*args: object, **rest: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("reshelve.executors.runs.run_execution.Execution.forwards", killed_at_once)
        with pytest.raises(Killed):
            call(tmp_path, "apply", "--yes")
    again = call(tmp_path, "apply", "--yes")
    assert again.code == 4 and "error[unsettled-run]" in again.err and "A plan is applied once" not in again.err, again.err


def test_what_cannot_be_told_is_told_as_that(place: Path) -> None:
    [run] = (place / ".reshelve/runs").iterdir()
    (run / "journal.ndjson").write_bytes(b"")
    assert "with 0 to 12 of 12 operations done" in call(place, "log").out
    (run / "plan.json").unlink()
    assert "how much of it was done is not known" in call(place, "status").out


def test_a_saved_plan_whose_run_was_taken_back_says_how_to_make_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {f"inbox/{number}.mkv": str(number) for number in range(COUNT)}, WORKSPACE)
    lines = ["version: 1", "files:", *(f'  "movies:{n}.mkv": {{from: "inbox:{n}.mkv"}}' for n in range(COUNT))]
    (tmp_path / "layout.yaml").write_text("\n".join(lines) + "\n")
    assert call(tmp_path, "plan", "-o", "my p.json").code == 0
    with monkeypatch.context() as patched:
        patched.setattr(runs_applying, "settle", _cut)
        with pytest.raises(Killed):
            call(tmp_path, "apply", "my p.json", "--yes")
    begun = call(tmp_path, "apply", "my p.json", "--yes").err
    assert "begun already" in begun and "has not settled" in begun and "reshelve recover --finish" in begun
    settled = call(tmp_path, "recover", "--rollback")
    assert "Next: reshelve plan, then reshelve apply. A saved plan has to be made anew." in settled.out.splitlines()
    again = call(tmp_path, "apply", "my p.json", "--yes")
    assert again.code == 5 and "error[plan-used]: This plan was tried already." in again.err
    assert "all that this run had done was taken back" in again.err
    assert "  Make a new plan: reshelve plan -o 'my p.json'" in again.err.splitlines()


def test_a_plan_whose_run_was_undone_says_what_does_it_again(tmp_path: Path) -> None:
    lay(tmp_path, {"inbox/1.mkv": "1"}, WORKSPACE)
    (tmp_path / "layout.yaml").write_text('version: 1\nfiles:\n  "movies:1.mkv": {from: "inbox:1.mkv"}\n')
    call(tmp_path, "plan", "-o", "p.json")
    call(tmp_path, "apply", "p.json", "--yes")
    assert call(tmp_path, "undo", "--yes").code == 0
    said = call(tmp_path, "apply", "p.json", "--yes").err
    [hint] = [line for line in said.splitlines() if "reshelve redo" in line]
    assert call(tmp_path, *hint.partition("reshelve ")[2].split(), "--yes").code == 0
    assert (tmp_path / "movies/1.mkv").exists()


def _cut(*_: Any, **__: Any) -> Any:
    raise Killed


@pytest.fixture
def at_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that was killed when all of it was done, before it said so."""
    lay(tmp_path, {f"inbox/{number}.mkv": str(number) for number in range(COUNT)}, WORKSPACE)
    lines = ["version: 1", "files:", *(f'  "movies:{n}.mkv": {{from: "inbox:{n}.mkv"}}' for n in range(COUNT))]
    (tmp_path / "layout.yaml").write_text("\n".join(lines) + "\n")
    with monkeypatch.context() as patched:
        patched.setattr(runs_applying, "settle", _cut)
        with pytest.raises(Killed):
            call(tmp_path, "apply", "--yes")
    return tmp_path


ONLY_ITS_RECORD = "It had come to its end: only its record would be completed."


def test_a_run_killed_at_its_very_end_is_told_in_one_way(at_its_end: Path) -> None:
    for command in ("status", "plan", "log", "apply", "doctor"):
        came = call(at_its_end, command)
        said = came.out + came.err
        assert "with all 12 operations done" in said, (command, said)
        assert "does the rest" not in said and "To do the rest" not in said, (command, said)
        assert "completes its record" in said or "To complete its record: reshelve recover --finish" in said, (command, said)
    shown = call(at_its_end, "recover", "--finish", "--dry-run")
    assert ONLY_ITS_RECORD in shown.out and "0 operations" not in shown.out
    [event] = [one for one in call(at_its_end, "recover", "--finish", "--dry-run", "--json").events if one["type"] == "cut-short"]
    assert event["will"] == "record"
    asked = call(at_its_end, "recover", "--finish", answers="yes\n")
    assert "Complete the record of run " in asked.err and asked.code == 0
    assert moved(at_its_end) == COUNT


def test_a_run_killed_after_it_said_that_it_ended_is_told_in_the_same_way(
    at_its_end: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("reshelve.executors.runs.run_end.save_report", _cut)
        with pytest.raises(Killed):
            call(at_its_end, "recover", "--finish", "--yes")
    for options in ((), ("--finish",)):
        shown = call(at_its_end, "recover", "--dry-run", *options)
        assert "with all 12 operations done" in shown.out and ONLY_ITS_RECORD in shown.out, shown.out
    asked = call(at_its_end, "recover", answers="yes\n")
    assert "Complete the record of run " in asked.err and asked.code == 0 and moved(at_its_end) == COUNT


def test_a_run_killed_at_its_end_can_be_taken_back_still(at_its_end: Path) -> None:
    said = call(at_its_end, "log").out
    assert "`reshelve recover --finish` completes its record, `reshelve recover` takes it back" in said
    assert (
        "What it did would be taken back.  (--finish completes its record instead)" in call(at_its_end, "recover", "--dry-run").out
    )
    assert call(at_its_end, "recover").code == 0 and moved(at_its_end) == 0
