"""Questions: what a model is told of one undecided file, bounded, and the key its answer is remembered by."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xxhash

from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.layouts.scan_marks import text_of
from reshelve.planner.recognise.extension_tables import halves
from reshelve.planner.scanners.rule_scanner import RuleBook
from reshelve.planner.scanners.undecided import Undecided, open_facts
from reshelve.schemas.locations import printable, split
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass

VERSION = "1"
"""Changes with every change to what is asked, and how: answers to other questions are no answers to this one."""

_PATH = 300
_NEIGHBOURS = 5
_NEIGHBOUR = 80
_KINDS = 6
_PLACES = 40
_TEMPLATE = 200


@dataclass(slots=True, frozen=True)
class Place:
    """A place the workspace declares: the name of its rule, where that puts things, and what it is for."""

    name: str
    to: str
    when: str


@dataclass(slots=True, frozen=True)
class Question:
    """One file to be asked about: its location, what is told of it, and the key of that."""

    source: str
    key: str
    told: Mapping[str, Any]


def places_of(book: RuleBook) -> tuple[Place, ...]:
    """Return the places that the rules of a store have, as many as a prompt can hold, one a name."""
    found: dict[str, Place] = {}
    for rule in book.rules:
        if rule.place is not None and len(found) < _PLACES:
            found.setdefault(rule.name, Place(rule.name, _cut(rule.place.text, _TEMPLATE), _cut(rule.when, _TEMPLATE)))
    return tuple(found.values())


def questions_of(undecided: Iterable[Undecided], places: Sequence[Place], sight: Sight) -> list[Question]:
    """Return a question for each undecided bundle of one store, in the order of their paths."""
    ordered = sorted(undecided, key=lambda one: one.proposal.source)
    if not ordered:
        return []
    folders = {_folder(one) for one in ordered}
    beside = sight.beside(ordered[0].proposal.store, folders)
    counts = {folder: _kinds(names) for folder, names in beside.items()}
    offered = [[place.name, place.to, place.when] for place in places]
    return [_question(one, offered, beside[_folder(one)], counts[_folder(one)]) for one in ordered]


def _question(one: Undecided, offered: list[list[str]], names: list[str], kinds: str) -> Question:
    main = one.proposal.bundle.main
    reading = one.reading
    open_ = open_facts(reading)
    known = {name: text_of(value) for name, value in sorted(reading.facts.items()) if name not in open_}
    if known.get("kind") == "other":
        del known["kind"]
    guessed = {name: text_of(reading.facts[name]) for name in sorted(open_) if name in reading.facts}
    about: dict[str, Any] = {"path": _cut(printable(main.rel), _PATH), "size": human_size(main.size)}
    about |= {"known": known} if known else {}
    about |= {"guessed": guessed} if guessed else {}
    # What lies beside it comes and goes as files are filed, and is a help only: it is no part of the key.
    identity = json.dumps([VERSION, one.proposal.source, main.size, about, offered], sort_keys=True, separators=(",", ":"))
    key = xxhash.xxh3_128_hexdigest(identity.encode("utf-8", "surrogatepass"))
    others = [name for name in names if name != main.rel.rpartition("/")[2]]
    told = {**about, "beside": [_cut(printable(name), _NEIGHBOUR) for name in _nearest(others, main.rel)]}
    return Question(one.proposal.source, key, {**told, "folder_holds": kinds})


def _folder(one: Undecided) -> str:
    return split(one.proposal.source)[1].rpartition("/")[0]


def _nearest(names: list[str], rel: str) -> list[str]:
    """Return the few names that would stand around this one in a sorted list: those most like it."""
    from bisect import bisect

    at = bisect(names, rel.rpartition("/")[2])
    start = max(0, min(at - _NEIGHBOURS // 2, len(names) - _NEIGHBOURS))
    return names[start : start + _NEIGHBOURS]


def _kinds(names: list[str]) -> str:
    """Return how many files of which extensions lie together: "12 mkv, 3 srt"."""
    counted = Counter(halves(name)[1] or "other" for name in names)
    return ", ".join(f"{number} {ext}" for ext, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_KINDS])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-(most // 2 - 1) :]}"
