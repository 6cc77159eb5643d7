"""TMDB, The Movie Database: api.themoviedb.org, version 3 (developer.themoviedb.org, "API Reference").

Of it are used: search/movie, search/tv, movie/{id}, tv/{id}, tv/{id}/season/{number}, tv/{id}/episode_groups and
tv/episode_group/{id}. A v3 key goes into the address, as TMDB has it, a read access token (three parts with dots) into a header.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reshelve.executors.lookup.lookup_cache import Kept
from reshelve.executors.lookup.plain_answers import date, number, text, year_of
from reshelve.executors.lookup.remembered_requests import Parse, Requests
from reshelve.schemas.lookup_answers import NAMES, EpisodeAsked, Episodes, KnownWork, WorkAsked, Works
from reshelve.schemas.lookup_settings import Lookup, elsewhere

_PAGES = 5
"""How many pages of 20 works are read. A title with more of them is not settled."""
_GROUPS = 3
"""How many orders of a show are compared."""
_ABSOLUTE = 2
"""The type of an order that counts through all seasons (developer.themoviedb.org, "TV Episode Groups")."""
_GROUP = re.compile(r"[0-9a-f]{8,40}\Z")
_ID = re.compile(r"[0-9]{1,9}\Z")


class Tmdb:
    """Asks TMDB. `key` goes nowhere but to `url`, and into no message. Satisfies executors.lookup.provider_contract.Provider."""

    name = "tmdb"

    def __init__(self, config: Lookup, url: str, key: str, requests: Requests) -> None:
        self._config = config
        self._url = url.rstrip("/")
        self._elsewhere = elsewhere(self.name, url)
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
            kept = self._get(f"search/{what}", of_page, lambda said: _search(said, what), lately=asked.lately, may_lack=False)
            day = min(day or kept.day, kept.day)
            pages, works = kept.answer or (0, [])
            found += [KnownWork(id_, tuple(titles), year) for id_, titles, year in works]
            page += 1
            if sum(asked.title.casefold() in map(str.casefold, work.titles) for work in found) > 1:
                break  # it is in doubt, whatever follows
        return Works(NAMES[self.name], day, tuple(found), more=pages >= page)

    def episodes(self, asked: EpisodeAsked) -> Episodes:
        """Return which episodes of a show have that number or date. Raises NoAnswerError."""
        if not _ID.match(asked.show):
            return Episodes(NAMES[self.name], "")
        if asked.date:
            return self._aired(asked)
        kept = self._get(f"tv/{asked.show}/episode_groups", {}, _absolute_groups, lately=asked.lately)
        if not kept.answer:
            return self._of_one_season(asked, kept.day)
        day, found = kept.day, set()
        for group in kept.answer[:_GROUPS]:
            order = self._get(f"tv/episode_group/{group}", {}, _absolute_order, lately=asked.lately)
            day = min(day, order.day)
            found |= {(season, episode) for through, season, episode in order.answer or () if through == asked.number}
        return Episodes(NAMES[self.name], day, tuple(sorted(found)))

    def _of_one_season(self, asked: EpisodeAsked, day: str) -> Episodes:
        """Return the episode of that number of a show with one season: of more, TMDB does not say how they are counted through."""
        show = self._get(f"tv/{asked.show}", {}, _seasons, lately=asked.lately)
        seasons = [season for season, _ in show.answer or () if season]
        if len(seasons) != 1:
            return Episodes(NAMES[self.name], min(day, show.day))
        season = self._get(f"tv/{asked.show}/season/{seasons[0]}", {}, _episodes, lately=asked.lately)
        found = [(seasons[0], episode) for episode, _ in season.answer or () if episode == asked.number]
        return Episodes(NAMES[self.name], min(day, show.day, season.day), tuple(found))

    def _aired(self, asked: EpisodeAsked) -> Episodes:
        """Return what was aired on a day, in the season that had begun last by then."""
        show = self._get(f"tv/{asked.show}", {}, _seasons, lately=asked.lately)
        begun = [(began, season) for season, began in show.answer or () if season and began and began <= asked.date]
        if not begun:
            return Episodes(NAMES[self.name], show.day)
        last = max(begun)[1]
        season = self._get(f"tv/{asked.show}/season/{last}", {}, _episodes, lately=asked.lately)
        found = [(last, episode) for episode, aired in season.answer or () if aired == asked.date]
        return Episodes(NAMES[self.name], min(show.day, season.day), tuple(found))

    def _work(self, what: str, asked: WorkAsked) -> Works:
        if not _ID.match(asked.id):
            return Works(NAMES[self.name], "")
        kept = self._get(f"{what}/{asked.id}", {}, lambda said: _work_in(said, what), lately=asked.lately)
        found = (KnownWork(kept.answer[0], tuple(kept.answer[1]), kept.answer[2]),) if kept.answer else ()
        return Works(NAMES[self.name], kept.day, found)

    def _get(self, path: str, query: Mapping[str, str], parse: Parse, *, lately: bool, may_lack: bool = True) -> Kept:
        asked = {**query, "language": self._config.language}
        request = f"{path}?{urlencode(sorted(asked.items()))}"

        def url() -> tuple[str, Mapping[str, str]]:
            if self._key.count(".") == 2 or not self._key:
                return f"{self._url}/{request}", {"Authorization": f"Bearer {self._key}"} if self._key else {}
            return f"{self._url}/{request}&{urlencode({'api_key': self._key})}", {}

        return self._requests.fetch(self.name, f"{self._elsewhere}{request}", url, parse, lately=lately, may_lack=may_lack)


def _search(said: Any, what: str) -> Any:
    """Return (pages, [[id, titles, year]]), None where nothing was found."""
    works = [work for each in said["results"] if (work := _work_in(each, what))]
    return [number(said["total_pages"]), works] if works else None


def _work_in(said: Any, what: str) -> list[Any] | None:
    """Return [id, titles, year], None for a work without a title."""
    name, day = ("title", "release_date") if what == "movie" else ("name", "first_air_date")
    titles = [title for title in dict.fromkeys(text(said[each]) for each in (name, f"original_{name}")) if title]
    return [str(number(said["id"])), titles, year_of(said.get(day))] if titles else None


def _seasons(said: Any) -> Any:
    """Return [season, the day it began] of each."""
    return [[number(each["season_number"]), date(each.get("air_date"))] for each in said["seasons"]]


def _episodes(said: Any) -> Any:
    """Return [episode, the day it was aired] of each."""
    return [[number(each["episode_number"]), date(each.get("air_date"))] for each in said["episodes"]]


def _absolute_groups(said: Any) -> Any:
    """Return the ids of the orders that count through all seasons."""
    ids = [text(each["id"]) for each in said["results"] if each["type"] == _ABSOLUTE]
    return [each for each in ids if _GROUP.match(each)]


def _absolute_order(said: Any) -> Any:
    """Return [number, season, episode] of an order; none where its groups, without one of specials, are not one."""
    groups = [each["episodes"] for each in said["groups"]]
    regular = [group for group in groups if any(number(episode["season_number"]) for episode in group)]
    if len(regular) != 1:
        return []
    rows = [(number(each["order"]), number(each["season_number"]), number(each["episode_number"])) for each in regular[0]]
    return [[order + 1, season, episode] for order, season, episode in rows]
