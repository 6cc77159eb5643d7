"""The way in: help, usage errors, and what becomes of failures."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from reshelve.cli import exit_codes
from reshelve.cli.command_list import COMMANDS
from tests.support.shellcalls import Meanwhile, call


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_how_and_with_which_exit_codes(tmp_path: Path, name: str) -> None:
    came = call(tmp_path, name, "--help")
    assert came.code == 0
    assert ("Example" in came.out and f"reshelve {name}" in came.out) or name == "parse"
    assert "Exit codes:" in came.out and f"0  {exit_codes.MEANINGS[0]}" in came.out


@pytest.mark.parametrize(("name", "line"), [(name, text) for name, (_, text) in COMMANDS.items()])
def test_the_list_of_commands_names_what_is_there(name: str, line: str) -> None:
    command = getattr(import_module(f"reshelve.cli.commands.{COMMANDS[name][0]}"), name)
    assert isinstance(command, click.Command) and command.name == name
    assert line.endswith(".") and len(line) < 70


@pytest.mark.parametrize(
    "words",
    [
        "recover --finish --rollback",
        "recover --accept --finish",
        "recover --rollback --accept",
        "schedule show --crontab --timer",
        "schedule show --service --json",
        "undo --through --only x",
        "undo --through --partial",
        "init --preset plex --from-env .env",
        "plan --json --markdown",
        "check --offline --against inventory.ndjson",
        "restore --status --wait",
        "restore --status --to ssd",
        "trust --show --revoke",
        "log --quiet --verbose",
    ],
)
def test_options_that_exclude_each_other_are_refused_together(tmp_path: Path, words: str) -> None:
    came = call(tmp_path, *words.split())
    assert came.code == 64 and "exclude each other" in came.err + came.out


def test_a_saved_plan_is_not_costed_as_a_scenario(tmp_path: Path) -> None:
    assert call(tmp_path, "cost", "plan.json", "--gb", "3").code == 64


_BUILT = """
from pydantic import TypeAdapter
from pydantic._internal import _model_construction

built = []
complete, adapt = _model_construction.complete_model_class, TypeAdapter.__init__

def completed(cls, *args, **named):
    made = complete(cls, *args, **named)
    if made and not cls.__module__.startswith("pydantic"):
        built.append(cls.__name__)
    return made

def adapted(self, type, **named):
    built.append(str(type))
    adapt(self, type, **named)

_model_construction.complete_model_class, TypeAdapter.__init__ = completed, adapted

from reshelve.cli.entry import run
assert run(["plan"]) == 0
print(*built)
"""
"""Prints what pydantic built for a plan."""


def test_help_loads_no_more_than_it_needs() -> None:
    """What click itself loads has to be there; of the rest, what costs milliseconds waits until it is used."""
    heavy = "{'pydantic', 'yaml', 'jinja2', 'guessit', 'jsonschema', 'difflib', 'pathlib', 'traceback'}"
    looking = f"print({heavy} & ({{*sys.modules}} - before))"
    program = f"import sys, click; before = {{*sys.modules}}; from reshelve.cli.entry import run; run(['--help']); {looking}"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "set()"


@pytest.mark.parametrize(
    ("command", "own"), [("scan", {"reshelve.planner.recognise.recogniser"}), ("plan", set()), ("status", set()), ("log", set())]
)
def test_a_command_loads_only_the_parts_it_uses(tmp_path: Path, command: str, own: set[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/Heat.1995.mkv").write_bytes(b"x")
    rule = "{name: films, when: {kind: movie}, place: 'in:Films/{{ filename }}'}"
    (tmp_path / "reshelve.yaml").write_text(f"stores: {{in: {{path: in}}}}\nscan: {{in: {{rules: [{rule}]}}}}\n")
    program = "import sys; from reshelve.cli.entry import run; c = run(sys.argv[1:]); print(c, ' '.join(sys.modules))"
    for args in (["scan"], [command]):
        told = subprocess.run([sys.executable, "-c", program, *args], cwd=tmp_path, capture_output=True, text=True, check=True)
    code, *loaded = told.stdout.splitlines()[-1].split()
    others = {
        "jsonschema",
        "openai",
        "boto3",
        "reshelve.planner.recognise.recogniser",
        "reshelve.executors.catalog.catalog_recording",
        "reshelve.schemas.asset_notes",
    }
    others |= {f"reshelve.session.session_{part}" for part in ("backups", "syncs", "catalog", "duplicates", "cleanup", "notices")}
    assert code in "02" and others.intersection(loaded) == own


def test_a_plan_builds_only_the_checks_that_it_uses(tmp_path: Path) -> None:
    """Of the workspace, entries, each other section that is there, and the operations planned: each takes milliseconds."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_bytes(b"x")
    (tmp_path / "reshelve.yaml").write_text("stores: {in: {path: in}}\n")
    (tmp_path / "layout.yaml").write_text('version: 1\nfiles:\n  "in:b.txt":\n    from: "in:a.txt"\nleave:\n  - "in:c.txt"\n')
    (tmp_path / "program.py").write_text(_BUILT)
    told = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    built = "Workspace list[reshelve.schemas.layout.Entry] list[str] <class 'reshelve.schemas.operations.move.Move'>"
    assert told.stdout.splitlines()[-1] == built


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["plna"], "Did you mean `plan`?"),
        (["zzzzz"], "There is no command `zzzzz`."),
        (["plan", "--detailed-exitcod"], "--detailed-exitcode"),
        (["apply", "--on-error", "explode"], "explode"),
        (["organize", "in", "--empty"], "--into"),
        (["organize", "in", "--into", "out", "--set", "nothing"], "NAME=VALUE"),
        (["apply", "--max-delete", "many"], "many"),
        (["trash", "empty", "--older-than", "yesterday"], "yesterday"),
    ],
)
def test_usage_errors_are_64_and_helpful(tmp_path: Path, args: list[str], said: str) -> None:
    came = call(tmp_path, *args)
    assert came.code == 64
    assert said in came.err


@pytest.mark.parametrize("command", ["scan", "plan", "apply", "check", "review", "observe", "validate", "fmt"])
def test_outside_a_workspace_it_says_how_to_begin(tmp_path: Path, command: str) -> None:
    came = call(tmp_path, command)
    assert came.code == 1
    assert "no-workspace" in came.err and "reshelve init" in came.err


def test_json_ends_with_a_summary_even_after_a_failure(tmp_path: Path) -> None:
    came = call(tmp_path, "plan", "--json")
    assert came.code == 1 and came.err == ""
    assert [event["type"] for event in came.events] == ["version", "problem", "summary"]
    assert came.events[-1]["exit"] == 1


@pytest.mark.parametrize("line", ["plan --json --bogus", "check --format json --bogus", "check --format=json -x"])
def test_json_ends_with_a_summary_even_after_a_usage_error(tmp_path: Path, line: str) -> None:
    args = line.split()
    came = call(tmp_path, *args)
    assert came.code == 64 and "No such option" in came.err
    assert [event["type"] for event in came.events] == ["version", "problem", "summary"]
    assert came.events[1]["hint"] == f"reshelve {args[0]} --help" and came.events[-1]["exit"] == 64


def test_folder_option_runs_as_if_started_there(tmp_path: Path) -> None:
    (tmp_path / "in side").mkdir()
    assert call(tmp_path, "-C", "in side", "init").code == 0
    assert (tmp_path / "in side" / "reshelve.yaml").exists()
    gone = call(tmp_path, "-C", "nowhere", "log")
    assert gone.code == 1 and "nowhere" in gone.err


def test_a_bug_is_called_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("reshelve.api.find_session", broken)
    came = call(tmp_path, "log")
    assert came.code == 1
    assert "This is a bug in reshelve" in came.err and "ZeroDivisionError" in came.err and "test_entry.py" in came.err
    assert "report this message" in came.err and "reshelve --version" in came.err


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException) -> None:
    def interrupted(*args: object) -> None:
        raise trouble

    monkeypatch.setattr("reshelve.api.find_session", interrupted)
    came = call(tmp_path, "log")
    assert came.code == 130 and "Interrupted. No file in a store was touched." in came.err


def test_an_interrupt_at_a_question_says_that_nothing_was_done(tmp_path: Path) -> None:
    def interrupt(asked: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "in").mkdir()
    (tmp_path / "in/Heat (1995).mkv").write_text("heat")
    came = call(tmp_path, "organize", "in", "--into", "out", answers=Meanwhile("yes\n", interrupt))
    assert came.code == 130 and came.err.endswith("\nInterrupted. Nothing was done.\n"), came.err


def test_a_folder_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("nowhere", "file"):
        came = call(tmp_path, "-C", name, "status")
        assert came.code == 1 and "error[no-such-folder]: There is no such folder." in came.err, came.err
        assert f"{tmp_path / name} is no folder." in came.err


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    names = "\n".join(f"Nordlys.S01E{number:02}.mkv" for number in range(1, 90)) * 200
    command = f"{sys.executable} -m reshelve parse | head -1; exit ${{PIPESTATUS[0]}}"
    here = Path(__file__).parents[3]
    told = subprocess.run(["bash", "-c", command], input=names, capture_output=True, text=True, check=False, cwd=here)
    assert told.stderr == "" and told.returncode == 0
    assert len(told.stdout.splitlines()) == 1


def test_shell_completion_offers_commands() -> None:
    environ = {**os.environ, "_RESHELVE_COMPLETE": "bash_complete", "COMP_WORDS": "reshelve un", "COMP_CWORD": "1"}
    told = subprocess.run([sys.executable, "-m", "reshelve"], capture_output=True, text=True, check=False, env=environ)
    assert "undo" in told.stdout
