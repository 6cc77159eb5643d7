"""How far conditions reach: which holds wherever another does, and the values that a demand leaves."""

from typing import Any

from reshelve.schemas.conditions import Condition, Match


def reaches_as_far(wide: Condition, narrow: Condition) -> bool:
    """Say whether `wide` surely holds of whatever `narrow` holds of. False where that cannot be told."""
    if wide.any_of is not None or wide.none_of is not None:
        same_any = wide.any_of is None or wide.any_of == narrow.any_of
        same_none = wide.none_of is None or wide.none_of == narrow.none_of
        if not (same_any and same_none):
            return False
    asked = all_demands(narrow)
    return all(any(name == other and _among(expected, also) for other, also in asked) for name, expected in all_demands(wide))


def all_demands(condition: Condition) -> list[tuple[str, Any]]:
    """Return the demands of a condition, those below its `all:` among them."""
    found = list(condition.demands.items())
    for each in condition.all_of or ():
        found += all_demands(each)
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
