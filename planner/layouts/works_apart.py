"""Works apart: two films or shows never share a name or a folder because they share a title."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.library.show_homes import FILMS, is_told, work_of
from reshelve.planner.recognise.films import edition_in
from reshelve.planner.recognise.same_title import Work
from reshelve.planner.recognise.title_text import RESOLUTION
from reshelve.planner.rules.free_names import split_name, with_label
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import join, printable, split

_REMEDY = "put what tells them apart, such as the year, into the rule's `place`"
_Key = Callable[[str, str], str]
"""What a store compares a path by."""


class WorksApart:
    """Knows which works a scan files where, and by the entries of the last layout those that were filed before.

    `key` is what a store compares its paths by.
    """

    def __init__(self, filed: Mapping[str, Entry], key: _Key) -> None:
        self._filed = filed
        self._key = key
        self._brought: dict[str, dict[str, Work]] = defaultdict(dict)
        self._last: Work | None = None

    def clashes(self, waiting: Iterable[Proposal]) -> Iterator[tuple[Proposal, str]]:
        """Yield the proposals that would give several works one name, or one folder named after a work, each with the reason."""
        by_place: dict[tuple[str, str], list[Proposal]] = defaultdict(list)
        by_home: dict[str, list[Proposal]] = defaultdict(list)
        for proposal in waiting:
            if proposal.target:
                store, rel = split(proposal.target)
                by_place[store, self._key(store, rel)].append(proposal)
            if proposal.home:
                by_home[proposal.home].append(proposal)
        for alike in by_place.values():
            yield from _told_apart(alike, [], "would have one name")
        homes = self._filed_in(by_home)
        for home, alike in by_home.items():
            yield from _told_apart(alike, homes.get(home, []), f"would share the folder {printable(home)}")

    def _filed_in(self, homes: Mapping[str, object]) -> Mapping[str, list[Work]]:
        """Return the works that the last layout has in these folders."""
        found: dict[str, list[Work]] = defaultdict(list)
        for target, entry in self._filed.items() if homes else ():
            work = work_of(entry.facts or {})
            folder = target.rpartition("/")[0] if work is not None else ""
            while work is not None and folder:
                if folder in homes:
                    found[folder].append(work)
                folder = folder.rpartition("/")[0]
        return found

    def note(self, store: str, rel: str, proposal: Proposal) -> None:
        """Note which work gets a place."""
        work = work_of(proposal.facts)
        if work is not None:
            # The episodes of a show come one after another.
            work = self._last = self._last if work == self._last else work
            self._brought[store][self._key(store, rel)] = work

    def doubt(self, proposal: Proposal, store: str, base: str) -> str:
        """Return why a film may be another than the one that has its place already; "" where it is the same, or no film."""
        work = _film(proposal)
        if work is None:
            return ""
        entry = self._filed.get(join(store, base))
        other = self._brought[store].get(self._key(store, base)) or work_of((entry.facts if entry is not None else None) or {})
        place = printable(join(store, base))
        if other is not None and other.differs(work):
            return _apart([work, other], "would have one name")
        year = other.year if other is not None else None
        known = year == work.year and (year is not None or not work.ids)
        if known or is_told(base, work):
            return ""
        return f"{place} is another file, perhaps of another film: {_REMEDY}"

    def version_names(self, proposal: Proposal, base: str) -> Iterator[str]:
        """Yield a path for another version of a film that has `base`, by the resolution and edition in the names of its source."""
        if _film(proposal) is None:
            return
        stem = split_name(base.rpartition("/")[2])[0]
        parts = split(proposal.source)[1].split("/")
        names = [split_name(parts[-1])[0], *parts[-2:-1]]
        told = []
        for find in (_resolution, edition_in):
            found = next((word for name in names if (word := find(name))), "")
            if found and found.lower() not in stem.lower():
                told.append(found)
        if told:
            yield with_label(base, " ".join(told))


def told_apart(proposal: Proposal) -> str:
    """Return the target with the work's year in what is named after it: its folder, or itself; "" where neither is known."""
    work = work_of(proposal.facts)
    if not proposal.target or work is None or work.year is None:
        return proposal.target
    if proposal.home:
        return f"{proposal.home} ({work.year}){proposal.target[len(proposal.home) :]}"
    above, slash, name = proposal.target.rpartition("/")
    stem, ext = split_name(name)
    return proposal.target if is_told(name, work) else f"{above}{slash}{stem} ({work.year}){ext}"


def is_film(proposal: Proposal) -> bool:
    """Say whether a proposal is about a film whose title is known."""
    return _film(proposal) is not None


def _film(proposal: Proposal) -> Work | None:
    return work_of(proposal.facts) if proposal.facts.get("kind") in FILMS else None


def _resolution(name: str) -> str:
    found = RESOLUTION.search(name)
    return found[0] if found else ""


def _told_apart(alike: list[Proposal], filed: list[Work], what: str) -> Iterator[tuple[Proposal, str]]:
    """Yield the proposals that bring several works together, with those that are filed."""
    if len(alike) + len(filed) < 2:
        return
    works = {work for proposal in alike if (work := work_of(proposal.facts)) is not None} | set(filed)
    if not any(one.differs(other) for one, other in combinations(works, 2)):
        return
    because = _apart(works, what)
    for proposal in alike:
        if not proposal.follows and proposal.source != proposal.target:
            yield proposal, because


def _apart(works: Iterable[Work], what: str) -> str:
    told = sorted({_told(work) for work in works})
    named = " and ".join(told) if len(told) < 4 else f"{', '.join(told[:3])} and others"
    return f"{named} {what}: {_REMEDY}"


def _told(work: Work) -> str:
    """Return what a show or film is told apart by."""
    told = [str(work.year)] if work.year is not None else []
    told += [f"{database}-{number}" for database, number in sorted(work.ids)]
    return f"{work.title} ({', '.join(told)})" if told else work.title
