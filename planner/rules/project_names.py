"""Short names: which of the known projects a person means by a whole name, a glob, or the beginning of one."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from reshelve.schemas.locations import printable
from reshelve.schemas.patterns import globs
from reshelve.schemas.problems import Problem


def chosen(asked: Iterable[str], known: Collection[str]) -> tuple[list[str], list[Problem]]:
    """Return the projects that names mean: whole names, globs, or the beginning of exactly one (`b63` of `b63-flivideo`)."""
    found: list[str] = []
    problems: list[Problem] = []
    for text in asked:
        meant = _meant(text.strip("/"), known)
        if len(meant) == 1 or any(char in text for char in "*?["):
            found += [each for each in meant if each not in found]
        if not meant:
            problems.append(_unknown(text.strip("/"), known))
        elif len(meant) > 1 and not any(char in text for char in "*?["):
            problems.append(_unclear(text, meant))
    return found, problems


def _unclear(text: str, meant: Sequence[str]) -> Problem:
    return Problem(
        "project-unclear", "Several projects begin with it.", f"{_some(meant)}.", printable(text), "Write more of the name."
    )


def _unknown(text: str, known: Collection[str]) -> Problem:
    begun = sorted(each for each in known if each.lower().startswith(text.lower()))
    if len(begun) > 1:
        return _unclear(text, begun)
    near = begun or get_close_matches(text, known, 3, 0.5) or _near_beginnings(text, known)
    if not known:
        told, hint = "None is known here.", ""
    elif near:
        told, hint = "", f"Did you mean {' or '.join(map(printable, near))}?"
    else:
        told, hint = f"Known projects: {_some(sorted(known))}.", "Write the whole name, or its beginning."
    return Problem("no-such-project", "There is no such project.", told, printable(text), hint)


def _near_beginnings(text: str, known: Collection[str]) -> list[str]:
    """Return names whose beginning is like what was typed: `NRD` is a slip of NORD, the beginning of NORD_Fjord."""
    begun = {each[: len(text) + more].lower(): each for more in (1, 0, -1) for each in sorted(known)}
    return list(dict.fromkeys(begun[each] for each in get_close_matches(text.lower(), begun, 3, 0.7)))


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(printable, names[:8])) + (", …" if len(names) > 8 else "")


def _meant(text: str, known: Collection[str]) -> list[str]:
    if text in known:
        return [text]
    low = text.lower()
    if any(char in text for char in "*?["):
        wanted = globs([text], ignore_case=True)
        return sorted(each for each in known if wanted.match(each))
    whole = [each for each in known if each.lower() == low]
    return whole or sorted(each for each in known if each.lower().startswith(low) and not each[len(low)].isalnum())
