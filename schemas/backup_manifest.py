"""The manifest of a backup: the small document at the head of its archive that says whose it is and what it builds on."""

import json
from dataclasses import asdict
from typing import Any, Literal, cast, get_args

from reshelve.schemas.quick_dataclasses import dataclass

Kind = Literal["incremental", "daily", "weekly"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(slots=True, frozen=True)
class Manifest:
    """What a backup says of itself. `taken` is when the folder was looked at (ISO 8601, UTC), `since` the file name of the archive
    it builds on ("" for a full one), `deleted` the paths (document form) that went since.
    """

    of: str
    kind: Kind
    taken: str
    since: str = ""
    deleted: tuple[str, ...] = ()

    def text(self) -> str:
        """Return it as one line of JSON: the same manifest gives the same bytes."""
        return json.dumps({"reshelve_backup": 1, **asdict(self)}, ensure_ascii=False, separators=(",", ":")) + "\n"


def manifest_of(text: str) -> Manifest | None:
    """Return the manifest that a text is, or None where it is none that this version understands: an archive is a stranger's."""
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or given.get("reshelve_backup") != 1 or given.get("kind") not in KINDS:
        return None
    texts = [given.get(name) for name in ("of", "taken", "since")]
    deleted = given.get("deleted")
    if not all(isinstance(each, str) for each in texts) or not isinstance(deleted, list):
        return None
    if not all(isinstance(each, str) for each in deleted):
        return None
    of, taken, since = cast(list[str], texts)
    return Manifest(of, given["kind"], taken, since, tuple(deleted))
