"""`-q` and `-v`: less and more words for people; the same exit codes, events, and deeds."""

import re
from pathlib import Path

import click
import pytest

from reshelve.cli.command_list import COMMANDS, Commands
from tests.support.shellcalls import call
from tests.support.shellplaces import FILES, WORKSPACE, lay

BLOCKING = WORKSPACE.replace("    tidy: true\n", "    tidy: true\n    on_conflict: fail\n")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def commands(group: click.Group, context: click.Context) -> list[click.Command]:
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += [command, *(commands(command, context) if isinstance(command, click.Group) else [])]
    return found


def test_every_command_has_both_once() -> None:
    group = Commands("reshelve")
    context = click.Context(group)
    twice = [*commands(group, context), *commands(group, context)]
    assert len(twice) > 2 * len(COMMANDS)
    for command in twice:
        flags = [flag for option in command.params if isinstance(option, click.Option) for flag in option.opts]
        assert flags.count("-q") == flags.count("-v") == 1, command.name


def test_quiet_leaves_the_last_line(place: Path) -> None:
    assert call(place, "scan", "-q").out.splitlines() == ["Wrote layout.yaml: 4 entries, 1 to review."]
    (plan,) = call(place, "-q", "plan").out.splitlines()
    assert plan.startswith("Plan: ")
    (done,) = call(place, "apply", "--yes", "--quiet").out.splitlines()
    assert done.startswith("Done: run ")
    (line,) = call(place, "trash", "list", "-q").out.splitlines()
    assert line


def test_quiet_cuts_no_list_that_was_asked_for(place: Path) -> None:
    assert call(place, "scan", "-q").code == 0
    call(place, "apply", "--yes")
    call(place, "undo", "--yes")
    call(place, "plan", "-o", "plan.json")
    (place / "before.yaml").write_text("version: 1\n")
    for line in (
        "log",
        "explain inbox/xyz.bin",
        "status",
        "status inbox",
        "assets",
        "history inbox/Heat.1995.1080p.mkv",
        "show plan.json",
        "diff before.yaml layout.yaml",
        "observe --tree",
    ):
        asked = line.split()
        whole = call(place, *asked).out
        assert len(whole.splitlines()) > 1 and call(place, *asked, "-q").out.splitlines() == whole.splitlines(), line
    seen = call(place, "scan", "inbox").out.splitlines()
    assert call(place, "scan", "inbox", "-q").out.splitlines() == [line for line in seen if not line.startswith("Nothing was ")]


def test_quiet_shows_a_run_without_what_comes_next(place: Path) -> None:
    assert call(place, "scan", "-q").code == 0
    assert call(place, "plan", "--markdown", "-q").out == call(place, "plan", "--markdown").out
    call(place, "apply", "--yes")
    whole = call(place, "show").out.splitlines()
    assert re.fullmatch(r"Run [0-9a-f]{12}: apply, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, took \d+\.\d s", whole[0])
    assert whole[-1].startswith("Take it back with: ") and call(place, "show", "-q").out.splitlines() == whole[:-1]


def test_what_was_kept_and_left_alone_is_counted_or_listed_whole(place: Path) -> None:
    folders = [f"{word}/.hidden-{word}" for word in ("a", "b", "c", "d", "e", "f", "g")]
    for folder in folders:
        (place / "inbox" / folder).mkdir(parents=True)
        (place / "inbox" / folder / "x.bin").write_bytes(b"x")
    assert call(place, "scan", "-q").code == 0
    layout = place / "layout.yaml"
    layout.write_text(layout.read_text().replace("    size:", "    transfer: copy\n    size:"))
    few = call(place, "scan").out
    assert (
        "Kept as you made them: 4 edits (--full names them).\n" in few
        and "kept your edit" not in few
        and "and 2 more (--full names all)" in few
    )
    for how in ("--full", "-v"):
        whole = call(place, "scan", how).out
        assert whole.count("kept your edit: ") == 4 and "7 folders left alone:\n" in whole
        assert all(f"  inbox:{folder} (hidden folder)\n" in whole for folder in folders)


def test_exit_codes_and_events_are_the_same(place: Path) -> None:
    assert call(place, "scan", "-q").code == 0
    plain = call(place, "plan", "--detailed-exitcode", "--json")
    for flag in ("-q", "-v"):
        came = call(place, "plan", "--detailed-exitcode", "--json", flag)
        assert (came.code, came.out) == (plain.code, plain.out) == (2, plain.out)


def test_quiet_never_hides_what_is_wrong(tmp_path: Path) -> None:
    place = lay(tmp_path, {**FILES, "movies/Heat (1995)/Heat.1995.1080p.mkv": "another"}, BLOCKING)
    assert call(place, "scan", "-q").code == 0
    came = call(place, "plan", "-q")
    assert "target-taken" in came.err and len(came.out.splitlines()) == 1
    (place / "inbox").rename(place / "gone")
    came = call(place, "doctor", "-q")
    assert came.code == 1 and "inbox" in came.err and len(came.out.splitlines()) == 1
    assert "store-unavailable" in call(place, "scan", "-q").err


def test_nobody_is_asked_about_what_was_not_shown(place: Path) -> None:
    assert call(place, "scan", "-q").code == 0
    came = call(place, "apply", "-q", answers="no\n")
    assert came.code == 7 and "Heat.1995.1080p.mkv" in came.out and "Apply these" in came.err


def test_quiet_says_nothing_but_the_problem_where_a_command_fails(tmp_path: Path) -> None:
    came = call(tmp_path, "scan", "-q")
    assert came.code == 1 and came.out == "" and "no-workspace" in came.err


def test_verbose_has_reasons_and_facts(place: Path) -> None:
    came = call(place, "scan", "-v")
    assert "movies:Heat (1995)/Heat.1995.1080p.mkv  from inbox:Heat.1995.1080p.mkv" in came.out
    assert "rule films, facts from the file name" in came.out and "kind movie" in came.out and "year 1995" in came.out
    assert "kind movie" not in call(place, "scan").out
    for command in ("plan", "apply --yes", "show last"):
        came = call(place, *command.split(), "-v").out
        assert "rule films, facts from the file name" in came and "kind movie" in came and "year 1995" in came, command
    assert "kind movie" not in call(place, "show", "last").out


def test_verbose_tells_every_problem(tmp_path: Path) -> None:
    there = {f"inbox/Film {n} (1999).mkv": "x" for n in range(30)}
    taken = {f"movies/Film {n} (1999)/Film {n} (1999).mkv": "y" for n in range(30)}
    place = lay(tmp_path, {**there, **taken}, BLOCKING)
    assert call(place, "scan").code == 0
    few, every = call(place, "apply", "--yes").out, call(place, "apply", "--yes", "-v").out
    assert few.count("movies:Film") < 10 and every.count("movies:Film") >= 30


@pytest.mark.parametrize("line", ["-q -v plan", "plan -q -v", "-q plan -v"])
def test_both_at_once_are_a_usage_error(place: Path, line: str) -> None:
    assert call(place, *line.split()).code == 64


@pytest.mark.parametrize(
    "line",
    ["duplicates", "cleanup inbox --older-than 1d", "health", "backup", "catalog update", "catalog rebuild", "observe"],
)
def test_what_looks_through_stores_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    place = lay(tmp_path, {f"inbox/{n:02}.txt": "" for n in range(12)}, WORKSPACE + "backups: {all: {of: 'inbox:'}}\n")
    assert call(place, "scan").code == 0
    monkeypatch.setattr("reshelve.cli.terminal.EVERY_SO_MANY", 10)
    assert "looking" in [event["type"] for event in call(place, *line.split(), "--json").events]


def test_events_tell_how_many_files_were_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reshelve.cli.terminal.EVERY_SO_MANY", 10)
    place = lay(tmp_path, {f"inbox/{folder}/{n:02}.txt": "" for folder in "abc" for n in range(8)})
    told = [event["files"] for event in call(place, "scan", "--json").events if event["type"] == "looking"]
    assert told == [10, 20]
    assert "seen" not in call(place, "scan").err, "a line only where somebody watches"


def test_edits_and_answers_that_stay_are_counted_each_time_and_named_when_asked(tmp_path: Path) -> None:
    lay(tmp_path, {"inbox/a.bin": "a", "inbox/b.bin": "b"})
    mine = 'version: 1\nfiles:\n  "movies:a.bin": {from: "inbox:a.bin"}\n'
    answer = '  "movies:b.bin": {from: "inbox:b.bin", because: "your answer"}\n'
    (tmp_path / "layout.yaml").write_text(mine)
    for _ in range(2):
        assert "Kept as you made it: 1 edit (--full names it).\n" in call(tmp_path, "scan").out
    (tmp_path / "layout.yaml").write_text(mine + answer)
    assert "Kept as you made them: 1 edit, 1 answer (--full names them).\n" in call(tmp_path, "scan").out
    for more in (["scan", "--full"], ["-v", "scan"]):
        said = call(tmp_path, *more).out
        assert "kept your edit: movies:a.bin\nkept your answer: movies:b.bin\n" in said and "Kept as" not in said
