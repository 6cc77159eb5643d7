"""`parse`: facts from names, one after the other, without touching a file."""

import os
import sys
from collections.abc import Iterator
from itertools import tee
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.locations import printable

if TYPE_CHECKING:
    from reshelve.planner.recognise.name_reading import Reading
    from reshelve.planner.whereabouts import Whereabouts

_PIECE = 1 << 18
"""The most bytes of standard input that are read at a time."""

_FIRST = ("kind", "title", "show", "year", "season", "episodes", "date")


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per name.")
@click.option("--where", is_flag=True, help="Also show where this workspace would file it, and where its show or film already is.")
@pass_shell
def parse(shell: Shell, names: tuple[str, ...], as_json: bool, where: bool) -> int:
    """Read facts from file names or relative paths. Without NAME: from standard input, one name per line, as NDJSON.

    \b
    Examples:
      reshelve parse "Game.of.Thrones.S08E06.The.Iron.Throne.mkv"
      find . -type f | reshelve parse > facts.ndjson
      reshelve parse --where "Game of Thrones"
    """
    from reshelve.views import ndjson

    if where:
        asked, searched = tee(names or _from(sys.stdin.buffer))
        found = zip(asked, api.open_workspace().layouts.where(searched), strict=True)
        if names and not as_json:
            shell.put(line for name, one in found for line in [*_text(name, one.reading), *_where_text(one)])
        else:
            shell.put(ndjson.line({**fact_line(name, one.reading), **_where(one)}) for name, one in found)
    elif names and not as_json:
        shell.put(line for name in names for line in _text(name, api.parse(name)))
    elif names:
        shell.put(ndjson.line(fact_line(name, api.parse(name))) for name in names)
    else:
        shell.put(ndjson.line(fact_line(name, reading)) for name, reading in api.parse_all(_batches(sys.stdin.buffer)))
    return 0


def _where(found: "Whereabouts") -> dict[str, Any]:
    return {"place": found.target or None, "because": found.because, "homes": found.homes, "away": found.away}


def _where_text(found: "Whereabouts") -> Iterator[str]:
    yield f"  {'would go to' if found.target else 'would stay':<14} {printable(found.target)} ({printable(found.because)})"
    if found.homes or not found.away:
        yield f"  {'is at':<14} {printable(', '.join(found.homes) or 'no folder of its own yet')}"
    if found.away:
        yield f"  {'was at':<14} {printable(', '.join(found.away))}, on a disk that is not connected"


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


def _from(stream: BinaryIO) -> Iterator[str]:
    for batch in _batches(stream):
        yield from batch


def _batches(stream: BinaryIO) -> Iterator[list[str]]:
    """Yield the lines of a stream as they come, those that are there already together: nobody waits for a line to come."""
    begun: list[bytes] = []
    read = getattr(stream, "read1", stream.read)
    while piece := read(_PIECE):
        begun.append(piece)
        if b"\n" in piece:
            *lines, rest = b"".join(begun).split(b"\n")
            begun = [rest]
            yield [os.fsdecode(name) for line in lines if (name := line.rstrip(b"\r"))]
    last = b"".join(begun).rstrip(b"\r")
    if last:
        yield [os.fsdecode(last)]


def _text(name: str, reading: "Reading") -> Iterator[str]:
    yield printable(name)
    for fact, value in reading.facts.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        others = " or ".join(str(other) for other in reading.alternatives.get(fact, ()))
        doubt = f"  (in doubt{': or ' + printable(others) if others else ''})" if fact in reading.doubtful else ""
        yield f"  {fact:<14} {printable(str(shown))}{doubt}"
    yield f"  {'certain' if reading.certain else 'not certain: would go to review'}"
