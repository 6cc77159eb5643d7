"""Parts of a film or episode in several files: "CD2", "Part 2", "disc b"; every way in which names say which one they are."""

import re

from reshelve.schemas.quick_dataclasses import dataclass

_WORD = r"(?:cd|dvd|dis[ck]|part|pt)"
_ANYWHERE = re.compile(
    rf"(?<![^\W_])(?:{_WORD}[ ._-]?(?P<part>\d{{1,2}}|[a-d])|(?P<of>[1-4])[ ._]?of[ ._]?[2-4])(?![^\W_])", re.IGNORECASE
)
_DISC_AT_END = re.compile(r"(?<=[^\W_])[ ._-]+(?:(?:cd|dvd|dis[ck])[ ._-]?|part|pt)\d\Z", re.IGNORECASE)
_ALONE = re.compile(rf"{_WORD}[ ._-]?([1-9])", re.IGNORECASE)
_OF_EPISODE = re.compile(rf"{_WORD}(?P<part>\d)\Z", re.IGNORECASE)
"""One file of several that are one episode, as media servers want it written; "Part 1" with a space is a title."""
_LAST = re.compile(rf"[ ._-]*[(\[]?(?P<word>{_WORD})[ ._-]?0?(?P<number>\d{{1,2}}|[a-d])[)\]]?\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(slots=True, frozen=True)
class LastPart:
    """The part that a stem ends in: what stands before it, its word and number in lower case, and its text as written."""

    before: str
    word: str
    number: str
    text: str


def part_after(text: str, start: int) -> int | None:
    """Return which part a text says, from `start` on; None where it says none. Letters count from a = 1."""
    found = _ANYWHERE.search(text, start)
    if found is None:
        return None
    number = (found["part"] or found["of"]).lower()
    return int(number) if number.isdecimal() else "abcd".index(number) + 1


def begins_with_part(text: str) -> bool:
    """Say whether a text begins with a part."""
    return _ANYWHERE.match(text) is not None


def without_disc(stem: str) -> str:
    """Return a stem without the disc at its end, or "part2", run together as servers want it. "Part 2" may be of the title."""
    found = _DISC_AT_END.search(stem)
    return stem[: found.start()] if found else stem


def part_alone(stem: str) -> int | None:
    """Return which part of a film a stem says it is, where it says no more: "cd1"; else None."""
    found = _ALONE.fullmatch(stem)
    return int(found[1]) if found else None


def part_of_episode(title: str) -> int | None:
    """Return which part of an episode stands where its title would; None where it is a title."""
    found = _OF_EPISODE.match(title)
    return int(found["part"]) if found else None


def last_part(stem: str) -> LastPart | None:
    """Return the part that a stem ends in; None for "part 2" without a year before it, which may be a film of its own."""
    found = _LAST.search(stem)
    if found is None:
        return None
    word = found["word"].lower()
    if word in {"part", "pt"} and not _YEAR.search(stem, 0, found.start()):
        return None
    return LastPart(stem[: found.start()], word, found["number"].lower(), found.group())
