"""Titles as people write them, out of names as files carry them."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from reshelve.planner.recognise.extension_tables import release_words
from reshelve.planner.recognise.film_parts import part_alone, without_disc

_LANGUAGES = "german|french|italian|spanish|english|dutch|polish|russian|swedish|danish|hindi"
_WORDS = (
    # resolutions
    *(r"\d{3,4}[pi]", "4k", "8k", "uhd", "hdr(?:10)?", "10bit", "imax", "3d", r"h(?:alf)?[-. ]?(?:ou|sbs|tab)"),
    # where it was taken from
    *("hdtv", "pdtv", "sdtv", "dsr", "tvrip", "satrip", "web(?:[-. ]?(?:dl|rip|hd|mux))?", "hdrip", "dvd(?:rip|scr|mux|r|5|9)?"),
    *("blu[-. ]?ray", "b[dr][-. ]?rip(?:mux)?", "b[dr]mux", "dlmux", r"bd(?=[ ._\])])", "bdremux", "remux", "hddvd"),
    *("hd[-. ]?cam", "cam(?:rip)?", "telesync", "hdts", "screener", "ppv", "amzn", "nf", "hulu", "dsnp", "hmax"),
    # how it is encoded
    *("x[-. ]?26[45]", "h[-. ]?26[45]", "hevc", "avc", "xvid", "divx", "av1"),
    *(r"aac(?:\d[ .]\d)?", "ac3", "dts(?:-hd)?", "ddp?5", "truehd", "atmos", "flac"),
    # which version, in which language
    *("extended", "unrated", "uncut", "remastered", "theatrical", "directors?[. ]cut", "proper", "repack", "internal", "limited"),
    *("complete", "criterion", "docu", "multi", "dual", "dubbed", "subbed", "vostfr", "truefrench"),
    rf"(?:{_LANGUAGES})(?=[ ._](?:dl|ml|ld|ac3|dts|dubbed|subbed|\d{{3,4}}p|blu-?ray|b[dr]rip|dvd|hdtv|web|subs?)(?![^\W_]))",
)
"""What tells of a release and not of a film, as regular expressions."""


def _any_word(words: tuple[str, ...]) -> str:
    """Return a pattern for any of the words, those of one first letter together: a search tries each letter once, not each word."""
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(word)
    return "|".join(f"(?={first})(?:{'|'.join(some)})" if first.isalpha() else "|".join(some) for first, some in by_first.items())


QUALITY = re.compile(rf"(?<![^\W_])(?:{_any_word(_WORDS)})(?![^\W_])", re.IGNORECASE)
RESOLUTION = re.compile(r"(?<![^\W_])(?:(\d{3,4}[pi])|(4k|uhd)|(\d{3,4})x(\d{3,4}))(?![^\W_])", re.IGNORECASE)
YEAR = re.compile(r"(?<![^\W_])(?:19\d\d|20[0-4]\d)(?![^\W_])")
DATABASES = ("anidb", "imdb", "tmdb", "tvdb")
"""Databases of films and shows, whose numbers names and folders give."""
IDS = re.compile(
    r"[\[{(]\s*(?:(?P<of>anidb|imdb|tmdb|tvdb)(?:id)?[-=: ]?)?(?P<id>tt\d{6,9}|(?<=[a-z][-=: ])\d{1,9})\s*[\]})]",
    re.IGNORECASE,
)
"""A number in a database of films and shows, as media servers want it written: "{tvdb-123}", "[imdbid-tt0113277]"."""

_LAST_YEAR = datetime.now(tz=UTC).year + 1
_ENDS_EARLY = re.compile(
    r"(?:(?:\A|.*[^, ._][ ._]+)(?:the|an?|and|of|at|in|to|for|with|from)|.*[^, ._][ ._]+(?:or|oder|und)|.*&|\W*)", re.IGNORECASE
)
_SCENE = re.compile(r"\A(?P<group>[a-z\d]{2,10})-(?=[a-z\d]+[._-][a-z\d])(?![a-z]+s\d\de\d\d)(?=[._\d]*[a-z]{2})")
_NO_WORD = re.compile(r"(?=.*[a-z])[bcdfghj-np-tvwxz\d]{3,}")
"""Letters without a vowel are a group's, and so are letters and digits."""
_MARKED = re.compile(r"(?<![^\W_])(?:s\d{1,2}e\d{1,3}|\d{1,2}x\d\d|cd\d|[1-9]\d\d\Z)(?![^\W_])")
_RELEASE_GROUP = re.compile(r"-([^\W_]+)\Z")
_QUALITY_LAST = re.compile(rf"(?:[ ._-]+{QUALITY.pattern})+\Z", re.IGNORECASE)
_LONGEST_SHORT = 24
_COMPOUNDS = frozenset(
    word
    for line in (
        "anti,semi,ex,pre,post,non,self,half,mid,co,un,mini,multi,sub,super,ultra,re,de,dis,hyper,inter,trans,over,under,out,off,bi",
        "tri,auto,mega,meta,micro,proto,vice,well,one,two,three,first,high,low,hi,sci,spider,bat,ant,aqua,he,she,iron,pro,neo,all",
    )
    for word in line.split(",")
)
"""What begins a word that is written with a dash."""
_SITE = re.compile(
    r"\A(?:[\[({【]\s*)?(?:www\.[\w-]+\.\w{2,6}(?:\.\w{2})?(?:[.]++(?=-))?|[\w-]+\.(?:com|org|net|info|cc|me|"
    r"to))(?:\s*[\])}】])?(?:\s*[-_]+[\s.]*|\s+|(?<=com|org|net)[.](?=[^\W\d_]+[. ][^\W_]))",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"\A(?:\s*(?:\[[^\[\]]*\]|【[^【】]*】|\{[^{}]*\})(?![²³])\s*[-_.]?)+")
_ACRONYM = re.compile(r"(?<![^\W_])(?:[^\W\d_] ){2,}(?=[^\W\d_](?![^\W_]))[^\W\d_]")
_VERSION = re.compile(r"(?<=[^\W\d] )([2-9]) 0[ -]*\Z")
"""What counts a title as programs are: "Harbor 2.0"."""
_SPACES = re.compile(r"\s+")
_BRACKETS = frozenset("()[]{}")
_EDGES = " \t\n-_.,~|+–—"
_HASH = re.compile(r"[0-9a-fA-F]{16,}")
_MIXED = re.compile(r"(?:[0-9][a-zA-Z]|[0-9][a-zA-Z]++|[a-zA-Z]++[0-9]){4}")
"""Letters and digits by turns. One letter or all of a run: any other part of it would be followed by the same."""

_OF_DISC = re.compile(r"(?:title[ _]?t?|t)\d\d|0\d{4}", re.IGNORECASE)
"""A track as programs that copy discs call it, or a stream of a disc."""
_PLAIN_WORDS = frozenset({"movie", "video", "film", "main", "feature", "title", "output", "file", "index", "video_ts"})


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """Return the title in a piece of a file name: separators become spaces, release groups and sites in front go."""
    if "." in text:
        text = _SITE.sub("", text)
    if not text.isascii() or "[" in text or "{" in text:
        bare = _GROUPS.sub("", text)
        kept = bare.strip(_EDGES)
        text = bare if kept and not (len(kept) == 1 and kept.isdecimal()) else text
    if " " not in text.strip():
        text = text.replace("_", " ") if "_" in text else text
        if " " not in text.strip() or text.count(".") > text.count(" "):
            text = _ACRONYM.sub(lambda found: found.group().replace(" ", ".") + ".", text.replace(".", " "))
            text = _VERSION.sub(r"\1.0", text)
    else:
        text = text.replace("_", " ")
    text = _SPACES.sub(" ", text).strip(_EDGES)
    if text.isascii() and not _BRACKETS.intersection(text):
        return text
    for opening, closing in ("()", "[]", "{}"):
        if text.endswith(opening):
            text = text[:-1].rstrip(_EDGES)
        if text.endswith(closing) and opening not in text:
            text = text[:-1].rstrip(_EDGES)
        if text.startswith(opening) and text.endswith(closing) and opening not in text[1:]:
            text = text[1:-1].strip(_EDGES)
    return text


def without_site(text: str) -> str:
    """Return a text without the sites in front of it that say so themselves: "www.site.org - Harbor", "[ www.site.org ] Harbor"."""
    while (found := _SITE.match(text)) and "www." in found[0].lower() and found.end() < len(text):
        text = text[found.end() :]
    return text


def without_quality_in_front(text: str) -> str:
    """Return a text without what tells how a file is encoded in front of its title: "h265 - HEVC Harbor", "[1080p] Harbor"."""
    return _QUALITY_FIRST.sub("", text)


_QUALITY_FIRST = re.compile(
    r"\A(?:\[?(?:h[ .]?26[45]|x26[45]|hevc|xvid|(?:hd )?\d{3,4}p|dvdrip|bdrip|hdtv)(?![^\W_])[ ._:\]-]*)+(?=[^\W\d])", re.IGNORECASE
)


def is_past(year: str) -> bool:
    """Say whether a year is over or near; one further off is a number of the title."""
    return int(year) <= _LAST_YEAR


def ends_early(title: str) -> bool:
    """Say whether a title is nothing, or stops at a word that another has to follow."""
    return _ENDS_EARLY.fullmatch(title) is not None


def without_scene_group(stem: str) -> str:
    """Return a stem without the group in front of it, as releases for Usenet have it: "grp-some.film.2010.720p"."""
    found = _SCENE.match(stem)
    if found is None or found["group"] in _COMPOUNDS or stem != stem.lower():
        return stem
    rest, group = stem[found.end() :], found["group"]
    if not (QUALITY.search(rest) or _MARKED.search(rest)):
        return stem
    return rest if _is_group(group) or (len(group) < _LONG_GROUP and "-" not in rest and _WORDS_FIRST.match(rest)) else stem


def is_plain_group(stem: str, bare: str) -> bool:
    """Say whether what went before a bare stem is a group's name beyond doubt: "wonder-woman.2017" may be all of its title.

    It is one that is known, or no word, or a short one before several words; and what tells of a release follows.
    """
    group = stem[: len(stem) - len(bare) - 1]
    if "-" in bare or QUALITY.search(bare) is None:
        return False
    return _is_group(group) or (len(group) <= _SHORT_GROUP and _SEVERAL_WORDS.match(bare) is not None)


def _is_group(name: str) -> bool:
    return _NO_WORD.fullmatch(name) is not None or name in release_words()["groups"]


_LONG_GROUP = 7
_SHORT_GROUP = 3
_SEVERAL_WORDS = re.compile(r"[a-z\d]+[._](?!(?:19|20)\d\d|s\d+e\d|\d+x\d)[a-z\d]")
_WORDS_FIRST = re.compile(r"[a-z\d]+[._](?!s\d+e\d|\d+x\d)")
"""Several words before a mark: "mary-kate.s01e02" has one."""


def is_gibberish(stem: str) -> bool:
    """Say whether a stem is a hash or the like, that names nothing."""
    if len(stem) < 12 or not stem.isalnum() or not stem.isascii():
        return False
    return _HASH.fullmatch(stem) is not None or _MIXED.search(stem) is not None


def ids_of(text: str) -> dict[str, str]:
    """Return the numbers a text gives in databases of films and shows, by database."""
    return {(found["of"] or "imdb").lower(): found["id"].lower() for found in IDS.finditer(text)} if _maybe_ids(text) else {}


def without_ids(text: str) -> str:
    """Return a text without such numbers."""
    return IDS.sub("", text) if _maybe_ids(text) else text


def _maybe_ids(text: str) -> bool:
    return "[" in text or "{" in text or "(" in text


def says_nothing(stem: str) -> bool:
    """Say whether a stem tells nothing of what the file is: a hash or the like, a plain word for any film, a track of a disc."""
    if is_gibberish(stem) or stem.lower() in _PLAIN_WORDS or part_alone(stem) is not None:
        return True
    return stem[-1:].isdecimal() and _OF_DISC.fullmatch(stem) is not None


def is_short_for(stem: str, folder: str) -> bool:
    """Say whether a stem is a release's name in short, with its group, in a folder called by the whole of it."""
    group = _RELEASE_GROUP.search(folder)
    if group is None or len(stem) > _LONGEST_SHORT or len(stem) * 2 > len(folder) or not QUALITY.search(folder):
        return False
    stem = _QUALITY_LAST.sub("", without_disc(stem))
    name, _, last = stem.lower().rpartition("-")
    first, _, rest = stem.lower().partition("-")
    short = name if last == group[1].lower() else rest if first == group[1].lower() else ""
    return short.isalnum()


def quality_of(stem: str) -> str | None:
    """Return the resolution a stem names, as "1080p", "2160p", "576i", or None."""
    found = RESOLUTION.search(stem)
    if found is None:
        return None
    lines = found[1] or ("2160p" if found[2] else f"{found[4]}p")
    return lines.lower()


def quality_starts(text: str) -> int:
    """Return where the first word that tells of quality begins, or the length of the text. What it begins with is no such word."""
    found = QUALITY.search(text, 1)
    return found.start() if found else len(text)


def until_quality(text: str) -> str:
    """Return `text` up to the first word that tells of its quality."""
    found = QUALITY.search(text)
    return text[: found.start()] if found else text
