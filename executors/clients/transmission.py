"""Transmission: its torrents, over its RPC (`torrent-get`, `session-get`), versions 3 and 4."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reshelve.executors.clients.told_downloads import ToldDownload
from reshelve.executors.contracts.http_calls import NotDeliveredError, answered, basic, value_of

_CHECKING = (1, 2)
"""The states of a torrent that waits to be checked, or is being checked."""
_FIELDS = ("name", "downloadDir", "leftUntilDone", "metadataPercentComplete", "status", "labels", "files")
_SESSION = "X-Transmission-Session-Id"


def transmission(url: str, user: str, password: str, seconds: float) -> list[ToldDownload]:
    """Return every torrent, within so many seconds. Raises NotDeliveredError. Without a password there is no log-in."""
    rpc = _Rpc(url, user, password, time.monotonic() + seconds)
    session = rpc.ask("session-get", {})
    under_way = str(session.get("incomplete-dir", "")) if session.get("incomplete-dir-enabled") else ""
    torrents = rpc.ask("torrent-get", {"fields": _FIELDS}).get("torrents", [])
    try:
        return [one for torrent in torrents for one in _told(torrent, under_way)]
    except (KeyError, TypeError, AttributeError):
        raise NotDeliveredError("it gave no proper answer (no list of torrents)") from None


def _told(torrent: Mapping[str, Any], under_way: str) -> Iterator[ToldDownload]:
    top, tags = str(torrent["downloadDir"]).rstrip("/"), tuple(map(str, torrent.get("labels") or ()))
    known = torrent.get("metadataPercentComplete", 1) == 1
    complete = known and torrent["leftUntilDone"] == 0 and torrent["status"] not in _CHECKING
    tops = [top, *([under_way.rstrip("/")] if under_way and not complete else [])]
    files = torrent["files"]
    if complete and any(file["bytesCompleted"] < file["length"] for file in files):
        # Some are not wanted, and may be there in part.
        for file in files:
            yield ToldDownload((f"{top}/{file['name']}",), file["bytesCompleted"] == file["length"], "", tags)
        return
    yield ToldDownload(tuple(f"{each}/{name}" for each in tops for name in _names(torrent, files)), complete, "", tags)


def _names(torrent: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the names below its folder: that of the torrent, as a file or as a folder with all its files."""
    yield from dict.fromkeys([str(torrent["name"]), *(str(file["name"]).partition("/")[0] for file in files)])


class _Rpc:
    def __init__(self, url: str, user: str, password: str, end: float) -> None:
        self._url, self._end = f"{url.rstrip('/')}/transmission/rpc", end
        self._headers = {"Content-Type": "application/json"}
        if password:
            self._headers |= basic(user, password)

    def ask(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        said = answered(self._url, self._end - time.monotonic(), self._headers, body, also=(409,))
        if said.status == 409:
            # The first request is told the id of a session, against requests from other sites.
            self._headers[_SESSION] = said.headers.get(_SESSION, "")
            said = answered(self._url, self._end - time.monotonic(), self._headers, body)
        found = value_of(said.body)
        if not isinstance(found, dict) or found.get("result") != "success" or not isinstance(found.get("arguments"), dict):
            raise NotDeliveredError("it gave no proper answer (no RPC)")
        told: Mapping[str, Any] = found["arguments"]
        return told
