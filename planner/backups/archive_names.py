"""Names of archives: what tells a person when one was taken, in the workspace's zone; and which names are of backups at all."""

import re
from collections.abc import Container
from datetime import datetime

from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.verbs import ArchiveFormat

_FORMS: dict[Kind, str] = {"incremental": "incremental_%Y%m%d_%H%M%S", "daily": "daily_%Y%m%d", "weekly": "archive_%G_week_%V"}
_INCREMENTAL = re.compile(r"incremental_(\d{8}_\d{6})[._]")
_NAME = re.compile(r"(?:incremental_\d{8}_\d{6}|daily_\d{8}|archive_\d{4}_week_\d{2})(?:_\d+)?\.(?:tar\.gz|zip)\Z")


def free_name(kind: Kind, at: datetime, form: ArchiveFormat, taken: Container[str]) -> str:
    """Return the name of an archive taken `at` (local time) that none of `taken` has, by a number behind it where one does."""
    stem = at.strftime(_FORMS[kind])
    name, number = f"{stem}.{form}", 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}.{form}"
    return name


def is_backup(name: str) -> bool:
    """Say whether a file name is one that backups have."""
    return _NAME.match(name) is not None


def wall_time(name: str) -> datetime | None:
    """Return the local time, without a zone, that the name of an incremental archive says; None for one of another kind."""
    found = _INCREMENTAL.match(name)
    try:
        return datetime.strptime(found[1], "%Y%m%d_%H%M%S") if found else None  # noqa: DTZ007 - the zone is the caller's
    except ValueError:
        return None
