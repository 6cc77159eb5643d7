"""Backups, for people and for programs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from reshelve.planner.backups.backup_scanner import Found, Taken
from reshelve.planner.backups.retention import Kept
from reshelve.schemas.locations import printable
from reshelve.schemas.quantities import human_size
from reshelve.session.session_backups import Row
from reshelve.views.colour import count


def unchanged_text(found: Found) -> Iterator[str]:
    """Yield the projects of which nothing changed since their last backup."""
    for subject in found.unchanged:
        yield f"{printable(subject.of)}: nothing changed since the last backup, so there is none."


def made_text(made: Iterable[Taken]) -> Iterator[str]:
    """Yield what was made and read through."""
    for taken in made:
        since = f", since {taken.since}" if taken.since else ""
        yield f"{printable(taken.subject.of)}: {taken.name}, {count(taken.files, 'file')}{since}. Verified."


def made_events(found: Found, made: Iterable[Taken]) -> Iterator[dict[str, Any]]:
    """Yield an event for each archive that was made, and for each project of which nothing changed."""
    for taken in made:
        backup = found.layout.files[taken.target].backup
        yield {
            "type": "backup",
            "of": taken.subject.of,
            "kind": taken.kind,
            "archive": taken.target,
            "since": taken.since,
            "files": taken.files,
            "deleted": len(backup.deleted) if backup is not None else 0,
        }
    for subject in found.unchanged:
        yield {"type": "backup", "of": subject.of, "kind": "incremental", "archive": "", "since": "", "files": 0, "deleted": 0}


def archives_text(rows: Sequence[Row], kept: Mapping[str, Sequence[Kept]], zone: tzinfo | None) -> Iterator[str]:
    """Yield a line for each archive below the folder it is in; of those that stay, why, where `kept` says it."""
    if not rows:
        yield "There are no backups."
        return
    folder = ""
    reasons = {(at, each.name): each.reasons for at, several in kept.items() for each in several}
    for row in rows:
        if row.folder != folder:
            folder = row.folder
            yield f"{printable(row.subject.of)}  {printable(folder)}"
        taken = f"{datetime.fromisoformat(row.taken).astimezone(zone):%Y-%m-%d %H:%M:%S}" if row.taken else " " * 19
        why = row.why or ", ".join(reasons.get((row.folder, row.name), ()))
        yield f"  {taken}  {human_size(row.size):>9}  {row.name}  {row.state}" + (f" ({why})" if why else "")


def archive_events(rows: Iterable[Row], kept: Mapping[str, Sequence[Kept]]) -> Iterator[dict[str, Any]]:
    """Yield an event for each archive."""
    reasons = {(at, each.name): each.reasons for at, several in kept.items() for each in several}
    for row in rows:
        yield {
            "type": "archive",
            "of": row.subject.of,
            "folder": row.folder,
            "name": row.name,
            "size": row.size,
            "kind": row.kind,
            "taken": row.taken,
            "since": row.since,
            "state": row.state,
            "why": row.why,
            "kept": list(reasons.get((row.folder, row.name), ())),
        }
