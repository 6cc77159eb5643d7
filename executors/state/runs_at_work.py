"""Which runs living processes are at work on, looked at in the one order in which no living run looks cut short.

First which runs there are, then who holds the lock of the state, and only then, by the caller, how runs stand: one that begins
meanwhile is not among the first, one that ends meanwhile has settled by the last.
"""

from contextlib import suppress

from reshelve.executors.state.lock_holders import Holder, is_elsewhere
from reshelve.executors.state.root_locks import holder_of
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class AtWork:
    """Who was at work at one moment. Only runs that are read to be unsettled after it are to be asked about."""

    known: frozenset[str]
    holder: Holder | None

    def on(self, run: str) -> bool:
        """Say whether an unsettled run is one that a living process is at work on here."""
        here = self.holder is not None and not is_elsewhere(self.holder)
        return run not in self.known or (here and self._held(run))

    def elsewhere(self, run: str) -> Holder | None:
        """Return who holds a run on another machine: whether that lives cannot be seen from here. None where nobody does."""
        return self.holder if self.holder is not None and is_elsewhere(self.holder) and self._held(run) else None

    def _held(self, run: str) -> bool:
        return self.holder is not None and run in self.holder.what


def at_work(state: State) -> AtWork:
    """Look who is at work. Of a state that cannot be read no run is known."""
    known: frozenset[str] = frozenset()
    with suppress(ReshelveError):
        known = frozenset(run for run, _ in state.run_folders())
    return AtWork(known, holder_of(str(state.folder)))
