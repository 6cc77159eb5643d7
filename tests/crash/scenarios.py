"""What is killed: `apply`, `undo`, `recover` and `trash empty`, each over every plan of the list."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.crash.calls import Call
from tests.crash.plans import PLANS
from tests.crash.scene import PLAN, Scene
from tests.crash.straced import run


class NotReachedError(Exception):
    """A call that was to be the last is not made this time: how many there are may depend on the clock."""


@dataclass(frozen=True)
class Scenario:
    """A command to be killed or failed, what is done before it, and how a run cut short is settled after it.

    `plan` names one of the list. `first` is where an apply was killed before a `recover` that is itself killed.
    """

    name: str
    plan: str
    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    settle: tuple[str, ...] = ("recover",)
    first: str = ""

    def prepare(self, scene: Scene) -> None:
        """Lay everything and do what comes before the command."""
        scene.lay(self.plan)
        for argv in self.before:
            scene.do(*argv)
        scene.stands()
        if self.first:
            name, _, nth = self.first.partition("#")
            ended = run(APPLY, scene.base, strace=inject(name, int(nth), "KILL"))
            if not ended.killed:
                raise NotReachedError(f"{self.name}: the first kill was never reached")


APPLY = ("apply", PLAN, "--yes", "--jobs", "1")
UNDO = ("undo", "--yes")


def inject(name: str, nth: int, fault: str, log: str = "/dev/null") -> list[str]:
    """Return the strace options that kill ("KILL") a command at the `nth` call of a name, or fail that call with an error."""
    what = "signal=KILL" if fault == "KILL" else f"error={fault}"
    return ["-y", "-e", f"trace={name}", "-e", f"inject={name}:{what}:when={nth}", "-o", log]


def scenarios() -> list[Scenario]:
    """Return every scenario but those of a second kill."""
    found = []
    for plan in PLANS:
        found += [
            Scenario(f"apply:{plan}", plan, APPLY),
            Scenario(f"apply-finish:{plan}", plan, APPLY, settle=("recover", "--finish")),
            Scenario(f"apply-stop:{plan}", plan, (*APPLY, "--on-error", "stop")),
            Scenario(f"undo:{plan}", plan, UNDO, before=(APPLY,)),
            Scenario(f"undo-finish:{plan}", plan, UNDO, before=(APPLY,), settle=("recover", "--finish")),
            Scenario(f"redo:{plan}", plan, ("redo", "--yes"), before=(APPLY, UNDO)),
            Scenario(f"trash-empty:{plan}", plan, ("trash", "empty", "--yes"), before=(APPLY,)),
            Scenario(f"trash-empty-after-undo:{plan}", plan, ("trash", "empty", "--yes"), before=(APPLY, UNDO)),
        ]
    return found


def second_kills(plan: str, firsts: Sequence[Call]) -> list[Scenario]:
    """Return the scenarios of a `recover` that is killed, after an apply that was killed at each of these calls."""
    found = []
    for call in firsts:
        first = f"{call.name}#{call.nth}"
        for way, settle in (("rollback", ("recover", "--rollback")), ("finish", ("recover", "--finish"))):
            found.append(Scenario(f"recover-{way}:{plan}@{first}", plan, settle, settle=settle, first=first))
    return found


def by_name(name: str) -> Scenario:
    """Return a scenario by its name."""
    plan, _, first = name.partition(":")[2].partition("@")
    if first:
        call, _, nth = first.partition("#")
        return next(one for one in second_kills(plan, [Call(call, int(nth), "")]) if one.name == name)
    return next(one for one in scenarios() if one.name == name)
