"""Whose sidecar a file is, told by its name: same stem and a chain of languages and flags, or the same episode or film."""

import re
from dataclasses import field

from reshelve.planner.recognise.extension_tables import languages, regions
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Lead:
    """What a stem leads to: the main, and for a later part of it, its own piece (" CD2") in place of the main's (" CD1")."""

    main: Item
    piece: str = ""
    cut: str = ""


_FLAGS = frozenset(
    [
        *("forced", "sdh", "cc", "hi", "default", "full", "foreign", "signs", "songs"),
        *("commentary", "dub", "dubbed", "lyrics", "chapters"),
    ]
)
_REGION = re.compile(r"[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}|[A-Za-z]{2}|\d{3})\Z")
_ART = re.compile(
    r"(?:poster|fanart|backdrop|background|banner|landscape|thumb|clearlogo|clearart|logo|disc|discart|cover|keyart|characterart)\d*\Z",
    re.IGNORECASE,
)
_WORK = re.compile(
    r".*?(?<![^\W_])(?:s\d{1,4}[ ._-]*e\d{1,4}(?:-?e\d{1,4})*|\d{1,2}x\d{2,3})(?![^\W_])|.+?[ ._]*[(\[](?:19|20)\d\d[)\]]",
    re.IGNORECASE,
)
_SQUASHED = re.compile(r"[\W_]+")
_TRACK = frozenset(["track", "sub", "subs", "subtitle", "subtitles", "audio", "sound", "closed", "captions"])
_COUNT = re.compile(r"\d{1,2}\Z")
_SPOKEN_FLAGS = frozenset(["forced", "sdh", "cc", "commentary", "signs", "songs"])


@dataclass(slots=True)
class Names:
    """The mains of one folder by what they are called. A folded name or a work that two mains share leads to neither."""

    stems: dict[str, Lead] = field(default_factory=dict)
    folded: dict[str, Lead | None] = field(default_factory=dict)
    works: dict[str, Lead | None] = field(default_factory=dict)

    def add(self, stem: str, lead: Lead) -> None:
        """Let files named after `stem` follow `lead`; the first main of a stem keeps it."""
        if stem in self.stems:
            return
        self.stems[stem] = lead
        folded = stem.casefold()
        self.folded[folded] = lead if folded not in self.folded else None
        named = work(stem)
        if named:
            self.works[named] = lead if named not in self.works else None

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
            shorter = _without_tag(base)
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

    def owner_by_work(self, stem: str) -> tuple[Lead, str] | None:
        """Return the one main that is the same episode or film, and the chain of languages and flags of this stem."""
        base = without_tags(stem)
        named = work(base)
        lead = self.works.get(named) if named else None
        return (lead, stem[len(base) :]) if lead else None


def work(stem: str) -> str:
    """Return what a stem says it is, down to the episode or the year, separators and case apart; "" when it does not say."""
    found = _WORK.match(stem)
    return _SQUASHED.sub(" ", found.group()).strip().casefold() if found else ""


def spoken_whole(stem: str) -> bool:
    """Say whether a stem is nothing but languages, flags, and words and numbers of a track: "2_English", "forced", "track"."""
    if _is_regional(stem):
        return True
    said = [word for word in _words(stem) if not _COUNT.match(word)]
    words, _ = _without_region(said)
    return bool(said) and all(word in languages() or word in _FLAGS or word in _TRACK for word in words)


def spoken(stem: str) -> str:
    """Return the chain for a subtitle that is named after its language: "2_English" is ".en"; anything else keeps its name.

    A number is that of the track in the file that it was taken from, and says nothing of what it is.
    """
    if _is_regional(stem):
        return f".{stem}"
    words, region = _without_region(_words(stem))
    code = next((code for word in words if word not in _FLAGS and (code := languages().get(word))), None)
    code = region.get(code, code) if code else next(iter(region.values())) if len(region) == 1 else None
    flags = "".join([f".{word}" for word in words if word in _SPOKEN_FLAGS])
    return f"{f'.{code}' if code else ''}{flags}" if code or spoken_whole(stem) else f".{stem}"


def without_tags(stem: str) -> str:
    """Return the stem of a subtitle without the chain of languages and flags that it ends in; never nothing."""
    while (shorter := _without_tag(stem)) != stem:
        stem = shorter
    return stem


def _words(stem: str) -> list[str]:
    return [word for word in _SQUASHED.split(stem.lower()) if word]


def _is_regional(stem: str) -> bool:
    """Say whether a stem is one code of a language in a region: "pt-BR", "zh-Hans"."""
    return _REGION.match(stem) is not None and re.split("[-_]", stem.lower())[0] in languages()


def _without_region(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return words without those for a region, and the code that it makes of each language. A language alone is no region."""
    for phrase, codes in regions().items():
        at = next((at for at in range(len(words)) if tuple(words[at : at + len(phrase)]) == phrase), None)
        if at is not None:
            left = words[:at] + words[at + len(phrase) :]
            told = {language for word in left if word not in _FLAGS and (language := languages().get(word))}
            if told.intersection(codes) or (not told and len(codes) == 1 and " ".join(phrase) not in languages()):
                return left, codes
    return words, {}


def _without_tag(stem: str) -> str:
    """Return a stem without the language or flag it ends in. A number is one only after a language: "Film.2" is another film."""
    head, dot, tag = stem.rpartition(".")
    if not head or not dot:
        return stem
    if tag.isdecimal() and len(tag) < 3:
        return head if _without_tag(head) != head else stem
    lower = tag.lower()
    is_tag = lower in _FLAGS or lower in languages() or _REGION.match(tag) or tuple(_words(tag)) in regions()
    return head if is_tag else stem
