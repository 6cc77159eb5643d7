"""Settled runs written into the catalog: each once, in one transaction, and those that are missing made good."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from pydantic_core import to_json

from reshelve.executors.catalog import unpacked_again
from reshelve.executors.catalog.catalog_tables import writing
from reshelve.executors.catalog.run_changes import Arrival, RunChanges, changes_of
from reshelve.executors.state.cache_db import signed
from reshelve.executors.state.run_reports import load_figures
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.facts import Facts
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run


class Label(NamedTuple):
    """What the catalog says of a file by its place and facts."""

    type: str
    project: str | None
    job: str | None


BY_HAND = "moved by hand"
"""The command of what people did and a look found: no run, but it has the heading of one, `of` the run before it."""

Labels = Callable[[str, Facts | None], Label]
Content = Mapping[tuple[int, int, int], str]
"""Contents known without reading, by (inode, size, mtime_ns)."""
_NOTHING_KNOWN: Content = {}
Rows = list[tuple[tuple[object, ...], list[tuple[object, ...]]]]
"""Runs as the catalog has them: the heading of each, and its operations."""


@dataclass(slots=True, frozen=True)
class Ended:
    """A settled run: the heading of its rows. `is_known` False: what it did is not known any more."""

    run: str
    command: str
    of: str
    outcome: str
    started: str
    ended: str
    who: str
    host: str
    is_known: bool = True


def _heading(run: Run, state: State) -> Ended:
    """Return the heading of a run as it had when it settled: its report has the time of its end, a moment after its journal's."""
    ended = run.ended
    with suppress(ReshelveError, OSError):
        report = load_figures(state.folder_of(run.id))
        if report is not None:
            ended = report.ended
    return Ended(run.id, run.plan.command, run.plan.of, run.outcome, run.started, ended, run.who, run.host)


def recorded(catalog: sqlite3.Connection) -> list[str]:
    """Return the ids of the runs that the catalog has, in the order they were written."""
    return [run for (run,) in catalog.execute("SELECT run FROM run ORDER BY number")]


def missing(catalog: sqlite3.Connection, state: State) -> list[str] | None:
    """Return the settled runs that the catalog lacks, oldest first; None where one of them is older than one that it has.

    Rows are in the order of the runs: then it is to be made anew.
    """
    has = set(recorded(catalog))
    folders = [run for run, _ in state.run_folders()]
    unsettled = set(state.unsettled()) if not has.issuperset(folders) else set()
    lacking = [number for number, run in enumerate(folders) if run not in has and run not in unsettled]
    newest = max((number for number, run in enumerate(folders) if run in has), default=-1)
    if lacking and lacking[0] < newest:
        return None
    return [folders[number] for number in lacking]


def catch_up(catalog: sqlite3.Connection, state: State, runs: Iterable[str], labels: Labels) -> list[Problem]:
    """Write these runs, oldest first; return a warning for each that cannot be read, which is noted and left out."""
    damaged: list[Problem] = []
    for run in runs:
        try:
            loaded = state.run(run)
        except (ReshelveError, OSError) as trouble:
            detail = trouble.problems[0].detail if isinstance(trouble, ReshelveError) else f"{trouble.strerror}."
            where = str(state.folder_of(run))
            text = "What it did is missing from the catalog."
            damaged.append(Problem("run-unreadable", f"Run {run} cannot be read.", f"{detail} {text}", where, severity="warning"))
            with writing(catalog):
                _begin(catalog, Ended(run, "", "", "", "", "", "", "", is_known=False))
            continue
        write(catalog, _heading(loaded, state), changes_of(run, loaded.plan.operations, sorted(loaded.done), loaded.made), labels)
    return damaged


def of_other_runs(catalog: sqlite3.Connection, known: Collection[str]) -> Rows:
    """Return the headings and rows of runs that are not `known`: their records were pruned, or it is what people moved."""
    found = []
    for number, *heading in catalog.execute(
        "SELECT number, run, command, of, outcome, started, ended, who, host, is_known FROM run"
    ):
        if heading[0] not in known:
            wanted = "SELECT step, verb, was, now, size FROM operation WHERE run = ? ORDER BY id"
            found.append((tuple(heading), catalog.execute(wanted, (number,)).fetchall()))
    return found


def put_back(catalog: sqlite3.Connection, runs: Rows) -> None:
    """Put the rows of other runs into a fresh catalog, before those of all others: `put_in_order` once these are written."""
    with writing(catalog):
        for heading, rows in runs:
            number = _begin(catalog, Ended(*heading))  # type: ignore[arg-type]
            given = ((number, *row) for row in rows)
            catalog.executemany("INSERT INTO operation (run, step, verb, was, now, size) VALUES (?, ?, ?, ?, ?, ?)", given)


def write_moves_by_hand(catalog: sqlite3.Connection, moves: Iterable[tuple[str, str, int]], at: str) -> None:
    """Write what people moved (from, to, bytes), as found at `at`, unless it is known. In a transaction of the caller's."""
    unknown = [move for move in moves if not _leads_to(catalog, move[0], move[1])]
    if unknown:
        made = catalog.execute("SELECT count(*) FROM run WHERE command = ?", (BY_HAND,)).fetchone()[0]
        after = catalog.execute("SELECT run FROM run WHERE command <> ? ORDER BY number DESC LIMIT 1", (BY_HAND,)).fetchone()
        number = _begin(catalog, Ended(f"by-hand-{made + 1}", BY_HAND, after[0] if after else "", "done", at, at, "", ""))
        catalog.executemany(
            "INSERT INTO operation (run, step, verb, was, now, size) VALUES (?, ?, 'move', ?, ?, ?)",
            ((number, step, *move) for step, move in enumerate(unknown)),
        )


def _leads_to(catalog: sqlite3.Connection, was: str, now: str) -> bool:
    """Say whether what people moved by the catalog brought what came to one place last to another."""
    came = catalog.execute("SELECT coalesce(max(id), 0) FROM operation WHERE now = ?", (was,)).fetchone()[0]
    step = (
        "SELECT operation.id, now FROM operation JOIN run ON run.number = operation.run "
        "WHERE command = ? AND was = ? AND operation.id > ? ORDER BY operation.id LIMIT 1"
    )
    row = catalog.execute(step, (BY_HAND, was, came)).fetchone()
    while row is not None and row[1] != now:
        row = catalog.execute(step, (BY_HAND, row[1], row[0])).fetchone()
    return row is not None


def put_in_order(catalog: sqlite3.Connection) -> None:
    """Number the rows of all runs by when these ended: those put back are from before, between and after the others.

    What people moved follows the run that was the newest when it was found, as long as that is known.
    """
    with writing(catalog):
        ordered = (
            "SELECT operation.id FROM operation JOIN run ON run.number = operation.run LEFT JOIN run AS before "
            "ON before.run = run.of AND run.command = ?1 ORDER BY coalesce(before.ended, run.ended), run.command = ?1, operation.id"
        )
        ids = [number for (number,) in catalog.execute(ordered, (BY_HAND,))]
        catalog.executemany("UPDATE operation SET id = ? WHERE id = ?", ((-new, old) for new, old in enumerate(ids, 1)))
        catalog.execute("UPDATE operation SET id = -id")


def write(
    catalog: sqlite3.Connection, ended: Ended, changes: RunChanges, labels: Labels, content: Content = _NOTHING_KNOWN
) -> None:
    """Write one run: its rows, and the places that it changed. Nothing where it stands there already."""
    with writing(catalog):
        number = _begin(catalog, ended)
        if number is None:
            return
        rows = ((number, *row) for row in changes.rows)
        catalog.executemany("INSERT INTO operation (run, step, verb, was, now, size) VALUES (?, ?, ?, ?, ?, ?)", rows)
        at = ended.ended[:19] + "Z"
        _places(catalog, at, changes, labels, content)
        unpacked_again.follow(catalog, number, at)


def _begin(catalog: sqlite3.Connection, ended: Ended) -> int | None:
    """Write the heading of a run and return its number; None where it stands there already."""
    made = catalog.execute(
        "INSERT INTO run (run, command, of, outcome, started, ended, who, host, is_known) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (ended.run, ended.command, ended.of, ended.outcome, ended.started, ended.ended, ended.who, ended.host, ended.is_known),
    )
    return made.lastrowid if made.rowcount else None


_FRESH = """
INSERT INTO place (location, asset, size, mtime_ns, inode, type, project, job, facts, filed_at, first_seen, last_seen, in_trash)
VALUES (?1, (SELECT id FROM asset WHERE xxh3 = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12)
"""
"""For a catalog in which no place stands yet that a file could have come from."""
_CARRIED = """
INSERT INTO place (location, asset, size, mtime_ns, inode, type, project, job, facts, filed_at, first_seen, last_seen, in_trash)
SELECT ?1, coalesce((SELECT id FROM asset WHERE xxh3 = ?2), asset), ?3, ?4, ?5, ?6, ?7, coalesce(?8, job), coalesce(?9, facts),
  ?10, ?11, ?11, ?12
FROM (SELECT 1) LEFT JOIN place ON location = ?13 AND gone_at IS NULL AND size = ?3 WHERE true
ON CONFLICT (location) DO UPDATE SET asset = excluded.asset, size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = NULL,
  inode = excluded.inode, type = excluded.type, project = excluded.project, job = excluded.job, facts = excluded.facts,
  filed_at = excluded.filed_at, last_seen = excluded.last_seen, gone_at = NULL, in_trash = excluded.in_trash
"""


def _places(catalog: sqlite3.Connection, at: str, changes: RunChanges, labels: Labels, content: Content) -> None:
    contents = {one.content: one.size for one in (*changes.here.values(), *changes.seen.values()) if _is_content(one.content)}
    if content:
        known = ((content.get((one.inode, one.size, one.mtime_ns)), one.size) for one in changes.here.values())
        contents |= {digest: size for digest, size in known if digest}
    catalog.executemany("INSERT INTO asset (xxh3, size) VALUES (?, ?) ON CONFLICT DO NOTHING", contents.items())
    knows_any = catalog.execute("SELECT 1 FROM place LIMIT 1").fetchone() is not None
    crossing = {one.origin for one in changes.here.values() if one.origin in changes.here} if knows_any else set()
    before = _carried(catalog, crossing)
    written: dict[int, str] = {}

    def row(place: str, one: Arrival, filed_at: str | None) -> tuple[object, ...]:
        label = labels(place, one.facts)
        facts = None
        if one.facts:
            facts = written.get(id(one.facts)) or written.setdefault(id(one.facts), _text(one.facts))
        digest = one.content or content.get((one.inode, one.size, one.mtime_ns), "")
        origin = one.origin
        if origin in before:
            digest, facts = digest or before[origin][0], facts or before[origin][1]
            origin = ""
        inode = signed(one.inode)
        named = label.type, label.project, label.job
        return (place, digest, one.size, one.mtime_ns, inode, *named, facts, filed_at, at, one.in_trash, origin)

    rows = (row(place, one, at) for place, one in changes.here.items())
    if knows_any:
        catalog.executemany(_CARRIED, rows)
    else:
        catalog.executemany(_FRESH, (each[:12] for each in rows))
    stayed = (row(place, one, None) for place, one in changes.seen.items())
    catalog.executemany(_CARRIED.replace("filed_at = excluded.filed_at, ", ""), stayed)
    if knows_any:
        leave = "UPDATE place SET gone_at = ?, last_seen = ? WHERE location = ? AND gone_at IS NULL"
        catalog.executemany(leave, ((at, at, place) for place in changes.gone))


def _carried(catalog: sqlite3.Connection, places: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Return the content and facts that places have before a run that puts other files there."""
    wanted = (
        "SELECT coalesce(xxh3, ''), facts FROM place LEFT JOIN asset ON asset.id = asset WHERE location = ? AND gone_at IS NULL"
    )
    found = ((place, catalog.execute(wanted, (place,)).fetchone()) for place in places)
    return {place: row for place, row in found if row is not None}


def _is_content(digest: str) -> bool:
    return digest.startswith("xxh3:")


def _text(facts: Facts) -> str:
    return to_json(facts, fallback=str).decode("utf-8", "replace")
