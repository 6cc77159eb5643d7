"""Words of releases: what tells of one and never counts anything, and which words are as often of a title as of a release."""

import re
from functools import cache, lru_cache

from reshelve.planner.recognise.extension_tables import languages, numbering, release_words
from reshelve.planner.recognise.title_text import QUALITY, ends_early

_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
CHECKSUM = rf"(?=\d*[a-f])[0-9a-f]{{8}}|(?<=[\[(])(?!{_DAY})\d{{8}}(?=[\])])"
"""Eight hexadecimal digits. One such sum in forty-three has no letter, and is known by its brackets, unless it could be a day."""
TAG = (
    r"(?:\d{3,4}[pi]|\d{3,4}x\d{3,4}|[48]k|[xh][ .]?26[45]|av1|(?:8|10)[ -]?bits?|hdr10\+?|hi10p?|mp[34]|dvd[59r]|"
    r"bd(?:25|50|66|100)|(?:e?ac-?3|aac|ddp?|dts|flac|opus|truehd|atmos|ma)(?:[ .-]?[1257][ .][0124])?|[1257][.][0124](?:ch)?|v\d|"
    rf"{CHECKSUM}|"
    r"\d{2,3}fps|\d+(?:[.,]\d+)?[ ]?[gm]b|[2-8]ch|zee5)(?![^\W_])"
)
"""Words with digits in them that tell of a release and never count anything."""
_EDITIONS = frozenset({"dc", "om", "se", "uc", "ee"})
_SHORT_EDITIONS = frozenset(map(str.upper, _EDITIONS))
SHORT_WORDS = _EDITIONS | frozenset(
    word
    for line in (
        "vr180 3d limited internal proper repack dubbed subbed multi",
        "nordic pl cz hun ita eng esp nl rus vf vo",
    )
    for word in line.split()
)
"""Editions and languages in short, as they follow a title: each could be a word of it."""
_UNFINISHED = frozenset({"the", "a", "an", "and", "of", "at", "in", "to", "for", "with", "from", ""})
_COUNTERS = re.compile(r"[季話话集回期화회]")
_SHORTEST = 4
"""Letters of a language's name; "may" and "per" are its codes, too."""


@cache
def known_words() -> str:
    """Return what matches a word that tells of a release: its quality, an edition, a language, as a regular expression."""
    named = {word for word in languages() if len(word) >= _SHORTEST} | release_words()["languages"]
    spoken = "|".join(sorted(map(re.escape, named), key=len, reverse=True))
    edition = r"(?:extended|special|final|ultimate)(?=[ ._](?:cut|edition))|cut|edition"
    return rf"(?:{TAG}|(?:{QUALITY.pattern}|{edition}|{spoken})(?![^\W_]))"


@cache
def vocabulary() -> re.Pattern[str]:
    """Return what matches a word that may tell of a release, wherever it stands."""
    words = sorted(release_words()["counts"] | release_words()["tells"], key=len, reverse=True)
    return re.compile(rf"{QUALITY.pattern}|{TAG}|(?:{'|'.join(words)})(?![^\W_])", re.IGNORECASE)


@cache
def season_at_end() -> re.Pattern[str]:
    """Return what matches a season, in any language, at the end of what may be a title: "Show 3a Temp", "Show T2", "Show Se03"."""
    words = "|".join(sorted((word for word in numbering()["season"] if len(word) >= _SHORTEST), key=len, reverse=True))
    return re.compile(
        rf"(?<=[^\W_])[ ._-]+(?:(?:{words}|se?r?|sn|t)[ ._]?\d{{1,2}}|"
        rf"\d{{1,2}}(?:st|nd|rd|th|[aoªº.]|-?й)?[ ._](?:{words})|"
        r"(?:first|second|third|fourth|fifth|sixth)[ ._]season)\Z",
        re.IGNORECASE,
    )


@lru_cache(maxsize=8192)
def is_suspect(title: str) -> bool:
    """Say whether a title holds a word that is as often none of a title, or ends before it is over."""
    words = title.replace(".", " ").replace("_", " ").split()
    lowered = [word.strip(",!?&").lower() for word in words]
    if len(words) > 1 and (_may_tell(lowered) or words[-1] in _SHORT_EDITIONS or may_end_in_short(" ".join(words))):
        return True
    return ((not lowered or lowered[-1] in _UNFINISHED) and not _is_letter_a(words) and ends_early(title.strip(" ._"))) or (
        not title.isascii() and _COUNTERS.search(title) is not None
    )


def may_end_in_short(title: str) -> bool:
    """Say whether a title all in small letters, or in capitals, ends in what may be an edition or a language: "harbor dc"."""
    first, _, last = title.rpartition(" ")
    return first != "" and last.lower() in SHORT_WORDS and title in (title.lower(), title.upper())


def without_release_words(title: str) -> str:
    """Return a title without the words at its end that may tell of a release; whole where nothing else is left of it."""
    rows, words = release_words(), title.split(" ")
    told = rows["tells"] | rows["pack"] | rows["languages"] | rows["edition"]
    while words and words[-1].lower().replace("'", "") in told:
        words.pop()
    short = " ".join(words)
    return title if ends_early(short) else short


def _may_tell(words: list[str]) -> bool:
    rows = release_words()
    if words[0] in rows["begins"] or words[-1] in rows["tells"] or words[-1] in rows["counts"]:
        return True
    return not rows["counts"].isdisjoint(words[1:])


def _is_letter_a(words: list[str]) -> bool:
    """Say whether a title ends in the letter and not in the article: "Athlete A", among words in small letters."""
    return len(words) > 1 and words[-1] == "A" and not words[0].isupper()


def is_pack(title: str) -> bool:
    """Say whether what may be a show's name ends as the folder of several of its seasons does."""
    return title.lower().split(" ")[-1] in release_words()["pack"]


def is_torn(text: str) -> bool:
    """Say whether bytes of a text could not be read: what they stood for is anyone's guess."""
    return not text.isascii() and any(char == "\ufffd" or "\ud800" <= char <= "\udfff" for char in text)
