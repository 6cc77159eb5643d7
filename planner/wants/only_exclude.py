"""Which entries a plan is about: `--only` and `--exclude`, by globs on source or target; a bundle goes whole."""

import fnmatch
import re
from collections.abc import Callable, Collection

from reshelve.planner.layouts.undone_entries import entries_of
from reshelve.planner.wants.root_choice import locate
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.problems import Problem

_SUMMARY = "A filter matches nothing."
_DETAIL = "Nothing that could be planned has such a location: neither where it is, nor where it goes."
_HINT = "A pattern is a location, such as inbox:Shows, or a glob: inbox:Shows/**, **/*.mkv"


class Selection:
    """Globs over locations. A pattern names a location or a path in any store, and everything below it; `*` crosses folders."""

    def __init__(self, only: tuple[str, ...], exclude: tuple[str, ...]) -> None:
        self._only = [_compiled(pattern) for pattern in only]
        self._exclude = [_compiled(pattern) for pattern in exclude]
        self._written = only
        self.everything = not only and not exclude

    def takes(self, *locations: str) -> bool:
        """Say whether something at these locations is part of the plan: it is, or none of them is, named as the globs say."""
        return (not self._only or _any(self._only, locations)) and not _any(self._exclude, locations)

    def unmatched(self, locations: Collection[str]) -> list[Problem]:
        """Return a warning for each pattern that calls for none of these locations: it is misspelt, or there is no such thing."""
        idle = (
            each
            for each, pattern in zip(self._written, self._only, strict=True)
            if not any(_any([pattern], (location,)) for location in locations)
        )
        return [Problem("filter-unmatched", _SUMMARY, _DETAIL, each, _HINT, severity="warning") for each in idle]

    def of(self, layout: Layout) -> Callable[[str], bool]:
        """Return what says of each target in `layout.files` whether it is part of the plan."""
        if self.everything:
            return lambda _target: True
        leaders = leaders_of(layout.files)
        called: set[str] = set()
        left: set[str] = set()
        for target, entry in layout.files.items():
            source = entry.source or entry.unpack
            names = (target, source) if source else (target,)
            leader = leaders.get(target, target)
            if not self._only or _any(self._only, names):
                called.add(leader)
            if _any(self._exclude, names):
                left.add(leader)
        return lambda target: (leader := leaders.get(target, target)) in called and leader not in left


def named_in(layout: Layout) -> list[str]:
    """Return every location that an entry of a layout names."""
    return [place for pair in entries_of(layout.files, layout.absent, layout.dirs) for place in pair if place]


def leaders_of(files: dict[str, Entry]) -> dict[str, str]:
    """Return, for each target that travels with another, the target of the bundle's main file."""
    found: dict[str, str] = {}
    for target, entry in files.items():
        if entry.beside is None:
            continue
        leader = entry.beside
        # A companion of a companion travels with the main file; a circle of companions ends at the first that repeats.
        seen = {target}
        while (main := files.get(leader)) is not None and main.beside is not None and leader not in seen:
            seen.add(leader)
            leader = main.beside
        found[target] = min(seen) if leader in seen else leader
    return found


def _any(patterns: list[re.Pattern[str]], locations: tuple[str, ...]) -> bool:
    return any(pattern.match(location) or pattern.match(locate(location)[1]) for pattern in patterns for location in locations)


def _compiled(pattern: str) -> re.Pattern[str]:
    body = fnmatch.translate(pattern.rstrip("/") if len(pattern) > 1 else pattern)
    return re.compile(body.removesuffix(r"\Z").removesuffix(r"\z") + r"(?:/.*)?\Z", re.DOTALL)
