"""`--json` has one shape on every path: version, events, problems where there are any, a summary; and changes no exit code."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from reshelve.cli.command_list import Commands
from tests.support.memory_folder import memory_folder
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
    "init": ("fresh",),
    "schema": ("layout",),
    "cache import": ("known.csv",),
    "assets show": ("inbox/b",),
    "assets export": ("-o", "assets.csv"),
    "assets register": ("inbox/b",),
    "assets tag": ("inbox/b", "--add", "hero"),
    "assets note": ("inbox/b", "--text", "seen"),
    "assets use": ("inbox/b", "--project", "film"),
    "assets link": ("tv/a", "inbox/b"),
    "history": ("inbox/b",),
    "watch": ("--once",),
    "file": ("inbox/b", "--wait", "0s"),
}
OWN_FORM = {
    "parse": "its lines are results alone, one a name that was given",
    "check": "one object, a form beside github and junit",
}
"""Commands whose `--json` is another form, each with the reason. Every other command has the shape of this page."""
WITHOUT = {
    "completion": "what it prints is a script, for a shell",
    "dashboard": "it writes a page; `manifest`, `cost` and `health` print the same for programs",
    "metrics": "what it prints is a form for programs already, that of Prometheus",
    "serve": "it answers over HTTP until it is stopped, and prints where",
}
"""Commands that have no `--json`, each with the reason."""


def commands(command: click.Command, context: click.Context, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something by itself, however deep it lies."""
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield " ".join(path), command
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        inner = command.get_command(context, name)
        assert inner is not None
        yield from commands(inner, context, (*path, name))


def every_command() -> dict[str, click.Command]:
    top = Commands("reshelve")
    return dict(commands(top, click.Context(top)))


def with_json() -> Iterator[str]:
    return (path for path in every_command() if path not in OWN_FORM and path not in WITHOUT)


@pytest.mark.parametrize("command", every_command())
def test_every_command_has_it(command: str) -> None:
    has = any("--json" in option.opts for option in every_command()[command].params)
    assert has == (command not in WITHOUT)


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
    (place / "known.csv").write_text("filename,kind,title,year\na,movie,Heat,1995\n")
    (place / "layout.yaml").write_text('version: 1\nfiles: {"tv:a": {from: "inbox:a"}}\n')
    return place


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, so that all the runs wait for no disk."""
    with memory_folder() as folder:
        yield folder


@pytest.mark.parametrize("state", [sound, nowhere, broken, unsettled])
@pytest.mark.parametrize("command", list(with_json()))
def test_every_command_has_the_same_shape(
    memory: Path, monkeypatch: pytest.MonkeyPatch, command: str, state: Callable[[Path], None]
) -> None:
    came = {}
    for json in ((), ("--json",)):
        monkeypatch.setenv("XDG_STATE_HOME", str(memory / f"state{json}"))
        place = made(memory / ("with" if json else "without"))
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


def test_check_has_it_by_two_names(tmp_path: Path) -> None:
    place = made(tmp_path)
    one, other = call(place, "check", "--json"), call(place, "check", "--format", "json")
    assert (one.code, one.out) == (other.code, other.out) and one.out
    assert call(place, "check", "--json", "--format", "github").code == 64


def test_a_product_is_in_an_event(tmp_path: Path) -> None:
    place = made(tmp_path)
    told = {
        words: call(place, *words.split(), "--json").events[1]
        for words in ("init fresh", "schema plan", "help rules", "help scan", "help")
    }
    assert told["init fresh"] == {"type": "written", "path": "fresh/reshelve.yaml"}
    assert told["schema plan"]["type"] == "schema" and told["schema plan"]["schema"]["properties"]
    assert told["help rules"]["text"].startswith("# ") and "--json" in told["help scan"]["text"]
    assert told["help"]["topic"] and told["help"]["title"]
    assert call(place, "assets", "export", "--json").code == 64


def test_fmt_names_what_is_not_formatted(tmp_path: Path) -> None:
    place = made(tmp_path)
    checked = call(place, "fmt", "--check", "layout.yaml", "--json")
    assert checked.code == 1 and [event["code"] for event in checked.events[1:-1]] == ["not-formatted"]
    done = call(place, "fmt", "layout.yaml", "--json")
    assert done.code == 0 and done.events[1] == {"type": "formatted", "path": "layout.yaml"} and done.events[-1]["changed"] == 1
    assert call(place, "fmt", "--check", "layout.yaml").code == 0


def test_review_tells_what_waits_and_each_answer(tmp_path: Path) -> None:
    place = made(tmp_path)
    (place / "layout.yaml").write_text('version: 1\nreview: [{from: "inbox:a", because: why}, {from: "inbox:b", because: why}]\n')
    unasked = call(place, "review", "--json")
    assert unasked.code == call(place, "review").code == 7
    assert [event.get("from") or event.get("code") for event in unasked.events[1:-1]] == ["inbox:a", "inbox:b", "nobody-to-ask"]
    asked = call(place, "review", "--json", answers="tv:\nleave\n")
    assert asked.code == 0 and "1 of 2: inbox:a" in asked.err
    decided = [(event["from"], event["target"]) for event in asked.events if event["type"] == "decided"]
    assert decided == [("inbox:a", "tv:a"), ("inbox:b", None)] and asked.events[-1]["decided"] == 2


def test_an_asset_tells_its_facts_and_what_people_say_as_objects(tmp_path: Path) -> None:
    place = made(tmp_path)
    assert call(place, "assets", "register", "inbox/b", "--meta", "camera=A7").code == 0
    for command in (("assets",), ("assets", "show", "inbox/b")):
        told = [event for event in call(place, *command, "--json").events if event.get("location") == "inbox:b"]
        assert [(event["metadata"], type(event["facts"])) for event in told] == [({"camera": "A7"}, dict)], told
