"""What is said while archived objects are thawed: that a run waits for them, or what to do once they can be read."""

from decimal import Decimal

from reshelve.cli.terminal import Shell
from reshelve.schemas.operations.thaw import Thaw
from reshelve.schemas.plan import Plan


class Waits:
    """Tells what a run waits for, and again where that has changed: it may take hours, between which nothing happens."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._told: list[tuple[str, str]] = []

    def __call__(self, plan: Plan) -> None:
        """Take a plan that only waits."""
        from reshelve.views import ndjson
        from reshelve.views.plans import waiting_text

        waits = [(one.target, one.ready) for one in plan.waiting]
        if waits == self._told:
            return
        first, self._told = not self._told, waits
        self._shell.say(waiting_text(plan))
        if first:
            self._shell.say(["Looking again at least every 15 minutes. Ctrl-C ends the waiting, and not the thaw."])
        self._shell.events(ndjson.waiting_events(plan))


def advise_to_return(shell: Shell, plan: Plan) -> None:
    """Say, after a run that asked for archived objects, when they can be read, and what brings them then."""
    if not any(isinstance(operation, Thaw) for operation in plan.operations):
        return
    from reshelve.views.costs import hours

    wait = Decimal(plan.cost.wait_hours) if plan.cost is not None else Decimal(0)
    when = f"in up to {hours(wait)}" if wait else "once they are thawed"
    status = "reshelve restore --status" if plan.command == "restore" else "reshelve status"
    again = {"apply": ": reshelve apply", "undo": f": reshelve undo {plan.of}"}.get(plan.command, " give the same command again.")
    shell.advise([f"What was asked for can be read {when} ({status}). Then{again}"])
