"""Places that a person types for one file: taken as they stand, or rendered from what is known of it where they have `{{ }}`."""

import re

from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.scanners.rule_scanner import RuleBook
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.scan_settings import Rule, Scan

_TEMPLATE = re.compile(r"\{[{%#]")
_FROM_DISK = re.compile(r"\bmtime\b")
_ANSWER = "your-answer"


def is_template(place: str) -> bool:
    """Say whether a typed place has something in it that is to be filled in."""
    return _TEMPLATE.search(place) is not None


def place_template(place: str) -> str:
    """Return a typed place as a rule would have it: with the file's own name where it ends as a folder."""
    return f"{place}{{{{ filename }}}}" if place[-1:] in ("/", ":") else place


def rendered(place: str, source: str, reading: Reading) -> str:
    """Return where a typed place puts the file at `source`, by what is known of it. Raises ReshelveError: too little is."""
    if _FROM_DISK.search(place):
        raise _refused(place, "mtime is not known here: only names are read", reading)
    store, rel = split(source)
    rule = Rule(name=_ANSWER, place=place_template(place), accept="likely")
    book = RuleBook(store_of(store), Scan(rules=[rule]), lambda _: "")
    if book.problems:
        raise _refused(place, book.problems[0].detail.removeprefix(f"rule {_ANSWER}: ").rstrip("."), reading)
    verdict = book.decide(Item(rel, "file", 0, 0, 0, 0, 1, 0o644, ""), reading, 0)
    if verdict.deed != "place":
        raise _refused(place, verdict.because.removeprefix(f"rule {_ANSWER}: "), reading)
    if not isinstance(verdict.target, str):
        raise _refused(place, "`seq` is a number that only a scan gives", reading)
    return verdict.target


def _refused(place: str, why: str, reading: Reading) -> ReshelveError:
    known = ", ".join(f"{name} {printable(str(value))}" for name, value in sorted(reading.facts.items()))
    hint = f"Known of it: {known or 'nothing'}. Write the rest yourself, without {{{{ }}}}."
    return stop("bad-place", "That place cannot be filled in.", f"{why}.", path=place, hint=hint)
