"""Refusals: times, modes, owners and attributes that a file system would not have set; the run goes on without, and tells."""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Literal

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.path_lookup import Looking
from reshelve.schemas.locations import in_trash, parent
from reshelve.schemas.quick_dataclasses import dataclass

Dress = Literal["times", "modes", "owners", "extended attributes"]
Passing = Callable[[Dress], AbstractContextManager[None]]
"""Gives what passes over the refusal to set one of these; a full or broken disk is not passed over."""


@dataclass(slots=True, frozen=True)
class Refusal:
    """What the file system of this id, whose topmost folder in the root is `top`, would not have set, and in its words why."""

    fs: str
    top: str
    what: Dress
    why: str


class Refusals:
    """What was refused in one root: once a file system and kind. Safe to share by threads."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._found: dict[tuple[str, Dress], Refusal] = {}

    def found(self) -> list[Refusal]:
        """Return every refusal so far, sorted."""
        return sorted(self._found.values(), key=lambda one: (one.fs, one.what))

    def at(self, rel: str) -> Passing:
        """Return what passes over refusals at `rel`, for whoever sets several things there."""
        return lambda what: self.passing(rel, what)

    @contextlib.contextmanager
    def passing(self, rel: str, what: Dress, *, mine: bool = True) -> Iterator[None]:
        """Pass over what this process may not set, or the file system does not keep, and note it where the file system is to blame.

        That others' things (`mine` False) keep their times, and that owners are for the superuser to set, is no news.
        """
        try:
            yield
        except OSError as trouble:
            if trouble.errno not in system_calls.MAY_NOT:
                raise
            if mine and not in_trash(rel) and (what != "owners" or is_mine(0)):
                self.note(rel, what, trouble)

    def note(self, rel: str, what: Dress, trouble: OSError) -> None:
        """Note a refusal at `rel`. Raises OSError where the root is gone."""
        seen = self._looking.nearest(parent(rel))
        self._found.setdefault((seen.place, what), Refusal(seen.place, seen.top, what, trouble.strerror or str(trouble)))


def is_mine(uid: int) -> bool:
    """Say whether this process may set what it likes of something that `uid` owns, as far as its file system does."""
    return not hasattr(os, "geteuid") or os.geteuid() in (0, uid)
