"""How far conditions reach: one that can never hold, and one that holds wherever another does."""

from typing import Any

from reshelve.planner.recognise.extension_tables import media_type
from reshelve.planner.rules.condition_matching import ConditionError, amount
from reshelve.schemas.conditions import Condition, Match

_MEASURES = (("over", "under"), ("over", "at_most"), ("at_least", "under"), ("at_least", "at_most"))


def never_holds(condition: Condition) -> str:
    """Say in a phrase why a condition can hold of nothing; "" where it may hold of something."""
    demands = _all_demands(condition)
    for name, expected in demands:
        if values(expected) == frozenset():
            return f"`{name}` has an empty list, which matches nothing"
        if isinstance(expected, Match) and (fault := _crossed(name, expected)):
            return fault
    for at, (name, expected) in enumerate(demands):
        first = values(expected)
        for other, also in demands[at + 1 :]:
            second = values(also)
            if name == other and name not in _SEVERAL and first is not None and second is not None and not first & second:
                return f"`{name}` cannot be both {_told(first)} and {_told(second)}"
    extensions = next((values(expected) for name, expected in demands if name == "ext" and values(expected)), None)
    media = next((values(expected) for name, expected in demands if name == "media" and values(expected)), None)
    if extensions and media and not {media_type(ext.removeprefix(".")) for ext in extensions} & media:
        return f"no file of `ext` {_told(extensions)} has `media` {_told(media)}"
    if condition.none_of is not None and reaches_as_far(condition.none_of, condition):
        return "`not:` excludes everything that the rest matches"
    return ""


def reaches_as_far(wide: Condition, narrow: Condition) -> bool:
    """Say whether `wide` surely holds of whatever `narrow` holds of. False where that cannot be told."""
    if wide.any_of is not None or wide.none_of is not None:
        same_any = wide.any_of is None or wide.any_of == narrow.any_of
        same_none = wide.none_of is None or wide.none_of == narrow.none_of
        if not (same_any and same_none):
            return False
    asked = _all_demands(narrow)
    return all(any(name == other and _among(expected, also) for other, also in asked) for name, expected in _all_demands(wide))


_SEVERAL = frozenset({"episodes", "audio_languages", "subtitle_languages"})
"""Facts that hold several values at once."""


def _all_demands(condition: Condition) -> list[tuple[str, Any]]:
    found = list(condition.demands.items())
    for each in condition.all_of or ():
        found += _all_demands(each)
    return found


def values(expected: Any) -> frozenset[str] | None:
    """Return the values that a demand leaves, in small letters; None where it names none."""
    if isinstance(expected, Match):
        given: Any = [expected.equals] if expected.equals is not None else expected.one_of
        return None if given is None else frozenset(str(one).casefold() for one in given)
    return frozenset(str(one).casefold() for one in (expected if isinstance(expected, list) else [expected]))


def _among(wide: Any, narrow: Any) -> bool:
    """Say whether what meets the demand `narrow` surely meets `wide`."""
    if wide == narrow:
        return True
    if isinstance(wide, Match) and wide.known and wide.model_dump(exclude_none=True).keys() == {"known"}:
        return not (isinstance(narrow, Match) and narrow.known is False)
    left, right = values(wide), values(narrow)
    only = not isinstance(wide, Match) or wide.model_dump(exclude_none=True, by_alias=True).keys() <= {"equals", "in"}
    return only and left is not None and right is not None and right <= left


def _crossed(name: str, expected: Match) -> str:
    for low, high in _MEASURES:
        given = getattr(expected, low), getattr(expected, high)
        if None in given:
            continue
        try:
            least, most = (amount(name, bound) for bound in given)
        except ConditionError:
            continue
        if type(least) is not type(most):
            continue
        if least > most or (least == most and (low, high) != ("at_least", "at_most")):  # type: ignore[operator]
            return f"nothing has a `{name}` {low.replace('_', ' ')} {given[0]} and {high.replace('_', ' ')} {given[1]}"
    return ""


def _told(given: frozenset[str]) -> str:
    return " or ".join(sorted(given))
