"""Matching: whether a condition of the workspace holds of one item and what is known of it.

A condition is compiled once into closures. Text is compared without regard to case, and a number with the text that writes
it: a show called 24 is found by `show: 24`. What is not known meets no demand but `known: false`.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from reshelve.planner.metadata.media_facts import level_of
from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.schemas import quantities
from reshelve.schemas.conditions import Condition, Match
from reshelve.schemas.facts import Facts
from reshelve.schemas.inventory import Item
from reshelve.schemas.patterns import Regex, globs

NUMBERS = frozenset(name for name, kind in Facts.__annotations__.items() if kind in (int, "int"))
"""The facts that are whole numbers."""

Test = Callable[["Subject"], bool]
_Check = Callable[[Any], bool]


class ConditionError(Exception):
    """A condition that can never be asked: a bound that is no quantity. `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Subject:
    """What a condition is asked of: one item of a store, its facts, and the clock (ns since the epoch)."""

    __slots__ = ("_halves", "facts", "item", "name", "now_ns", "store")

    def __init__(self, item: Item, store: str, facts: Mapping[str, Any], now_ns: int) -> None:
        self.item = item
        self.store = store
        self.facts = facts
        self.now_ns = now_ns
        self.name = item.rel.rpartition("/")[2]
        self._halves: tuple[str, str] | None = None

    @property
    def halves(self) -> tuple[str, str]:
        """The name's stem, and its extension in lower case without its dot."""
        if self._halves is None:
            self._halves = halves(self.name)
        return self._halves

    @property
    def age(self) -> float:
        """Seconds since it was last written; nothing is younger than now."""
        return max(0.0, (self.now_ns - self.item.mtime_ns) / 1e9)


_GET: dict[str, Callable[[Subject], Any]] = {
    "name": lambda subject: subject.name,
    "stem": lambda subject: subject.halves[0],
    "ext": lambda subject: subject.halves[1],
    "path": lambda subject: subject.item.rel,
    "store": lambda subject: subject.store,
    "size": lambda subject: subject.item.size,
    "age": lambda subject: subject.age,
    "media": lambda subject: media_type(subject.halves[1]),
}

ATTRIBUTES = frozenset(_GET)
"""What every item has; any other name in a condition is a fact's."""


class Matcher:
    """A compiled condition. Raises ConditionError for one that cannot be asked.

    `demands` are the names of the facts it uses, `gives` the named groups of the regular expressions it asks of a name or path.
    """

    __slots__ = ("_captures", "_tests", "condition", "demands", "gives")

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.demands = demands_of(condition)
        self._tests = list(_tests(condition))
        self._captures = [(_GET[name], pattern) for name, pattern in _patterns(condition)]
        self.gives = captured_by(condition)

    def captures(self, subject: Subject) -> dict[str, str | int]:
        """Return what the named groups hold for a subject the condition holds of; `season` and the like as numbers."""
        found: dict[str, str] = {}
        for get, pattern in self._captures:
            found.update(pattern.captures(_nfc(str(get(subject)))) or {})
        return {name: int(text) if name in NUMBERS and text.isascii() and text.isdigit() else text for name, text in found.items()}

    def failing(self, subject: Subject) -> str:
        """Return the first demand that does not hold of `subject`, and what is so instead: "ext mkv (it is srt)"; else ""."""
        return _failing(self.condition, subject)

    def lacking(self, subject: Subject, names: Collection[str]) -> frozenset[str]:
        """Return which of these facts, which are not known, are all that keeps the condition from holding; else none."""
        return _lacking(self.condition, subject, names) or frozenset()

    def holds(self, subject: Subject) -> bool:
        """Say whether every demand of the condition holds of `subject`."""
        for test in self._tests:  # noqa: SIM110 - asked of every item and rule
            if not test(subject):
                return False
        return True


def captured_by(condition: Condition) -> frozenset[str]:
    """Return the named groups of the regular expressions that a condition asks of a name or path."""
    return frozenset(group for _, pattern in _patterns(condition) for group in pattern.groups)


def _patterns(condition: Condition) -> Iterator[tuple[str, Regex]]:
    for name, expected in condition.demands.items():
        if name in ("name", "stem", "path") and isinstance(expected, Match) and expected.regex is not None:
            yield name, Regex(expected.regex)


def demands_of(condition: Condition) -> frozenset[str]:
    """Return the names of the facts a condition uses, at any depth."""
    names = condition.demands.keys() - ATTRIBUTES
    inner = [*(condition.all_of or ()), *(condition.any_of or ())] + ([condition.none_of] if condition.none_of else [])
    return frozenset(names).union(*(demands_of(each) for each in inner))


def describe(condition: Condition) -> str:
    """Return a condition in words for a reason: "age over 30d, ext log". The empty condition is ""."""
    parts = [_described(name, expected) for name, expected in condition.demands.items()]
    parts += [describe(each) for each in condition.all_of or ()]
    if condition.any_of:
        parts.append(" or ".join(describe(each) for each in condition.any_of))
    if condition.none_of:
        parts.append(f"not ({describe(condition.none_of)})")
    return ", ".join(part for part in parts if part)


def _described(name: str, expected: Any) -> str:
    if isinstance(expected, Match):
        given = expected.model_dump(exclude_none=True)
        if given.keys() == {"known"}:
            return f"{name} {'known' if expected.known else 'not known'}"
        words = {"equals": "is", "one_of": "is one of", "glob": "like", "regex": "like"}
        return " and ".join(f"{name} {words.get(how, how.replace('_', ' '))} {_listed(value)}" for how, value in given.items())
    return f"{name} {_listed(expected)}"


def _listed(value: Any) -> str:
    return " or ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _failing(condition: Condition, subject: Subject) -> str:
    for name, expected in condition.demands.items():
        if not _demand(name, expected)(subject):
            value = _GET[name](subject) if name in _GET else subject.facts.get(name)
            known = value is not None and value != "" and value != []
            return f"{_described(name, expected)} ({f'it is {_told(name, value)}' if known else 'not known'})"
    for each in condition.all_of or ():
        if failed := _failing(each, subject):
            return failed
    if condition.any_of is not None and all(_failing(each, subject) for each in condition.any_of):
        return "; and ".join(_failing(each, subject) for each in condition.any_of) or "any of none"
    if condition.none_of is not None and not _failing(condition.none_of, subject):
        return f"not ({describe(condition.none_of)}), which holds"
    return ""


def _lacking(condition: Condition, subject: Subject, names: Collection[str]) -> frozenset[str] | None:
    """Return the facts of `names` that a condition lacks, and nothing else; None where it fails on something else."""
    lacking: set[str] = set()
    for name, expected in condition.demands.items():
        if not _demand(name, expected)(subject):
            if name not in names or subject.facts.get(name) not in (None, ""):
                return None
            lacking.add(name)
    inner = [_lacking(each, subject, names) for each in condition.all_of or ()]
    if condition.any_of is not None:
        branches = [_lacking(each, subject, names) for each in condition.any_of]
        inner.append(min((each for each in branches if each is not None), key=len, default=None))
    if condition.none_of is not None and not _failing(condition.none_of, subject):
        return None
    for each in inner:
        if each is None:
            return None
        lacking |= each
    return frozenset(lacking)


def _told(name: str, value: Any) -> str:
    if name == "size":
        return quantities.human_size(int(value))
    return f"{value / 86400:.1f} days" if name == "age" else _listed(value)


def _tests(condition: Condition) -> Iterator[Test]:
    for name, expected in condition.demands.items():
        yield _demand(name, expected)
    for each in condition.all_of or ():
        yield from _tests(each)
    if condition.any_of is not None:
        branches = [list(_tests(each)) for each in condition.any_of]
        yield lambda subject: any(all(test(subject) for test in branch) for branch in branches)
    if condition.none_of is not None:
        refused = list(_tests(condition.none_of))
        yield lambda subject: not all(test(subject) for test in refused)


def _demand(name: str, expected: Any) -> Test:
    get = _GET.get(name)
    if isinstance(expected, Match):
        checks = list(_checks(name, expected))
        known = expected.known
    else:
        values = expected if isinstance(expected, list) else [expected]
        checks, known = [_among(name, values)], None

    def test(subject: Subject) -> bool:
        value = get(subject) if get is not None else subject.facts.get(name)
        if value is None or value == "" or value == []:
            return known is False and not checks
        if known is False:
            return False
        if type(value) is list:
            return all(any(check(one) for one in value) for check in checks)
        for check in checks:  # noqa: SIM110 - asked of every item and rule
            if not check(value):
                return False
        return True

    return test


def _checks(name: str, expected: Match) -> Iterator[_Check]:
    if expected.equals is not None:
        yield _among(name, [expected.equals])
    if expected.one_of is not None:
        yield _among(name, expected.one_of)
    if expected.glob is not None:
        given = [expected.glob] if isinstance(expected.glob, str) else expected.glob
        like = globs(map(_nfc, given), ignore_case=True).match
        yield lambda value: like(_nfc(str(value))) is not None
    if expected.regex is not None:
        found = Regex(expected.regex).found
        yield lambda value: found(_nfc(str(value)))
    for how in ("over", "under", "at_least", "at_most"):
        bound = getattr(expected, how)
        if bound is not None:
            yield _bounded(name, how, bound)


def _among(name: str, values: list[Any]) -> _Check:
    wanted = frozenset(_same(value).removeprefix(".") if name == "ext" else _same(value) for value in values)
    if name in ("size", "age", "duration"):
        amounts = frozenset(amount(name, value) for value in values)
        return lambda value: value in amounts
    if name == "quality":
        return lambda value: _same(value) in wanted or _same(level_of(str(value))) in wanted
    return lambda value: _same(value) in wanted


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "over": lambda value, bound: value > bound,
    "under": lambda value, bound: value < bound,
    "at_least": lambda value, bound: value >= bound,
    "at_most": lambda value, bound: value <= bound,
}


def _bounded(name: str, how: str, bound: Any) -> _Check:
    compare = _COMPARE[how]
    limit = amount(name, bound)
    if isinstance(limit, str):
        text = limit
        return lambda value: compare(_same(value), text)
    number = limit

    def check(value: Any) -> bool:
        amount = _number(value)
        return amount is not None and compare(amount, number)

    return check


def amount(name: str, bound: Any) -> float | str:
    """Return a bound as bytes, seconds or a number; as text where it is none (dates are compared as text)."""
    if type(bound) is not str:
        return float(bound)
    try:
        if name == "size":
            return float(quantities.size(bound))
        if name in ("age", "duration"):
            return quantities.age(bound)
    except ValueError as fault:
        raise ConditionError(f"{name}: {fault}") from fault
    number = _number(bound)
    return _same(bound) if number is None else number


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _same(value: Any) -> str:
    """Return what two values that mean the same have in common."""
    kind = type(value)
    if kind is str:
        return str(value.casefold()) if value.isascii() else _nfc(value).casefold()
    if kind is float and value.is_integer():
        return str(int(value))
    if kind is bool:
        return str(int(value))  # the documents' models read `true` as 1 where a number may stand too
    return str(value).lower()


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
