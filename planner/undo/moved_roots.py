"""Roots that were moved or renamed since a run: what it did, told with the roots of today."""

from dataclasses import replace

from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.known_roots import KnownRoots, is_other, is_that_folder, know_roots, planned_root
from reshelve.schemas.locations import printable
from reshelve.schemas.plan import PlanRoot
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run, renamed

_ELSEWHERE = "?"
"""What begins the keys of roots that are not known again: no root of today has such a key."""


@dataclass(slots=True, frozen=True)
class RunNow:
    """A run as it would be told today: `found` says how its roots were known again, and the notes tell where that differs."""

    run: Run
    found: KnownRoots
    notes: tuple[Problem, ...]


def today(readers: Readers) -> dict[str, PlanRoot]:
    """Return the roots of today as a plan would record them."""
    return {key: planned_root(reader.root) for key, reader in readers.items()}


def told_now(run: Run, readers: Readers, *, restored: bool = False) -> RunNow:
    """Return a run with the keys, paths and file systems that its roots have today. What is not known again keeps what it had.

    Where such a key is another root's today, it is told apart from that one; or, where stores may have been `restored` from a
    backup, taken for it.
    """
    now = today(readers)
    found = know_roots(run.plan.roots, now, by_key=restored)
    keys = {key: found.now.get(key, key) for key in run.plan.roots}
    taken = set(found.now.values())
    keys |= {key: f"{_ELSEWHERE}{key}" for key in found.others(run.plan.roots) if key in taken}
    roots: dict[str, PlanRoot] = {}
    notes: list[Problem] = []
    for key, root in run.plan.roots.items():
        one = now[found.now[key]] if key in found.now else None
        # Of a root that is away no more is known than the run says.
        roots[keys[key]] = root if one is None or not one.fs else one
        if one is not None and one.fs and (keys[key] != key or one.path != root.path or is_other(root.fs, one.fs)):
            notes.append(_note(key, root, keys[key], one))
    told = renamed(run, keys)
    return RunNow(replace(told, plan=replace(told.plan, roots=roots)), found, tuple(notes))


def later_now(run: Run, readers: Readers, *, restored: bool = False) -> Run:
    """Return a later run with the keys that its roots have today; what is not known again is told apart from all there is today."""
    found = know_roots(run.plan.roots, today(readers), by_key=restored)
    keys = {key: found.now.get(key, f"{_ELSEWHERE}{key}" if key in readers else key) for key in run.plan.roots}
    return renamed(run, keys)


def _note(key: str, then: PlanRoot, key_now: str, now: PlanRoot) -> Problem:
    """Say where a root is that was moved or renamed, and by what it is known."""
    was = f"{key} was at {printable(then.path)}"
    named = f"{key} is {key_now} now" if key != key_now else ""
    at = f"{was} and is at {printable(now.path)} now" if now.path != then.path else ""
    if key == key_now and (now.path != then.path or is_other(then.fs, now.fs)) and not is_that_folder(then, now):
        disk = f"{key} is on another file system now" if is_other(then.fs, now.fs) else ""
        detail = f"{' and '.join(filter(None, (at, disk)))}: taken for the same store by its name."
        return Problem("store-found", "A store was found again.", detail, key_now, severity="note")
    how = "its file system and the number of its folder" if then.ino and then.ino == now.ino else "its path and file system"
    detail = f"{' and '.join(filter(None, (named, at)))}: known by {how}."
    return Problem("store-found", "A store was found again.", detail, key_now, severity="note")
