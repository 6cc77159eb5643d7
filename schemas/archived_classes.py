"""Archived objects: which classes must be thawed before they can be read, in which tiers, and how long that takes.

Source: Amazon S3 User Guide, "Understanding archive retrieval options"; the longest time of each range it gives.
"""

from datetime import datetime, timedelta

from reshelve.schemas.inventory import Item
from reshelve.schemas.near_words import near

CLASSES = (
    "STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE", "REDUCED_REDUNDANCY",
    "EXPRESS_ONEZONE", "OUTPOSTS", "SNOW",
)  # fmt: skip
"""The storage classes of AWS. Source: Amazon S3 API Reference, PutObject."""

READY_SECONDS = {
    ("GLACIER", "Expedited"): 5 * 60,
    ("GLACIER", "Standard"): 5 * 3600,
    ("GLACIER", "Bulk"): 12 * 3600,
    ("DEEP_ARCHIVE", "Standard"): 12 * 3600,
    ("DEEP_ARCHIVE", "Bulk"): 48 * 3600,
}
"""After how many seconds an object of a class, asked for in a tier, can be read. What is not here cannot be asked for."""

ARCHIVED = frozenset(kind for kind, _ in READY_SECONDS)
"""The classes whose objects cannot be read before they are thawed. GLACIER_IR can be read at once."""


def class_meant(given: str) -> str | None:
    """Return the class of AWS that an unknown one may mean, or None: services have their own, and new ones come."""
    if given in CLASSES:
        return None
    # People say Glacier Deep Archive: a GLACIER_ in front does not tell which class is meant.
    word = given.upper().removeprefix("GLACIER_")
    return next((each for each in CLASSES if each.startswith(word)), None) or near(given, CLASSES)


def ready_after(storage_class: str, tier: str, asked: str) -> str:
    """Return about when an object can be read that was asked for at `asked` in a retrieval tier, "" where that cannot be told.

    Times are ISO 8601 in UTC, the answer's to the minute.
    """
    seconds = READY_SECONDS.get((storage_class, tier))
    if seconds is None:
        return ""
    moment = datetime.fromisoformat(asked) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")


def is_frozen(item: Item) -> bool:
    """Say whether an object is archived and cannot be read now, be it asked for already or not."""
    return item.storage_class in ARCHIVED and item.restored in ("", "ongoing")
