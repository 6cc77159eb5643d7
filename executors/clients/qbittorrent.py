"""qBittorrent: its torrents, over its web interface (`/api/v2/`: `auth/login`, `torrents/info`, `torrents/files`), from 4.3 on."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from reshelve.executors.clients.told_downloads import ToldDownload
from reshelve.executors.contracts.http_calls import NotDeliveredError, answered, call, value_of

_COMPLETE = frozenset({"uploading", "stalledUP", "queuedUP", "forcedUP", "stoppedUP", "pausedUP"})
"""The states of a torrent of which all that is wanted is there, at its place, and checked. Version 5 says stopped for paused."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def qbittorrent(url: str, user: str, password: str, seconds: float) -> list[ToldDownload]:
    """Return every torrent, within so many seconds. Raises NotDeliveredError. Without a password there is no log-in."""
    end = time.monotonic() + seconds
    base, headers = f"{url.rstrip('/')}/api/v2", {"Referer": url}
    if password:
        body = urlencode({"username": user, "password": password}, errors="surrogateescape").encode()
        said = answered(f"{base}/auth/login", seconds, {**headers, **_FORM}, body)
        cookie = said.headers.get("Set-Cookie", "").partition(";")[0]
        if said.body.strip() == b"Fails." or (not cookie and said.status != 204):
            raise NotDeliveredError("it refused user and password")
        headers["Cookie"] = cookie
    found = _list(call(f"{base}/torrents/info", end - time.monotonic(), headers))
    return [one for torrent in found for one in _told(torrent, base, headers, end)]


def _told(torrent: Mapping[str, Any], base: str, headers: Mapping[str, str], end: float) -> list[ToldDownload]:
    try:
        save, content = str(torrent["save_path"]).rstrip("/"), str(torrent.get("content_path", "")).rstrip("/")
        if content and not content.startswith("/"):
            # While it is not known yet which files are there.
            content = f"{save}/{content}"
        complete = torrent["state"] in _COMPLETE
        tags = tuple(tag.strip() for tag in str(torrent.get("tags", "")).split(",") if tag.strip())
        category = str(torrent.get("category", ""))
        whole = torrent.get("size") == torrent.get("total_size")
        if whole and content not in ("", save):
            return [ToldDownload((content,), complete, category, tags)]
        # Its files lie in no folder of their own, or some are not wanted, and may be there in part.
        asked = f"{base}/torrents/files?hash={quote(str(torrent['hash']), safe='')}"
        files = _list(call(asked, end - time.monotonic(), headers))
        top = content.rpartition("/")[0] if content not in ("", save) else save
        return [
            ToldDownload((f"{top}/{file['name']}",), complete and file["progress"] == 1, category, tags)
            for file in files
            if file["progress"]
        ]
    except (KeyError, TypeError, AttributeError, UnicodeError):
        raise NotDeliveredError("it gave no proper answer (no list of torrents)") from None


def _list(answer: bytes) -> list[Any]:
    found = value_of(answer)
    if not isinstance(found, list):
        raise NotDeliveredError("it gave no proper answer (no list of torrents)")
    return found
