"""Company: the films or episodes of one folder, and where what belongs to all of them alike goes with them."""

from dataclasses import dataclass

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.library.show_homes import work_of
from reshelve.planner.recognise.same_title import Work
from reshelve.schemas.locations import parent, split


@dataclass(slots=True)
class Company:
    """The mains of one folder, as far as they are of one show, or one film, and all go to one folder."""

    _first: Proposal | None = None
    _work: Work | None = None
    _parted: bool = False

    @property
    def lead(self) -> Proposal | None:
        """The first of the mains; None where they part, or it is not known what they are."""
        return self._first if self._work is not None and not self._parted else None

    def note(self, proposal: Proposal | None) -> None:
        """Note where the next main goes; None: nowhere yet, or out of it. A person's own entry says where, not what it is."""
        if proposal is None or not proposal.target:
            self._parted = True
            return
        work = work_of(proposal.facts)
        if self._first is None:
            self._first = proposal
        elif _folder(proposal) != _folder(self._first):
            self._parted = True
        self._work = self._work or work
        if work != self._work and not proposal.follows:
            self._parted = True


def _folder(proposal: Proposal) -> tuple[str, str]:
    store, rel = split(proposal.target)
    return store, parent(rel)
