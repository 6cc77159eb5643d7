"""After a sync: what stands equal is remembered, this person's record renewed, and the view of all brought up to date."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.executors.contracts.object_store import ObjectStore
from reshelve.executors.state.sync_state import Seen, SeenProject
from reshelve.planner.sync.decisions import (
    Sides,
)
from reshelve.planner.sync.reconcile import remembered
from reshelve.planner.sync.sync_left_out import RECORDS, VIEW, sharing
from reshelve.planner.sync.sync_records import LARGEST, Shared, SyncRecord, Told, read_record, record_text, renewed, view_text
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.operations import Copy, Move, Trash
from reshelve.schemas.operations import Download as DownloadOperation
from reshelve.schemas.operations import Upload as UploadOperation
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_record import Run
from reshelve.session import sync_sides
from reshelve.session.sync_opened import OpenSyncs, Side, listed, name_in
from reshelve.session.sync_sides import Bucket, Looked

if TYPE_CHECKING:
    pass


_TRIES = 6
"""How often a small object that others write too is read, made anew and written, before that is left for the next time."""


def settle(syncs: OpenSyncs, side: Side, mine: Sequence[Looked], run: Run | None, *, cleaned: bool) -> list[Problem]:
    """Remember and tell what became of some projects of a side; return what could not be told."""
    projects = syncs.remembered(side)
    before = {name: SeenProject(dict(each.files), each.view) for name, each in projects.items()}
    bucket = listed(side, [each.name for each in mine]) if run is not None else None
    problems: list[Problem] = []
    for looked in mine:
        done = _Done(side, looked, run)
        if cleaned:
            done.let_go(looked)
        if bucket is not None:
            looked = _again(side, looked, bucket)
        carried = [(name, content) for name, content in done.carried.items()]
        base = remembered(looked.sides, carried)
        projects[looked.name] = SeenProject(
            {name: _seen(looked, name, content, done, run) for name, content in base.items()}, looked.seen.view
        )
        # What an undo holds is known by the run that carried it, for as long as it is held.
        projects[looked.name].files |= {name: each for name, each in looked.seen.files.items() if name in looked.held}
        try:
            projects[looked.name].view = _tell(side, looked, done)
        except OSError as trouble:
            detail = f"{trouble.strerror or trouble}. The files themselves are where they should be."
            hint = "The next sync tries again."
            where = side.there.location(looked.name, RECORDS)
            problems.append(
                Problem("not-noted", "What was done could not be noted in the bucket.", detail, where, hint, severity="warning")
            )
    projects = {name: each for name, each in projects.items() if each.files or each.view}
    if projects != before:
        syncs.remember(side, projects)
    return problems


def _again(side: Side, looked: Looked, bucket: Bucket) -> Looked:
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


def _tell(side: Side, looked: Looked, done: "_Done") -> str:
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


class _Done:
    """What the run of a sync did to one project: names it carried over, sent and removed. Empty without a run."""

    def __init__(self, side: Side, looked: Looked, run: Run | None) -> None:
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
                if place is not None and name_in(side, looked.name, place) is not None:
                    self.anything = True
            match operation:
                case UploadOperation() | DownloadOperation():
                    name = name_in(side, looked.name, operation.dst)
                    if name is not None and made is not None and made.hash:
                        self.carried[name] = made.hash
                        if isinstance(operation, UploadOperation):
                            self.sent[name] = made.hash
                case Move() | Copy():
                    name = name_in(side, looked.name, operation.dst)
                    if name is not None and store_of(split(operation.dst)[0]) == side.there.store:
                        self.sent[name] = made.hash if made is not None else ""
                case Trash():
                    name = name_in(side, looked.name, operation.src)
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
