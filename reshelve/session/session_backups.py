"""The backups of a session: what is to be packed, what was verified, which archives stay, and how a folder comes back."""

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta, tzinfo

from reshelve.opening import guest_folders
from reshelve.opening.wiring import Setting, opened, project_configs
from reshelve.planner.backups.backup_scanner import (
    Found,
    Scanner,
    Subject,
    Taken,
    everywhere,
    inside,
    item_at,
    moment,
    standing,
)
from reshelve.planner.backups.lost_projects import Seen, folder_seen
from reshelve.planner.backups.restore_chain import bases, chain, last
from reshelve.planner.backups.retention import Kept
from reshelve.planner.layouts.absent_entries import absent_of
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.backup_memory import Memory
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import join, printable, split
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, Severity, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Witness
from reshelve.session.backup_overview import Desk, archives, damaged, read_through
from reshelve.session.session_context import Context
from reshelve.session.session_plans import Plans

_KEPT: dict[Seen, tuple[str, ...]] = {
    "there": (),
    "gone": ("its folder is gone",),
    "unseen": ("its folder cannot be seen",),
}
"""Why an archive stays that no rule keeps."""


@dataclass(slots=True, frozen=True)
class Row:
    """One archive in one folder. `state`: "verified", "not verified", "damaged", "incomplete" (what it builds on is not there)."""

    subject: Subject
    folder: str
    name: str
    size: int
    kind: str
    taken: str
    since: str
    state: str
    why: str = ""


@dataclass(slots=True)
class Retained:
    """What retention came to: the archives that go, for which `later` ones by location, and of each folder which stay and why."""

    absent: list[Absent] = field(default_factory=list)
    later: dict[str, tuple[Witness, ...]] = field(default_factory=dict)
    kept: dict[str, list[Kept]] = field(default_factory=dict)


class Backups:
    """The backups that a workspace declares. Archives are made, copied and removed by plans; what was verified is remembered."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._desk = Desk(context)

    @property
    def zone(self) -> tzinfo | None:
        """The zone that days and hours are meant in; None is the system's own."""
        return self._desk.zone

    def find(self, names: Sequence[str], kind: Kind | None = None) -> Found:
        """Return what is to be packed of the projects or sets named, all if none is: of one `kind`, or else what is due now.

        Raises ReshelveError for a name that is none.
        """
        with opened(self._context.setting) as stores:
            readers = stores.readers
            all_of_them, problems = self._desk.subjects(readers)
            chosen = self._desk.chosen(names, all_of_them)
            scanner = Scanner(readers, self._context.now().astimezone(UTC), self._desk.zone, list(everywhere(all_of_them)))
            scanner.found.problems += problems
            for subject in chosen:
                memory = self._desk.memory(subject)
                said = scanner.found.problems
                due = self._desk.due_kinds(subject, memory, readers, project_configs(stores), said) if kind is None else [kind]
                seen = folder_seen(subject, readers) if subject.project else "there"
                if seen == "gone" and due:
                    said.append(_gone(subject, "error" if {subject.project, subject.of} & set(names) else "warning"))
                if seen != "there":
                    continue  # a store that is away, and a folder that cannot be read, are told already
                for each in due:
                    scanner.take(subject, each, memory)
            return scanner.found

    def plan(self, layout: Layout) -> Plan:
        """Return the plan that makes or copies archives, or restores from them. Raises ReshelveError."""
        setting = guest_folders.with_guests(self._context.setting, [split(target)[0] for target in layout.files])
        return Plans(Context(setting, self._context.now)).make_anew(layout, "backup")

    def plan_retention(self, retained: Retained) -> Plan:
        """Return the plan by which archives go, each only while those stand whole for which it does. Raises ReshelveError."""
        return Plans(self._context).make_anew(Layout(absent=retained.absent), "backup", retained.later)

    def settle(self, found: Found) -> tuple[list[Taken], list[Problem]]:
        """Read each archive that was made through, and mark those that are whole; return them, and what is wrong with others."""
        made: list[Taken] = []
        problems: list[Problem] = []
        with opened(self._context.setting) as stores:
            for taken in found.taken:
                there = item_at(stores.readers, taken.target)
                if there is None:
                    continue
                reader, item = there
                manifest, hashes, why = read_through(reader, item)
                if why or manifest is None or manifest.taken != taken.taken:
                    problems.append(damaged(join(reader.root.key, item.rel), why or "holds another backup than was made"))
                    continue
                memory = self._desk.memory(taken.subject)
                folder = taken.subject.folder(taken.kind)
                memory.marks.setdefault(folder, {})[taken.name] = self._desk.mark(item, manifest)
                if folder == taken.subject.to:
                    _remember(memory, taken, hashes)
                self._desk.save(taken.subject, memory)
                made.append(taken)
        return made, problems

    def retention(self, names: Sequence[str]) -> Retained:
        """Return which archives go by `keep:`, each folder for itself. What is not verified counts for nothing, and stays.

        So do those that it may build on, and all archives of a project whose folder is not there.
        """
        made = Retained()
        for subject, memory, readers in self._desk.each(names):
            why = _KEPT[folder_seen(subject, readers)]
            for folder in subject.folders:
                stored = standing(folder, memory, readers)
                rules = self._desk.retained(subject, stored, memory, archives(readers, folder))
                made.kept[folder] = [Kept(kept.name, kept.reasons or why) for kept in rules]
                staying = {kept.name: stored[kept.name] for kept in rules if kept.reasons}
                later = _witnesses(folder, last(staying), memory, readers)
                for kept in made.kept[folder]:
                    location = inside(folder, kept.name)
                    there = item_at(readers, location)
                    if not kept.reasons and later and there is not None:
                        because = f"backups {subject.set}: no rule of `keep:` holds it"
                        made.absent.append(absent_of(location, there[1], because))
                        made.later[location] = later
        return made

    def gone(self) -> list[tuple[Subject, Problem]]:
        """Return the projects that have archives and whose folder is gone, and what is to be said of each."""
        found = []
        for subject, _, readers in self._desk.each([]):
            if folder_seen(subject, readers) == "gone" and any(archives(readers, folder) for folder in subject.folders):
                found.append((subject, _gone(subject, "warning")))
        return found

    def archives(self, names: Sequence[str]) -> list[Row]:
        """Return every archive of the projects named, by folder and time, with what is known of it. Nothing is read through."""
        rows: list[Row] = []
        for subject, memory, readers in self._desk.each(names):
            for folder in subject.folders:
                stored = standing(folder, memory, readers)
                for name, (_, item) in sorted(archives(readers, folder).items()):
                    mark = memory.marks.get(folder, {}).get(name)
                    if name in stored and mark is not None:
                        state = "verified" if bases(stored, name) else "incomplete"
                        rows.append(Row(subject, folder, name, item.size, mark.kind, mark.taken, mark.since, state))
                    else:
                        rows.append(Row(subject, folder, name, item.size, "", "", "", "not verified"))
        return sorted(rows, key=lambda row: (row.subject.of, row.folder, row.taken, row.name))

    def verify(self, names: Sequence[str]) -> list[Row]:
        """Read every archive of the projects named through, mark those that are whole, and take the mark from the others."""
        rows: list[Row] = []
        for subject, memory, readers in self._desk.each(names):
            for folder in subject.folders:
                marks = memory.marks.setdefault(folder, {})
                mine: list[Row] = []
                for name, (reader, item) in sorted(archives(readers, folder).items()):
                    manifest, _, why = read_through(reader, item)
                    if manifest is not None and manifest.of != subject.of:
                        continue
                    if why or manifest is None:
                        marks.pop(name, None)
                        mine.append(
                            Row(subject, folder, name, item.size, "", "", "", "damaged", why or "is no backup that can be read")
                        )
                        continue
                    marks[name] = self._desk.mark(item, manifest)
                    mine.append(Row(subject, folder, name, item.size, manifest.kind, manifest.taken, manifest.since, "verified"))
                stored = standing(folder, memory, readers)
                for row in mine:
                    lacks = row.state == "verified" and not bases(stored, row.name)
                    why = f"builds on {row.since}, which is not there whole" if lacks else row.why
                    state = "incomplete" if lacks else row.state
                    rows.append(Row(subject, folder, row.name, row.size, row.kind, row.taken, row.since, state, why))
            self._desk.save(subject, memory)
        return rows

    def restore(self, name: str, *, at: datetime | None = None, to: str = "") -> tuple[Layout, str]:
        """Return the layout that makes the folder of a project as it was `at` a time, in a new folder, and that folder's location.

        `to` is a location or a path; "" is in the folder of its archives. A folder outside every store has to be empty, and takes
        the project's folder. Raises ReshelveError where there is no backup.
        """
        until = at or self._context.now()
        best: tuple[datetime, list[str]] | None = None
        subject: Subject | None = None
        for each, memory, readers in self._desk.each([name]):
            if subject is not None:
                known = "Say which: " + ", ".join(printable(one.of) for one, _, _ in self._desk.each([name]))
                raise stop("several-projects", "The name means several projects.", f"{known}.", path=name, kind="usage")
            subject = each
            for folder in each.folders:
                stored = standing(folder, memory, readers)
                found = chain(stored, until)
                if found and (best is None or stored[found[-1]].taken > best[0]):
                    best = stored[found[-1]].taken, [inside(folder, one) for one in found]
        if subject is None or best is None:
            detail = f"No verified backup of it was taken by {until.astimezone(self._desk.zone):%Y-%m-%d %H:%M:%S}."
            which = shlex.quote(printable(name))
            hint = f"See what there is: reshelve backup list {which}; read it through: reshelve backup verify {which}"
            raise stop("no-backup", "There is no backup to restore.", detail, path=name, hint=hint)
        target = _target(self._context.setting, subject, best[0].astimezone(self._desk.zone), to)
        because = f"backup of {best[0].astimezone(self._desk.zone):%Y-%m-%d %H:%M:%S}"
        return Layout(files={f"{target}/": Entry(unpack=best[1][0], then=tuple(best[1][1:]), because=because)}), target


def _target(setting: Setting, subject: Subject, taken: datetime, to: str) -> str:
    """Return where a folder of a project, as it was `taken` (local time), is restored to. Raises ReshelveError."""
    with opened(setting) as stores:
        if not to and folder_seen(subject, stores.readers) == "gone" and subject.to.startswith(f"{subject.source}/"):
            # The folder of its archives went with it. Made anew for this, it would be a project without its files.
            return subject.source
        if not to:
            return inside(subject.to, f"{_title(subject)} {taken:%Y-%m-%d %H.%M.%S}")
        store, colon, _ = to.partition(":")
        named = bool(colon) and store.removesuffix("%") in setting.workspace.stores
        path = os.path.abspath(os.path.expanduser(to))
        location = to.rstrip("/") if named else _location_of(path, stores.readers)
        if location is None:
            return _beside_stores(setting, path, _title(subject))
        there = item_at(stores.readers, location)
        rel = split(location)[1]
        if not rel or (there is not None and there[1].kind == "dir"):
            # A folder that is there takes the project's folder in it: what is unpacked is always new.
            location = inside(location, _title(subject))
            there = item_at(stores.readers, location)
        if there is not None:
            raise _not_free(printable(location))
        return location


def _witnesses(folder: str, names: Iterable[str], memory: Memory, readers: Readers) -> tuple[Witness, ...]:
    """Return archives in one folder of a project as they were when they were last verified; none where one of them is gone."""
    found: list[Witness] = []
    for name in names:
        mark, there = memory.marks[folder][name], item_at(readers, inside(folder, name))
        if there is None:
            return ()
        place = join(there[0].root.key, there[1].rel)
        found.append(Witness(place, mark.size, mark.mtime_ns, mark.ino, mark.ctime_ns, holding="whole"))
    return tuple(found)


def _gone(subject: Subject, severity: Severity) -> Problem:
    which, there = shlex.quote(printable(subject.of)), shlex.quote(printable(subject.source))
    detail = "Its archives stay, and it is not backed up."
    otherwise = f"name it below `except:` of `backups: {subject.set}`" if subject.project else "correct `of:` in `backups:`"
    hint = f"Bring it back: reshelve backup restore {which} --to {there}; if it is gone for good, {otherwise}."
    return Problem("folder-gone", "The folder of a project is gone.", detail, printable(subject.source), hint, severity=severity)


def _beside_stores(setting: Setting, path: str, name: str) -> str:
    """Return the location of a new folder of this name in a folder outside every store, which becomes a guest."""
    target = join(guest_folders.invite(setting, path), name)
    if os.path.lexists(os.path.join(path, name)):
        raise _not_free(os.path.join(path, name))
    return target


def _not_free(path: str) -> ReshelveError:
    hint = "Name a folder that is not there yet."
    return stop("not-free", "A backup is restored into a new folder.", "It exists.", path=path, hint=hint)


def _title(subject: Subject) -> str:
    """Return what a restored folder is called."""
    return subject.project or split(subject.source)[1].rpartition("/")[2] or subject.set


def time_of(text: str, zone: tzinfo | None) -> datetime:
    """Return the time that a person writes, ISO 8601, in the zone unless it says another; a day alone means its end.

    Raises ValueError.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone) if zone is not None else at.astimezone()
    return at + timedelta(days=1, microseconds=-1) if len(text) <= 10 else at


def _remember(memory: Memory, taken: Taken, hashes: Mapping[str, str]) -> None:
    """Note the folder as the new archive has it, with what its files hold."""
    known = {}
    for path, each in taken.known.items():
        if path in hashes:
            each.hash = hashes[path]
        elif not taken.since or not (each.kind == "dir" or path in memory.known):
            continue
        known[path] = each
    memory.tip, memory.known = taken.name, known
    memory.looked_ns = int(moment(taken.taken).timestamp()) * 10**9


def _location_of(path: str, readers: Readers) -> str | None:
    """Return the location of an absolute path in one of the stores, None where it is in none."""
    real = os.path.realpath(path)
    around = [
        reader
        for reader in readers.values()
        if reader.root.kind == "folder" and (real == reader.root.path or real.startswith(f"{reader.root.path.rstrip('/')}/"))
    ]
    if not around:
        return None
    root = max(around, key=lambda reader: len(reader.root.path)).root
    return join(root.key, "" if real == root.path else os.path.relpath(real, root.path))
