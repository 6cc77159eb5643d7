"""Conditions that can hold of nothing: demands that leave no value, and kinds of file that never come together."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reshelve.planner.recognise.extension_tables import media_type
from reshelve.planner.rules.condition_matching import ATTRIBUTES, ConditionError, amount
from reshelve.planner.rules.condition_reach import all_demands, reaches_as_far, values
from reshelve.schemas.conditions import Condition, Match
from reshelve.schemas.fact_vocabulary import FACTS

_WATCHED = frozenset({"video", "subtitle", "other"})
_MEDIA_OF: Mapping[str, frozenset[str]] = {
    "episode": _WATCHED,
    "movie": _WATCHED,
    "documentary": _WATCHED,
    "standup": _WATCHED,
    "music": frozenset({"audio"}),
    "audiobook": frozenset({"audio"}),
    "image": frozenset({"image"}),
}
"""Which media a kind can have, as `Recogniser` reads names; one that is not here may have any."""
_OF_EPISODES = frozenset({"show", "show_year", "season", "episodes", "episode_title"})
_NEVER_EPISODES = frozenset({"movie", "standup", "music", "audiobook", "image"})
_SEVERAL = frozenset({"episodes", "audio_languages", "subtitle_languages", "quality"})
"""Facts that hold several values at once, or one under several names (4K is 2160p)."""
_COUNTED = frozenset(name for name, known in FACTS.items() if known.holds == "number") | {"size"}
"""What is a whole number, so that nothing lies between one and the next."""
_ALIKE = {"over": "at_least", "under": "at_most"}


def never_holds(condition: Condition, stores: Collection[str] = ()) -> str:
    """Say in a phrase why a condition can hold of nothing; "" where it may hold of something. `stores` are those there are."""
    demands = all_demands(condition)
    for name, expected in demands:
        if values(expected) == frozenset():
            return f"`{name}` has an empty list, which matches nothing"
        if fault := _unlike(name, expected, stores):
            return fault
    by_name: dict[str, list[Any]] = {}
    for name, expected in demands:
        by_name.setdefault(name, []).append(expected)
    for name, asked in by_name.items():
        if fault := _apart(name, asked):
            return fault
    if fault := _strange(by_name):
        return fault
    if condition.any_of is not None and (not condition.any_of or all(never_holds(each, stores) for each in condition.any_of)):
        return "no branch of `any:` can hold"
    if condition.none_of is not None and reaches_as_far(condition.none_of, condition):
        return "`not:` excludes everything that the rest matches"
    return ""


def _unlike(name: str, expected: Any, stores: Collection[str]) -> str:
    """Say why no name or path is ever like what is asked of it."""
    if name not in ("name", "stem", "ext", "path"):
        return ""
    # One of several that can never be is a slip too, but the others may hold.
    faults = [_unlike_text(name, text, how, stores) for text, how in _texts(expected)]
    return faults[0] if faults and all(faults) else ""


def _texts(expected: Any) -> Iterator[tuple[str, str]]:
    given = values(expected)
    yield from ((text, "text") for text in sorted(given or ()))
    if isinstance(expected, Match):
        globs = expected.glob if isinstance(expected.glob, list) else [expected.glob] if expected.glob is not None else []
        yield from ((text, "glob") for text in globs)
        if expected.regex is not None:
            yield expected.regex, "regex"


def _unlike_text(name: str, text: str, how: str, stores: Collection[str]) -> str:
    if how == "regex":
        # Only what stands there for itself: a set, a choice, or what may be left out, can do without its slash.
        plain = not set("|?*{[(") & set(text)
        if plain and "/" in text and name != "path":
            return f"a `{name}` has no `/`, and {text!r} asks for one: ask for it with `path`"
        return f"an `ext` has no dot, and {text!r} asks for one" if plain and r"\." in text and name == "ext" else ""
    if how == "text" and "*" in text and name != "ext":
        return f"a `{name}` is compared with {text!r} as it stands: write {{glob: {text!r}}}"
    if name != "path":
        if "/" in text and "[" not in text:
            return f"a `{name}` has no `/`, and {text!r} has: ask for it with `path`"
        if name == "ext" and "." in (text.removeprefix(".") if how == "text" else text).partition("[")[0]:
            last = text.rpartition(".")[2]
            return f"an `ext` is what follows the last dot, and {text!r} has one: write {last!r}"
        return ""
    if text.startswith("/"):
        return f"a `path` begins below its store, not with `/` as {text!r} does"
    if text.partition(":")[0] in stores and ":" in text:
        return f"a `path` begins below its store, without the {text.partition(':')[0]}: of {text!r}"
    if text.startswith(("./", "../")):
        return f"a `path` never begins with {text.partition('/')[0]}/ as {text!r} does"
    if text.endswith("/"):
        return f"a `path` is that of a file, and {text!r} ends with `/`: write {text + '*'!r} with `glob`"
    return ""


def _apart(name: str, asked: list[Any]) -> str:
    """Say why the demands of one name leave no value."""
    matches = [each for each in asked if isinstance(each, Match)]
    if name in ATTRIBUTES - {"ext"} and any(each.known is False for each in matches):
        return f"every file has a `{name}`"
    if any(each.known is False for each in matches) and any(not _only_unknown(each) for each in asked):
        return f"`{name}` cannot be unknown, and be what is asked of it"
    plain = [_alike(name, given) for each in asked if (given := values(each)) is not None]
    if name not in _SEVERAL:
        for at, first in enumerate(plain):
            for second in plain[at + 1 :]:
                if not first & second:
                    return f"`{name}` cannot be both {_told(first)} and {_told(second)}"
    bounds = [(how, bound) for each in matches for how in (*_ALIKE, *_ALIKE.values()) if (bound := getattr(each, how)) is not None]
    if name not in _SEVERAL and (fault := _crossed(name, bounds) or _outside(name, plain, bounds)):
        return fault
    return ""


def _alike(name: str, given: frozenset[str]) -> frozenset[str]:
    return frozenset(ext.removeprefix(".") for ext in given) if name == "ext" else given


def _only_unknown(expected: Any) -> bool:
    return isinstance(expected, Match) and expected.model_dump(exclude_none=True) == {"known": False}


def _crossed(name: str, bounds: list[tuple[str, Any]]) -> str:
    for low, least in bounds:
        for high, most in bounds:
            if low not in ("over", "at_least") or high not in ("under", "at_most"):
                continue
            try:
                floor, ceiling = amount(name, least), amount(name, most)
            except ConditionError:
                continue
            if isinstance(floor, str) or isinstance(ceiling, str):
                apart = isinstance(floor, str) and isinstance(ceiling, str) and floor > ceiling
            else:
                step = 1 if name in _COUNTED else 0
                floor, ceiling = floor + step * (low == "over"), ceiling - step * (high == "under")
                apart = floor > ceiling or (not step and floor == ceiling and (low, high) != ("at_least", "at_most"))
            if apart:
                return f"nothing has a `{name}` {low.replace('_', ' ')} {least} and {high.replace('_', ' ')} {most}"
    return ""


def _outside(name: str, plain: list[frozenset[str]], bounds: list[tuple[str, Any]]) -> str:
    """Say which bound every value named lies beyond."""
    for given in plain:
        for how, bound in bounds:
            try:
                limit = amount(name, bound)
                amounts = [amount(name, value) for value in given]
            except ConditionError:
                continue
            if isinstance(limit, str) or any(isinstance(each, str) for each in amounts):
                continue
            numbers = [each for each in amounts if not isinstance(each, str)]
            beyond = {
                "over": all(each <= limit for each in numbers),
                "under": all(each >= limit for each in numbers),
                "at_least": all(each < limit for each in numbers),
                "at_most": all(each > limit for each in numbers),
            }
            if beyond[how]:
                return f"`{name}` {_told(given)} is not {how.replace('_', ' ')} {bound}"
    return ""


def _strange(by_name: Mapping[str, list[Any]]) -> str:
    """Say which kinds, media, extensions and facts never come together."""
    media, extensions, kinds = (_first(by_name.get(name, ())) for name in ("media", "ext", "kind"))
    of_extensions = frozenset(media_type(ext.removeprefix(".")) for ext in extensions or ())
    if extensions and media and not of_extensions & media:
        return f"no file of `ext` {_told(extensions)} has `media` {_told(media)}"
    if kinds and all(kind in _MEDIA_OF for kind in kinds):
        possible = frozenset[str]().union(*(_MEDIA_OF[kind] for kind in kinds))
        if media and not possible & media:
            return f"no file of `kind` {_told(kinds)} has `media` {_told(media)}"
        if extensions and not possible & of_extensions:
            return f"no file of `kind` {_told(kinds)} has `ext` {_told(extensions)}"
    if kinds and kinds <= _NEVER_EPISODES:
        for name, asked in by_name.items():
            if name in _OF_EPISODES and not all(_only_unknown(each) for each in asked):
                return f"no file of `kind` {_told(kinds)} has a `{name}`"
    return ""


def _first(asked: Any) -> frozenset[str] | None:
    return next((given for each in asked if (given := values(each))), None)


def _told(given: frozenset[str]) -> str:
    return " or ".join(sorted(given))
