"""Tags of subtitles and tracks: the languages, flags and words of a track that a stem ends in, or is."""

import re

from reshelve.planner.recognise.extension_tables import languages, regions

_FLAGS = frozenset(
    [
        *("forced", "sdh", "cc", "hi", "default", "full", "foreign", "signs", "songs"),
        *("commentary", "dub", "dubbed", "lyrics", "chapters"),
    ]
)
_REGION = re.compile(r"[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}|[A-Za-z]{2}|\d{3})\Z")
_SQUASHED = re.compile(r"[\W_]+")
_TRACK = frozenset(["track", "sub", "subs", "subtitle", "subtitles", "audio", "sound", "closed", "captions"])
_COUNT = re.compile(r"\d{1,2}\Z")
_SPOKEN_FLAGS = frozenset(["forced", "sdh", "cc", "commentary", "signs", "songs"])


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


def language_of(chain: str) -> str | None:
    """Return the code of the language in a chain such as ".en.forced", None where it names none."""
    return next((code for word in _words(chain) if word not in _FLAGS and (code := languages().get(word))), None)


def without_tags(stem: str) -> str:
    """Return the stem of a subtitle without the chain of languages and flags that it ends in; never nothing."""
    while (shorter := without_tag(stem)) != stem:
        stem = shorter
    return stem


def without_tag(stem: str) -> str:
    """Return a stem without the language or flag it ends in. A number is one only after a language: "Film.2" is another film."""
    head, dot, tag = stem.rpartition(".")
    if not head or not dot:
        return stem
    if tag.isdecimal() and len(tag) < 3:
        return head if without_tag(head) != head else stem
    lower = tag.lower()
    is_tag = lower in _FLAGS or lower in languages() or _REGION.match(tag) or tuple(_words(tag)) in regions()
    return head if is_tag else stem


def _words(stem: str) -> list[str]:
    return [word for word in _SQUASHED.split(stem.lower()) if word]


def _is_regional(stem: str) -> bool:
    """Say whether a stem is one code of a language in a region, with or without flags: "pt-BR", "zh-Hans.forced"."""
    stem, *flags = stem.split(".")
    if not all(flag.lower() in _FLAGS for flag in flags):
        return False
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
