"""Names, spelled as names elsewhere are: without a place in a collection, a channel, or a disc's track; slugs as words.

Every reader can read that. Where a spelling is a guess, its title is asked about.
"""

import re
from urllib.parse import unquote

from reshelve.planner.recognise.title_text import QUALITY, without_site

_POSTED = re.compile(r"@\w{3,}?(?:\s*[-_]+\s*|\s+)(?=\w)")
"""Where a file was posted: "@Films_Harbor"."""
_TRACK = re.compile(r"(?<=[^\W_])_t\d\d\Z")
"""The track of a disc that a program copied."""
_TWO_NUMBERS = re.compile(r"(?<!\d)\d{1,2}_\d{1,2}(?!\d)")
"""A season and an episode: with a space between them they could be anything."""
_RANGE = re.compile(r"(?<=\d)[ _]?~[ _]?(?=\d)")
_SLUG = re.compile(r"(?=[^\d])[^\W_]+(?:-[^\W_]+){2,}")
_GLUED = re.compile(r"(?<=[^\W\d_])(?:(?P<year>(?:19[3-9]|20[0-3])\d)|(?:480|576|720|1080|2160)[pi])\Z")
"""A year or the lines of a picture at the end that no space parts from the title."""
_EXTENSIONS = frozenset({".mkv", ".mp4", ".avi"})
"""What stands before the extension of a file that was given a second."""
_OTHER_SPACES = frozenset(" ._")
_SITE_FIRST = frozenset("wW[({【")
_GLUED_LAST = frozenset("pi0123456789")
_LONGEST_GLUED = 6
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_COLLECTION = re.compile(
    r"(?<![^\W_])(?:(?P<films>trilog(?:y|ie|ia|ía)|quadrilogy|tetralogy|tetralogia|pentalogy|hexalogy|duology|filmography)|"
    r"collection|anthology|saga|sammlung|colecci[oó]n|cole[cç][aã]o|collezione|kolekcja|коллекция|трилогия|антология|"
    r"box[ ._]?set|coffret)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[\[(]?(?P<number>\d{1,2})[\])]?(?P<apart>[.] |[ ]+-[ ]+|[)\]][ ._]*|[ ._-]+)(?=[^\W_])")
_SURE = frozenset({". ", " - "})
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def plain_name(stem: str, folder: str) -> tuple[str, bool]:
    """Return (a stem as others would write it, is that a guess), in the folder that it lies in."""
    guessed = False
    if "%20" in stem:
        decoded = unquote(stem)
        # What no name can hold is none of this one either.
        stem = decoded if decoded.isprintable() and "/" not in decoded else stem
    if stem[-4:].lower() in _EXTENSIONS:
        stem = stem[:-4].rstrip()
    if stem[:1] in _SITE_FIRST:
        stem = without_site(stem)
    if stem[:1] == "@":
        stem, guessed = _POSTED.sub("", stem, count=1), True
    if stem.count("+") > 1 and _OTHER_SPACES.isdisjoint(stem):
        stem = stem.replace("+", " ")
    if "~" in stem:
        stem = _RANGE.sub("-", stem)
    if stem[-4:-2] == "_t":
        stem = _TRACK.sub("", stem)
    if "_" in stem and " " not in stem and stem.count("_") > stem.count(".") and _TWO_NUMBERS.search(stem) is None:
        stem = stem.replace("_", " ")
    if " " not in stem and "." not in stem and "-" in stem and _SLUG.fullmatch(stem) and len(_LETTERS.findall(stem)) > 1:
        stem, guessed = stem.replace("-", " "), True
    glued = _GLUED.search(stem, len(stem) - _LONGEST_GLUED) if stem[-1:] in _GLUED_LAST else None
    if glued is not None and QUALITY.search(stem) is None:
        # Behind the words of a release it ends in its group's name, such as "x265-GRP2020".
        stem, guessed = f"{stem[: glued.start()]} {stem[glued.start() :]}", guessed or glued["year"] is not None
    if stem[:1].isdecimal() or stem[:1] in "[(":
        return _without_place(stem, folder, guessed=guessed)
    return stem, guessed


def _without_place(stem: str, folder: str, *, guessed: bool) -> tuple[str, bool]:
    """Return a stem without its place in the collection of films that its folder is, and whether that is a guess."""
    of = _COLLECTION.search(folder)
    place = _PLACE.match(stem) if of else None
    if of is None or place is None:
        return stem, guessed
    rest, first = stem[place.end() :], folder.split(" ")[0].lower()
    alike = rest.lower().startswith(first)
    if not (alike or of["films"] or _YEAR.search(rest)):
        return stem, guessed
    told = place["apart"] in _SURE or place["number"][0] == "0"
    return (rest, guessed or not told) if told or alike or place["apart"].strip() else (stem, guessed)
