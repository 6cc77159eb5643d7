"""What can be seen to be wrong with the records of runs at a glance: files that are gone or empty, folders that hold nothing."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from reshelve.executors.state.run_records import out_of_history
from reshelve.schemas.documents.source_lines import NoFileError, must_be_file
from reshelve.schemas.problems import Problem


def emptied(folder: Path) -> Problem:
    """Return the problem of a run's folder that holds nothing of it any more."""
    detail = "Its plan, journal and report are gone: what the run did is not known, and cannot be undone."
    hint = f"If you have them in a backup, put them back. {out_of_history(folder)}"
    return Problem("state-damaged", "The records of a run are gone.", detail, str(folder), hint)


def several(folders: Iterable[tuple[str, Path]]) -> Iterator[Problem]:
    """Yield a problem for each run that has several folders, as a copy or a sync service leaves them."""
    seen: dict[str, Path] = {}
    for run, folder in folders:
        first = seen.setdefault(run, folder)
        if first != folder:
            detail = f"{first.name} and {folder.name} are both run {run}."
            hint = f"Keep the one that is right. {out_of_history(folder)}"
            yield Problem("state-damaged", "A run has two folders.", detail, str(folder), hint)


def lacking(run: str, folder: Path) -> Iterator[Problem]:
    """Yield a problem for the plan and the journal of a settled run where they are gone or empty. Reads neither."""
    told = {"plan.json": "it can be neither shown nor undone", "journal.ndjson": "less of it can be undone"}
    for name, without in told.items():
        path = folder / name
        try:
            seen = os.stat(path)
            must_be_file(path, seen)
            why = "" if seen.st_size else "It is empty"
        except NoFileError as trouble:
            why = f"{trouble.strerror}".capitalize()
        except OSError as trouble:
            why = "It is gone" if isinstance(trouble, FileNotFoundError) else f"{trouble.strerror}"
        if why:
            what = "plan" if name == "plan.json" else "journal"
            detail = f"{why}. Put it back from a backup, if there is one: without it, {without}."
            code = "plan-lost" if what == "plan" else "journal-damaged"
            yield Problem(code, f"The {what} of run {run} is damaged.", detail, str(path))
