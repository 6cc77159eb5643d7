"""Whose sidecar a file is, told by its name: same stem and a chain of languages and flags, or the same episode or film."""

import re
from dataclasses import field

from reshelve.planner.recognise.extension_tables import companions, is_sidecar
from reshelve.planner.recognise.subtitle_tags import language_of, spoken, spoken_whole, without_tag, without_tags
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Lead:
    """What a stem leads to: the main, and for a later part of it, its own piece (" CD2") in place of the main's (" CD1")."""

    main: Item
    piece: str = ""
    cut: str = ""


_ART = re.compile(
    r"(?:poster|fanart|backdrop|background|banner|landscape|thumb|clearlogo|clearart|logo|disc|discart|cover|keyart|characterart)\d*\Z",
    re.IGNORECASE,
)
_WORK = re.compile(
    r".*?(?<![^\W_])(?:s\d{1,4}[ ._-]*e\d{1,4}(?:-?e\d{1,4})*|\d{1,2}x\d{2,3})(?![^\W_])|.+?[ ._]*[(\[](?:19|20)\d\d[)\]]",
    re.IGNORECASE,
)
_DATED = re.compile(r".+(?<![^\W_])(?:19|20)\d\d(?![^\W_])", re.DOTALL)
_NUMBER = re.compile(r"s0*(\d+) ?e0*(\d+)\Z|0*(\d+)x0*(\d+)\Z")
_EPISODE = re.compile(r"e(?:p(?:isode)?)?[ ._-]*0*(\d{1,3})\Z", re.IGNORECASE)
_TAGS_START = re.compile(r"\s*[\[(_-]|\s")
_AGAIN = re.compile(r" ?\(\d{1,2}\)\Z")
_SQUASHED = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Names:
    """The mains of one folder by what they are called. A folded name, a work or a number that two mains share leads to neither."""

    stems: dict[str, Lead] = field(default_factory=dict)
    folded: dict[str, Lead | None] = field(default_factory=dict)
    works: dict[str, Lead | None] = field(default_factory=dict)
    numbers: dict[tuple[int, int], Lead | None] = field(default_factory=dict)
    episodes: dict[int, Lead | None] = field(default_factory=dict)
    wholes: dict[str, Lead] = field(default_factory=dict)

    def add(self, stem: str, lead: Lead) -> None:
        """Let files named after `stem` follow `lead`; the first main of a stem keeps it."""
        if not lead.piece:
            self.wholes.setdefault(lead.main.rel.rpartition("/")[2].casefold(), lead)
        if stem in self.stems:
            return
        self.stems[stem] = lead
        folded = stem.casefold()
        self.folded[folded] = lead if folded not in self.folded else None
        named = film(stem)
        if named:
            known = _numbered_alike(named)
            self.works[known] = lead if known not in self.works else None
            if (number := numbered(named)) is not None:
                self.numbers[number] = lead if number not in self.numbers else None
                self.episodes[number[1]] = lead if number[1] not in self.episodes else None

    @property
    def has_parts(self) -> bool:
        """Whether a main has later parts: a number in front of a language may be that of a part."""
        return any(lead.piece for lead in self.stems.values())

    def of_stem(self, stem: str) -> Lead | None:
        """Return the main of exactly this stem, case apart when that is unmistakable."""
        return self.stems.get(stem) or self.folded.get(stem.casefold())

    def owner(self, stem: str) -> tuple[Lead, str] | None:
        """Return the main whose stem begins this one, and the chain of languages and flags that follows it."""
        base = stem
        while True:
            lead = self.of_stem(base)
            if lead is not None:
                return lead, stem[len(base) :]
            shorter = without_tag(base)
            if shorter == base:
                return None
            base = shorter

    def owner_of_art(self, stem: str) -> tuple[Lead, str] | None:
        """Return the main of an image, and what follows its stem: nothing, or "-poster", ".fanart" and the like."""
        lead = self.of_stem(stem)
        if lead is not None:
            return lead, ""
        at = max(stem.rfind("-"), stem.rfind("."))
        lead = self.of_stem(stem[:at]) if at > 0 and _ART.match(stem, at + 1) else None
        return (lead, stem[at:]) if lead else None

    def owner_of_document(self, stem: str) -> tuple[Lead, str] | None:
        """Return the main of a document, and what follows its stem: languages, or the word for a document that downloaders add."""
        found = self.owner(stem)
        base, _, word = stem.rpartition(".")
        if found is None and word.lower() in companions()["documents"] and (lead := self.of_stem(base)) is not None:
            return lead, stem[len(base) :]
        return found

    def of_whole(self, name: str) -> tuple[Item, str] | None:
        """Return the main whose whole name begins this one, with only an extension behind: "Film.ts.meta"; and that extension."""
        base, _, ext = name.rpartition(".")
        whole, _, word = base.rpartition(".")
        lead = self.wholes.get(base.casefold())
        if lead is None and word.lower() in companions()["documents"]:
            lead, base = self.wholes.get(whole.casefold()), whole
        return (lead.main, name[len(base) :]) if lead is not None and is_sidecar(ext) else None

    def owner_by_work(self, stem: str) -> tuple[Lead, str] | None:
        """Return the one main that is the same episode or film, and the chain of languages and flags of this stem."""
        base = without_tags(stem)
        named = work(base)
        if (named and _NUMBER.match(named)) or _EPISODE.match(base):
            # Nothing but the number of an episode, as in "S01E02.de" or "E02": that of the one episode here that has it.
            lead = self.of_number(named or base)
        else:
            lead = self.works.get(_numbered_alike(named)) if named else self.of_film(base)
        return (lead, stem[len(base) :]) if lead else None

    def owner_loosely(self, stem: str) -> tuple[Lead, str] | None:
        """Return the main whose stem begins this one, and languages that follow it otherwise than behind dots, as a chain.

        "Film [DE]", "Film - English" and "Film_en_forced" are; so is "Film.en(1)", which was fetched twice.
        """
        once = _AGAIN.sub("", stem)
        if once != stem and (found := self.owner(once)) is not None:
            return found
        for start in _TAGS_START.finditer(once):
            tags = once[start.start() :]
            head = once[: start.start()]
            # Words behind a space may be of another title, but behind a year in brackets or the number of an episode.
            lead = self.of_stem(head) if head else None
            if lead is None or (start.group().isspace() and _WORK.fullmatch(head) is None):
                continue
            if spoken_whole(tags) and language_of(tags) is not None:
                return lead, spoken(tags)
        return None

    def of_number(self, said: str) -> Lead | None:
        """Return the one main with the number of an episode that a name is; without a season it has to be that of one only."""
        only = _EPISODE.match(said)
        if only is None:
            number = numbered(said)
            return self.numbers.get(number) if number is not None else None
        return self.episodes.get(int(only[1]))

    def of_film(self, stem: str) -> Lead | None:
        """Return the one main that is the film or episode of a name that says nothing more, but for what picture of it it is."""
        at = max(stem.rfind("-"), stem.rfind("."))
        name = squashed(stem[:at] if at > 0 and _ART.match(stem, at + 1) else stem)
        return self.works.get(_numbered_alike(name)) if film(name) == name else None


def film(stem: str) -> str:
    """Return what a stem says it is, down to the episode or the year, even where no brackets tell that it is one: "Film.1995"."""
    found = work(stem)
    if not found and (dated := _DATED.match(stem)) is not None:
        return squashed(dated.group())
    return found


def _numbered_alike(named: str) -> str:
    """Return what `work` says with the number of its episode written in one way: "show 1x02" as "show s1e2"."""
    found = _NUMBER.search(named)
    number = numbered(named)
    return f"{named[: found.start()]}s{number[0]}e{number[1]}" if found and number else named


def numbered(named: str) -> tuple[int, int] | None:
    """Return the season and number of the one episode that ends what `work` says."""
    found = _NUMBER.search(named)
    numbers = [int(one) for one in found.groups() if one is not None] if found else []
    return (numbers[0], numbers[1]) if numbers else None


def squashed(stem: str) -> str:
    """Return a stem with its separators and case apart."""
    return _SQUASHED.sub(" ", stem).strip().casefold()


def work(stem: str) -> str:
    """Return what a stem says it is, down to the episode or the year, separators and case apart; "" when it does not say."""
    found = _WORK.match(stem)
    return squashed(found.group()) if found else ""
