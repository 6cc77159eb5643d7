"""Runs that were cut short: how far each got, looked at in the stores that a session can open."""

from collections.abc import Callable

from reshelve.opening.guest_folders import with_guests
from reshelve.opening.wiring import Setting, opened
from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.problems import ReshelveError


def looking(setting: Setting) -> Callable[[str], CutShort]:
    """Return what tells how far a run got. Where its stores cannot be opened, its journal alone is asked.

    Of one whose plan cannot be read nothing is known: it cannot be settled by it.
    """

    def look(run: str) -> CutShort:
        from reshelve.executors.runs.recover import as_known
        from reshelve.executors.runs.run_progress import by_journal, by_looking

        state = setting.state
        cut = by_journal(state, run)
        try:
            plan = state.plan_of(run)
        except ReshelveError:
            return CutShort(run, cut.command, on_error=cut.on_error)
        if cut.done == cut.at_most:
            return cut
        try:
            with opened(with_guests(setting, plan.roots)) as stores:
                return by_looking(state, plan, as_known(plan, state, stores.stores))
        except (ReshelveError, OSError):
            return cut

    return look


def by_journal(setting: Setting, run: str) -> CutShort:
    """Return how far a run that has not ended got by its journal alone: at once, and without a look at any store."""
    from reshelve.executors.runs import run_progress

    return run_progress.by_journal(setting.state, run)


def refuse_cut_short(setting: Setting) -> None:
    """Raise ReshelveError while a run of a workspace has no end and nobody is at work on it."""
    from reshelve.executors.runs.may_run import refuse_unsettled

    refuse_unsettled(setting.state, looking(setting))
