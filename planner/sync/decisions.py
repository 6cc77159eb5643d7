"""What sync decides about one name: frozen values, conflicts among them. Contents are told apart by a text, such as a hash."""

from collections.abc import Mapping
from dataclasses import field

from reshelve.schemas.quick_dataclasses import dataclass

Contents = Mapping[str, str]
"""What stands at names: name to content."""


@dataclass(slots=True, frozen=True)
class Sides:
    """What one person's sync looks at: what it last saw equal (`base`), what is here, and what is in the bucket (`there`).

    `cleaned` are the contents that somebody's clean-up or removal took from the bucket, by name, as people's records say.
    """

    base: Contents
    here: Contents
    there: Contents
    cleaned: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Same:
    """Both sides hold the same: nothing to do."""

    name: str
    content: str


@dataclass(slots=True, frozen=True)
class Gone:
    """Both sides let go of it: it is remembered no more."""

    name: str


@dataclass(slots=True, frozen=True)
class Download:
    """The bucket's comes here; `over`, the content that stands here and nobody changed since it was seen, goes to the trash."""

    name: str
    content: str
    over: str = ""


@dataclass(slots=True, frozen=True)
class Upload:
    """What is here goes up: to a free name, or in place of `over`, only while the bucket still holds that."""

    name: str
    content: str
    over: str = ""


@dataclass(slots=True, frozen=True)
class Conflict:
    """Both changed. The bucket's (`theirs`) keeps the name and comes here; `mine` goes up and stays here as `copy`.

    `sent`: `copy` is in the bucket already, with that very content. `kept`: it is here already.
    """

    name: str
    mine: str
    theirs: str
    copy: str
    sent: bool = False
    kept: bool = False


@dataclass(slots=True, frozen=True)
class CleanedUp:
    """Unchanged here, and gone from the bucket: nothing goes up again."""

    name: str
    content: str


@dataclass(slots=True, frozen=True)
class RemovedHere:
    """Unchanged in the bucket, and removed here: it stays in the bucket."""

    name: str
    content: str


@dataclass(slots=True, frozen=True)
class Remove:
    """Removed here, and asked to be removed from the bucket too, only while that still holds the same."""

    name: str
    content: str


@dataclass(slots=True, frozen=True)
class RenamedHere:
    """Renamed here: the service renames its own, and nothing is sent again."""

    name: str
    was: str
    content: str


@dataclass(slots=True, frozen=True)
class RenamedThere:
    """Renamed by somebody else: the file here gets the new name, and nothing is fetched again."""

    name: str
    was: str
    content: str


Decision = Same | Gone | Download | Upload | Conflict | CleanedUp | RemovedHere | Remove | RenamedHere | RenamedThere

UP = (Upload, Conflict, Remove, RenamedHere)
"""Decisions that change the bucket."""

DOWN = (Download, Conflict, RenamedThere)
"""Decisions that change what is here."""


@dataclass(slots=True, frozen=True)
class Wish:
    """What was asked for beside the usual: `again` brings back what was cleaned up or removed; `delete` removes it there too."""

    again: bool = False
    delete: bool = False


USUAL = Wish()
