"""A run that was cut short: how far it got, and the ways to settle it, in the one form in which they are told everywhere."""

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import OnError

GO_ON = "reshelve recover --finish"
SETTLE = "reshelve recover"
TAKE_BACK = "reshelve recover --rollback"
ACCEPT = "reshelve recover --accept"


@dataclass(slots=True, frozen=True)
class CutShort:
    """How far a run got: `done` of its `operations` stand, `at_most` may. No operations: its plan is lost, and that is not known.

    `on_error` is how the run was told to go, and so what a plain `recover` does. `ended`: only the record of its end is missing.
    """

    run: str
    command: str = "apply"
    operations: int = 0
    done: int = 0
    at_most: int = 0
    on_error: OnError = "rollback"
    ended: bool = False

    @property
    def progress(self) -> str:
        """How many of its operations are done, in words."""
        if not self.operations:
            return "how much of it was done is not known"
        if self.is_whole:
            return f"with {'its one operation' if self.operations == 1 else f'all {self.operations:,} operations'} done"
        many = f"{self.done:,}" if self.done == self.at_most else f"{self.done:,} to {self.at_most:,}"
        return f"with {many} of {self.operations:,} operation{'' if self.operations == 1 else 's'} done"

    @property
    def is_whole(self) -> bool:
        """Whether all of it was done, so that only the record of that is missing."""
        return self.operations > 0 and self.done == self.operations

    @property
    def completing(self) -> str:
        """The command that only completes its record, "" where something is left to be done."""
        if self.ended:
            return SETTLE
        return "" if not self.is_whole else GO_ON if self.on_error == "rollback" else SETTLE

    @property
    def ways(self) -> str:
        """The commands that settle it, a line each. Where its plan is lost, nothing is promised of them."""
        if not self.operations:
            return f"To see what can be done: {SETTLE}\nTo record it as it stands: {ACCEPT}"
        if not self.completing:
            return ways(self.on_error)
        back = "" if self.ended else f"\nTo take back what was done: {SETTLE if self.on_error == 'rollback' else TAKE_BACK}"
        return f"To complete its record: {self.completing}{back}"

    @property
    def brief(self) -> str:
        """How far it got and the commands that settle it, in one line."""
        if not self.operations:
            return f"{self.progress}: `{SETTLE}` says what can be done"
        if not self.completing:
            return f"{self.progress}: {brief_ways(self.on_error)}"
        back = "" if self.ended else f", `{SETTLE if self.on_error == 'rollback' else TAKE_BACK}` takes it back"
        return f"{self.progress}: `{self.completing}` completes its record{back}"


def ways(on_error: OnError = "rollback", first: str = "") -> str:
    """Return the commands that settle a run that was cut short, a line each; `first` is what has to be done before."""
    lines = [f"{first}, then:"] if first else []
    lines.append(f"To do the rest of it: {GO_ON}")
    if on_error == "rollback":
        lines.append(f"To take back what was done: {SETTLE}")
    else:
        lines += [f"To keep what was done, and end it there: {SETTLE}", f"To take back what was done: {TAKE_BACK}"]
    return "\n".join(lines)


def brief_ways(on_error: OnError = "rollback") -> str:
    """Return the same in one line."""
    plain = "takes it back" if on_error == "rollback" else "keeps what was done"
    return f"`{GO_ON}` does the rest, `{SETTLE}` {plain}"
