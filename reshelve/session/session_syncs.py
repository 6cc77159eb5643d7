"""The syncs of a session: both sides looked at, the plan that comes of it, and what is remembered and told afterwards."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reshelve.executors.contracts.object_store import ObjectStore, object_store
from reshelve.executors.state import sync_base
from reshelve.executors.state.sync_base import Seen, SeenProject
from reshelve.opening.wiring import Open, opened
from reshelve.planner.ports.store_reader import Reader
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
from reshelve.planner.sync.reconcile import emptied, reconcile, remembered
from reshelve.planner.sync.sync_entries import BOTH, Project, add_clean_up, add_entries, add_ignore
from reshelve.planner.sync.sync_places import RECORDS, VIEW, SharedPlace, place_of, sharing
from reshelve.planner.sync.sync_records import LARGEST, Shared, SyncRecord, Told, read_record, record_text, renewed, view_text
from reshelve.schemas import quantities
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.operations import Copy, Move, Trash
from reshelve.schemas.operations import Download as DownloadOperation
from reshelve.schemas.operations import Upload as UploadOperation
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.run_record import Run
from reshelve.schemas.sync_settings import Sync, user_fault, user_of
from reshelve.session import sync_sides
from reshelve.session.session_context import Context
from reshelve.session.session_plans import Plans
from reshelve.session.sync_sides import Bucket, Looked

if TYPE_CHECKING:
    from reshelve.planner.make_plan import PlanRequest

T = TypeVar("T")

_TRIES = 6
"""How often a small object that others write too is read, made anew and written, before that is left for the next time."""
_FEW = 3
"""For so many projects each is listed by itself; for more, all of them at once."""


@dataclass(slots=True)
class Look:
    """What was seen of all projects asked for, at `clock_ns` by the bucket's own clock (0: not heard)."""

    projects: list[Looked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    clock_ns: int = 0


@dataclass(slots=True, frozen=True)
class _Side:
    """One sync, opened: its settings, who this is, both places, what reads here, and the bucket."""

    name: str
    sync: Sync
    user: str
    here: SharedPlace
    there: SharedPlace
    reader: Reader
    store: ObjectStore

    @property
    def between(self) -> tuple[str, str]:
        """The two addresses that what is remembered is bound to."""
        return f"{self.reader.root.path}:{self.sync.here}", f"{self.store.root.address}:{self.sync.there}"

    @property
    def repo(self) -> str:
        """What metadata.json calls the repository: the folder that holds the projects in the bucket, else the sync's name."""
        return self.there.top.rpartition("/")[2] or self.name


class Syncs:
    """The syncs of a session. Nothing is touched but by the plan; then the base, this person's record and the view follow."""

    def __init__(self, context: Context) -> None:
        self._context = context

    # Looking.

    def look(
        self,
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
        look, undone = Look(), self._undone()
        with self._opened() as sides:
            known: dict[str, set[str]] = {}
            listings: dict[str, Bucket] = {}
            standing: dict[str, dict[str, bool]] = {}
            given: dict[str, list[str]] = {}
            for side in sides:
                look.users[side.name] = side.user
                standing[side.name] = _projects_here(side)
                wanted = self._wanted(side, asked, inside, standing[side.name], everything=everything)
                given[side.name] = wanted
                listings[side.name] = _listed(side, wanted)
                look.clock_ns = side.store.clock_ns()
                bucket = listings[side.name]
                known[side.name] = {*standing[side.name], *bucket.shared, *bucket.records}
            if asked and not any(given.values()):
                names, problems = chosen(asked, sorted(set().union(*known.values())))
                if problems:
                    raise ReshelveError(problems, "usage")
                given = {name: [each for each in names if each in known[name]] for name in known}
            for side in sides:
                remembered_ = self._remembered(side)
                bucket = listings[side.name]
                here = standing[side.name]
                usual = sorted({name for name, there in here.items() if there} | {*bucket.shared, *bucket.records, *remembered_})
                for project in given[side.name] or (usual if not asked and not self._alone(inside, side) else []):
                    look.projects.append(
                        self._project(side, project, bucket, remembered_.get(project, SeenProject()), wish, undone, told=told)
                    )
        look.problems = [problem for each in look.projects for problem in each.problems]
        return look

    def _alone(self, inside: Path | None, side: "_Side") -> bool:
        return inside is not None and bool(_project_around(side, inside))

    def _wanted(
        self, side: "_Side", asked: Sequence[str], inside: Path | None, here: Mapping[str, bool], *, everything: bool
    ) -> list[str]:
        """Return the projects that are clear before the bucket is looked at; none where all, or others, may be meant."""
        if everything:
            return []
        if not asked:
            around = _project_around(side, inside) if inside is not None else ""
            return [around] if around else []
        if any(char in text for text in asked for char in "*?["):
            return []
        names, problems = chosen(asked, sorted(here))
        if any(problem.code == "project-unclear" for problem in problems):
            raise ReshelveError(problems, "usage")
        return [] if problems else names

    def _project(
        self,
        side: "_Side",
        project: str,
        bucket: Bucket,
        seen: SeenProject,
        wish: Wish,
        undone: Collection[str],
        *,
        told: bool,
    ) -> Looked:
        shared = sharing(side.sync.exclude)
        here_items, problems = _reading(side, lambda: sync_sides.files_here(side.reader, side.here, project, shared))
        there_items = bucket.shared.get(project, {})
        records = bucket.records.get(project, {})
        base = seen.hashes(undone)
        here = _reading(side, lambda: {name: side.reader.digest(item.rel) for name, item in here_items.items()})
        by = Told({})
        if told or not sync_sides.settled_before(there_items, here, seen) or base.keys() != seen.files.keys():
            by = Told(_reading(side, lambda: sync_sides.records_of(side.store, records)))
        there = _reading(side, lambda: sync_sides.contents_there(side.store, there_items, seen, by, here_items, base))
        sides = Sides(base, here, there, by.cleaned())
        one = Project(project, side.here, side.there, here_items, there_items)
        looked = Looked(side.name, one, seen, sides, by, records, bucket.views.get(project), problems=problems)
        looked.refused = "" if wish.again else emptied(sides)
        if looked.refused:
            looked.problems.append(_emptied(side, looked))
            return looked
        looked.decisions = self._without_busy(side, looked, reconcile(sides, side.user, wish))
        looked.ignore = bool(here_items) and sync_sides.wants_ignoring(side.reader, side.here.folder(project))
        if looked.ignore:
            for rel in sync_sides.tracked_by_git(side.reader, here_items.values()):
                hint = f"git rm --cached -- {printable(rel)}"
                detail = "git keeps every version of it for good."
                looked.problems.append(
                    Problem("git-tracks", "git tracks a shared file.", detail, printable(rel), hint, severity="warning")
                )
        return looked

    def _without_busy(self, side: "_Side", looked: Looked, decisions: list[Decision]) -> list[Decision]:
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
                Problem(
                    "still-written", "A file is left for the next sync.", detail, printable(items[name].rel), severity="warning"
                )
            )
        return [each for each in decisions if names.isdisjoint(_read_here(each))]

    # Planning.

    def plan(self, look: Look, ways: tuple[type, ...] = BOTH) -> Plan:
        """Return the plan that a look comes to, as far as it is of `ways` (UP, DOWN or BOTH)."""
        layout = Layout()
        self._guard(look)
        for each in look.projects:
            add_entries(layout, each.project, each.decisions, partial(said, each), ways)
            if each.ignore:
                add_ignore(layout, each.project)
        return self._make(layout, "sync")

    def _guard(self, look: Look) -> None:
        """Raise, of kind "declined", where more would be removed from the bucket than `max_delete` allows."""
        limit = self._context.workspace.guards.max_delete
        removed = sum(isinstance(decision, Remove) for each in look.projects for decision in each.decisions)
        if not limit or not removed:
            return
        allowed, is_share = quantities.share(limit)
        total = sum(len(each.project.there_items) for each in look.projects)
        if removed > (allowed * total if is_share else allowed):
            detail = f"{removed} of {total} shared files would be removed from the bucket; the guard allows {limit}."
            hint = "sync without --delete, or remove them with: reshelve sync clean PROJECT"
            raise stop("max-delete", "The sync removes more than the guard allows.", detail, hint=hint, kind="declined")

    def plan_clean_up(self, look: Look) -> Plan:
        """Return the plan that removes from the bucket exactly what was seen of some projects, and nothing here."""
        layout = Layout()
        for each in look.projects:
            add_clean_up(layout, each.project, dict(each.sides.there))
        return self._make(layout, "clean")

    def _make(self, layout: Layout, command: str) -> Plan:
        from reshelve.planner.make_plan import make_plan

        request: PlanRequest = Plans(self._context).request(command="sync" if command == "sync" else "clean")
        # What an undo took back is planned again when asked for; buckets' rules are for plans of everything.
        request = replace(request, held=frozenset(), stores=self._context.workspace.stores, policies=(), max_delete="")
        bare = {name: store.model_copy(update={"lifecycle": None}) for name, store in request.stores.items()}
        with self._stores() as stores:
            return make_plan(layout, stores.readers, replace(request, stores=bare))

    # Afterwards.

    def settled(self, look: Look, plan: Plan | None = None, *, cleaned: bool = False) -> list[Problem]:
        """Remember what stands equal now and what the run of a plan carried over; renew this person's records and the views.

        Nothing is concluded from what a run was only asked to do. May run twice. What cannot be told to others is a warning.
        `cleaned`: what the bucket holds no more of what was shared is to be so, and is noted as cleaned up.
        """
        state = self._context.setting.state
        run = state.run(plan.run) if plan is not None and plan.operations and state.has(plan.run) else None
        problems: list[Problem] = []
        with self._opened() as sides:
            for side in sides:
                mine = [
                    each for each in look.projects if each.sync == side.name and not (each.refused and run is None and not cleaned)
                ]
                if mine:
                    problems += self._settle(side, mine, run, cleaned=cleaned)
        return problems

    def _settle(self, side: "_Side", mine: Sequence[Looked], run: Run | None, *, cleaned: bool) -> list[Problem]:
        projects = self._remembered(side)
        before = {name: SeenProject(dict(each.files), each.view) for name, each in projects.items()}
        bucket = _listed(side, [each.name for each in mine]) if run is not None else None
        problems: list[Problem] = []
        for looked in mine:
            done = _Done(side, looked, run)
            if cleaned:
                done.let_go(looked)
            if bucket is not None:
                looked = self._again(side, looked, bucket)
            carried = [(name, content) for name, content in done.carried.items()]
            base = remembered(looked.sides, carried)
            projects[looked.name] = SeenProject(
                {name: _seen(looked, name, content, done, run) for name, content in base.items()}, looked.seen.view
            )
            try:
                projects[looked.name].view = self._tell(side, looked, done)
            except OSError as trouble:
                detail = f"{trouble.strerror or trouble}. The files themselves are where they should be."
                hint = "The next sync tells it again."
                where = side.there.location(looked.name, RECORDS)
                problems.append(
                    Problem("not-noted", "What was done could not be noted in the bucket.", detail, where, hint, severity="warning")
                )
        projects = {name: each for name, each in projects.items() if each.files or each.view}
        if projects != before:
            state = self._context.setting.state
            state.prepare()
            sync_base.save(self._base_file(side), side.between, projects)
        return problems

    def _again(self, side: "_Side", looked: Looked, bucket: Bucket) -> Looked:
        """Look at one project once more after a run, with what is known of its contents."""
        here_items, _ = sync_sides.files_here(side.reader, side.here, looked.name, sharing(side.sync.exclude))
        there_items = bucket.shared.get(looked.name, {})
        here = {name: side.reader.digest(item.rel) for name, item in here_items.items()}
        records = bucket.records.get(looked.name, {})
        there = sync_sides.contents_there(side.store, there_items, looked.seen, looked.told, here_items, looked.sides.base)
        sides = Sides(looked.sides.base, here, there, looked.sides.cleaned)
        project = replace(looked.project, here_items=here_items, there_items=there_items)
        view = bucket.views.get(looked.name)
        return replace(looked, project=project, sides=sides, records=records, view=view)

    def _tell(self, side: "_Side", looked: Looked, done: "_Done") -> str:
        """Renew this person's record where they did something, and the view where it is behind; return what the view is made of."""
        items = looked.project.there_items
        if done.anything:
            rel = f"{side.there.folder(looked.name)}/{RECORDS}/{side.user}.json"

            def record(text: bytes) -> bytes:
                mine = read_record(text, side.user) if text else SyncRecord(side.user)
                files = {name: done.as_shared(name, items[name], looked.sides.there[name]) for name in done.sent if name in items}
                known = {name: each for name, each in files.items() if each is not None}
                gone = {name: content for name, content in done.removed.items() if name not in items}
                return record_text(renewed(mine, known, gone, items))

            looked.records[side.user] = _publish(side.store, rel, record, always=True)
        elif not items and not looked.records and looked.view is None:
            return looked.seen.view
        digest = _view_digest(items, looked.records)
        if looked.view is not None and looked.seen.view == f"{digest} {looked.view.ino}":
            return looked.seen.view
        if not looked.records:
            return looked.seen.view
        told = Told(sync_sides.records_of(side.store, looked.records))
        text = view_text(looked.name, side.repo, items, told, looked.last[1])
        published = _publish(side.store, f"{side.there.folder(looked.name)}/{VIEW}", lambda _: text)
        return f"{digest} {published.ino}"

    # Links.

    def link(self, location: str, look: Look, seconds: int) -> str:
        """Return an address at which anybody can read one shared file for so many seconds. `location` is PROJECT/NAME or NAME."""
        found = [
            (each, name) for each in look.projects for name in each.project.there_items if location in (name, f"{each.name}/{name}")
        ]
        if len(found) != 1:
            detail = "Several projects have it." if found else "The bucket has no such shared file."
            names = [name for each in look.projects for name in each.project.there_items]
            from difflib import get_close_matches

            near = get_close_matches(location, names, 2)
            hint = "write PROJECT/NAME" if found else f"Did you mean {' or '.join(near)}?" if near else "reshelve sync up"
            raise stop("no-such-file", "Nothing can be linked to.", detail, path=printable(location), hint=hint)
        each, name = found[0]
        with self._opened() as sides:
            side = next(one for one in sides if one.name == each.sync)
            return _reading(side, lambda: side.store.link(side.there.rel(each.name, name), seconds))

    # What is open, and what is remembered.

    @contextmanager
    def _stores(self) -> Iterator[Open]:
        """Open the stores that syncs are between, and no other."""
        setting = self._context.setting
        names = {place_of(at).store for sync in setting.workspace.sync.values() for at in (sync.here, sync.there)}
        stores = {name: store for name, store in setting.workspace.stores.items() if name in names}
        workspace = setting.workspace.model_copy(update={"stores": stores})
        roots = setting.roots
        narrow = replace(setting, workspace=workspace, roots=lambda: [root for root in roots() if store_of(root.key) in names])
        with opened(narrow) as stores_open:
            yield stores_open

    @contextmanager
    def _opened(self) -> Iterator[list["_Side"]]:
        workspace = self._context.workspace
        if not workspace.sync:
            hint = "see docs/sharing.md; `reshelve init --from-env .video-tools.env` makes one"
            raise stop(
                "no-sync", "This workspace shares nothing.", "`sync:` says what is shared by way of which bucket.", hint=hint
            )
        with self._stores() as stores:
            sides = []
            for name, sync in workspace.sync.items():
                here, there = place_of(sync.here), place_of(sync.there)
                for key in (here.store, there.store):
                    root = stores.readers[key].root
                    if not root.available:
                        hint = root.remedy or "Mount or connect it, then sync again: nothing is concluded from what is away."
                        raise stop("store-unavailable", "A side of the sync is away.", f"{root.why}.", path=key, hint=hint)
                bucket = object_store(stores.stores[there.store])
                sides.append(_Side(name, sync, self.user(name), here, there, stores.readers[here.store], bucket))
            yield sides

    def user(self, name: str) -> str:
        """Return who this is to the others of a sync. Raises ReshelveError where nobody says so."""
        found = user_of(self._context.workspace.sync[name], self._context.setting.environ)
        hint = f"reshelve.local.yaml: sync: {{{name}: {{user: YOUR-NAME}}}}"
        if not found:
            raise stop("no-user", "Nobody says who you are.", "Others have to see who shared what.", path=f"sync.{name}", hint=hint)
        if fault := user_fault(found):
            raise stop("no-user", "That cannot be a person's name.", f"{found!r}: {fault}.", path=f"sync.{name}", hint=hint)
        return found

    def _base_file(self, side: "_Side") -> Path:
        return self._context.setting.state.folder / "sync" / f"{side.name}.json"

    def _remembered(self, side: "_Side") -> dict[str, SeenProject]:
        return sync_base.load(self._base_file(side), side.between)

    def _undone(self) -> set[str]:
        return {
            summary.id for summary in self._context.setting.state.runs() if summary.undone_by or summary.outcome == "rolled-back"
        }


class _Done:
    """What the run of a sync did to one project: names it carried over, sent and removed. Empty without a run."""

    def __init__(self, side: _Side, looked: Looked, run: Run | None) -> None:
        self.carried: dict[str, str] = {}
        self.sent: dict[str, str] = {}
        self.removed: dict[str, str] = {}
        self.anything = False
        self._store = side.store
        if run is None:
            return
        contents = looked.sides
        for index in sorted(run.done):
            operation = run.plan.operations[index]
            made = run.made.get(index)
            for place in (operation.makes, operation.frees):
                if place is not None and _name_in(side, looked.name, place) is not None:
                    self.anything = True
            match operation:
                case UploadOperation() | DownloadOperation():
                    name = _name_in(side, looked.name, operation.dst)
                    if name is not None and made is not None and made.hash:
                        self.carried[name] = made.hash
                        if isinstance(operation, UploadOperation):
                            self.sent[name] = made.hash
                case Move() | Copy():
                    name = _name_in(side, looked.name, operation.dst)
                    if name is not None and store_of(split(operation.dst)[0]) == side.there.store:
                        self.sent[name] = made.hash if made is not None else ""
                case Trash():
                    name = _name_in(side, looked.name, operation.src)
                    if name is not None and store_of(split(operation.src)[0]) == side.there.store:
                        content = contents.there.get(name, "")
                        if content.startswith("xxh3:"):
                            self.removed[name] = content
                case _:
                    pass

    def let_go(self, looked: Looked) -> None:
        """Take what was shared and is in the bucket no more for removed, by this person's word."""
        gone = {name: content for name, content in looked.sides.base.items() if name not in looked.sides.there}
        self.removed = {**gone, **self.removed}
        self.anything = self.anything or bool(gone)

    def as_shared(self, name: str, item: Item, content: str) -> Shared | None:
        """Return what is to be recorded of something sent, None where another stands there by now."""
        found = self.sent.get(name) or content
        if found != content or not found.startswith("xxh3:"):
            return None
        return Shared(found, item.size, item.ino, self._store.md5(item.rel))


def said(looked: Looked, name: str) -> str:
    """Say who put what stands in the bucket at a name, and when by the bucket's clock."""
    from reshelve.planner.observing.identity import time_text

    item = looked.project.there_items.get(name)
    if item is None:
        return ""
    by = looked.told.uploader(name, item) or "somebody"
    when = (time_text(item.mtime_ns) or "")[:16].replace("T", " ")
    return f"from {by}, {when} UTC"


def removed_by(looked: Looked, decision: CleanedUp) -> str:
    """Say who removed something from the bucket, as records say; "somebody" where none does."""
    return looked.told.cleaner(decision.name, decision.content) or "somebody"


def _projects_here(side: _Side) -> dict[str, bool]:
    return _reading(side, lambda: sync_sides.projects_here(side.reader, side.here))


def _listed(side: _Side, projects: Sequence[str]) -> Bucket:
    """List some projects in the bucket; where they are none or many, all of them at once."""
    folders = [side.there.folder(each) for each in projects] if 0 < len(projects) <= _FEW else [side.there.top]
    shared = sharing(side.sync.exclude)
    return _reading(side, lambda: sync_sides.listed(side.store, side.there, folders, shared))


def _name_in(side: _Side, project: str, place: str) -> str | None:
    """Return the name of what lies at a place on either side of a project, None where it is no part of that."""
    root, rel = split(place)
    for one in (side.here, side.there):
        if store_of(root) == one.store and rel.startswith(f"{one.folder(project)}/"):
            return rel[len(one.folder(project)) + 1 :]
    return None


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


def _seen(looked: Looked, name: str, content: str, done: _Done, run: Run | None) -> Seen:
    """Return what is to be remembered of one name: with the run that carried it over, and what was known before that."""
    item = looked.project.there_items.get(name)
    same = item is not None and looked.sides.there.get(name) == content
    size, number = (item.size, item.ino) if item is not None and same else (0, 0)
    before = looked.seen.files.get(name)
    if run is not None and done.anything and (before is None or before.hash != content):
        return Seen(content, size, number, run.id, looked.sides.base.get(name, ""))
    if before is not None and before.hash == content and not number:
        return before
    return Seen(content, size, number, *((before.run, before.before) if before is not None and before.hash == content else ()))


def _project_around(side: _Side, inside: Path) -> str:
    """Return the project whose folder here a path is, or lies in, "" for none."""
    import os

    root = os.path.realpath(side.reader.root.path)
    path = os.path.realpath(inside)
    if path == root or not path.startswith(root.rstrip("/") + "/"):
        return ""
    rel = path[len(root.rstrip("/")) + 1 :]
    return side.here.project_at(rel)


def _emptied(side: _Side, looked: Looked) -> Problem:
    count = len(looked.sides.base)
    if looked.refused == "here":
        detail = f"None of {count} files that were shared is here any more, and the bucket still has them."
        hint = f"bring them back: reshelve sync {looked.name} --again; or remove them there: reshelve sync clean {looked.name}"
        where = side.here.location(looked.name, "")
    else:
        detail = f"None of {count} files that were shared is in the bucket any more, and nobody's record says who removed them."
        hint = f"share them again: reshelve sync {looked.name} --again; or let it be so: reshelve sync clean {looked.name}"
        where = side.there.location(looked.name, "")
    return Problem("side-emptied", "One side was emptied at once: nothing is done.", detail, printable(where), hint)


def _view_digest(items: Mapping[str, Item], records: Mapping[str, Item]) -> str:
    told = [(name, item.ino, item.size, item.mtime_ns) for name, item in sorted(items.items())]
    by = [(user, item.ino, item.mtime_ns) for user, item in sorted(records.items())]
    return hashlib.sha256(repr((told, by)).encode()).hexdigest()[:16]


def _publish(store: ObjectStore, rel: str, make: Callable[[bytes], bytes], *, always: bool = False) -> Item:
    """Write a small object that others may write too: made of what stands there, written over that alone, and read back.

    With `always` it is written even if it says the same, so that its time is told. Raises OSError where others are always first.
    """
    written: Item | None = None
    for _ in range(_TRIES):
        try:
            before, number = store.read_small(rel, LARGEST)
        except FileNotFoundError:
            before, number = b"", 0
        text = make(before)
        if text == before and (written is not None or not always):
            found = store.look(rel)
            if found is not None:
                return found
            continue
        try:
            written = store.write_record(rel, text, number)
        except FileExistsError:
            continue
    raise OSError(11, "others wrote it at the same moment, again and again", rel)


def _reading(side: _Side, act: Callable[[], T]) -> T:
    """Do what reads a side. Raises ReshelveError of what could not be read: it is never taken for empty."""
    try:
        return act()
    except OSError as trouble:
        what = trouble.filename if isinstance(trouble.filename, str) else f"sync.{side.name}"
        hint = "Put that right, then sync again: nothing was concluded, and nothing was done."
        raise stop(
            "side-unread", "A side of the sync cannot be read.", f"{trouble.strerror or trouble}.", path=what, hint=hint
        ) from None
