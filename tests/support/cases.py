"""Cases: one readable file with what was there, the commands with their output, and what is there afterwards.

    What the case shows, in a sentence.

    -- before --            a line an item; a file holds its own path unless `= text` says otherwise
    inbox/a.mkv
    inbox/b.mkv = other text
    inbox/link -> a.mkv
    library/
    -- reshelve.yaml --     any other name: a file with this content
    version: 1
    -- run --
    $ reshelve plan
    … any lines, or any text within a line
    [exit 1]                only when it is not 0
    -- after --             the same listing, empty folders and all; documents and `.reshelve` left out; `…` for what is no text

A bucket is a service in memory, kept for the length of the case: its objects stand among the items as `s3://bucket/key`, with
` [CLASS]` behind them unless that is STANDARD. `s3://bucket unversioned` says that it keeps no versions, `$ pass HOURS` lets its
time pass.

`$ other-disk ROOT` stands for a disk that was at a root in the last run and is not mounted there now.

`$ remove PATH`, `$ write PATH TEXT` and `$ rename A B` stand for what a person does between two commands, `$ zero PATH` for a
program that writes zeros over a file or object and keeps its time and metadata. Empty lines of the output are not compared.
UPDATE_CASES=1 writes what came out into the file, ids, times and the temporary folder as `…`.
"""

import contextlib
import io
import json
import os
import re
import shlex
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reshelve.cli.entry import run
from tests.support.casebuckets import CaseBuckets

OWN = (".reshelve", ".state", "reshelve.yaml", "layout.yaml")
WHEN = 1_600_000_000
_SECTION = re.compile(r"-- (.+) --\n", re.MULTILINE)
_ID = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b")
_VARIES = [
    (_ID, "…"),
    (re.compile(r"\bin \d+\.\d s\b"), "in … s"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d\S*| UTC)"), "…"),
    (re.compile(r"[\d.]+ [kMGTP]?B (free|total)\b"), "… \\1"),
    (re.compile(r"\b\w+:\S+ now\b"), "… now"),
]


@dataclass(slots=True)
class Case:
    """A case as written: its lead text, and its sections in order."""

    path: Path
    lead: str
    sections: list[tuple[str, str]] = field(default_factory=list)


def read_case(path: Path) -> Case:
    """Read a case file."""
    lead, *rest = _SECTION.split(path.read_text(encoding="utf-8"))
    return Case(path, lead, list(zip(rest[::2], rest[1::2], strict=True)))


def play(case: Case, folder: Path) -> list[tuple[str, str]]:
    """Carry a case out in an empty folder and return its sections as they came out; raises nothing for a difference."""
    played: list[tuple[str, str]] = []
    buckets = CaseBuckets()
    for name, text in case.sections:
        if name == "before":
            lay(folder, buckets.lay(text))
            played.append((name, text))
        elif name == "run":
            with buckets.served():
                played.append((name, "".join(_command(line, folder, buckets) for line in _commands(text))))
        elif name == "after":
            played.append((name, "".join(f"{line}\n" for line in (*listing(folder), *buckets.listing()))))
        else:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (WHEN, WHEN))
            played.append((name, text))
    return played


def update(case: Case, played: list[tuple[str, str]]) -> None:
    """Write what came out into the case's file, but for what fits already, with its `…`."""
    parts = [case.lead]
    for (name, expected), (_, actual) in zip(case.sections, played, strict=True):
        text = _taken_over(expected, actual) if differs(expected, actual) else expected
        parts.append(f"-- {name} --\n{text}")
    case.path.write_text("".join(parts), encoding="utf-8")


def _taken_over(expected: str, actual: str) -> str:
    """Return what came out, each line as it was expected where that fits it."""
    known = [line for line in expected.splitlines() if line.strip() and line.strip() != "…"]
    lines = []
    for line in actual.splitlines():
        fitting = next((at for at, pattern in enumerate(known) if _fits(pattern.rstrip(), line.rstrip())), None)
        lines.append(line if fitting is None else known[fitting])
        if fitting is not None:
            del known[: fitting + 1]
    return "".join(f"{line}\n" for line in lines)


def differs(expected: str, actual: str) -> str:
    """Say where `actual` leaves `expected` (whose `…` stand for anything), or return "" when it does not."""
    wanted = [line.rstrip() for line in expected.splitlines() if line.strip()]
    found = [line.rstrip() for line in actual.splitlines() if line.strip()]
    at = 0
    for index, line in enumerate(wanted):
        if line.strip() == "…":
            following = wanted[index + 1] if index + 1 < len(wanted) else None
            while at < len(found) and (following is None or not _fits(following, found[at])):
                at += 1
            continue
        if at >= len(found) or not _fits(line, found[at]):
            return f"expected: {line}\n   found: {found[at] if at < len(found) else '(nothing more)'}"
        at += 1
    return f"unexpected: {found[at]}" if at < len(found) else ""


def _fits(pattern: str, line: str) -> bool:
    if "…" not in pattern:
        return pattern == line
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("…")), line, re.DOTALL) is not None


def lay(folder: Path, text: str) -> None:
    """Make the items of a listing below `folder`, all with the same old modification time."""
    for line in text.splitlines():
        if not line.strip():
            continue
        if " -> " in line:
            name, _, target = line.partition(" -> ")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(target)
        elif line.endswith("/"):
            (folder / line).mkdir(parents=True, exist_ok=True)
        else:
            name, equals, content = line.partition(" = ")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{content if equals else name}\n", encoding="utf-8")
            os.utime(path, (WHEN, WHEN))


def listing(folder: Path) -> list[str]:
    """Return a line an item below `folder`, sorted: files (with what they hold, unless their own path), links, empty folders."""
    found: list[tuple[list[str], str]] = []
    for path in folder.rglob("*"):
        rel = path.relative_to(folder).as_posix()
        if rel.split("/")[0] in OWN or path.name == ".reshelve.lock" or OWN[0] in rel.split("/"):
            continue
        # Runs have another id each time: what two of them put into the trash is told apart by what it holds.
        shown = _ID.sub("…", rel)
        line = _line_of(path, rel, shown)
        if line:
            found.append((shown.split("/"), line))
    return [line for _, line in sorted(found)]


def _line_of(path: Path, rel: str, shown: str) -> str:
    if path.is_symlink():
        return f"{shown} -> {path.readlink()}"
    if path.is_dir():
        return "" if any(path.iterdir()) else f"{shown}/"
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return f"{shown} = …"
    first, _, more = content.partition("\n")
    return shown if content == f"{rel}\n" else f"{shown} = {first}{' …' if more else ''}"


def _commands(text: str) -> list[str]:
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]


def _command(line: str, folder: Path, buckets: CaseBuckets) -> str:
    name, *args = shlex.split(line)
    match name:
        case "reshelve":
            return f"$ {line}\n{reshelve(args, folder)}"
        case "pass":
            buckets.advance(int(args[0]) * 3600)
        case "remove":
            (folder / args[0]).unlink()
        case "write":
            (folder / args[0]).write_text(args[1] + "\n", encoding="utf-8")
            # A time of its own, and the same one each time: how large an archive of it becomes depends on it.
            at = WHEN + 1 + zlib.crc32(args[1].encode()) % 86_400
            os.utime(folder / args[0], (at, at))
        case "zero" if args[0].startswith("s3://"):
            buckets.zero(args[0])
        case "zero":
            seen = (folder / args[0]).stat()
            (folder / args[0]).write_bytes(bytes(seen.st_size))
            os.utime(folder / args[0], ns=(seen.st_atime_ns, seen.st_mtime_ns))
        case "other-disk":
            disks = folder / ".reshelve/disks.json"
            known = json.loads(disks.read_text())
            known[args[0]]["fs"] = "ext4:disk"
            disks.write_text(json.dumps(known))
        case "rename":
            (folder / args[0]).rename(folder / args[1])
        case _:
            raise ValueError(f"a case has no command {name!r}")
    return f"$ {line}\n"


def reshelve(args: list[str], folder: Path) -> str:
    """Run one command line in `folder` and return its output and exit code, what varies from run to run as `…`."""
    out = io.StringIO()
    with _inside(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = run(args)
    text = out.getvalue()
    for own in {str(folder), os.path.realpath(folder)}:
        text = text.replace(own, "…")
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    return f"{text}[exit {code}]\n" if code else text


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Stand in `folder`, with a home of its own, no terminal, and nobody to answer."""
    environ, here, stdin = dict(os.environ), os.getcwd(), sys.stdin
    os.environ.update({"HOME": str(folder), "XDG_STATE_HOME": str(folder / ".state"), "NO_COLOR": "1"})
    os.chdir(folder)
    sys.stdin = io.StringIO("")
    try:
        yield
    finally:
        sys.stdin = stdin
        os.chdir(here)
        os.environ.clear()
        os.environ.update(environ)
