"""East Asian names, spelled as names elsewhere are: counters become marks, pieces in brackets of their own a title and a number.

"[组][标题 第二季][第07话][1080P]" is "[组] 标题 S02E07 [1080P]": every reader can read that, so that agreement means something.
"""

import re
from functools import cache, lru_cache

from reshelve.planner.recognise.episodes import CHINESE, count
from reshelve.planner.recognise.extension_tables import numbering
from reshelve.planner.recognise.title_text import QUALITY, clean
from reshelve.planner.recognise.two_alphabets import FOREIGN, latin_part

_SIGNS = str.maketrans(
    {"【": "[", "】": "]", "［": "[", "］": "]", "（": "(", "）": ")", "＃": "#", "\u3000": " "}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
_SEASON = re.compile(
    rf"(?:第\s?(?P<chinese>{CHINESE}|\d{{1,2}})\s?[季期]|시즌\s?(?P<korean>\d{{1,2}})|"
    r"(?<![^\W_])(?:s(?:eason[ ._]?)?(?P<latin>\d{1,2})|(?P<nth>\d)(?:st|nd|rd|th)[ ._]season)(?![^\W_]))",
    re.IGNORECASE,
)
_COUNTER = "[話话集回화회]"
_EPISODE = re.compile(
    rf"\[?(?:[第제]\s?(?P<first>{CHINESE}|\d{{1,4}})(?:\s?[-~]\s?(?P<last>\d{{1,4}}))?|(?<![^\W_])(?P<bare>\d{{1,4}}))"
    rf"\s?(?:{_COUNTER}(?:[ _]?(?:end|fin|完))?(?![^\W\d_])\]?|(?=「))"
)
_PIECE_NUMBER = (
    rf"(?:第|ep?|\#|tv[ ])?(?P<first>(?!(?:19|20)\d\d)\d{{1,4}})(?:v\d)?(?:\s*-\s*(?P<last>\d{{1,4}}))?\s*{_COUNTER}?"
    r"(?:[ ._]?(?:end|fin|完|v\d))?"
)
_NUMBER = re.compile(_PIECE_NUMBER, re.IGNORECASE)
_BRACKETED = re.compile(rf"\[\s*{_PIECE_NUMBER}\s*\]", re.IGNORECASE)
_FULL = re.compile(r"s\d{1,2}[ ._]?e\d{1,4}|\d{1,2}x\d{2,3}", re.IGNORECASE)
_MONTH = re.compile(r"(?:19|20)\d\d[.-]\d{1,2}(?:[.-]\d{1,2})?")
_USUAL = re.compile(
    r"[ ._]+-[ ._]+\d{1,4}(?:v\d)?(?![^\W_])|"
    r"(?<![^\W_])(?:(?:s\d{1,3}[ ._-]{0,3})?ep?[ ._]?\d{1,5}|\d{1,2}x\d\d)(?!\d)",
    re.IGNORECASE,
)
_WITH_SEASON = re.compile(r"s\d|\d+x", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUP = re.compile(r"\s*\[[^\[\]]*\][\s._-]*(?=[^\s._\[-])")
_PIECE = re.compile(r"[\[(]([^\[\]()]*)[\])]")
_ONLY_PIECES = re.compile(r"[\[(][^\[\]()]*[\])](?:[\s_.★-]*[\[(][^\[\]()]*[\])]){2,}[\s_.-]*\Z")
_SEASON_PIECE = re.compile(r"(?<=\w) ?\[s(?P<season>\d{1,2})\] ?\[(?:ep?)?(?P<first>\d{1,3})(?:v\d)?\]", re.IGNORECASE)
_MARKED_PIECE = re.compile(r"(?<=\])\s?\[s(\d{1,2})e(\d{1,4})\]", re.IGNORECASE)
_STARS = 3
"""How many stars part the pieces of a name; one or two set off a note."""
_ONE_OF_SEVERAL = re.compile(r"\s*[/∕]\s*|\s+[_|]\s+|(?<=[^\W\d_])_(?=[\u3040-\u9fff])|(?<=[\u3040-\u9fff])_(?=[^\W\d_])")
_SITE = re.compile(r"\[?[\u3400-\u9fff]+[ ]?(?-i:www)[.][a-z\d-]+[.][a-z]{2,4}[\]]?[ ._-]*", re.IGNORECASE)
"""The site that a release is from, with its name before it."""
_TOLD = re.compile(
    r"(?<=[\u3400-\u9fff])(?:BD|HD|TS|TC)\d{0,4}(?:高清|超清|蓝光|国语|國語|粤语|粵語|英语|国粤|中英|双语|雙語|双字|雙字|中字|字幕|配音)+"
    r"(?![\u3400-\u9fff])"
)
"""What tells of a release at the end of a title, glued to it."""
_DOUBLED = re.compile(
    rf"\A(?P<group>\[[^\[\]]*\][ ._]*|)\[?(?P<title>[\u3040-\u9fff\uac00-\ud7af]{{2,}}?)\]?"
    rf"(?P<season>[ ._]+第(?:{CHINESE}|\d{{1,2}})[季期]|)"
    r"[ ._]*(?<=[\] ._])(?P=title)(?![\u3040-\u9fff\uac00-\ud7af])"
)
"""One title twice: "[港] 港 第05話"."""
_MADE = re.compile(r"(?<![^\W_])(BD|HD|TS|TC|WEB|DVD)(?=\d{3,4}[pi](?![^\W_]))", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[\u3400-\u9fff])(BD|HD|TS|TC|TV|WEB)?-?(\d{3,4}[pi])(?=[\u3400-\u9fff]|\Z)", re.IGNORECASE)
_ALL = re.compile(r"全\s?\d+\s?[集话話回]")


def spelled_out(stem: str) -> tuple[str, bool]:
    """Return (a stem with its East Asian marks and pieces spelled as they are elsewhere, is its title one of several as likely)."""
    return (stem, False) if stem.isascii() and stem[:1] != "[" else _spelled(stem)


@lru_cache(maxsize=4096)
def _spelled(stem: str) -> tuple[str, bool]:
    if stem.isascii():
        stem = _SEASON_PIECE.sub(r" S\g<season>E\g<first> ", stem)
        return _of_pieces(stem) if _ONLY_PIECES.match(stem) else (stem, False)
    if not FOREIGN.search(stem) and "【" not in stem:
        return stem, False
    whole = _DOUBLED.sub(r"\g<group>\g<title>\g<season>", stem.translate(_SIGNS))
    bare = _MADE.sub(r"\1 ", _TOLD.sub(" ", _SITE.sub("", whole)).rstrip())
    text = _GLUED.sub(lambda found: f" {found[1] or ''} {found[2]} ", _notes().sub("", _in_brackets(bare)))
    spelled, several = _of_pieces(text) if _ONLY_PIECES.match(text) else _of_text(text)
    # A file of all episodes is none that a library knows.
    return spelled, several or bare != whole or _ALL.search(stem) is not None


def _in_brackets(text: str) -> str:
    """Return a text with brackets around what stars part, and around what tells of the release behind the last bracket."""
    if text.count("★") >= _STARS and "[" not in text:
        text = "".join(f"[{piece.strip()}]" for piece in text.split("★") if piece.strip())
    behind = text.rpartition("]")[2]
    if _BRACKETED.search(text) and behind.isascii() and QUALITY.search(behind) and not _USUAL.search(behind):
        text = f"{text[: -len(behind)]}[{behind.strip()}]"
    return _MARKED_PIECE.sub(r"[S\1][\2]", text)


@cache
def _notes() -> re.Pattern[str]:
    """Return what matches a note of the release's own, with the brackets or stars it stands in."""
    words = "|".join(numbering()["note"])
    return re.compile(rf"\s*\[[^\[\]]*(?:{words})[^\[\]]*\]|\s*\([^()]*(?:{words})[^()]*\)|★?(?:{words})★?")


def _of_pieces(text: str) -> tuple[str, bool]:
    """Spell out "[Group][Title][07][1080p]": first the group, then the title, up to a number or quality."""
    pieces = [piece.strip() for piece in _PIECE.findall(text)]
    at = next((index for index, piece in enumerate(pieces) if index and (_NUMBER.fullmatch(piece) or _FULL.fullmatch(piece))), None)
    ends = at if at is not None else next((index for index, piece in enumerate(pieces) if QUALITY.search(piece)), 0)
    group, named = (f"[{pieces[0]}] ", pieces[1:ends]) if ends > 1 else ("", pieces[:ends])
    named = [piece for piece in named if not QUALITY.search(piece) and not _MONTH.fullmatch(piece)]
    seasons = {season for piece in named for season in _seasons(piece)}
    year = next((f" ({piece})" for piece in named if _YEAR.fullmatch(piece)), "")
    title, several = _title([piece for piece in named if not _YEAR.fullmatch(piece)])
    if not title or len(seasons) > 1:
        return text, False
    mark = (
        ""
        if at is None
        else f" {pieces[at]}"
        if _FULL.fullmatch(pieces[at])
        else _mark(_NUMBER.fullmatch(pieces[at]), seasons, " - ")
    )
    rest = "".join(f"[{piece}]" for piece in pieces[ends if at is None else at + 1 :])
    return f"{group}{title}{year}{mark} {rest}".rstrip(), several


def _of_text(text: str) -> tuple[str, bool]:
    """Spell out the counters of a text, and of several titles before them one. What contradicts itself stays as it is."""
    group = _GROUP.match(text)
    start = group.end() if group else 0
    usual, counted, bracketed = (pattern.search(text, start) for pattern in (_USUAL, _EPISODE, _BRACKETED))
    own = min((found for found in (counted, bracketed) if found), key=lambda found: found.start(), default=None)
    if usual and (own is None or _WITH_SEASON.match(usual.group()) or usual.start() < own.start()):
        own = None
    found = own or usual
    head = text[start : found.start()] if found else text[start:]
    seasons = _seasons(head)
    if len(seasons) > 1 or not (own or seasons or _ONE_OF_SEVERAL.search(head)):
        return text, False
    if found is None:
        return text[:start] + _SEASON.sub(lambda mark: f" S{_season(mark):02}", head), False
    if own is not None:
        mark = _mark(own, seasons, " - " if own is bracketed else " E")
    else:
        again = "" if not seasons or _WITH_SEASON.match(found.group()) else f" S{min(seasons):02}"
        mark = again + ("" if again or found.group()[0] in " ._" else " ") + found.group()
    rest = text[found.end() :]
    rest = rest if rest[:1] in {"", " ", ".", "_", "-"} or own is None else f" {rest}"
    title, several = _title([head]) if seasons or _ONE_OF_SEVERAL.search(head) else (head.strip(" ._-"), False)
    return f"{text[:start]}{title}{mark}{rest}".lstrip(), several


def _seasons(text: str) -> set[int]:
    return {_season(found) for found in _SEASON.finditer(text)}


def _season(found: re.Match[str]) -> int:
    return count(found["chinese"] or found["korean"] or found["latin"] or found["nth"])


def _title(texts: list[str]) -> tuple[str, bool]:
    """Return (the title in what stands before a number, of several the first in Latin letters; are there others as likely)."""
    parts = (_SEASON.sub(" ", part).strip(" ._-") for text in texts for part in _ONE_OF_SEVERAL.split(text))
    titles = list(dict.fromkeys(title for part in parts if (title := clean(part))))
    whole = [title for title in titles if title.isascii()]
    halves = [half for title in titles if (half := clean(latin_part(title))).isascii()]
    likely = whole or halves or titles
    return (likely[0], len(likely) > 1) if likely else ("", False)


def _mark(found: re.Match[str] | None, seasons: set[int], before: str) -> str:
    """Return the usual mark of what a number counts: the season's episode, where one season is told."""
    assert found is not None
    first = count(found["first"] or found["bare"] if "bare" in found.re.groupindex else found["first"])
    last = f"-{found['last']}" if found["last"] else ""
    return (f" S{min(seasons):02}E{first:02}" if seasons else f"{before}{first:02}") + last
