"""What may have been meant by a word that is not known."""

from collections.abc import Iterable

COMPARABLE = 200
"""How many letters a name has at most that is compared with another: comparing takes the square of them."""


def near(given: str, names: Iterable[str], least: float = 0.6) -> str | None:
    """Return the name that may have been meant, or None. `least` is how like it must be: 1 is the same."""
    from difflib import get_close_matches

    if len(given) > COMPARABLE:
        return None
    found = get_close_matches(given, names, 1, least)
    return found[0] if found else None
