"""Bracketed names: "[Group][Title][07][1080p]", where each piece has brackets of its own, as East Asian releases write them."""

import re
from typing import Any

from reshelve.planner.recognise.episodes import CHINESE, count
from reshelve.planner.recognise.title_text import QUALITY, clean
from reshelve.planner.recognise.two_alphabets import latin_part

_PIECE = re.compile(r"[\[【(]([^\[\]【】()]*)[\]】)]")
_ONLY_PIECES = re.compile(
    r"[\[【(][^\[\]【】()]*[\]】)][^\[\]【】]{0,12}(?:[\s_.-]*[\[【(][^\[\]【】()]*[\]】)][^\[\]【】]{0,4}){2,}\Z"
)
_NUMBER = re.compile(
    r"(?:第|ep?|#)?(?P<first>\d{1,4})(?:v\d)?(?:\s*-\s*(?P<last>\d{1,4}))?\s*(?:話|话|集|回)?"
    r"(?:[ _]?(?:end|fin|完|v\d))?\Z",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(
    r"(?:19|20)\d\d\Z|\d+月新番|"
    r"(?:gb|big5|chs|cht|jpn?|eng?|sub|raw|mp4|mkv|avc|aac|tv|ova|web|国漫|简\w*|繁\w*|招募\w*)\Z",
    re.IGNORECASE,
)
_ONE_OF_TWO = re.compile(r"\s*[/∕]\s*|\s+_\s+")
_SEASON_LATIN = re.compile(
    r"(?<=[^\W_])[ _]+(?:s(?:eason)?[ _]?(?P<season>\d{1,2})|(?P<nth>\d)(?:st|nd|rd|th)[ _]season)(?![^\W_])", re.IGNORECASE
)
_SEASON_CHINESE = re.compile(rf"第\s?(?P<season>{CHINESE}|\d{{1,2}})\s?[季期]")
_YEARS = re.compile(r"(?:19|20)\d\d\Z")
_LONGEST_RANGE = 60


def read_brackets(stem: str) -> dict[str, Any] | None:
    """Return the facts of a name made of bracketed pieces, or None. The first piece is the group's, the next ones the title's."""
    if stem[:1] not in "[【" or not _ONLY_PIECES.match(stem):
        return None
    pieces = [piece.strip() for piece in _PIECE.findall(stem)]
    at = next((index for index, piece in enumerate(pieces) if index > 1 and _is_number(piece)), None)
    ends = at if at is not None else next((index for index, piece in enumerate(pieces) if QUALITY.search(piece)), 0)
    names = [piece for piece in pieces[1:ends] if piece and not _NOT_A_TITLE.match(piece) and not QUALITY.search(piece)]
    latin = [part for name in names if (part := clean(latin_part(_ONE_OF_TWO.split(name)[-1])))]
    title = next((name for name in latin if name.isascii()), latin[0] if latin else "")
    if not title:
        return None
    if at is None:
        return {"kind": "movie", "title": title}
    found = _NUMBER.match(pieces[at])
    assert found is not None
    first = int(found["first"])
    last = int(found["last"] or first)
    episodes = list(range(first, last + 1)) if first <= last <= first + _LONGEST_RANGE else [first]
    season, names = None, pieces[1:at]
    for pattern in (_SEASON_LATIN, _SEASON_CHINESE):
        told = next((found for name in names if (found := pattern.search(name))), None)
        season = season or (
            count(told["season"] or told["nth"]) if told and pattern is _SEASON_LATIN else count(told["season"]) if told else None
        )
    title = clean(_SEASON_LATIN.sub("", _SEASON_CHINESE.sub("", title))) or title
    facts = {"kind": "episode", "show": title, "title": title, "episodes": episodes}
    return facts if season is None else {**facts, "season": season}


def _is_number(piece: str) -> bool:
    return _NUMBER.match(piece) is not None and not _YEARS.match(piece)
