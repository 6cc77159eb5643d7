"""TheTVDB: api4.thetvdb.com, version 4 (thetvdb.github.io/v4-api; github.com/thetvdb/v4-api, docs/swagger-4.7.yml).

Of it are used: login, search, series/{id}, movies/{id} and series/{id}/episodes/{season-type}. The key is sent to login alone, for
a token that is kept in memory.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from reshelve.executors.lookup.lookup_cache import Kept
from reshelve.executors.lookup.plain_answers import date, number, text, year_of
from reshelve.executors.lookup.provider_contract import NoAnswerError
from reshelve.executors.lookup.remembered_requests import Parse, Requests, parsed
from reshelve.schemas.lookup_answers import NAMES, EpisodeAsked, Episodes, KnownWork, WorkAsked, Works
from reshelve.schemas.lookup_settings import Lookup, elsewhere

_SEARCHED = 100
"""How many works are read of a search."""
_PAGES = 20
"""How many pages of 500 episodes are read of a show."""
_ID = re.compile(r"[0-9]{1,9}\Z")
_THREE = {
    "ar": "ara", "bg": "bul", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind",
    "is": "isl", "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "nb": "nor", "nl": "nld", "no": "nor",
    "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha",
    "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "zho",
}  # fmt: skip
"""Languages as TheTVDB writes them, ISO 639-2, by ISO 639-1."""


class Tvdb:
    """Asks TheTVDB. `key` and `pin` go nowhere but to `url`, and into no message. Satisfies provider_contract.Provider."""

    name = "tvdb"

    def __init__(self, config: Lookup, url: str, key: str, pin: str, requests: Requests) -> None:
        self._language = _THREE.get(config.language[:2], "")
        self._url = url.rstrip("/")
        self._elsewhere = elsewhere(self.name, url)
        self._login = {"apikey": key} | ({"pin": pin} if pin else {})
        self._requests = requests
        self._token = ""

    def works(self, asked: WorkAsked) -> Works:
        """Return the films or shows that are found for a title or id. Raises NoAnswerError."""
        if asked.id:
            return self._work(asked)
        query = {"query": asked.title, "type": "movie" if asked.kind == "film" else "series", "limit": str(_SEARCHED)}
        if asked.year is not None:
            query["year"] = str(asked.year)
        kept = self._get(f"search?{urlencode(sorted(query.items()))}", self._search, lately=asked.lately, may_lack=False)
        found = tuple(KnownWork(id_, tuple(titles), year) for id_, titles, year in kept.answer or ())
        return Works(NAMES[self.name], kept.day, found, more=len(found) >= _SEARCHED)

    def episodes(self, asked: EpisodeAsked) -> Episodes:
        """Return which episodes of a show have that number or date. Raises NoAnswerError."""
        if not _ID.match(asked.show):
            return Episodes(NAMES[self.name], "")
        day, rows = self._ordered(asked, "official")
        regular = [row for row in rows if row[1]]
        if asked.date:
            found = {(season, episode) for _, season, episode, _, aired in regular if aired == asked.date}
        elif any(row[3] for row in regular):
            found = {(season, episode) for _, season, episode, absolute, _ in regular if absolute == asked.number}
        else:
            counted, through = self._ordered(asked, "absolute")
            day, ids = min(day, counted), {row[0] for row in through if row[1] and row[2] == asked.number}
            found = {(row[1], row[2]) for row in regular if row[0] in ids}
        return Episodes(NAMES[self.name], day, tuple(sorted(found)))

    def _work(self, asked: WorkAsked) -> Works:
        if not _ID.match(asked.id):
            return Works(NAMES[self.name], "")
        kept = self._get(f"{'movies' if asked.kind == 'film' else 'series'}/{asked.id}", _work_in, lately=asked.lately)
        found = (KnownWork(kept.answer[0], tuple(kept.answer[1]), kept.answer[2]),) if kept.answer else ()
        return Works(NAMES[self.name], kept.day, found)

    def _ordered(self, asked: EpisodeAsked, order: str) -> tuple[str, list[list[Any]]]:
        """Return the day, and [id, season, episode, absolute number, day it was aired] of each episode in an order."""
        rows: list[list[Any]] = []
        day, page, more = "", 0, True
        while more and page < _PAGES:
            kept = self._get(f"series/{asked.show}/episodes/{order}?page={page}", _episodes, lately=asked.lately)
            day = min(day or kept.day, kept.day)
            more, found = kept.answer or (False, [])
            rows += found
            page += 1
        return day, rows

    def _search(self, said: Any) -> Any:
        return [work for each in said["data"] if (work := self._found(each))[1]]

    def _found(self, said: Any) -> list[Any]:
        translations = said.get("translations") or {}
        titles = [translations.get(self._language), said["name"], *(said.get("aliases") or ()), *translations.values()]
        return [text(said["tvdb_id"]), _plain(titles), year_of(said.get("year"))]

    def _get(self, request: str, parse: Parse, *, lately: bool, may_lack: bool = True) -> Kept:
        # What a title is called first depends on the language.
        kept_by = f"{self._elsewhere}{request} {self._language}"
        return self._requests.fetch(self.name, kept_by, lambda: self._url_of(request), parse, lately=lately, may_lack=may_lack)

    def _url_of(self, request: str) -> tuple[str, Mapping[str, str]]:
        if not self._token and self._login["apikey"]:
            body = json.dumps(self._login).encode()
            said = self._requests.send(self.name, f"{self._url}/login", {"Content-Type": "application/json"}, body)
            if said is None:
                raise NoAnswerError("it has no login")
            self._token = parsed(said, lambda answer: text(answer["data"]["token"]))
            if not self._token.isascii():
                raise NoAnswerError("its answer is not of the form that is expected")
        return f"{self._url}/{request}", {"Authorization": f"Bearer {self._token}"} if self._token else {}


def _work_in(said: Any) -> list[Any] | None:
    work = said["data"]
    titles = [work["name"], *(alias["name"] for alias in work.get("aliases") or ())]
    return [str(number(work["id"])), _plain(titles), year_of(work.get("year"))] if _plain(titles) else None


def _episodes(said: Any) -> Any:
    """Return whether there are more pages, and the rows of this one."""
    rows = [
        [
            number(each["id"]),
            number(each["seasonNumber"]),
            number(each["number"]),
            number(each.get("absoluteNumber") or 0),
            date(each.get("aired")),
        ]
        for each in said["data"]["episodes"]
    ]
    return [bool((said.get("links") or {}).get("next")), rows] if rows else None


def _plain(titles: Iterable[Any]) -> list[str]:
    return [each for each in dict.fromkeys(text(title) for title in titles if title) if each]
