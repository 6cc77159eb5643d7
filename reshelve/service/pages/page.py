"""What a page is: its path, what it is asked with, and a handler that returns a template's model, or where to go next."""

from collections.abc import Callable
from typing import Any, Literal

from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service import refusals
from reshelve.service.routes import Here, Nothing


@dataclass(slots=True, frozen=True)
class Shown:
    """A page to show: the name of its template, and the model that the template reads."""

    template: str
    model: Any
    status: int = 200


@dataclass(slots=True, frozen=True)
class Sent:
    """Where a browser goes after a form: a path below the pages' own."""

    path: str


@dataclass(slots=True, frozen=True)
class Page:
    """One page, or one form. `asks` is filled from the path and the query, or from the form's fields. `apart` ones take long."""

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[[Here, Any], Shown | Sent]
    asks: type[Any] = Nothing
    apart: bool = False


@dataclass(slots=True, frozen=True)
class Again:
    """A form that may follow: its fields, in order, its button, what that says while it works, and where it is sent."""

    fields: tuple[tuple[str, str], ...]
    words: str = "Make the plan again"
    busy: str = "Planning…"
    path: str = "/plans"


SCAN = Again((), "Scan", "Scanning…", "/scan")


@dataclass(slots=True, frozen=True)
class Refusal:
    """Why something was not done: `problems` as the service tells them, the first one's words as its title.

    `fault` is the page of the document's line that is wrong, "" where none is.
    """

    title: str
    status: int
    problems: list[dict[str, Any]]
    again: Again | None = None
    fault: str = ""


@dataclass(slots=True, frozen=True)
class SignIn:
    """The form that takes the token; `wrong` where the one that it was given is not."""

    wrong: bool = False


def refused(error: ReshelveError, again: Again | None = None) -> Shown:
    """Return the page that says why something was not done."""
    status, body = refusals.refused(error)
    return Shown("problem.html", Refusal(body["title"], status, body["problems"], again), status)


@dataclass(slots=True, frozen=True)
class Step:
    """One link of a pager: its words, the number of the first item there, and whether it is where one is."""

    words: str
    start: int
    here: bool = False


_FLAT = 24
"""Pages that are listed one by one; of more, those around and the first of every stretch are."""


def pager(total: int, start: int, most: int) -> list[Step]:
    """Return the links by which every item is at most two steps away; none where all are here."""
    pages = -(-total // most)
    if pages < 2:
        return []
    now = min(start // most, pages - 1)
    stretch = 1 if pages <= _FLAT else max(2, round(pages**0.5))
    near = now // stretch
    others = range(0, pages, stretch)
    shown = sorted({*others, *range(near * stretch, min(pages, (near + 1) * stretch))})
    steps = []
    for page in shown:
        whole = stretch > 1 and page % stretch == 0 and page // stretch != near
        last = min(total, (page + (stretch if whole else 1)) * most)
        steps.append(Step(f"{page * most + 1:,}–{last:,}", page * most, page == now))
    return steps
