"""Kill and fail reshelve at system call after system call, and say what came of it.

python -m tests.crash.sweep                   every point: an hour or more
python -m tests.crash.sweep --sample 600      a fixed choice of so many points
python -m tests.crash.sweep --point NAME      one point, as a failure names it
"""

import argparse
import contextlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.crash import straced
from tests.crash.calls import Call
from tests.crash.scenarios import NotReachedError, Scenario, by_name, scenarios, second_kills
from tests.crash.scene import Scene
from tests.crash.table import table
from tests.crash.verdict import Course, Verdict, course, judge, reproduce

ERRORS = ("EIO", "ENOSPC", "EACCES", "EROFS", "EXDEV", "EINTR", "ESTALE")
Point = tuple[str, Call, str]

_scene: Scene
_courses: dict[str, Course] = {}


def begin(here: Path, there: Path) -> None:
    """Ready a worker: a scene of its own, and every module loaded."""
    global _scene
    straced.warm_up()
    _scene = Scene(here / str(os.getpid()) / "w", there / str(os.getpid()) / "attic")


def course_of(name: str, *, fresh: bool = False) -> Course:
    """Return how a scenario goes undisturbed, found once by each worker."""
    key = f"{name} fresh" if fresh else name
    if key not in _courses:
        _courses[key] = course(_scene, by_name(name), fresh=fresh)
    return _courses[key]


def attempt(point: Point, fresh: bool = False) -> Verdict:
    """Try one point in this worker."""
    name, call, fault = point
    try:
        return judge(_scene, by_name(name), course_of(name, fresh=fresh), call, fault, fresh=fresh)
    except Exception as trouble:  # noqa: BLE001  # the harness failed, which must show too
        return Verdict(name, call.name, call.nth, fault, False, "harness", f"{type(trouble).__name__}: {trouble}")


def points_of(scenario: Scenario, straight: Course) -> Iterator[Point]:
    """Yield the points of a scenario: a kill and an error at every changing call, an error at every fourth that only looks.

    The errors take turns. A recover that is itself disturbed is only killed.
    """
    for at, call in enumerate(straight.calls):
        if call.changes:
            yield scenario.name, call, "KILL"
        if not scenario.first and (call.changes or at % 4 == 0):
            yield scenario.name, call, ERRORS[at % len(ERRORS)]


def every_point(seconds: int, only: str = "", *, fresh: bool = False) -> list[Point]:
    """Return the points of all scenarios whose name holds `only`, numbered as `fresh` interpreters or forked ones count them.

    `seconds` is after how many first kills of each plan `recover` is killed too.
    """
    found: list[Point] = []
    for scenario in scenarios():
        if only not in scenario.name and only not in f"recover-rollback:{scenario.plan} recover-finish:{scenario.plan}":
            continue
        straight = course_of(scenario.name, fresh=fresh)
        found += points_of(scenario, straight)
        if scenario.name.startswith("apply:") and seconds:
            changing = [call for call in straight.calls if call.changes]
            begun = _after_the_journal(changing)
            for second in second_kills(scenario.plan, begun[:: max(1, len(begun) // seconds)]):
                with contextlib.suppress(NotReachedError):
                    found += points_of(second, course_of(second.name, fresh=fresh))
    return found


def _after_the_journal(calls: list[Call]) -> list[Call]:
    """Return the calls after the journal was made: before it there is nothing to recover."""
    at = next(number for number, call in enumerate(calls) if "journal.ndjson" in call.told)
    return calls[at + 1 : -4]


def named(name: str) -> Point:
    """Return a point by its name."""
    scenario, _, rest = name.rpartition("/")
    call, _, fault = rest.partition("=")
    which, _, nth = call.partition("#")
    return scenario, Call(which, int(nth), ""), fault


def main() -> int:
    """Try the points asked for, print a table, and each failure with the command that tries it again."""
    parser = argparse.ArgumentParser(description="kill and fail reshelve at system call after system call")
    parser.add_argument("--sample", type=int, default=0, help="only so many points, always the same ones")
    parser.add_argument("--point", help="only this one")
    parser.add_argument("--only", default="", help="only scenarios whose name holds this")
    parser.add_argument("--fault", default="", help="only this fault: KILL or an error's name")
    parser.add_argument("--seconds", type=int, default=12, help="after how many first kills of each plan recover is killed too")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fresh", action="store_true", help="start a new interpreter for every command")
    parser.add_argument("--on", type=Path, help="a folder on the file system to try (default: a temporary one)")
    parser.add_argument("--minutes", type=float, default=0, help="begin no further point after so long")
    parser.add_argument("--most", type=int, default=20, help="stop after so many failures")
    given = parser.parse_args()
    here = Path(tempfile.mkdtemp(prefix="reshelve-crash-", dir=given.on)).resolve()
    shm = Path("/dev/shm")
    there = Path(tempfile.mkdtemp(prefix="reshelve-crash-", dir=shm if os.access(shm, os.W_OK) else here))
    try:
        return sweep(given, here, there)
    finally:
        shutil.rmtree(here, ignore_errors=True)
        shutil.rmtree(there, ignore_errors=True)


def sweep(given: argparse.Namespace, here: Path, there: Path) -> int:
    """Carry a sweep out in these folders, on two file systems if they are."""
    begin(here, there)
    began = time.monotonic()
    points = [named(given.point)] if given.point else every_point(given.seconds, given.only, fresh=given.fresh)
    points = [point for point in points if given.only in point[0] and given.fault in point[2]]
    if given.sample:
        points = random.Random(1).sample(points, min(given.sample, len(points)))
    print(f"{len(points):,} points, {given.workers} at a time", flush=True)
    verdicts: list[Verdict] = []
    failures = 0
    pool = ProcessPoolExecutor(given.workers, get_context("fork"), begin, (here, there))
    try:
        for verdict in pool.map(attempt, points, [given.fresh] * len(points), chunksize=4):
            verdicts.append(verdict)
            if verdict.wrong:
                failures += 1
                print(f"\nFAILED {verdict.name}\n{verdict.wrong.rstrip()}\n  {reproduce(verdict, given.on)}", flush=True)
                if failures >= given.most:
                    break
            if given.minutes and time.monotonic() - began > given.minutes * 60:
                print(f"  time is up: {len(points) - len(verdicts):,} points of the sample were not tried", flush=True)
                break
            if len(verdicts) % 500 == 0:
                print(f"  {len(verdicts):,} tried, {failures} failed, {time.monotonic() - began:.0f} s", flush=True)
    finally:
        pool.shutdown(cancel_futures=True)
    print("\n".join(table(verdicts)))
    print(f"{len(verdicts):,} points in {time.monotonic() - began:.0f} s: {failures} failed.")
    return 1 if failures or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
