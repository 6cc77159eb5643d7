"""Keeping the catalog: each run is written as it settles; what is missing is made good before anything is asked of it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reshelve.executors.catalog.catalog_tables import FILE, DamagedError
from reshelve.opening.wiring import Setting
from reshelve.planner.catalog.place_labels import PlaceLabels
from reshelve.planner.recognise.extension_tables import adding
from reshelve.schemas.facts import Facts
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.run_record import Made
from reshelve.schemas.run_report import Report

if TYPE_CHECKING:
    from reshelve.executors.catalog.catalog_recording import Content, Labels

AT_ONCE = 2_000
"""Up to so many operations are written as a run settles. Writing takes some 40 % as long as the moves do: of more, with whatever
is missing before them, nobody who only moves files is to wait; they are written when something is asked of the catalog."""
_READING = frozenset(("copy", "upload", "download", "write", "pack", "link"))
"""What a run reads content for, or makes new files by."""


def path_of(setting: Setting) -> Path:
    """Return where the catalog of a setting is."""
    return setting.state.folder / FILE


def note_run(setting: Setting, plan: Plan | None, report: Report, contents: "Content") -> None:
    """Write a run that has just settled into the catalog. Whatever goes wrong is a warning in its report, and no failure of it.

    `plan` None: it is read from the state. `contents` are hashes remembered of files that the run renamed.
    """
    if not report.run or report.outcome == "unsettled":
        return
    try:
        _note_run(setting, plan, report, contents)
    except (OSError, sqlite3.Error, ReshelveError, DamagedError) as trouble:
        detail = f"{trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else trouble}."
        hint = "Nothing is lost: the next `reshelve assets` writes it. To rebuild it: reshelve catalog rebuild"
        where = str(path_of(setting))
        report.notes.append(
            Problem(
                "catalog-not-written", "The run could not be written into the catalog.", detail, where, hint, severity="warning"
            )
        )


def _note_run(setting: Setting, plan: Plan | None, report: Report, contents: "Content") -> None:
    from reshelve.executors.catalog import catalog_recording
    from reshelve.executors.catalog.catalog_tables import opened
    from reshelve.executors.catalog.run_changes import changes_of

    state = setting.state
    if report.operations > AT_ONCE:
        return
    with opened(path_of(setting)) as catalog, labelling(setting) as labels:
        lacking = catalog_recording.missing(catalog, state)
        if lacking is None or report.run not in lacking:
            return
        if len(lacking) > 1 or plan is None:
            waiting = (summary.operations for summary in state.runs() if summary.id in lacking)
            if sum(waiting) > AT_ONCE:
                return
            earlier = lacking if plan is None else lacking[: lacking.index(report.run)]
            catalog_recording.catch_up(catalog, state, earlier, labels)
        if plan is not None:
            done = [result.index for result in report.results if result.result == "done"]
            changes = changes_of(report.run, plan.operations, done, _made(setting, report))
            ended = catalog_recording.Ended(
                report.run, report.command, report.of, report.outcome, report.started, report.ended, report.who, report.host
            )
            catalog_recording.write(catalog, ended, changes, labels, contents)


def _made(setting: Setting, report: Report) -> Mapping[int, Made]:
    """Return what a run made by what its journal says; nothing where it only renamed."""
    from reshelve.executors.state.run_journal import load
    from reshelve.executors.state.run_records import made_in
    from reshelve.schemas.journal_records import MadeFiles

    if not report.counts.keys() & _READING and not report.copied_bytes:
        return {}
    journal = load(setting.state.folder_of(report.run) / "journal.ndjson", report.run)
    found: dict[int, Made] = {}
    for record in journal.records:
        if isinstance(record, MadeFiles):
            found |= made_in(record)
    return found


@contextmanager
def labelling(setting: Setting) -> "Iterator[Labels]":
    """Give what tells the type, project and job of a file of a setting."""
    from reshelve.executors.catalog.catalog_recording import Label

    places = PlaceLabels(setting.workspace)

    def label(place: str, facts: Facts | None) -> Label:
        return Label(*places.of(place, facts))

    with adding(setting.workspace.media.extensions):
        yield label
