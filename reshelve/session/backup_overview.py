"""The desk of backups: which projects there are, what is remembered of each, what is due, what stays, what an archive holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from reshelve.executors.state import backup_memory_files
from reshelve.opening.wiring import opened
from reshelve.planner.backups.archive_names import is_backup, wall_time
from reshelve.planner.backups.backup_scanner import (
    Subject,
    is_marked,
    item_at,
    standing,
    subjects,
)
from reshelve.planner.backups.backup_schedule import due
from reshelve.planner.backups.lost_projects import lost
from reshelve.planner.backups.retention import Kept, Stored, may_build_on, retain, with_bases
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.schemas.archive_record import record_of
from reshelve.schemas.backup_manifest import KINDS, Kind, Manifest, manifest_of
from reshelve.schemas.backup_memory import Mark, Memory
from reshelve.schemas.backup_settings import Keep, Schedule
from reshelve.schemas.inventory import Item, proof
from reshelve.schemas.locations import encode_path, join, printable, split
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.project_config_parsing import CONFIG
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.ports.project_configs import ConfigReader

_SCHEDULES: tuple[Schedule, ...] = ("hourly", "daily", "weekly", "off")


class Desk:
    """What all that is done about backups has in common."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def zone(self) -> tzinfo | None:
        """The zone that days and hours are meant in; None is the system's own."""
        return self._context.zone

    def each(self, names: Sequence[str]) -> Iterator[tuple[Subject, Memory, Readers]]:
        """Yield the projects named with what is remembered of each, the stores open."""
        with opened(self._context.setting) as stores:
            all_of_them, _ = self.subjects(stores.readers)
            for subject in self.chosen(names, all_of_them):
                yield subject, self.memory(subject), stores.readers

    def subjects(self, readers: Readers) -> tuple[list[Subject], list[Problem]]:
        """Return every project whose folder is there or that has archives, and what keeps some from being known."""
        sets = self._context.workspace.backups
        found, problems = subjects(sets, readers)
        return found + [each for each in lost(sets, readers, found) if self._has_archives(each, readers)], problems

    def _has_archives(self, subject: Subject, readers: Readers) -> bool:
        """Say whether archives in the folders of a project are its own, by marks or else manifests; yes if none can be read."""
        if any(standing(folder, self.memory(subject), readers) for folder in subject.folders):
            return True
        told = False
        for folder in subject.folders:
            for reader, item in archives(readers, folder).values():
                try:
                    manifest = manifest_of(reader.manifest(item.rel))
                except OSError:
                    continue
                if manifest is not None and manifest.of == subject.of:
                    return True
                told = told or manifest is not None
        return not told

    def chosen(self, names: Sequence[str], known: Sequence[Subject]) -> list[Subject]:
        """Return the projects that names mean: a set, a project, or `set/project`; all without a name. Raises ReshelveError."""
        if not self._context.workspace.backups:
            hint = "see `reshelve help backups`"
            raise stop("no-backups", "This workspace has no backups.", "`backups:` says what is backed up.", hint=hint)
        wrong = [
            name for name in names if not any(_means(name, each) for each in known) and name not in self._context.workspace.backups
        ]
        if wrong:
            there = ", ".join(sorted({printable(each.of) for each in known})[:20]) or "none"
            raise ReshelveError(
                [Problem("no-such-backup", "There is no such backup.", f"There are: {there}.", printable(name)) for name in wrong],
                "usage",
            )
        return [each for each in known if not names or any(_means(name, each) for name in names)]

    def due_kinds(
        self, subject: Subject, memory: Memory, readers: Readers, configs: "ConfigReader", problems: list[Problem]
    ) -> list[Kind]:
        last: dict[Kind, datetime] = {}
        for kind in KINDS:
            folder = subject.folder(kind)
            stored = standing(folder, memory, readers)
            times = [
                stored[name].taken for name, mark in memory.marks.get(folder, {}).items() if name in stored and mark.kind == kind
            ]
            if times:
                last[kind] = max(times)
        return due(_schedule(subject, readers, configs, problems), last, self._context.now(), self.zone)

    def retained(self, subject: Subject, stored: Mapping[str, Stored], memory: Memory, there: Iterable[str] = ()) -> list[Kept]:
        """Return which archives stay, and why. What of the archives that are `there` is not stored may build on one of these."""
        kinds = {name: mark.kind for marks in memory.marks.values() for name, mark in marks.items()}
        found: list[Kept] = []
        needed: dict[str, str] = {}
        unread = {name: wall for name in sorted(there) if name not in stored and (wall := wall_time(name)) is not None}
        for kind in KINDS:
            mine = [each for name, each in stored.items() if kinds.get(name) == kind]
            found += retain(mine, subject.settings.keep.get(kind, Keep()), self._context.now(), self.zone)
            needed |= {base: name for name, wall in unread.items() if (base := may_build_on(mine, wall, self.zone))}
        return with_bases(found, stored, needed)

    def mark(self, item: Item, manifest: Manifest) -> Mark:
        verified = self._context.now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        seen = item.size, item.mtime_ns, item.ino
        return Mark(*seen, verified, manifest.kind, manifest.taken, manifest.since, proof(item))

    def memory(self, subject: Subject) -> Memory:
        return backup_memory_files.load(self._context.setting.state.folder, subject.set, encode_path(subject.project))

    def save(self, subject: Subject, memory: Memory) -> None:
        self._context.setting.state.prepare()
        backup_memory_files.save(self._context.setting.state.folder, subject.set, encode_path(subject.project), memory)


def _schedule(subject: Subject, readers: Readers, configs: "ConfigReader", problems: list[Problem]) -> Schedule:
    """Return the schedule of a project: its own `backup_schedule`, where it says one that there is, else that of its set."""
    there = item_at(readers, subject.source)
    if there is None:
        return subject.settings.schedule
    rel = f"{there[1].rel}/{CONFIG}".lstrip("/")
    if there[0].root.kind != "folder" or there[0].stat(rel) is None:
        return subject.settings.schedule
    try:
        wish = configs.settings(there[0].root.key, rel).get("backup_schedule")
    except ValueError as fault:
        wish, why = None, str(fault)
    else:
        why = "" if wish is None or wish in _SCHEDULES else f"settings.backup_schedule is none of {', '.join(_SCHEDULES)}"
    if why:
        place, hint = join(there[0].root.key, rel), "Correct it; until then `schedule:` of the workspace holds."
        problems.append(
            Problem(
                "project-setting", "A project's own setting cannot be taken.", f"{why}.", printable(place), hint, severity="warning"
            )
        )
    return next((each for each in _SCHEDULES if each == wish), subject.settings.schedule)


def _means(name: str, subject: Subject) -> bool:
    return name in (subject.set, subject.of) or (bool(subject.project) and name == subject.project)


def archives(readers: Readers, folder: str) -> dict[str, tuple[Reader, Item]]:
    """Return the files of a folder that have the names of backups."""
    store, rel = split(folder)
    found: dict[str, tuple[Reader, Item]] = {}
    for reader in roots_of(readers, store):
        try:
            names = reader.names(rel) or () if reader.root.available else ()
        except OSError:
            continue
        for name in names:
            item = reader.stat(f"{rel}/{name}".lstrip("/")) if is_backup(name) else None
            if item is not None and item.kind == "file":
                found[name] = reader, item
    return found


def fault_since(reader: Reader, item: Item, mark: Mark) -> str:
    """Say what is wrong with an archive that was marked, "" where it is whole: read again unless nobody touched it since."""
    if is_marked(reader, item, mark) and (reader.root.kind == "bucket" or mark.ctime_ns == proof(item) != -1):
        return ""
    manifest, _, why = read_through(reader, item)
    return why if why or (manifest is not None and manifest.taken == mark.taken) else "holds another backup than was made"


def read_through(reader: Reader, item: Item) -> tuple[Manifest | None, dict[str, str], str]:
    """Read an archive through: its manifest, the content of each of its members, and what is wrong with it, "" for nothing."""
    try:
        manifest = manifest_of(reader.manifest(item.rel))
        held = reader.archived(item.rel)
        whole = record_of(member for member, _ in held) == reader.record(item.rel)
    except OSError as trouble:
        return None, {}, f"{trouble.strerror or trouble}"
    why = "" if whole else "does not hold what its comment says it holds"
    return manifest, {member.rel: content for member, content in held if member.rel}, why


def unlike(one: tuple[Reader, Item], other: tuple[Reader, Item]) -> str:
    """Say how a copy differs from its original, "" where it holds the same, as read or as verified when it was brought there."""
    if one[1].size != other[1].size:
        return "has another size than the archive it is a copy of"
    try:
        same = one[0].digest(one[1].rel) == other[0].digest(other[1].rel)
    except OSError as trouble:
        return f"cannot be read: {trouble.strerror or trouble}"
    return "" if same else "does not hold what the archive does that it is a copy of"


def damaged(place: str, why: str) -> Problem:
    hint = "It counts for nothing. Look at it: reshelve backup verify"
    return Problem("backup-damaged", "An archive is not a whole backup.", f"It {why}.", printable(place), hint)
