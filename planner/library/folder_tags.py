"""Folder tags: the number in a database that the name of a show's or film's folder gives goes with it to its new folder."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from reshelve.planner.library.title_matching import works_of
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.same_title import Work, normalise
from reshelve.planner.recognise.title_text import IDS, ids_of
from reshelve.planner.rules.portable_names import LIMIT, encoded


class FolderTags:
    """The tags, as they are written, of the folders that a scan's shows and films are in."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[Work, str]] = defaultdict(dict)

    def note(self, rel: str, reading: Reading) -> None:
        """Note the tags of the folders that a file is in, and that are named after its show or film."""
        if "tt" not in rel and "db" not in rel.lower():
            return
        for folder in rel.split("/")[:-1]:
            if (ids := ids_of(folder)) and (named := works_of(folder)[0]) and is_of(reading.facts, named):
                tag = " ".join(found[0].strip() for found in IDS.finditer(folder))
                self._tags[normalise(named.title)][Work(named.title, named.year, frozenset(ids.items()))] = tag

    def tagged(self, folder: str, work: Work) -> str:
        """Return the name of a new folder with the tag that its work has elsewhere; as it is where that has none, or two."""
        tags = set(self._fitting(work))
        if len(tags) != 1 or ids_of(folder):
            return folder
        made = f"{folder} {tags.pop()}"
        return made if len(encoded(made)) <= LIMIT else folder

    def _fitting(self, work: Work) -> Iterator[str]:
        noted = self._tags.get(normalise(work.title), {})
        sure = [tag for one, tag in noted.items() if not one.ids.isdisjoint(work.ids)]
        yield from sure or [tag for one, tag in noted.items() if not one.differs(work)]


def is_of(facts: Mapping[str, Any], named: Work) -> bool:
    """Say whether facts are of the show or film that a folder's name means."""
    title = facts.get("show") or facts.get("title") or ""
    years = {facts.get("show_year" if "show" in facts else "year"), named.year} - {None}
    return normalise(str(title)) == normalise(named.title) and len(years) < 2
