"""`--json` has one shape on every path: version, events, problems where there are any, a summary; and changes no exit code."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from reshelve.cli.command_list import COMMANDS, Commands
from tests.support.shellcalls import call

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "new": ("n1", "--yes"),
    "diff": ("layout.yaml", "layout.yaml"),
    "show": ("last",),
    "apply": ("--yes",),
    "organize": ("inbox", "--into", "out", "--yes"),
    "undo": ("--yes",),
    "redo": ("--yes",),
    "log prune": ("--keep", "1", "--yes"),
    "trash restore": ("b", "--yes"),
    "trash empty": ("--yes",),
    "archive": ("b63",),
    "restore": ("b63",),
    "backup restore": ("b63",),
    "explain": ("inbox/b",),
    "sync link": ("b63/a",),
}
OWN_FORM = {"parse"}
"""Their lines are results alone, one a name that was given."""


def with_json() -> Iterator[str]:
    top = Commands("reshelve")
    context = click.Context(top)
    for name in COMMANDS:
        command = top.get_command(context, name)
        inner = command.commands.items() if isinstance(command, click.Group) else ()
        for path, one in ((name, command), *((f"{name} {sub}", each) for sub, each in inner)):
            if one is not None and any("--json" in option.opts for option in one.params) and path not in OWN_FORM:
                yield path


def nowhere(place: Path) -> None:
    (place / "reshelve.yaml").unlink()


def broken(place: Path) -> None:
    (place / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {pth: inbox}}\n")


def unsettled(place: Path) -> None:
    assert call(place, "apply", "--yes").code == 0
    (max((place / ".reshelve/runs").iterdir()) / "report.json").unlink()


def sound(place: Path) -> None:
    assert call(place, "apply", "--yes").code == 0


def made(place: Path) -> Path:
    for store in ("inbox", "tv", "projects"):
        (place / store).mkdir(parents=True)
    for name in ("a", "b"):
        (place / "inbox" / name).write_text(name)
    (place / "reshelve.yaml").write_text(
        "version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}, projects: {path: projects}}\nscan: {inbox: {}}\n"
    )
    (place / "layout.yaml").write_text('version: 1\nfiles: {"tv:a": {from: "inbox:a"}}\n')
    return place


@pytest.mark.parametrize("state", [sound, nowhere, broken, unsettled])
@pytest.mark.parametrize("command", list(with_json()))
def test_every_command_has_the_same_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, state: Callable[[Path], None]
) -> None:
    came = {}
    for json in ((), ("--json",)):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state{json}"))
        place = made(tmp_path / ("with" if json else "without"))
        state(place)
        came[json] = call(place, *command.split(), *ARGUMENTS.get(command, ()), *json)
    told = came["--json",]
    assert told.code == came[()].code, (told, came[()])
    events = told.events
    assert events[0]["type"] == "version" and events[-1]["type"] == "summary" and events[-1]["exit"] == told.code
    problems = [event for event in events if event["type"] == "problem"]
    assert all({"code", "summary", "severity"} <= event.keys() for event in problems)
    assert problems or told.code in (0, 2), events


@pytest.mark.parametrize("command", list(with_json()))
def test_a_usage_error_has_it_too(tmp_path: Path, command: str) -> None:
    came = call(made(tmp_path / "here"), *command.split(), *ARGUMENTS.get(command, ()), "--no-such-option", "--json")
    assert came.code == 64
    assert [event["type"] for event in came.events] == ["version", "problem", "summary"] and came.events[1]["code"] == "usage"
