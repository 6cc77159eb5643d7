"""Looking at syncs: which projects are meant, what each side holds of them, and what that comes to."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import partial
from pathlib import Path

from reshelve.executors.state.sync_state import SeenProject
from reshelve.planner.rules.free_names import split_name
from reshelve.planner.rules.project_names import chosen
from reshelve.planner.sync.decisions import (
    USUAL,
    CleanedUp,
    Conflict,
    Decision,
    Download,
    Remove,
    RenamedHere,
    RenamedThere,
    Sides,
    Upload,
    Wish,
)
from reshelve.planner.sync.reconcile import emptied, reconcile
from reshelve.planner.sync.sync_entries import Project
from reshelve.planner.sync.sync_left_out import PRIVATE, sharing
from reshelve.planner.sync.sync_records import Told
from reshelve.schemas.locations import printable, rel_fault, shown
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.undone import Undone
from reshelve.session import sync_sides
from reshelve.session.sync_opened import OpenSyncs, Side, listed, project_around, projects_here, reading
from reshelve.session.sync_sides import Bucket, IgnoreLines, Looked


@dataclass(slots=True)
class Look:
    """What was seen of all projects asked for, at `clock_ns` by the bucket's own clock (0: not heard)."""

    projects: list[Looked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    clock_ns: int = 0
    ignore: list[IgnoreLines] = field(default_factory=list)


def look_at(
    syncs: OpenSyncs,
    asked: Sequence[str] = (),
    inside: Path | None = None,
    wish: Wish = USUAL,
    *,
    everything: bool = False,
    told: bool = False,
) -> Look:
    """Return what a sync of some projects comes to: those `asked` for, else the one that `inside` lies in, else all.

    `everything`: all, wherever it is asked. `told`: people's records are read even where nothing differs.
    Raises ReshelveError where a side is away or cannot be listed.
    """
    look, undone = Look(), syncs.undone()
    held = syncs.held() if undone and not wish.again else frozenset()
    with syncs.sides() as sides:
        known: dict[str, set[str]] = {}
        listings: dict[str, Bucket] = {}
        standing: dict[str, dict[str, bool]] = {}
        given: dict[str, list[str]] = {}
        for side in sides:
            look.users[side.name] = side.user
            standing[side.name] = projects_here(side)
            wanted = _wanted(side, asked, inside, standing[side.name], everything=everything)
            given[side.name] = wanted
            listings[side.name] = listed(side, wanted)
            look.clock_ns = side.store.clock_ns()
            bucket = listings[side.name]
            known[side.name] = {*standing[side.name], *bucket.shared, *bucket.records}
        if asked and not any(given.values()):
            names, problems = chosen(asked, sorted(set().union(*known.values())))
            if problems:
                raise ReshelveError(problems, "usage")
            given = {name: [each for each in names if each in known[name]] for name in known}
        for side in sides:
            remembered_ = syncs.remembered(side)
            bucket = listings[side.name]
            here = standing[side.name]
            usual = sorted({name for name, there in here.items() if there} | {*bucket.shared, *bucket.records, *remembered_})
            for project in given[side.name] or (usual if everything or not (asked or _alone(inside, side)) else []):
                look.projects.append(
                    _project(side, project, bucket, remembered_.get(project, SeenProject()), wish, undone, held, told=told)
                )
            look.problems += _odd(side, bucket)
            if lines := reading(side, partial(sync_sides.lines_to_ignore, side.reader, side.here.store)):
                look.ignore.append(lines)
            look.problems += map(_tracked, reading(side, partial(sync_sides.tracked_by_git, side.reader, PRIVATE)))
    look.problems += [problem for each in look.projects for problem in each.problems]
    return look


def _odd(side: Side, bucket: Bucket) -> list[Problem]:
    """Say once that objects of a sync have keys that are no paths: they are left alone."""
    if not bucket.odd:
        return []
    many = f"{len(bucket.odd):,} objects are" if len(bucket.odd) > 1 else "1 object is"
    example = shown(f"{side.store.root.path.rstrip('/')}/{bucket.odd[0]}")
    hint = "give them other keys with your service's own tools"
    detail = f"{many} left alone, such as {example}: {rel_fault(bucket.odd[0]) or 'a path to a file does not end with /'}."
    summary = "A bucket holds objects whose keys are not paths."
    return [Problem("odd-keys", summary, detail, side.there.store, hint, severity="note")]


def _alone(inside: Path | None, side: Side) -> bool:
    return inside is not None and bool(project_around(side, inside))


def _wanted(side: Side, asked: Sequence[str], inside: Path | None, here: Mapping[str, bool], *, everything: bool) -> list[str]:
    """Return the projects that are clear before the bucket is looked at; none where all, or others, may be meant."""
    if everything:
        return []
    if not asked:
        around = project_around(side, inside) if inside is not None else ""
        return [around] if around else []
    if any(char in text for text in asked for char in "*?["):
        return []
    names, problems = chosen(asked, sorted(here))
    if any(problem.code == "project-unclear" for problem in problems):
        raise ReshelveError(problems, "usage")
    return [] if problems else names


def _project(
    side: Side,
    project: str,
    bucket: Bucket,
    seen: SeenProject,
    wish: Wish,
    undone: Collection[str],
    held: Collection[Undone],
    *,
    told: bool,
) -> Looked:
    shared = sharing(side.sync.exclude)
    here_items, problems = reading(side, lambda: sync_sides.files_here(side.reader, side.here, project, shared))
    problems += sync_sides.told_apart((), bucket.apart.get(project, ()))
    there_items = bucket.shared.get(project, {})
    records = bucket.records.get(project, {})
    base = seen.hashes(undone)
    here = reading(side, lambda: {name: side.reader.digest(item.rel) for name, item in here_items.items()})
    by = Told({})
    if told or not sync_sides.settled_before(there_items, here, seen) or base.keys() != seen.files.keys():
        by = Told(reading(side, lambda: sync_sides.records_of(side.store, records)))
    there = reading(side, lambda: sync_sides.contents_there(side.store, there_items, seen, by, here_items, base))
    sides = Sides(base, here, there, by.cleaned())
    one = Project(project, side.here, side.there, here_items, there_items)
    looked = Looked(side.name, one, seen, sides, by, records, bucket.views.get(project), problems=problems)
    looked.refused = "" if wish.again else emptied(sides)
    if looked.refused:
        looked.problems.append(_emptied(side, looked))
        return looked
    looked.decisions = _without_busy(side, looked, _without_held(looked, reconcile(sides, side.user, wish), undone, held))
    looked.ignore = bool(here_items) and sync_sides.wants_ignoring(side.reader, side.here.folder(project))
    rels = (item.rel for item in here_items.values())
    looked.problems += map(_tracked, sync_sides.tracked_by_git(side.reader, rels))
    return looked


def _tracked(rel: str) -> Problem:
    """Say that git tracks what it should leave alone."""
    kind = "a file that belongs in no repository" if rel in PRIVATE else "a shared file"
    detail, hint = "git keeps every version of it for good.", f"git rm --cached -- {shlex.quote(printable(rel))}"
    return Problem("git-tracks", f"git tracks {kind}.", detail, printable(rel), hint, severity="warning")


def _without_busy(side: Side, looked: Looked, decisions: list[Decision]) -> list[Decision]:
    """Leave out what a program still has open for writing here: it is for the next time, and said."""
    items = looked.project.here_items
    touched = {name for each in decisions for name in _read_here(each) if name in items}
    if not touched:
        return decisions
    busy = side.reader.being_written([items[name] for name in touched])
    names = {name for name in touched if items[name].rel in busy}
    for name in sorted(names):
        detail = "A program has it open for writing."
        looked.problems.append(
            Problem("still-written", "A file is left for the next sync.", detail, printable(items[name].rel), severity="warning")
        )
    return [each for each in decisions if names.isdisjoint(_read_here(each))]


def _without_held(looked: Looked, decisions: list[Decision], undone: Collection[str], held: Collection[Undone]) -> list[Decision]:
    """Leave out what would do again what an undo took back, and say so: of that very content, for an edit made since is new."""
    targets = {one.target for one in held}
    contents = {_content(each) for each in decisions if _is_held(looked, each, undone, targets)}
    kept: list[Decision] = []
    for decision in decisions:
        # After a rename was taken back, what it is called on the other side is as new here as the other name is there.
        other_name = decision.name not in looked.sides.base and _content(decision) in contents
        if not (_is_held(looked, decision, undone, targets) or other_name):
            kept.append(decision)
            continue
        looked.held.add(decision.name)
        where = printable(f"{looked.name}/{decision.name}")
        hint = (
            f"sync it all the same: reshelve sync {shlex.quote(looked.name)} --again; or release all held entries: reshelve release"
        )
        summary = "What an undo took back is not done again."
        looked.problems.append(Problem("held-back", summary, f"{where} is left as it is.", where, hint, severity="warning"))
    return kept


def _is_held(looked: Looked, decision: Decision, undone: Collection[str], targets: Collection[str]) -> bool:
    known, one = looked.seen.files.get(decision.name), looked.project
    if known is None or known.run not in undone or known.hash != _content(decision):
        return False
    return (one.there if isinstance(decision, Upload) else one.here).location(one.name, decision.name) in targets


def _content(decision: Decision) -> str:
    """Return what a decision carries over, "" for one that carries nothing."""
    return decision.content if isinstance(decision, Upload | Download) else ""


def said(looked: Looked, name: str) -> str:
    """Say who put what stands in the bucket at a name, and when by the bucket's clock; of the copy of a conflict beside what."""
    from reshelve.planner.observing.identity import time_text

    item = looked.project.there_items.get(name)
    if item is None:
        return ""
    by = looked.told.uploader(name, item) or "somebody"
    when = (time_text(item.mtime_ns) or "")[:16].replace("T", " ")
    return f"from {by}, {when} UTC{_beside(looked, name, by)}"


def _beside(looked: Looked, name: str, by: str) -> str:
    """Say beside which file a person's own version of it stands, "" of what is called as none is."""
    folder, slash, last = name.rpartition("/")
    stem, ext = split_name(last)
    plain = re.sub(rf"-{re.escape(by)}(-\d+)?$", "", stem)
    original = f"{folder}{slash}{plain}{ext}"
    return f", beside {printable(original)}" if plain != stem and original in looked.project.there_items else ""


def removed_by(looked: Looked, decision: CleanedUp) -> str:
    """Say who removed something from the bucket, as records say; "somebody" where none does."""
    return looked.told.cleaner(decision.name, decision.content) or "somebody"


def _read_here(decision: Decision) -> tuple[str, ...]:
    """Return the names here that carrying a decision out reads, moves or replaces."""
    match decision:
        case Upload() | RenamedHere() | Download():
            return (decision.name,)
        case Conflict():
            return (decision.name, decision.copy)
        case RenamedThere():
            return (decision.was,)
        case Remove():
            return ()
        case _:
            return ()


def _emptied(side: Side, looked: Looked) -> Problem:
    number = len(looked.sides.base)
    files = "1 file that was" if number == 1 else f"{number:,} files that were"
    if looked.refused == "here":
        detail = f"Of {files} shared none is still here, and the bucket still has them."
        remove = f"reshelve sync clean {shlex.quote(looked.name)} --only-copy"
        hint = f"bring them back: reshelve sync {shlex.quote(looked.name)} --again; or remove them there: {remove}"
        where = side.here.location(looked.name, "")
    else:
        detail = f"Of {files} shared none is in the bucket any more, and nobody's record says who removed them."
        name = shlex.quote(looked.name)
        hint = f"share them again: reshelve sync {name} --again; or let it be so: reshelve sync clean {name}"
        where = side.there.location(looked.name, "")
    return Problem("side-emptied", "One side was emptied all at once, so nothing was done.", detail, printable(where), hint)
