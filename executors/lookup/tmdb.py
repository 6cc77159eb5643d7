"""TMDB, The Movie Database: api.themoviedb.org, version 3 (developer.themoviedb.org, "API Reference").

Of it are used: search/movie, search/tv, movie/{id}, tv/{id}, tv/{id}/season/{number}, tv/{id}/episode_groups and
tv/episode_group/{id}. A v3 key goes into the address, as TMDB has it, a read access token (three parts with dots) into a header.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reshelve.executors.lookup.lookup_cache import Kept
from reshelve.executors.lookup.plain_answers import number, text, year_of
from reshelve.executors.lookup.provider_contract import NoAnswerError
from reshelve.executors.lookup.remembered_requests import Parse, Requests
from reshelve.schemas.lookup_answers import NAMES, EpisodeAsked, Episodes, KnownWork, WorkAsked, Works
from reshelve.schemas.lookup_settings import Lookup

_PAGES = 5
"""How many pages of 20 works are read. A title with more of them is not settled."""
_ID = re.compile(r"[0-9]{1,9}\Z")


class Tmdb:
    """Asks TMDB. `key` goes nowhere but to `url`, and into no message. Satisfies executors.lookup.provider_contract.Provider."""

    name = "tmdb"

    def __init__(self, config: Lookup, url: str, key: str, requests: Requests) -> None:
        self._config = config
        self._url = url.rstrip("/")
        self._key = key
        self._requests = requests

    def works(self, asked: WorkAsked) -> Works:
        """Return the films or shows that are found for a title or id. Raises NoAnswerError."""
        what = "movie" if asked.kind == "film" else "tv"
        if asked.id:
            return self._work(what, asked)
        query = {"query": asked.title}
        if asked.year is not None:
            query["primary_release_year" if what == "movie" else "first_air_date_year"] = str(asked.year)
        if what == "movie" and self._config.region:
            query["region"] = self._config.region
        found: list[KnownWork] = []
        day, pages, page = "", 1, 1
        while page <= min(pages, _PAGES):
            of_page = {**query, "page": str(page)} if page > 1 else query
            kept = self._get(f"search/{what}", of_page, lambda said: _search(said, what), lately=asked.lately)
            day = min(day or kept.day, kept.day)
            pages, works = kept.answer or (0, [])
            found += [KnownWork(id_, tuple(titles), year) for id_, titles, year in works]
            page += 1
        return Works(NAMES[self.name], day, tuple(found), more=pages > _PAGES)

    def episodes(self, asked: EpisodeAsked) -> Episodes:
        """Return which episodes of a show have that number or date. Raises NoAnswerError."""
        raise NoAnswerError(f"it is not asked for episodes of {asked.show}")

    def _work(self, what: str, asked: WorkAsked) -> Works:
        if not _ID.match(asked.id):
            return Works(NAMES[self.name], "")
        kept = self._get(f"{what}/{asked.id}", {}, lambda said: _work_in(said, what), lately=asked.lately)
        found = (KnownWork(kept.answer[0], tuple(kept.answer[1]), kept.answer[2]),) if kept.answer else ()
        return Works(NAMES[self.name], kept.day, found)

    def _get(self, path: str, query: Mapping[str, str], parse: Parse, *, lately: bool) -> Kept:
        asked = {**query, "language": self._config.language}
        request = f"{path}?{urlencode(sorted(asked.items()))}"

        def url() -> tuple[str, Mapping[str, str]]:
            if self._key.count(".") == 2 or not self._key:
                return f"{self._url}/{request}", {"Authorization": f"Bearer {self._key}"} if self._key else {}
            return f"{self._url}/{request}&{urlencode({'api_key': self._key})}", {}

        return self._requests.fetch(self.name, request, url, parse, lately=lately)


def _search(said: Any, what: str) -> Any:
    """Return (pages, [[id, titles, year]]), None where nothing was found."""
    works = [_work_in(each, what) for each in said["results"]]
    return [number(said["total_pages"]), works] if works else None


def _work_in(said: Any, what: str) -> list[Any]:
    name, date = ("title", "release_date") if what == "movie" else ("name", "first_air_date")
    titles = dict.fromkeys(text(said[each]) for each in (name, f"original_{name}"))
    return [str(number(said["id"])), [title for title in titles if title], year_of(said.get(date))]
