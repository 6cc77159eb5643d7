"""Templates: filled with a page's model. Whatever a name holds is text: escaped, and with its control characters shown."""

import re
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reshelve import __version__
from reshelve.schemas.locations import printable
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.processes import problem_of
from reshelve.views.colour import count
from reshelve.views.moments import moment
from reshelve.views.plans import KINDS

STATIC = ("page.css", "page.js", "icon.svg")


@dataclass(slots=True, frozen=True)
class Place:
    """Where a page stands: what its own addresses and those of the service begin with, and the path of the page itself.

    `workspace` is what the workspace is called, "" for who may not know.
    """

    base: str
    api: str
    path: str = ""
    workspace: str = ""


def render(template: str, model: Any, place: Place) -> str:
    """Return a page, or a part of one."""
    return _templates().get_template(template).render(page=model, place=place)


def static(name: str) -> str:
    """Return a file that pages load."""
    return (resources.files("reshelve.service.pages") / "static" / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    env = Environment(
        loader=PackageLoader("reshelve.service.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "bytes": human_size,
        "moment": moment,
        "words": _words,
        "counted": _counted,
        "quoted": _quoted,
        "hinted": hinted,
        "typed": typed,
        "problem": problem_of,
    }
    env.globals |= {"kinds": KINDS, "version": __version__, "nav": NAV, "style": _style}
    return env


NAV = (
    ("", "Overview"),
    ("/plans", "Plans"),
    ("/runs", "Runs"),
    ("/undecided", "Undecided"),
    ("/documents", "Documents"),
    ("/projects", "Projects"),
    ("/sync", "Sync"),
    ("/duplicates", "Duplicates"),
    ("/checks", "Health"),
    ("/jobs", "Jobs"),
)
"""The pages that every page leads to."""


def _shown(value: Any) -> Any:
    # What a template made itself is markup; everything else is text of somebody's.
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return printable(value)


def _words(name: str) -> str:
    """Return a key as people read it: `trash_bytes` is "trash bytes"."""
    return re.sub(r"[_-]+", " ", name)


def _counted(number: int, noun: str, plural: str = "") -> str:
    return count(number, noun, plural)


def hinted(hint: str) -> Markup:
    """Return what to do about a problem, a line each; what is to be typed is marked as that."""
    return Markup("").join(Markup('<span class="hint">{}</span>').format(_line(line)) for line in hint.splitlines())


def typed(text: str) -> Markup:
    """Return a text with what is to be typed, in backticks, marked as that."""
    return _marked(_QUOTED.split(printable(text)))


def _line(line: str) -> Markup:
    return _marked(["", printable(line.strip())] if line.startswith(" ") else _TYPED.split(printable(line)))


def _marked(parts: list[str]) -> Markup:
    """Return texts joined, every other one marked as what is to be typed."""
    return Markup("").join(Markup("<code>{}</code>").format(part.strip("`")) if at % 2 else part for at, part in enumerate(parts))


_QUOTED = re.compile(r"(`[^`]+`)")
_TYPED = re.compile(r"(`[^`]+`|(?:(?<=\A)|(?<=: ))(?:(?:reshelve|pip|mv|rm|ls|cd) |--)\S.*)")
"""Words in backticks, and a command to the end of its line."""


def _quoted(text: str) -> str:
    """Return a text for the query of an address, whatever bytes it has."""
    return quote(text, safe="", errors="surrogateescape")


def _style() -> Markup:
    """Return the style for a page that loads nothing."""
    return Markup(static("page.css"))  # noqa: S704 - our own file
