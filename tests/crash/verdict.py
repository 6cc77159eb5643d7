"""One point tried: the command killed or failed there, settled, and judged: exactly before, exactly after, and told."""

import re
from dataclasses import dataclass
from pathlib import Path

from reshelve.schemas.locations import TRASH
from tests.crash.calls import CHANGING, READING, Call, calls_in, touches
from tests.crash.scenarios import NotReachedError, Scenario, inject
from tests.crash.scene import Scene
from tests.crash.standing import lost, unlike
from tests.crash.straced import Ended, run

TOLD = {1, 3, 4, 5, 6, 7}
"""Exit codes that tell of a failure. 70 and signals do not: somebody forgot to."""


DRESSING = ("chmod", "fchmod", "fchown", "fchownat", "fsetxattr", "utimensat")
"""What is set as far as this process may: refused, the run goes on without. ext4 answers ENOSPC to attributes beyond its room."""


@dataclass(frozen=True)
class Course:
    """How a scenario goes undisturbed: the calls it makes, and what stands before and after it."""

    calls: list[Call]
    before: dict[str, object]
    after: dict[str, object]


@dataclass(frozen=True)
class Verdict:
    """What came of one point. `fired`: the fault happened. `wrong` says what is not as promised, "" when all is."""

    scenario: str
    call: str
    nth: int
    fault: str
    fired: bool
    outcome: str
    wrong: str

    @property
    def name(self) -> str:
        return point_name(self.scenario, self.call, self.nth, self.fault)


def point_name(scenario: str, call: str, nth: int, fault: str) -> str:
    return f"{scenario}/{call}#{nth}={fault}"


def course(scene: Scene, scenario: Scenario, *, fresh: bool = False) -> Course:
    """Run a scenario undisturbed and return how it went. Raises AssertionError when it does not succeed by itself."""
    scenario.prepare(scene)
    before = scene.told()
    log = scene.base / "trace"
    names = ",".join(sorted(CHANGING | READING))
    ended = run(scenario.command, scene.base, strace=["-y", "-e", f"trace={names}", "-o", str(log)], fresh=fresh)
    if ended.code:
        raise AssertionError(f"{scenario.name} does not succeed by itself ({ended.code}):\n{ended.said}")
    return Course(calls_in(log, [str(scene.base), str(scene.attic)]), before, scene.told())


def judge(scene: Scene, scenario: Scenario, straight: Course, call: Call, fault: str, *, fresh: bool = False) -> Verdict:
    """Try one point and judge what came of it."""
    try:
        scenario.prepare(scene)
    except NotReachedError:
        return Verdict(scenario.name, call.name, call.nth, fault, False, "not reached", "")
    if scenario.first and unlike(straight.before, scene.told()):
        # How many calls of a name are made may depend on the clock: the first kill fell elsewhere, and another end is right.
        return Verdict(scenario.name, call.name, call.nth, fault, False, "not reached", "")
    log = scene.base / "trace"
    ended = run(scenario.command, scene.base, strace=inject(call.name, call.nth, fault, str(log)), fresh=fresh)
    fired = ended.killed if fault == "KILL" else _failed_inside(scene, log)
    if not fired:
        return Verdict(scenario.name, call.name, call.nth, fault, fired, "not reached", "")
    wrong, outcome = _judged(scene, scenario, straight, ended)
    refused = call.name in DRESSING or "Not all attributes of a file could be set" in ended.said
    if wrong and ((refused and fault == "EACCES") or (call.name, fault) == ("fsetxattr", "ENOSPC")):
        wrong, outcome = _undressed(scene, straight), "after, as far as allowed"
    if wrong:
        wrong = "\n".join([*wrong, f"exit code {ended.code}, said:", ended.said])
    return Verdict(scenario.name, call.name, call.nth, fault, fired, outcome, wrong or "")


def _failed_inside(scene: Scene, log: Path) -> bool:
    """Say whether the call that was failed is one on the scene, not one of the interpreter's own."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if "(INJECTED)" in line]
    return any(touches(line, [str(scene.base), str(scene.attic)]) for line in lines)


def _undressed(scene: Scene, straight: Course) -> list[str]:
    """Compare with the end, modes, owners, times and attributes left out."""

    def bare(told: dict[str, object]) -> dict[str, object]:
        return {place: (thing[0], thing[4]) if isinstance(thing, tuple) else thing for place, thing in told.items()}

    return unlike(bare(straight.after), bare(scene.told()))


def _judged(scene: Scene, scenario: Scenario, straight: Course, ended: Ended) -> tuple[list[str], str]:
    if "Traceback" in ended.said:
        return ["it ended in a traceback"], "traceback"
    if ended.code and not ended.killed and ended.code not in TOLD:
        return [f"it ended with {ended.code}"], "crashed"
    said = ended.said
    gone = lost(scene.origins, scene.look())
    if gone and "trash" not in scenario.command:
        return [f"LOST before it was settled: {place}" for place in gone], "lost"
    unsettled = scene.state.unsettled()
    if unsettled:
        if ended.code in (0, 1, 3, 5, 7):
            return [f"run {unsettled[0]} is unsettled, and exit code {ended.code} does not say so"], "untold"
        again = run(scenario.settle, scene.base)
        said += again.said
        if again.code or "Traceback" in again.said:
            return [f"reshelve {' '.join(scenario.settle)} ended with {again.code}:", again.said], "unsettled"
        if scene.state.unsettled():
            return ["it never settles"], "unsettled"
    elif ended.killed:
        # It settled, or never began: what it left of its locks is put right all the same.
        again = run(("recover",), scene.base)
        said += again.said
        if again.code or "Traceback" in again.said:
            return [f"reshelve recover with nothing to settle ended with {again.code}:", again.said], "unsettled"
    return _compared(scene, scenario, straight, said, ended, recovered=bool(unsettled))


def _compared(
    scene: Scene, scenario: Scenario, straight: Course, said: str, ended: Ended, *, recovered: bool
) -> tuple[list[str], str]:
    found = scene.told()
    from_before, from_after = unlike(straight.before, found), unlike(straight.after, found)
    if not ended.killed:
        # Where a lock file comes and goes in spite of an error, the time of its folder may be lost with it.
        from_before, from_after = ([line for line in lines if not _of_a_top(line)] for lines in (from_before, from_after))
    if not from_after:
        wrong = [f"it is all done, and exit code {ended.code} says otherwise"] if ended.code in (1, 3, 5) else []
        return wrong, "after"
    if ended.code == 0 and not from_before and "cannot be read" in said:
        return [], "before, and told what cannot be read"
    if ended.code == 0 and all(_left_unread(found, straight, line, said) for line in from_after):
        return [], "after, but for what cannot be read, and told"
    if not from_before:
        return ["nothing was done, and exit code 0 says otherwise"] if ended.code == 0 and not recovered else [], "before"
    outcome = scene.state.runs()[0].outcome if scene.state.runs() else "none"
    if all(f"/{TRASH}" in line or f":{TRASH}" in line for line in from_after):
        if "original was kept" in said:
            return [], "after, an original kept and told"
        if not ended.killed and all(_empty_trash(found, line) for line in from_after):
            return [], "after, an emptied trash folder left"
    if "time of a folder could not be set" in said and all("'dir'" in line for line in from_after):
        return [], "after, a folder's time lost and told"
    if outcome == "stopped":
        return _stopped(scene, straight)
    nearer = from_before if len(from_before) <= len(from_after) else from_after
    return [f"the run ended {outcome}; unlike {'before' if nearer is from_before else 'after'}:", *nearer], "between"


def _of_a_top(line: str) -> bool:
    """Say whether a difference is of the folder of a root itself."""
    return re.match(r"\w+:: ", line) is not None


def _left_unread(found: dict[str, object], straight: Course, line: str, said: str) -> bool:
    """Say whether a difference is something that should be gone and stands as it stood, in a root that is told as unreadable."""
    kind, _, place = line.partition(": ")
    named = f"  {place.partition(':')[0]}: " in said.partition("cannot be read")[2]
    return kind == "new" and named and straight.before.get(place) == found[place]


def _empty_trash(found: dict[str, object], line: str) -> bool:
    """Say whether a difference is a trash folder with no file in it, which a failing disk would not let go."""
    kind, _, place = line.partition(": ")
    inside = [thing for other, thing in found.items() if other.startswith(place + "/") and isinstance(thing, tuple)]
    return kind == "new" and all(thing[0] == "dir" for thing in inside)


def _stopped(scene: Scene, straight: Course) -> tuple[list[str], str]:
    """A run told to stop where it fails keeps what it did; taking that back must come to what was before."""
    undone = run(("undo", "--yes"), scene.base)
    if undone.code not in (0, 1) or "Traceback" in undone.said:
        return ["it stopped, and its undo fails:", undone.said], "stopped"
    differs = unlike(_outside_trash(straight.before), _outside_trash(scene.told()))
    return ["it stopped, and undone it is unlike before:", *differs, undone.said] if differs else [], "stopped, and taken back"


def _outside_trash(told: dict[str, object]) -> dict[str, object]:
    """Leave out the trash, where undone copies go, and which inode a file has: one that went to another disk has a new one."""
    return {place: thing[:-1] for place, thing in told.items() if isinstance(thing, tuple) and TRASH not in place}


def reproduce(verdict: Verdict, on: Path | None = None) -> str:
    """Return the command that tries this one point again."""
    where = f" --on {on}" if on else ""
    return f".venv/bin/python -m tests.crash.sweep{where} --point '{verdict.name}'"
