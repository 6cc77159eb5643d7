"""The webhooks of Sonarr and Radarr ("Connect", "Webhook"), as they send them: what listens to them can listen to a workspace.

The form is that of `WebhookImportPayload`, `WebhookRenamePayload` and `WebhookEpisodeDeletePayload`, in the folder
src/NzbDrone.Core/Notifications/Webhook of their repositories: a message for each file that came or went, and one for all files of a
show or film that were renamed.
"""

import os
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reshelve.executors.contracts.http_calls import NotDeliveredError, basic, post_json
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver, seen_as
from reshelve.executors.hooks.told_files import EPISODES, FILMS, ToldFile, told_files
from reshelve.schemas.after_settings import After

_WE: Mapping[str, Any] = {"instanceName": "reshelve", "applicationUrl": ""}


def sonarr_form(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Tell of the episodes of these runs, or of their films, within so many seconds. Raises NotDeliveredError.

    Each message that was taken counts: what is tried again begins after it.
    """
    told = receiver.told
    assert isinstance(told, After)
    url, headers, end = receiver.url, _authorization(receiver, told), time.monotonic() + seconds
    taken: dict[str, int] = {}
    for notice in notices:
        for number, message in enumerate(_messages(receiver, told, notice)):
            if number < notice.told:
                continue
            left = end - time.monotonic()
            if left <= 0:
                raise NotDeliveredError("it did not take everything in time", told=taken)
            try:
                post_json(url, message, left, headers)
            except NotDeliveredError as trouble:
                raise NotDeliveredError(str(trouble), trouble.after, told=taken) from None
            taken[notice.id] = number + 1


def _authorization(receiver: Receiver, told: After) -> dict[str, str]:
    if told.password_env:
        return basic(told.user or "reshelve", receiver.value(told.password_env))
    return receiver.bearer


def _messages(receiver: Receiver, told: After, notice: Notice) -> Iterator[dict[str, Any]]:
    """Yield the messages that a notice comes to, always the same in the same order."""
    form = _Form(told.kind == "radarr-webhook", told.map)
    if not notice.run:
        yield form.test()
        return
    report = receiver.report(notice.run)
    if not isinstance(report, dict):
        raise NotDeliveredError(f"the report of run {notice.run} is gone, so its files are not known")
    files = list(told_files(report, FILMS if form.films else EPISODES, receiver.paths, receiver.named))
    renamed: dict[str, list[ToldFile]] = {}
    for file in files:
        if file.event == "renamed":
            renamed.setdefault(file.folder, []).append(file)
        else:
            yield form.came(file, notice) if file.event == "came" else form.went(file, notice)
    for folder in renamed.values():
        yield form.renamed(folder, notice)


class _Form:
    """The words for films (Radarr's) or for episodes (Sonarr's), and folders as the receiver sees them."""

    def __init__(self, films: bool, mapped: Mapping[str, str]) -> None:
        self.films = films
        self._mapped = mapped
        self._file, self._renamed = ("movieFile", "renamedMovieFiles") if films else ("episodeFile", "renamedEpisodeFiles")

    def came(self, file: ToldFile, notice: Notice) -> dict[str, Any]:
        """A file came into a store: an import."""
        own = self._told(file, notice) | ({"sourcePath": self._seen(file.before)} if file.before else {})
        message = self._begun("Download", file) | {self._file: own, "isUpgrade": bool(file.replaced)}
        if file.replaced:
            old = {"id": own["id"], "relativePath": own["relativePath"], "path": own["path"]}
            message["deletedFiles"] = [old | {"recycleBinPath": self._seen(file.replaced)}]
        return message

    def went(self, file: ToldFile, notice: Notice) -> dict[str, Any]:
        """A file left its store."""
        event = "MovieFileDelete" if self.films else "EpisodeFileDelete"
        return self._begun(event, file) | {self._file: self._told(file, notice), "deleteReason": "manual"}

    def renamed(self, files: Sequence[ToldFile], notice: Notice) -> dict[str, Any]:
        """Files of one show or film were renamed in their store."""
        first = files[0]
        told = [
            self._told(file, notice)
            | {"previousPath": self._seen(file.before), "previousRelativePath": os.path.relpath(file.before, first.folder)}
            for file in files
        ]
        return {"eventType": "Rename", **_WE, **self._of(first), self._renamed: told}

    def test(self) -> dict[str, Any]:
        """A test: that it listens."""
        file = ToldFile(
            "came", "/test/Test Title/test.mkv", "/test/Test Title", {"title": "Test Title", "season": 1, "episodes": [1]}, 0
        )
        return self._begun("Test", file)

    def _begun(self, event: str, file: ToldFile) -> dict[str, Any]:
        begun = {"eventType": event, **_WE, **self._of(file)}
        if self.films:
            return begun | {"remoteMovie": {name: begun["movie"][name] for name in ("tmdbId", "imdbId", "title", "year")}}
        return begun | {"episodes": list(_episodes(file))}

    def _of(self, file: ToldFile) -> dict[str, Any]:
        facts, folder = file.facts, self._seen(file.folder)
        if self.films:
            film = {"id": _id(file.folder), "title": str(facts.get("title", "")), "year": facts.get("year") or 0}
            return {"movie": film | {"folderPath": folder, "tmdbId": _number(facts, "tmdb"), "imdbId": str(facts.get("imdb", ""))}}
        ids = {"tvdbId": _number(facts, "tvdb"), "tmdbId": _number(facts, "tmdb"), "imdbId": str(facts.get("imdb", ""))}
        show = {"id": _id(file.folder), "title": str(facts.get("show") or facts.get("title", "")), "path": folder}
        return {"series": show | {**ids, "tvMazeId": 0, "type": "daily" if _is_daily(facts) else "standard"}}

    def _told(self, file: ToldFile, notice: Notice) -> dict[str, Any]:
        return {
            "id": _id(file.path),
            "relativePath": os.path.relpath(file.path, file.folder),
            "path": self._seen(file.path),
            "quality": "Unknown",
            "qualityVersion": 1,
            "size": file.size,
            "dateAdded": datetime.fromtimestamp(notice.made, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _seen(self, path: str) -> str:
        return seen_as(path, self._mapped)


def _episodes(file: ToldFile) -> Iterator[dict[str, Any]]:
    facts = file.facts
    aired = {"airDate": str(facts["date"])} if _is_daily(facts) else {}
    for number in facts.get("episodes") or [0]:
        season = facts.get("season") or 0
        yield {
            "id": _id(f"{file.folder}/{season}/{number}/{aired}"),
            "seasonNumber": season,
            "episodeNumber": number,
            "title": str(facts.get("episode_title", "")),
            **aired,
        }


def _is_daily(facts: Mapping[str, Any]) -> bool:
    return bool(facts.get("date")) and not facts.get("episodes")


def _number(facts: Mapping[str, Any], name: str) -> int:
    """Return an id of another service as a name tells it, 0 for none."""
    told = str(facts.get(name, ""))
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0


def _id(text: str) -> int:
    """Return a number for what Sonarr has one in its database, the same each time for the same place."""
    return zlib.crc32(text.encode()) & 0x7FFFFFFF
