"""`parse`: facts from names, one after the other, without touching a file."""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from reshelve import api, exits
from reshelve.cli.shell import Shell, pass_shell
from schemas.locations import printable

if TYPE_CHECKING:
    from planner.recognise import Reading

_FIRST = ("kind", "title", "show", "year", "season", "episodes", "date")


@click.command(epilog=exits.epilog(0))
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a name.")
@pass_shell
def parse(shell: Shell, names: tuple[str, ...], as_json: bool) -> int:
    """Read facts from file names or relative paths; without NAME, from standard input, a name a line, as NDJSON.

    \b
    Examples:
      reshelve parse "Game.of.Thrones.S08E06.The.Iron.Throne.mkv"
      find . -type f | reshelve parse > facts.ndjson
    """
    from reshelve.views import ndjson

    if names and not as_json:
        shell.put(line for name in names for line in _text(name, api.parse(name)))
    else:
        shell.put(ndjson.line(fact_line(name, api.parse(name))) for name in names or _from(sys.stdin.buffer))
    return 0


def fact_line(name: str, reading: "Reading") -> dict[str, Any]:
    """Return what `parse --json` prints for one name: its facts, and whether it would be placed without review."""
    facts = reading.facts
    shown = {"name": name, **{key: facts.get(key) for key in _FIRST}}
    shown["kind"] = facts.get("kind", "other")
    shown["title"] = facts.get("title", facts.get("show"))
    shown["episodes"] = facts.get("episodes", [])
    shown["certain"] = reading.certain
    shown.update((key, value) for key, value in facts.items() if key not in shown)
    if reading.doubtful:
        shown["doubtful"] = sorted(reading.doubtful)
    if reading.alternatives:
        shown["alternatives"] = dict(sorted(reading.alternatives.items()))
    return shown


def _from(stream: Iterable[bytes]) -> Iterator[str]:
    for line in stream:
        name = line.rstrip(b"\r\n")
        if name:
            yield os.fsdecode(name)


def _text(name: str, reading: "Reading") -> Iterator[str]:
    yield printable(name)
    for fact, value in reading.facts.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        others = " or ".join(str(other) for other in reading.alternatives.get(fact, ()))
        doubt = f"  (in doubt{': or ' + printable(others) if others else ''})" if fact in reading.doubtful else ""
        yield f"  {fact:<14} {printable(str(shown))}{doubt}"
    yield f"  {'certain' if reading.certain else 'not certain: would go to review'}"
