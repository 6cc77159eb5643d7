"""Company: the films or episodes of one folder, and where what belongs to all of them alike goes with them."""

from collections.abc import Sequence

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.bundles.whole_show_files import levels_up
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.library.show_homes import work_of
from reshelve.planner.recognise.copy_names import original_of
from reshelve.planner.recognise.same_title import Work
from reshelve.planner.rules.free_names import split_name
from reshelve.schemas.locations import parent, split
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Company:
    """The mains of one folder, as far as they are of one show, or one film, and all go to one folder.

    `of_whole`: those of a whole show, album or card, in the folders of its seasons, discs or clips; they go to one folder, or to
    such folders of one. `watched`: it is a show, whose folder may have a song in it that is none of it.
    """

    of_whole: bool = False
    watched: bool = False
    _first: Proposal | None = None
    _work: Work | None = None
    _parted: bool = False
    _open: bool = False

    @property
    def lead(self) -> Proposal | None:
        """The first of the mains that is no copy of another by its name; None where they part, or it is not known what they are."""
        known = self._work is not None or (self.of_whole and not self._open)
        return self._first if known and not self._parted else None

    @property
    def up(self) -> int:
        """How many folders above that of the lead what belongs to the whole goes."""
        return levels_up(_folder(self._first)[1]) if self.of_whole and self._first is not None else 0

    def note_open(self) -> None:
        """Note a main that is left to a person. What is of a whole show goes with the rest of it."""
        self._open = True
        self._parted |= not self.of_whole

    def note(self, proposal: Proposal | None) -> None:
        """Note where the next main goes; None: nowhere yet, or out of it. A person's own entry says where, not what it is."""
        if proposal is None or not (proposal.target or proposal.open):
            self._parted = True
            return
        work = work_of(proposal.facts)
        if self._first is None:
            self._first = proposal
        elif self._place(proposal) != self._place(self._first):
            self._parted = True
        self._work = self._work or work
        if work != self._work and not proposal.follows:
            self._parted = True
        if _is_copy(self._first) and not _is_copy(proposal):
            # Where it is one by its content too, it stays behind, and they with it.
            self._first = proposal

    def _place(self, proposal: Proposal) -> tuple[str, str]:
        store, folder = _folder(proposal)
        return store, parent(folder) if self.of_whole and levels_up(folder) else folder


def wholes_of(bundles: Sequence[Bundle]) -> dict[str, Company]:
    """Return the wholes that something of these bundles belongs to, by folder, before anything is known of where they go."""
    joined = {one.joins for one in bundles if one.of_whole}
    within: dict[bool, set[str]] = {True: set(), False: set()}
    for one in bundles if joined else ():
        if one.leads:
            within[one.is_film].add(parent(parent(one.main.rel)))
    return {path: Company(of_whole=True, watched=path in within[True] and path not in within[False]) for path in joined}


def _is_copy(proposal: Proposal) -> bool:
    return bool(original_of(split_name(proposal.bundle.main.rel.rpartition("/")[2])[0]))


def _folder(proposal: Proposal) -> tuple[str, str]:
    if proposal.open is not None:
        return proposal.open.store, parent(proposal.open.before)
    store, rel = split(proposal.target)
    return store, parent(rel)
