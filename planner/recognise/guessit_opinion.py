"""The opinion of guessit: it reads more ways of writing than any other, slowly, and guesses where it does not know."""

import re
from functools import lru_cache
from typing import Any

from reshelve.planner.recognise.name_limits import bounded

_JOINED = re.compile(r"(?<=[^\W_])[ ._]-[ ._](?=[^\W_])")


@lru_cache(maxsize=16384)
def guess(name: str) -> dict[str, Any]:
    """Return the facts guessit sees in a name; none when it fails or the name is hostile."""
    short = bounded(name)
    if short is None:
        return {}
    # It takes a second to import and milliseconds a name; most names never get here.
    from guessit import guessit

    try:
        seen = dict(guessit(short))
    except Exception:  # noqa: BLE001 - any failure of a guess is no more than not knowing
        return {}
    return _facts(seen, short)


def _facts(seen: dict[str, Any], name: str) -> dict[str, Any]:
    title = _text(seen.get("title"))
    facts: dict[str, Any] = {}
    if seen.get("type") == "episode" and not seen.keys().isdisjoint({"season", "episode", "date"}):
        facts["kind"] = "episode"
        season = _first(seen.get("season"))
        facts.update(show=title, title=title, season=season, show_year=_first(seen.get("year")), year=_first(seen.get("year")))
        facts["episodes"] = _numbers(seen.get("episode"))
        facts["episode_title"] = _text(seen.get("episode_title"))
        if seen.get("date") is not None:
            facts["date"] = str(seen["date"])[:10]
    elif title:
        also = _text(seen.get("alternative_title"))
        if also and _JOINED.search(name):
            # It takes what follows a dash for another title; people write "Saga - The Film".
            title = f"{title} - {also}"
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
