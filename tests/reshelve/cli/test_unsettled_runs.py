"""A run that was cut short is said to be by whatever looks, with the command that settles it; and settling it is told briefly."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs import apply as applying
from reshelve.executors.state.root_locks import locked
from reshelve.executors.state.workspace_state import State
from reshelve.session.session_layouts import Layouts
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

COUNT = 200


class PowerCut(BaseException):
    """No `except Exception` of the product may survive it: as good as a kill, where it is raised."""


def cut(*args: Any, **rest: Any) -> Any:
    raise PowerCut


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose only run was killed when all of it was done."""
    lay(tmp_path, {f"inbox/{number}.mkv": str(number) for number in range(COUNT)}, WORKSPACE)
    lines = ["version: 1", "files:"]
    lines += [f'  "movies:{number % 7}/{number}.mkv": {{from: "inbox:{number}.mkv", transfer: move}}' for number in range(COUNT)]
    (tmp_path / "layout.yaml").write_text("\n".join(lines) + "\n")
    with monkeypatch.context() as patched:
        patched.setattr(applying, "settle", cut)
        with pytest.raises(PowerCut):
            call(tmp_path, "apply", "--yes")
    return tmp_path


def run_folder(place: Path) -> Path:
    return min((place / ".reshelve/runs").iterdir())


LOOKING = {
    "plan": (["plan"], 0),
    "plan in CI": (["plan", "--detailed-exitcode"], 0),
    "check": (["check"], 0),
    "check offline": (["check", "--offline"], 0),
    "scan": (["scan", "-o", "-"], 0),
    "status": (["status"], 0),
    "trash": (["trash", "list"], 0),
}


def test_only_recover_is_advised_while_a_run_is_unsettled(place: Path) -> None:
    (place / "inbox/new.mkv").write_text("new")
    with (place / "layout.yaml").open("a") as layout:
        layout.write('  "movies:new.mkv": {from: "inbox:new.mkv"}\n')
    health = call(place, "health").out
    assert "1 run, 1 unsettled" in health and "An entry is pending." in health and "reshelve plan" not in health


@pytest.mark.slow
@pytest.mark.parametrize("args", [[], ["-o", "other.yaml"], ["--prune"]])
def test_no_layout_is_written_of_what_is_half_done(place: Path, args: list[str]) -> None:
    before = (place / "layout.yaml").read_bytes()
    came = call(place, "scan", *args)
    assert came.code == 4, came
    assert "no layout is written" in came.err and "reshelve recover" in came.err
    assert (place / "layout.yaml").read_bytes() == before and not (place / "other.yaml").exists()
    assert call(place, "recover").code == 0 and call(place, "scan", *args).code == 0


def test_no_layout_is_written_while_a_run_is_under_way(place: Path) -> None:
    before = (place / "layout.yaml").read_bytes()
    with locked([str(place / ".reshelve")], f"apply {run_folder(place).name[-12:]}"):
        came = call(place, "scan")
    assert came.code == 6, came
    assert "is under way" in came.err and (place / "layout.yaml").read_bytes() == before


def test_a_run_that_was_cut_short_during_a_scan_keeps_its_layout_from_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = lay(tmp_path, {"inbox/1.mkv": "1"}, WORKSPACE)
    (place / "layout.yaml").write_text('version: 1\nfiles:\n  "movies:1.mkv": {from: "inbox:1.mkv", transfer: move}\n')
    scanning = Layouts.scan

    def cut_short_meanwhile(layouts: Layouts, *args: Any, **rest: Any) -> Any:
        found = scanning(layouts, *args, **rest)
        with monkeypatch.context() as patched:
            patched.setattr(applying, "settle", cut)
            with pytest.raises(PowerCut):
                call(place, "apply", "--yes")
        return found

    before = (place / "layout.yaml").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(Layouts, "scan", cut_short_meanwhile)
        came = call(place, "scan")
    assert came.code == 4, came
    assert (place / "layout.yaml").read_bytes() == before


@pytest.mark.parametrize("what", LOOKING)
def test_whatever_looks_says_that_a_run_is_unsettled(place: Path, what: str) -> None:
    args, code = LOOKING[what]
    run = run_folder(place).name[-12:]
    came = call(place, *args)
    assert came.code == code, came
    assert f"Run {run}" in came.out + came.err and "reshelve recover" in came.out + came.err
    as_json = call(place, *args, *(["--format", "json"] if what.startswith("check") else ["--json"]))
    assert as_json.code == code
    [problem] = [event for event in as_json.events if event.get("code") == "unsettled-run"]
    both = "To complete its record: reshelve recover --finish\nTo take back what was done: reshelve recover"
    assert (problem["path"], problem["hint"], problem["severity"]) == (run, both, "warning")
    assert f"with all {COUNT + 7} operations done" in problem["detail"]
    call(place, "recover")
    settled = call(place, *args)
    assert "reshelve recover" not in settled.out + settled.err


def test_a_run_under_way_is_not_unsettled(place: Path) -> None:
    with locked([str(place / ".reshelve")], f"apply {run_folder(place).name[-12:]}"):
        came = call(place, "plan")
    assert "recover" not in came.out + came.err


def test_a_run_of_another_workspace_is_said_too(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = lay(tmp_path_factory.mktemp("other"), {})
    (other / "reshelve.yaml").write_text(WORKSPACE.replace("{path: inbox}", f"{{path: {place / 'inbox'}}}"))
    (other / "layout.yaml").write_text("version: 1\n")
    child = os.fork()
    if child == 0:
        with locked([str(place / "inbox")], f"apply {run_folder(place).name[-12:]}", State(place / ".reshelve")):
            os._exit(0)
    os.waitpid(child, 0)
    for command, code in {"plan": 0, "check": 0, "scan": 4, "status": 0}.items():
        came = call(other, command)
        assert came.code == code
        assert f"In {place}: `reshelve recover --finish`" in came.out + came.err, command


def test_thousands_of_steps_that_cannot_be_told_take_few_lines(place: Path) -> None:
    for folder in (place / "movies").iterdir():
        for file in folder.iterdir():
            file.write_text("changed by somebody")
    (run_folder(place) / "journal.ndjson").write_bytes(b"")
    came = call(place, "recover")
    assert came.code == 4
    assert len(came.out.splitlines()) <= 60
    assert "recover --accept" in came.out and f"({COUNT})" in came.out
    assert sum(event.get("type") == "report" for event in call(place, "recover", "--json").events) == 1
    accepted = call(place, "recover", "--accept")
    assert accepted.code == 0
    assert len(accepted.out.splitlines()) <= 60 and "recorded as it is" in accepted.out
    assert call(place, "plan").code == 0


def test_a_lost_plan_is_no_dead_end(place: Path) -> None:
    (run_folder(place) / "plan.json").unlink()
    for args in (["recover"], ["recover", "--finish"], ["show", "last"]):
        refused = call(place, *args)
        assert refused.code == 4 and "reshelve recover --accept" in refused.err
    accepted = call(place, "recover", "--accept")
    assert accepted.code == 0 and "as it stands" in accepted.out and "movies: what came or went here" in accepted.out
    shown = call(place, "show", "last")
    assert shown.code == 0 and "as it stands" in shown.out and "reshelve plan" not in shown.err
    assert "what it did is not known" in call(place, "log").out
    assert call(place, "status").code == call(place, "plan").code == 0
    (place / "inbox/new.mkv").write_text("new")
    (place / "layout.yaml").write_text('version: 1\nfiles:\n  "tv:new.mkv": {from: "inbox:new.mkv"}\n')
    assert call(place, "apply", "--yes").code == 0
    assert call(place, "undo", "--yes").code == 0
    assert json.loads((run_folder(place) / "report.json").read_text())["lost"] is True


def test_recover_remembers_the_disks_as_apply_does(place: Path) -> None:
    assert not (place / ".reshelve/disks.json").exists()
    assert call(place, "recover").code == 0
    assert set(json.loads((place / ".reshelve/disks.json").read_text())) >= {"inbox", "movies"}


def test_a_plan_with_nothing_to_do_is_refused_too(place: Path) -> None:
    came = call(place, "apply", "--yes")
    assert came.code == 4
    assert "reshelve recover" in came.err and "Nothing to do" not in came.out
    assert call(place, "recover").code == 0
    assert call(place, "apply", "--yes").code == 0


def test_a_run_that_was_cut_short_is_shown_as_that(place: Path) -> None:
    shown = call(place, "show")
    assert shown.code == 0
    assert f"Run {run_folder(place).name[-12:]} was cut short" in shown.out and "reshelve recover" in shown.out


def test_a_run_without_its_plan_is_not_said_to_be_undoable(place: Path) -> None:
    call(place, "recover", "--finish")
    assert "reshelve undo" in call(place, "show").out
    (run_folder(place) / "plan.json").write_text("{")
    shown = call(place, "show")
    assert shown.code == 0 and "neither shown nor undone" in shown.err and "reshelve undo" not in shown.out


def test_showing_the_last_run_where_there_is_none_says_so(tmp_path: Path) -> None:
    shown = call(lay(tmp_path, {}, WORKSPACE), "show")
    assert shown.code == 1 and "There are no runs yet." in shown.err


def test_what_is_settled_is_told_though_an_older_run_cannot_be(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(place, "recover").code == 0
    older = run_folder(place)
    (place / "inbox/late.mkv").write_text("late")
    with (place / "layout.yaml").open("a") as layout:
        layout.write('  "movies:late.mkv": {from: "inbox:late.mkv", transfer: move}\n')
    with monkeypatch.context() as patched:
        patched.setattr(applying, "settle", cut)
        with pytest.raises(PowerCut):
            call(place, "apply", "--yes")
    newer = max((place / ".reshelve/runs").iterdir())
    for name in ("report.json", "journal.ndjson"):
        (older / name).write_bytes(b"\0" * 64)
    came = call(place, "recover", "--json")
    assert came.code == 4
    assert [event["run"] for event in came.events if event["type"] == "report"] == [newer.name[-12:]]
    assert (newer / "report.json").is_file()
    said = call(place, "recover")
    assert said.code == 4 and older.name[-12:] in said.err and "--accept" in said.err
    assert call(place, "recover", "--accept").code in (0, 4)
    assert "Nothing to recover" in call(place, "recover").out


@pytest.mark.parametrize("how", ["dangling links", "gone"])
@pytest.mark.parametrize("what", [*LOOKING, "apply"])
def test_whatever_looks_says_that_nothing_is_left_of_a_run(place: Path, what: str, how: str) -> None:
    args, code = LOOKING.get(what, (["apply", "--yes"], 0))
    folder = run_folder(place)
    for file in list(folder.iterdir()):
        file.unlink()
        if how == "dangling links":
            file.symlink_to("/nowhere/there")
    came = call(place, *args)
    assert came.code == (1 if what == "status" else code), came
    assert "The records of a run are gone." in came.out + came.err
    assert f"mv {folder}" in came.out + came.err


@pytest.mark.parametrize("command", ["log", "status", "show", "plan", "doctor", "recover"])
def test_nothing_is_promised_of_a_run_whose_plan_has_one_byte_changed(place: Path, command: str) -> None:
    """By its journal such a run looks like any other; but it can be neither finished nor taken back."""
    plan = run_folder(place) / "plan.json"
    plan.write_bytes(plan.read_bytes().replace(b"inbox:17.mkv", b"inbox:71.mkv", 1))
    came = call(place, command)
    told = came.out + came.err
    assert "--finish" not in told and "take back" not in told and "taken back" not in told
    assert "`reshelve recover` says what can be done" in told or "reshelve recover --accept" in told


@pytest.mark.parametrize("command", ["log", "status", "doctor", "health"])
def test_a_damaged_journal_is_named_before_the_run_is_settled(place: Path, command: str) -> None:
    journal = run_folder(place) / "journal.ndjson"
    whole = journal.read_bytes()
    journal.write_bytes(whole.replace(b'"t":"intended"', b'"t":"intenbed"', 1))
    came = call(place, command)
    assert "is damaged" in came.out + came.err and "journal.ndjson" in came.out + came.err
    assert (
        "Put it back from a backup, if there is one. Without it, `reshelve recover` goes by the files themselves"
        in came.out + came.err
    )
    # It is as was said, either way.
    journal.write_bytes(whole)
    assert "is damaged" not in call(place, command).out
