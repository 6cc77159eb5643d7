"""Plex: each folder that a run touched is looked at again, in the section of the library that holds it.

What is asked (`GET /library/sections`, `GET /library/sections/KEY/refresh?path=FOLDER`) is Plex Media Server's own API.
"""

import time
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from reshelve.executors.contracts.http_calls import NotDeliveredError, call, value_of
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver, seen_as, standing, topmost, within
from reshelve.schemas.after_settings import After

_MOST = 100
"""Folders of one section that are asked for one by one; of more, the section's folders that hold them are."""


def plex(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Have Plex look at the folders of these notices, within so many seconds. Raises NotDeliveredError.

    A folder that no section holds is nothing to Plex. A notice without folders is a test: that there are sections at all.
    """
    told = receiver.told
    assert isinstance(told, After)
    url, end = receiver.url.rstrip("/"), time.monotonic() + seconds
    headers = {"Accept": "application/json", "X-Plex-Token": receiver.token}
    sections = _sections(call(f"{url}/library/sections", seconds, headers))
    if not sections:
        raise NotDeliveredError("it has no sections")
    folders = topmost(seen_as(standing(folder), told.map) for notice in notices for folder in notice.folders)
    for key, top, mine in _in_sections(sections, folders):
        for folder in mine if len(mine) <= _MOST else [top]:
            if end <= time.monotonic():
                raise NotDeliveredError("it did not take all folders in time")
            call(f"{url}/library/sections/{key}/refresh?path={quote(folder)}", end - time.monotonic(), headers)


def _sections(answer: bytes) -> list[tuple[str, str]]:
    """Return the key of each section, as an address has it, with each of its folders, as Plex sees them."""
    try:
        found = value_of(answer)["MediaContainer"].get("Directory", [])
        return [
            (quote(str(section["key"]), safe=""), str(place["path"])) for section in found for place in section.get("Location", [])
        ]
    except (UnicodeError, KeyError, TypeError, AttributeError):
        raise NotDeliveredError("it gave no proper answer (no list of sections)") from None


def _in_sections(sections: Sequence[tuple[str, str]], folders: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    for key, top in sections:
        # A folder above a section's own, as a disk's, has the section's looked at.
        mine = topmost(folder if within(folder, top) else top for folder in folders if within(folder, top) or within(top, folder))
        if mine:
            yield key, top, mine
