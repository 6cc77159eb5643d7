"""Kinds by plain words: documentaries, stand-up, audiobooks; each rule looks for whole words only."""

import re

from reshelve.planner.recognise.title_text import ends_early

_DOCUMENTARY = re.compile(
    r"(?<![^\W_])(?:documentar(?:y|ies|io)|docu|docs|docuseries|dokumentarfilm|dokumentation|documental|documentaire)(?![^\W_])",
    re.IGNORECASE,
)
_CHANNEL = re.compile(
    r"(?<![^\W_])(?:bbc(?:[ ._](?:one|two|three|four|earth))?|nat(?:ional)?[ ._]?geo(?:graphic)?|"
    r"pbs(?:[ ._](?:nova|frontline))?|"
    r"discovery[ ._]channel|smithsonian(?:[ ._]channel)?|history[ ._]channel|animal[ ._]planet|"
    r"curiosity[ ._]?stream|ken[ ._]burns)(?![^\W_])"
    r"|\A(?-i:ARTE)(?![^\W_])",
    re.IGNORECASE,
)
_STANDUP = re.compile(
    r"(?<![^\W_])(?:standup|stand-up|stand[ ._]up[ ._](?:comedy|special|show)|comedy[ ._]special)(?![^\W_])", re.IGNORECASE
)
_ON_STAGE = re.compile(r"(?<![^\W_])(?:live[ ._](?:at|from)[ ._]the[ ._]\w+|live[ ._]at)(?![^\W_])", re.IGNORECASE)
_STANDUP_FOLDER = re.compile(
    r"(?:standups?|stand[- _.]ups?|(?:stand[- _.]?up[- _.])?comedy[- _.]specials?|stand[- _.]?up[- _.]comedy)\Z",
    re.IGNORECASE,
)
_DOCUMENTARY_FOLDER = re.compile(
    r"(?:documentar(?:y|ies)|docus?|docuseries|dokus?|documentales|documentaires)\Z",
    re.IGNORECASE,
)
_CONCERT = re.compile(
    r"(?<![^\W_])(?:concert|concierto|konzert|tour|unplugged|acoustic|orchestra|philharmonic|symphony|quartet|opera|festival|band|mtv|arena|"
    r"stadium|wembley|budokan|glastonbury|montreux|live[ ._]album)(?![^\W_])",
    re.IGNORECASE,
)
_CONCERT_FOLDER = re.compile(r"(?:live[- _.])?(?:concerts?|konzerte?|conciertos|music[- _.]videos?|gigs)\Z", re.IGNORECASE)
_NO_SHOW = re.compile(
    r"(?:news\w*|sports?|breakfast|proms|one|two|three|four|world|weekend|tonight|today)(?![^\W_]).*", re.IGNORECASE
)
BOOKS_OF_SOUND = (
    r"audio[ ._-]?books?|audiobooki|h(?:ö|o|oe)r(?:b(?:u|ü|ue)ch(?:er)?|spiele?)|livres?[ ._-]audio|audiolivres?|audiolibr[oi]s?|"
    r"audiolivros?|luisterboek(?:en)?|ljudb(?:ok|öcker)|lydb(?:ok|og|øker|øger)|äänikirjat?|аудиокниг[аи]|audioknih[ay]"
)
_AUDIOBOOK = re.compile(
    rf"(?<![^\W_])(?:{BOOKS_OF_SOUND}|unabridged|abridged|ungek(?:ü|ue)rzte?s?|chapter|kapitel|chapitre)(?![^\W_])", re.IGNORECASE
)
_AUDIOBOOK_SHELF = re.compile(BOOKS_OF_SOUND, re.IGNORECASE)
WHOLE_BOOKS = frozenset({"m4b", "aax", "aa"})
"""Extensions of audiobooks alone."""
_STANDUP_WORDS = re.compile(
    r"[(\[]?(?<![^\W_])(?:stand[- ]?up[ ]comedy|comedy special|stand-?up(?: special)?)(?![^\W_])[)\]]?", re.IGNORECASE
)
_DOKU = re.compile(r"\Adoku[ ._:-]+(?=[^\W_])", re.IGNORECASE)
_GOES_ON = re.compile(r"[ ._]+(?!part|pt|vol|series|collection)[^\W\d_]", re.IGNORECASE)
_ARTICLE = re.compile(r"(?<=[^\W_]) (?:an?|the)\Z", re.IGNORECASE)
"""What a title ends in where "A Documentary" stood behind it."""
_FILLER = re.compile(r"[ ._-]*[(\[]\s*[)\]]")


def film_kind(stem: str, folders: list[str]) -> tuple[str, bool]:
    """Return (what kind of film a name is of, was it a folder that told): "documentary", "standup" or "movie"."""
    on_stage = _STANDUP.search(stem) or _ON_STAGE.search(stem)
    if on_stage and not _CONCERT.search(stem) and not any(_CONCERT_FOLDER.match(folder) for folder in folders):
        return "standup", False
    if _DOCUMENTARY.search(stem) or _CHANNEL.search(stem):
        return "documentary", False
    for folder in reversed(folders):
        if _STANDUP_FOLDER.match(folder):
            return "standup", True
        if _DOCUMENTARY_FOLDER.match(folder):
            return "documentary", True
    return "movie", False


def is_kind_in_doubt(kind: str, stem: str, title: str, folders: list[str]) -> bool:
    """Say whether the words that told a kind of film may be of its title, or tell another: bands play "Live at" places, too."""
    if kind == "documentary":
        words, folder = _DOCUMENTARY, _DOCUMENTARY_FOLDER
    elif kind == "standup":
        words, folder = _STANDUP, _STANDUP_FOLDER
    else:
        return False
    told = any(folder.match(each) for each in folders) or (kind == "documentary" and _CHANNEL.search(stem) is not None)
    return not told and len(words.findall(title)) == len(words.findall(stem))


def bare_title(title: str, kind: str) -> tuple[str, str | None]:
    """Return (a title without the words that only tell its kind, the channel it began with)."""
    channel = None
    if kind == "documentary":
        found = _CHANNEL.match(title)
        rest = title[found.end() :].strip(" -_.:") if found else ""
        if found and rest:
            channel, title = found.group(), _DOKU.sub("", rest)
        title = _without(_DOCUMENTARY, title, in_front=channel is not None)
        *_, last = (None, *_CHANNEL.finditer(title))
        if channel is None and last is not None and last.start() and last.end() == len(title):
            channel, title = last.group(), _ARTICLE.sub("", title[: last.start()].strip(" -_.:"))
    elif kind == "standup":
        title = _without(_STANDUP_WORDS, title)
    return title, channel


def bare_show(show: str) -> tuple[str, str | None]:
    """Return (a show without the channel it begins with, that channel); whole where it is the channel's own: "BBC News"."""
    found = _CHANNEL.match(show)
    rest = show[found.end() :].strip(" -_.:") if found else ""
    return (show, None) if found is None or not rest or _NO_SHOW.fullmatch(rest) else (rest, found.group())


def is_audiobook(stem: str, ext: str, folders: list[str]) -> bool:
    """Say whether a sound file is of an audiobook."""
    return ext in WHOLE_BOOKS or any(_AUDIOBOOK.search(text) for text in (stem, *folders[-5:]))


def is_audiobook_shelf(folder: str) -> bool:
    """Say whether a folder is called as one of many audiobooks, or radio plays, and not after one."""
    return _AUDIOBOOK_SHELF.fullmatch(folder) is not None


def _without(words: re.Pattern[str], title: str, *, in_front: bool = False) -> str:
    """Return a title without words that tell its kind; whole where it would stop early, or begins with one: "Documentary Now".

    `in_front`: one that it begins with is none of its own.
    """
    first = words.match(title)
    if first is not None and not in_front and title[first.end() : first.end() + 2].strip(" ")[:1] not in {"-", "]", ")", ":"}:
        return title
    if any(found.start() and _GOES_ON.match(title, found.end()) for found in words.finditer(title)):
        # Between other words it is one of theirs: "The Great Documentary Mystery".
        return title
    short = re.sub(r"\s+", " ", _FILLER.sub("", words.sub("", title)).strip(" -_."))
    short = _ARTICLE.sub("", short) if words.search(title) else short
    return title if ends_early(short) else short
