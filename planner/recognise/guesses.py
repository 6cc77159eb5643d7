"""The second opinion: guessit, asked only where the plain patterns have no answer, and never believed without doubt."""

import re
from functools import lru_cache
from typing import Any

_LONGEST = 160
_MANY_DIGITS = re.compile(r"\d{9,}")
_WIDE_RANGE = re.compile(r"\d+\s*(?:[-~+&]|to|-e|e)\s*e?\d{4,}", re.IGNORECASE)
_BUSY = re.compile(r"[\[\](){}\-+&_.\s]")
_MOST_SEPARATORS = 45


@lru_cache(maxsize=16384)
def guess(name: str) -> dict[str, Any]:
    """Return the facts guessit sees in a name; none when it fails. The name is capped, so that a hostile one costs bounded time."""
    name = _capped(name)
    if _WIDE_RANGE.search(name):
        return {}
    # It takes a second to import and milliseconds a name; most names never get here.
    from guessit import guessit

    try:
        seen = dict(guessit(name))
    except Exception:  # noqa: BLE001 - any failure of a guess is no more than not knowing
        return {}
    return _facts(seen)


def _capped(name: str) -> str:
    name = _MANY_DIGITS.sub("", name.encode("utf-8", "replace").decode())
    if len(name) > _LONGEST:
        stem, dot, ext = name.rpartition(".")
        name = f"{stem[:_LONGEST]}{dot}{ext[:8]}"
    separators = [found.start() for found in _BUSY.finditer(name)]
    return name[: separators[_MOST_SEPARATORS]] if len(separators) > _MOST_SEPARATORS else name


def _facts(seen: dict[str, Any]) -> dict[str, Any]:
    title = _text(seen.get("title"))
    facts: dict[str, Any] = {}
    if seen.get("type") == "episode":
        facts["kind"] = "episode"
        season = _first(seen.get("season"))
        facts.update(show=title, title=title, season=season, show_year=_first(seen.get("year")), year=_first(seen.get("year")))
        facts["episodes"] = _numbers(seen.get("episode"))
        facts["episode_title"] = _text(seen.get("episode_title"))
        if seen.get("date") is not None:
            facts["date"] = str(seen["date"])[:10]
    elif title:
        facts.update(kind="movie", title=title, year=_first(seen.get("year")), part=_first(seen.get("cd") or seen.get("part")))
    return {name: value for name, value in facts.items() if value is not None}


def _first(value: Any) -> int | None:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, int) else None


def _numbers(value: Any) -> list[int]:
    return sorted({one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)})


def _text(value: Any) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    return str(value).strip() or None if value is not None else None
