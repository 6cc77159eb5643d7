"""A library: the shows or films that have a folder already, and which of them a work is.

Folders are asked in stages: by number in a database, by title as written, by title however spelled, and at last by likeness.
A year or a number that disagrees rules a folder out. What could be two folders, or is only like one, is for a person.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from reshelve.planner.recognise.same_title import Work, articles_clash, normalise, words
from reshelve.planner.recognise.title_text import ids_of, without_ids
from reshelve.schemas.quick_dataclasses import dataclass

NEAR = 88
"""The likeness, of 100, from which two titles are taken for perhaps the same."""
SURE = 93
"""The likeness from which the only folder that comes near is the one: a letter or two wrong in a long title."""

_YEAR = re.compile(r"\A(?P<title>.*\S)[ ._]*[(\[](?P<year>(?:19|20)\d\d)[)\]]\Z")
_BARE_YEAR = re.compile(r"\A(?P<title>.*[^\W_].*)[ ._]+(?P<year>(?:19|20)\d\d)\Z")
_TAG = re.compile(r"(?<=\S)\s*(?:\[[^\[\]]*\]|\{[^{}]*\})\Z")
_COUNTRY = re.compile(r"\[(?P<country>UK|US|USA|AU|NZ|CA|IE|DE|FR|ES|IT|NL|BE|DK|SE|NO|FI|JP|KR|IN|BR|MX)\]")
_ARTICLE_INSIDE = re.compile(
    r"(?P<rest>.+), (?P<article>the|a|an|le|la|les|der|die|das|el|los|las|il)(?P<more> \(.+\))\Z", re.IGNORECASE
)
"""An article after a comma with a country behind it: "Office, The (US)"."""
_QUALIFIER = re.compile(r"(?<=\S)\s*\((?!\d+\))[^()]*\)\Z")
_ROMAN = re.compile(r"(?:x{0,3}(?:ix|iv|v?i{1,3}|v|x))\Z")
_COUNTS = {
    said: str(at)
    for row in ("i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii", "one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve")
    for at, said in enumerate(row.split(","), 1)
}
"""Numbers in figures by how else they are written: "Rocky II" is "Rocky 2"."""
_LETTERS = frozenset("ivx")
"""Numbers that may be a letter as well: "Malcolm X" may be no "Malcolm 10"."""
_COUNTRIES = {
    "us": "us",
    "usa": "us",
    "uk": "uk",
    "gb": "uk",
    **{code: code for code in ("au", "nz", "ca", "ie", "de", "fr", "nl")},
}
_ENDS = 3
"""Letters at the beginning or end that two titles share when one is a misspelling of the other."""


@dataclass(slots=True, frozen=True)
class Found:
    """Where a work is: the folder it has beyond doubt, or else those that may be its own; neither when it has none.

    `near` are then the folders whose title is all that its own begins or ends with, or the other way round.
    """

    folder: str = ""
    candidates: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class _Shelved:
    folder: str
    work: Work


class Library:
    """The folders of one place, indexed once; a name counts when it is a folder's. Asking costs no more of a large one.

    One that is empty gives way to another of the same title: it may be what is left of a show that was moved.
    """

    def __init__(
        self, names: Iterable[str], is_folder: Callable[[str], bool], is_empty: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.names = frozenset(names)
        self._is_folder = is_folder
        self._is_empty = is_empty
        self._by_id: dict[tuple[str, str], list[_Shelved]] = defaultdict(list)
        self._by_title: dict[str, list[_Shelved]] = defaultdict(list)
        self._by_base: dict[str, list[_Shelved]] = defaultdict(list)
        self._by_count: dict[str, list[_Shelved]] = defaultdict(list)
        self._by_end: dict[str, dict[str, list[_Shelved]]] | None = None
        self._by_part: dict[str, list[tuple[_Shelved, bool]]] | None = None
        self._by_letters: dict[str, list[tuple[_Shelved, bool]]] = defaultdict(list)
        self._found: dict[tuple[Work, bool], Found] = {}
        for name in sorted(self.names):
            for work in works_of(name):
                shelved = _Shelved(name, work)
                self._by_title[normalise(work.title)].append(shelved)
                self._by_count[counted(work.title)].append(shelved)
                base = _QUALIFIER.sub("", work.title)
                if base != work.title:
                    self._by_base[normalise(base)].append(shelved)
                for each in work.ids:
                    self._by_id[each].append(shelved)

    def find(self, work: Work, *, film: bool) -> Found:
        """Return the folder of a show or, with `film`, of something known by its year too."""
        key = (work, film)
        found = self._found.get(key)
        if found is None:
            found = self._find(work, film, self._is_folder)
            if any(self._is_empty(folder) for folder in (found.folder, *found.candidates) if folder):
                filled = self._find(work, film, lambda name: self._is_folder(name) and not self._is_empty(name))
                others = [folder for folder in (filled.folder, *filled.candidates) if folder]
                if others and all(_is_of(folder, work) for folder in others):
                    found = filled
            self._found[key] = found
        return found

    def folders(self, fits: Callable[[str], bool]) -> list[str]:
        """Return the folders whose names fit, and that are not empty, by name."""
        return [name for name in sorted(self.names) if fits(name) and self._is_folder(name) and not self._is_empty(name)]

    def named(self, folder: str, like: Work) -> Work | None:
        """Return what a folder's name means, of several meanings the one that a work has too; None for no folder."""
        meanings = works_of(folder) if folder else []
        return next((one for one in meanings if normalise(one.title) == normalise(like.title)), meanings[0] if meanings else None)

    def _find(self, work: Work, film: bool, counts: Callable[[str], bool]) -> Found:
        known = [each for one in sorted(work.ids) for each in self._by_id.get(one, ())]
        numbers = Work(work.title, None, work.ids)
        same = self._folders((each for each in known if not numbers.differs(Work("", None, each.work.ids))), counts)
        if same:
            return _one_of(same)
        alike = {index: [each for each in some if not each.work.differs(work)] for index, some in self._asked(work.title)}
        clashing = [each for each in alike["title"] if articles_clash(each.work.title, work.title)]
        if work.year is None:
            lettered = {each.folder for each in alike["count"] if _is_lettered(each.work.title, work.title)}
            clashing += [each for each in alike["count"] if each.folder in lettered]
            alike["count"] = [each for each in alike["count"] if each.folder not in lettered]
        alike = {index: [each for each in some if not articles_clash(each.work.title, work.title)] for index, some in alike.items()}
        for index, some in alike.items():
            sure = [each for each in some if each.work.year == work.year]
            exact = self._folders((each for each in sure if each.work.title == work.title), counts)
            if index == "title" and len(exact) == 1:
                return Found(exact[0])
            fits = self._folders(sure, counts)
            if fits:
                return _one_of(fits)
            # Of what has a year, or a country in brackets, each may be meant by a bare title.
            loose = self._folders(some if work.year is not None or film else [*some, *alike["base"]], counts)
            if loose:
                return Found(candidates=tuple(loose)) if film else _one_of(loose)
        found = self._like(work, film, counts)
        if clashing and not found.folder:
            return Found(candidates=tuple(dict.fromkeys([*self._folders(clashing, counts), *found.candidates])))
        return found if found.folder or found.candidates else Found(near=self._near(work, counts))

    def _asked(self, title: str) -> Iterator[tuple[str, Iterable[_Shelved]]]:
        """Yield what has a title, what has it with numbers in other words, and what has it before a country in brackets."""
        yield "title", self._by_title.get(normalise(title), ())
        yield "count", self._by_count.get(counted(title), ())
        yield "base", self._by_base.get(normalise(title), ())

    def _near(self, work: Work, counts: Callable[[str], bool]) -> tuple[str, ...]:
        """Return the folders of whose title a work's is a whole part, at its beginning or end, or the other way round."""
        own = words(work.title)
        by_part = self._parts()
        near = [each for each, several in by_part.get("".join(own), ()) if len(own) > 1 or not several]
        for part, several in _parts(own):
            near += [each for each, is_several in self._by_letters.get(part, ()) if is_several or not several]
        return tuple(self._folders((each for each in near if not each.work.differs(work)), counts))

    def _parts(self) -> dict[str, list[tuple[_Shelved, bool]]]:
        """Return titles by each of their parts, and whether only a title of several words is such a part; note all by letters."""
        if self._by_part is None:
            self._by_part = defaultdict(list)
            for shelved in [each for some in self._by_title.values() for each in some]:
                title = words(shelved.work.title)
                self._by_letters["".join(title)].append((shelved, len(title) > 1))
                for part, several in _parts(title):
                    self._by_part[part].append((shelved, several))
        return self._by_part

    def _like(self, work: Work, film: bool, counts: Callable[[str], bool]) -> Found:
        """Return the folder whose title is written like the work's; one of several, or one only near, is for a person."""
        own = words(work.title)
        spelled = " ".join(own)
        near: dict[str, list[_Shelved]] = {}
        for end in _ends(own):
            near |= self._ends().get(end, {})
        if not near:
            return Found()
        from rapidfuzz import fuzz, process

        close: dict[str, float] = {}
        for other, score, _ in process.extract(spelled, near.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=None):
            if _numbers(own) != _numbers(tuple(other.split())) or _countries_clash(own, tuple(other.split())):
                continue
            fits = [each for each in near[other] if not each.work.differs(work) and (not film or each.work.year == work.year)]
            for folder in self._folders((each for each in fits if not articles_clash(each.work.title, work.title)), counts):
                close[folder] = 0 if spelled in (f"{other}s", other[:-1] if other.endswith("s") else "") else score
        if len(close) == 1 and max(close.values()) >= SURE:
            return Found(next(iter(close)))
        return Found(candidates=tuple(sorted(close, key=lambda folder: (-close[folder], folder))))

    def _ends(self) -> dict[str, dict[str, list[_Shelved]]]:
        """Return titles by the letters they begin with and by those they end in: a misspelling leaves one of the two."""
        if self._by_end is None:
            self._by_end = defaultdict(dict)
            for shelved in [each for some in self._by_title.values() for each in some]:
                own = words(shelved.work.title)
                for end in _ends(own):
                    self._by_end[end].setdefault(" ".join(own), []).append(shelved)
        return self._by_end

    @staticmethod
    def _folders(shelved: Iterable[_Shelved], counts: Callable[[str], bool]) -> list[str]:
        return [name for name in sorted({each.folder for each in shelved}) if counts(name)]


def _is_of(folder: str, work: Work) -> bool:
    """Say whether a folder is named after a work, however spelled, or by its number."""
    return any(normalise(one.title) == normalise(work.title) or not one.ids.isdisjoint(work.ids) for one in works_of(folder))


def works_of(folder: str) -> list[Work]:
    """Return what a folder's name may mean: its title and year, without tags; a year without brackets may be the title's, too."""
    ids = frozenset(ids_of(folder).items())
    name = without_ids(folder).strip()
    while (found := _YEAR.match(name)) is None and (shorter := _TAG.sub("", name)) != name:
        name = shorter
    if found is not None:
        return [Work(found["title"].rstrip(" -"), int(found["year"]), ids)]
    # A country tells shows apart in any brackets.
    country = _COUNTRY.search(folder)
    name = f"{name} ({country['country']})" if country else name
    if inside := _ARTICLE_INSIDE.match(name):
        name = f"{inside['article']} {inside['rest']}{inside['more']}"
    bare = _BARE_YEAR.match(name)
    return [Work(name, None, ids), *([Work(bare["title"], int(bare["year"]), ids)] if bare else [])]


def _one_of(folders: list[str]) -> Found:
    return Found(folders[0]) if len(folders) == 1 else Found(candidates=tuple(folders))


def _ends(title: tuple[str, ...]) -> tuple[str, ...]:
    text = "".join(title)
    return (f"{text[:_ENDS]}…", f"…{text[-_ENDS:]}") if len(text) > _ENDS else ()


def _parts(title: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Yield what a title begins with and what it ends with, word by word, in one piece: "S.W.A.T." may be written "SWAT".

    With each comes whether only a title of several words is such a part: one word ends many titles, unless an owner is before it.
    Of a few letters only the first word is a part.
    """
    for at in range(1, len(title)):
        start, end = "".join(title[:at]), "".join(title[at:])
        if at == 1 or len(start) > _ENDS:
            yield start, False
        if len(end) > _ENDS:
            yield end, not title[at - 1].endswith("s")


def _is_lettered(one: str, other: str) -> bool:
    """Say whether two titles, alike but for how their numbers are written, differ in one that may be a letter."""
    return any(_LETTERS.intersection(pair) and len(set(pair)) > 1 for pair in zip(words(one), words(other), strict=False))


def counted(title: str) -> str:
    """Return what every spelling of a title has in common, its numbers in figures too, but for the first word."""
    first, *others = words(title) or ("",)
    return "".join([first, *[_COUNTS.get(word, word) for word in others]])


def _countries_clash(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether two titles end in different countries: the shows of these are told apart by them."""
    countries = [_COUNTRIES.get(title[-1]) for title in (one, other) if len(title) > 1]
    return len(countries) > 1 and None not in countries and countries[0] != countries[1]


def _numbers(title: tuple[str, ...]) -> list[str]:
    """Return the words that count: two titles that differ in one are two works, however alike they are."""
    return [word for word in title if any(char.isdigit() for char in word) or _ROMAN.match(word)]
