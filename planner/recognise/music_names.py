"""Music and audiobooks: who, from what, and which track, as far as names say it."""

import re
from functools import cache
from typing import Any

from reshelve.planner.recognise import kind_words
from reshelve.planner.recognise.album_artists import is_vague, of_several, without_guests
from reshelve.planner.recognise.extension_tables import disc_words, side_words
from reshelve.planner.recognise.folder_names import GENERIC
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.title_text import clean

_TRACK = re.compile(r"\A(?:(?:(?P<disc>\d)[-.](?=\d\d))?|[A-H](?=\d\d?(?:[.]|[ ._]+-)))(?P<track>\d{1,3})[ ._-]+(?=\S)")
"""A track, after its disc or the side of its record: "2-01 Title", "B2. Title"."""
_COUNTED = re.compile(
    r"(?:(?:book|buch|band|vol(?:ume)?|part|teil|tome?|livre|libro|no|nr|#)[ ._]*)?#?\d{1,3}(?:\.\d)?", re.IGNORECASE
)
_COUNTED_FIRST = re.compile(r"(?P<number>\d{1,3})[.] (?=[^\W\d])")
_YEAR_FIRST = re.compile(r"[(\[]?(?P<year>(?:19|20)\d\d)[)\]]?(?:[ ._]+-[ ._]+|(?<=[)\]])[ ._-]*)(?=\S)")
_SOURCES = re.compile(
    r"(?:-(?:\([^()]*\)|\d?CD[SMR]?|\dLP|LP|EP|WEB|VINYL|VLS|FLAC|MP3|RETAIL|PROMO|REISSUE|REMASTERED|BOOTLEG|(?![IVX]{2})[A-Z]{2}))+\Z"
)
_SHORT_ALBUM = re.compile(r"-(?!CD)[A-Z]{2}(?=-|\Z)")
"""What would be a country or a format, did it not stand where an album's title has to."""
_SCENE_ALBUM = re.compile(r"[^\s-][^\s]*-(?:19|20)\d\d-[^\s-]+\Z")
"""The folder of an album as the scene releases it: "Artist-Album-WEB-2004-GRP"."""
_SEVERAL_DISCS = re.compile(r"-[2-9](?:CD|LP|DVD)[SMR]?(?=-)", re.IGNORECASE)
_DISC_AND_TRACK = re.compile(r"(?P<disc>[1-9])(?P<track>\d\d)\Z")
_CHAPTER_FIRST = re.compile(r"(?P<track>\d{1,3})(?:[ ._]*-[ ._]*|[.][ ]?|[ ])(?=[^\W\d])")
_BY = re.compile(r"(?P<title>.+\S) by (?P<author>(?:[A-Z][^\W\d_]*[.]? )+[A-Z][^\W\d_]+)\Z")
"""A book and somebody with several names: "Stand by Me" has none."""
_CHAPTER = re.compile(r"(?:\A|[ ._-])(?:chapter|kapitel|chapitre|part|track|cd)?[ ._-]*(?P<track>\d{1,3})\Z", re.IGNORECASE)
_YEAR = re.compile(r"[ ._-]*[(\[](?P<year>(?:19|20)\d\d)[)\]]|(?<=-)(?P<bare>(?:19|20)\d\d)(?=-)")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
_COPY = re.compile(r"(?:(?<=[a-z][ ._-]\d)|(?<=[a-z][ ._-]\d\d))_\d\Z", re.IGNORECASE)
"""What keep-both adds to the name of a second "Chapter 04"."""
_NOTES = re.compile(
    rf"[ ._-]*(?:\((?:{kind_words.BOOKS_OF_SOUND})\)|\[[^\[\]]*\]|\((?:(?:read|narrated|gelesen|lu)[ ._](?:by|von|par)[^()]*|"
    r"(?:un)?abridged|(?:un)?gek(?:ü|ue)rzt(?:e[ ._]lesung)?|(?:un)?gek(?:ü|ue)rztes[ ._]hörbuch|flac|mp3|\d+ ?kbps)\)|\{[^{}]*\})",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s+[-–—]\s+")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_LETTERS = "abcdefgh"
_NUMBER = rf"(?P<disc>\d{{1,2}}|{'|'.join(_NUMBERS)}|(?<=[ ._-])(?:[{_LETTERS}]|{'|'.join(reversed(_ROMAN))})(?![^\W_]))"
"""A number as a folder says it, "2", "Two", "II" or "B", and of how many it may be."""
_OF_HOW_MANY = r"(?:[ ._]?of[ ._]?\d{1,2})?"
_PART_FOLDER = re.compile(rf"(?:part|teil|partie|parte)[ ._-]?{_NUMBER}\Z", re.IGNORECASE)
"""What a part of a book's sound is called where a folder's name is nothing else."""
_DRIVE = re.compile(r"dis[ck]\d+", re.IGNORECASE)
"""What a NAS calls its disks."""
_SHELVES = frozenset(["music", "musik", "albums", "books"])
_KINDS_OF_ALBUMS = frozenset(
    name
    for line in (
        "albums,studio albums,live albums,compilations,singles,eps,singles & eps,singles and eps,albums & eps",
        "bootlegs,demos,remixes",
    )
    for name in line.split(",")
)
"""Folders that part the albums of an artist."""
_KINDS_OR_BANDS = frozenset({"live", "studio", "demo"})
"""Those that may be an artist too."""
_INITIALS = re.compile(r"(?:[A-Z][.][ ]?){1,3}[^\W\d_]")
"""What only a person's name begins with: "J.R.R. Tolkien"."""
_EPISODE = re.compile(r"(?:folge|episode|hörspiel)[ ._]*\d{1,3}\Z", re.IGNORECASE)
"""What is no artist's name: a radio play is told by its number and its title."""
_COUNTED_LAST = re.compile(r"(?P<who>.+?)[ ._]+(?P<number>\d{1,3})\Z")


def read_track(stem: str, folders: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (facts of a track's own name, facts of its folders): disc, track, artist and title; disc, artist, album and year."""
    folders, disc = without_discs(folders)
    folders = _without_kind(folders)
    found = _TRACK.match(stem)
    above = _whose_album(folders, numbered=found is not None) | disc
    own: dict[str, Any] = {}
    scene = bool(folders) and _SCENE_ALBUM.match(folders[-1]) is not None and " " not in stem
    if found:
        own["track"] = int(found["track"])
        if found["disc"] and not disc:
            own["disc"] = int(found["disc"])
        both = _DISC_AND_TRACK.match(found["track"]) if scene and not disc and _SEVERAL_DISCS.search(folders[-1]) else None
        if both:
            own |= {"disc": int(both["disc"]), "track": int(both["track"])}
        stem = stem[found.end() :]
    pieces = [piece.strip("_") for piece in stem.split("-", 1)] if scene else _DASH.split(stem)
    if len(pieces) > 2 and (same_title(pieces[0], above.get("album", "")) or pieces[0] == str(above.get("year"))):
        pieces = pieces[1:]
        own |= {"track": int(pieces[0])} if pieces[0].isdecimal() else {}
        pieces = pieces[1:] if pieces[0].isdecimal() else pieces
    number = next((at for at, piece in enumerate(pieces[1:-1], 1) if piece.isdecimal() and len(piece) < 4), None)
    if number is not None and "track" not in own:
        # "Artist - Album - 01 - Title"
        own |= {"artist": clean(pieces[0]), "track": int(pieces[number]), "title": clean(" - ".join(pieces[number + 1 :]))}
        own |= {"album": clean(" - ".join(pieces[1:number]))} if number > 1 and "album" not in above else {}
    elif len(pieces) > 1:
        own["artist"], own["title"] = clean(pieces[0]), clean(" - ".join(pieces[1:]))
    else:
        own["title"] = clean(stem)
    if above == disc and _is_in_artists_album(own, folders):
        # The file names its artist as the folder above its own does: that one is an album's, though no shelf of music is around.
        above |= _whose(["music", *folders[-2:]], "artist", "album")
    if scene and same_title(own.get("artist", ""), above.get("artist", "")):
        # The release's folder has the capitals.
        own.pop("artist")
    if "artist" not in above and (series := _series(own.get("artist", ""), folders[-1:])):
        own["artist"] = series
    if "album_artist" not in above and (bare := without_guests(own.get("artist", ""))) != own.get("artist", ""):
        own["album_artist"] = bare
    return {fact: value for fact, value in own.items() if value}, above


def _is_in_artists_album(own: dict[str, Any], folders: list[str]) -> bool:
    """Say whether a track's folder is an album of the artist it names: in that artist's, with a year or the track's title.

    Another folder there may be any: "mp3", "2019", "Songs".
    """
    if len(folders) < 2 or "artist" not in own or not same_title(own["artist"], folders[-2]):
        return False
    dated = _YEAR.search(folders[-1]) is not None or _YEAR_FIRST.match(folders[-1]) is not None
    return dated or same_title(own.get("title", ""), folders[-1])


def _without_kind(folders: list[str]) -> list[str]:
    """Return folders without the one that parts an artist's albums: Music/Who/Singles/What."""
    if len(folders) < 4 or not is_shelf(folders[-4]):
        return folders
    kind, who = folders[-2].lower(), folders[-3]
    parts = kind in _KINDS_OF_ALBUMS or (kind in _KINDS_OR_BANDS and " " in who)
    return [*folders[:-2], folders[-1]] if parts and not of_several(who) else folders


def _whose_album(folders: list[str], *, numbered: bool) -> dict[str, Any]:
    """Return what folders say of an album, `album_artist` where it is of several artists; a shelf of those keeps its name."""
    above = _whose(folders, "artist", "album")
    if not above and len(folders) > 1:
        if of_several(folders[-2]) and (numbered or not is_vague(folders[-2])):
            above = _whose(["music", *folders[-2:]], "artist", "album")
        elif of_several(folders[-1]) and is_shelf(folders[-2]):
            return {"album_artist": folders[-1]}
    several = of_several(above.get("artist", ""))
    if not several:
        return above
    shelved = len(folders) > 2 and is_shelf(folders[-3]) and folders[-2] == above["artist"]
    return {**above, "artist": (name := folders[-2] if shelved else several), "album_artist": name}


def read_book(stem: str, folders: list[str], *, whole: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (facts of an audiobook file's own name, facts of its folders): author, title and year; track for a chapter, disc.

    `whole`: a file of this extension holds a whole book, as a rule.
    """
    folders, disc = without_discs(folders)
    if not disc and folders and (found := _PART_FOLDER.match(folders[-1])):
        folders, disc = folders[:-1], {"disc": _disc(found["disc"])}
    above = _whose(folders, "author", "title")
    above |= disc if above else {}
    found = _CHAPTER.search(_COPY.sub("", stem)) or _CHAPTER_FIRST.match(stem)
    if above and found and not _YEAR.search(stem):
        return {"track": int(found["track"])}, above
    bare = _NOTES.sub("", stem)
    year = _YEAR.search(bare)
    pieces = _DASH.split(bare[: year.start()] if year else bare, maxsplit=1)
    if len(pieces) < 2:
        by = _BY.match(bare)
        if above or by is None:
            if not above and whole and len(folders) > 1 and _is_authors(folders, bare):
                above = {"author": folders[-1]}
            return ({} if "title" in above else {"title": clean(bare)}), above
        return {"author": by["author"], "title": clean(by["title"])}, above
    if _COUNTED.fullmatch(pieces[0]):
        # A number is nobody: a chapter, or one of a series.
        return ({} if "title" in above else {"title": clean(pieces[1])}), above
    if _INITIALS.match(pieces[1]) and not _INITIALS.match(pieces[0]):
        # "The Hobbit - J.R.R. Tolkien"
        pieces.reverse()
    own: dict[str, Any] = {"author": clean(pieces[0]), "title": clean(pieces[1])}
    if year:
        own["year"] = int(year["year"] or year["bare"])
    return own, above


def _is_authors(folders: list[str], title: str) -> bool:
    """Say whether the last folder is an author's on a shelf of audiobooks, by a name of several words, and not the book's own."""
    name = folders[-1]
    on_shelf = kind_words.is_audiobook_shelf(folders[-2]) and " " in name and not any(map(str.isdigit, name))
    return on_shelf and not same_title(name, title) and not _PART_FOLDER.match(title)


def titled(folder: str, whose: str) -> tuple[str, int | None]:
    """Return what the folder of an album or a book is called after in that of its artist or author, and the year it gives."""
    folders, _ = without_discs(["music", whose, folder])
    told = _whose(folders, "who", "title")
    return (str(told["title"]), told.get("year")) if same_title(str(told.get("who", "")), whose) else (folders[-1], None)


def disc_of_folder(folder: str) -> int | None:
    """Return the disc that a folder in an album's is of, None where it is of none."""
    disc: int | None = without_discs([folder])[1].get("disc")
    return disc


def without_discs(folders: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Return folders without those of discs and sides, and the disc that the tracks' own folders name; none where two name one.

    A side of a record is played like a disc: those of "LP 2" or "Disc 2" come after the two of the first. What is called a disc
    further up, disk2/Music/Who/What, is one of a computer's.
    """
    discs: list[int] = []
    sides: list[int] = []
    left: list[str] = []
    first = _first_near(folders)
    for at, folder in enumerate(folders):
        if found := _side_folder().match(folder):
            sides += [_LETTERS.index(found["side"].lower()) + 1] if at >= first else []
        elif found := _disc_folder().match(folder):
            discs += [_disc(found["disc"])] if at >= first else []
        elif folder is folders[-1] and (of := _disc_of().match(folder)):
            discs.append(_disc(of["disc"] or of["dashed"] or of["bare"]))
            # "Album/Album CD1": the album has its own folder.
            left += [] if left and same_title(left[-1], of["album"]) else [of["album"] + of["more"]]
        else:
            left.append(folder)
    if len(discs) > 1 or len(sides) > 1:
        return left, {}
    if not sides:
        return left, {"disc": discs[0]} if discs else {}
    return left, {"disc": 2 * (discs[0] - 1) + sides[0] if discs and sides[0] < 3 else sides[0]}


def _first_near(folders: list[str]) -> int:
    """Return where the folders begin that may name the disc of the tracks in the last: it, and those of discs right above it.

    A disc right above an album, "Who/CD 2/What", is one too, unless it is the top's, a shelf's, or called as drives are: "disk2".
    """
    first = len(folders) - 1
    while first > 0 and _is_of_disc(folders[first]) and _is_of_disc(folders[first - 1]):
        first -= 1
    if first < 2 or _is_of_disc(folders[first]) or _DRIVE.fullmatch(folders[first - 1]):
        return first
    around = folders[first], folders[first - 2]
    return first if any(folder.lower() in GENERIC or is_shelf(folder) for folder in around) else first - 1


def _is_of_disc(folder: str) -> bool:
    return (_side_folder().match(folder) or _disc_folder().match(folder)) is not None


@cache
def _side_folder() -> re.Pattern[str]:
    return re.compile(rf"(?:{side_words()})[ ._-]?(?P<side>[a-h])\Z", re.IGNORECASE)


@cache
def _disc_folder() -> re.Pattern[str]:
    return re.compile(rf"(?:{disc_words()})[ ._-]?{_NUMBER}{_OF_HOW_MANY}(?:\Z|[ ._]*[-–(\[:])", re.IGNORECASE)


@cache
def _disc_of() -> re.Pattern[str]:
    """Return what matches a disc's folder that is called after its album: "Album [CD 2 of 3]", "Album CD1 (2001)"."""
    inside = rf"[ ._-]*[(\[][ ]*(?:{disc_words()})[ ._-]?{_NUMBER}{_OF_HOW_MANY}[ ]*[)\]]"
    number = _NUMBER.replace("<disc>", "<dashed>")
    ends = rf"{inside}|[ ]-[ ](?:cd|dis[ck])[ ]{number}|[ ._-]+(?:cd|dis[ck])[ ._-]?(?P<bare>\d{{1,2}})"
    return re.compile(
        rf"(?P<album>.*[^\s.,_-]),?(?:{ends}){_OF_HOW_MANY}(?P<more>(?:[ ._-]*(?:\([^()]*\)|\[[^\[\]]*\]))*)\Z", re.IGNORECASE
    )


def _disc(said: str) -> int:
    if said.isdecimal():
        return int(said)
    return next(names.index(said.lower()) + 1 for names in (_NUMBERS, _ROMAN, tuple(_LETTERS)) if said.lower() in names)


def _whose(folders: list[str], who: str, what: str) -> dict[str, Any]:
    """Return who and what a folder "Who - What (Year)" or two folders below a shelf, Music/Who/What, name.

    Where both could be, Audiobooks/Ann Onymous/Part One - Part Two, the folder above tells: a name of several words is
    somebody's, a single one as likely a genre or a format.
    """
    if not folders:
        return {}
    text = folders[-1]
    first = _YEAR_FIRST.match(text)
    if first and len(folders) > 1 and not _YEAR.search(text, first.end()):
        told = _whose([*folders[:-1], text[first.end() :]], who, what)
        if who not in told or told.get(what) == folders[-2]:
            told = {who: folders[-2], what: _NOTES.sub("", text[first.end() :]).strip(" -_")}
        return {**told, "year": int(first["year"])}
    # The last one: an album may be called 1999 itself.
    years = list(_YEAR.finditer(text))
    year = years[-1] if years else None
    facts: dict[str, Any] = {"year": int(year["year"] or year["bare"])} if year else {}
    bare = _NOTES.sub("", text[: year.start()] if year else text).strip(" -_")
    shelved = len(folders) > 2 and is_shelf(folders[-3])
    pieces = _DASH.split(bare, maxsplit=1)
    if len(pieces) == 1 and year and year["bare"]:
        pieces = _released(bare).split("-", 1)
    elif year and year["bare"]:
        pieces = _DASH.split(_released(bare), maxsplit=1)
    elif len(pieces) == 1 and (counted := _COUNTED_FIRST.match(bare)):
        pieces = [counted["number"], bare[counted.end() :]]
    if len(pieces) == 2 and _COUNTED.fullmatch(pieces[0]) and len(folders) > 1:
        # "Author/Series/Book 1 - Title", "Author/01 - Title"
        above = _below_shelf(folders[:-1])
        return {what: clean(pieces[1]), **({who: above[-2:][0], **facts} if above else {})}
    if play := _radio_play(bare, folders, who, what):
        return {**play, **facts}
    dated = _DASH.split(bare)
    if len(dated) > 2 and _YEAR_ALONE.fullmatch(dated[-1]):
        return {who: clean(dated[0]), what: clean(" - ".join(dated[1:-1])), "year": int(dated[-1])}
    if len(dated) > 2 and _YEAR_ALONE.fullmatch(dated[1]):
        return {who: clean(dated[0]), what: clean(" - ".join(dated[2:])), "year": int(dated[1])}
    if len(pieces) == 2 and shelved and " " in folders[-2] and not same_title(clean(pieces[0]), clean(folders[-2])):
        pieces = [bare]
    if len(pieces) == 2 and clean(pieces[1]):
        return {who: clean(pieces[0]), what: clean(pieces[1]), **facts}
    if shelved:
        return {who: folders[-2], what: bare or text, **facts}
    return {}


def _radio_play(bare: str, folders: list[str], who: str, what: str) -> dict[str, Any]:
    """Return who and what a folder names that counts the plays of a series: "Who/Folge 1 - What", "Who/Who 001 - What"."""
    above = _below_shelf(folders[:-1])[-1:]
    first, _, rest = bare.partition(" - ")
    if _EPISODE.match(first):
        return ({who: above[0]} if above else {}) | {what: bare}
    series = _series(first, above) if rest else None
    return {who: series, what: bare[len(_COUNTED_LAST.sub(r"\g<who>", first)) :].lstrip(" ._")} if series else {}


def _series(name: str, above: list[str]) -> str | None:
    """Return the series that a name is of which ends in a number, as the folder that is called after it spells it."""
    counted = _COUNTED_LAST.match(name)
    return above[-1] if counted and above and same_title(counted["who"], above[-1]) else None


def _below_shelf(folders: list[str]) -> list[str]:
    """Return the folders below the last shelf that may be somebody's."""
    first = max((at for at, folder in enumerate(folders, 1) if is_shelf(folder)), default=0)
    return [folder for folder in folders[first:] if folder.lower() not in GENERIC]


def is_shelf(folder: str) -> bool:
    """Say whether a folder is called as one of all music or books."""
    return folder.lower() in _SHELVES or kind_words.is_audiobook_shelf(folder)


def _released(bare: str) -> str:
    """Return "Who-What" of a release without what tells where it is from."""
    left = _SOURCES.sub("", bare)
    short = _SHORT_ALBUM.match(bare, len(left)) if "-" not in left else None
    return left + short[0] if short else left
