"""A receiver as declared, and what its settings come to: its address, its secrets, the folders as it sees them."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.schemas.after_settings import After
from reshelve.schemas.notify_settings import Notify
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Receiver:
    """A receiver as declared, with the values of its variables; `refused` is why nothing may be sent to it, "" when it may.

    `report` returns the report of a run as JSON values, None where it is gone; `paths` the folder of a place's root on this machine
    and the place's path, None in a bucket; `named` the facts that a place's name tells of a film or an episode. `folder` is the
    workspace's own.
    """

    told: Notify | After
    environ: Mapping[str, str] = field(repr=False)
    refused: str = ""
    report: Callable[[str], object] = field(default=lambda _run: None, repr=False)
    folder: str = "."
    paths: Callable[[str], tuple[str, str] | None] = field(default=lambda _place: None, repr=False)
    named: Callable[[str], dict[str, Any]] = field(default=lambda _place: {}, repr=False)

    def value(self, variable: str) -> str:
        """Return the value of a variable. Raises NotDeliveredError where it is not set."""
        if not self.environ.get(variable):
            raise NotDeliveredError(f"${variable} is not set")
        return self.environ[variable]

    @property
    def url(self) -> str:
        """Its address. Raises NotDeliveredError where it stands in a variable that is not set."""
        return self.told.url if self.told.url is not None else self.value(self.told.url_env or "")

    @property
    def token(self) -> str:
        """Its token, "" for none. Raises NotDeliveredError where the variable is not set."""
        return self.value(self.told.token_env) if self.told.token_env else ""

    @property
    def bearer(self) -> dict[str, str]:
        """Its token as a header, none where it has none. Raises NotDeliveredError as `token`."""
        token = self.token
        return {"Authorization": f"Bearer {token}"} if token else {}


def standing(folder: str) -> str:
    """Return a folder, or the nearest one above it that is there: of what was removed, that is where to look."""
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def seen_as(folder: str, mapped: Mapping[str, str]) -> str:
    """Return a folder as a receiver sees it: the longest folder in `mapped` that holds it decides, else it is the same there."""
    for here in sorted(mapped, key=len, reverse=True):
        top = here.rstrip("/")
        if within(folder, top or "/"):
            return (mapped[here].rstrip("/") + folder[len(top) :]) or "/"
    return folder


def within(folder: str, top: str) -> bool:
    """Say whether a folder is another, or lies in it."""
    top = top.rstrip("/")
    return folder == top or folder.startswith(f"{top}/") or not top


def topmost(folders: Iterable[str]) -> list[str]:
    """Return those that lie in none of the others, sorted: looking into a folder sees what is in it."""
    found: list[str] = []
    for folder in sorted(set(folders), key=lambda one: one.split("/")):
        if not found or not within(folder, found[-1]):
            found.append(folder)
    return found
