"""The scanner of backups: from a set of the workspace to the archives that are to be made, as entries of a layout."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, tzinfo
from fnmatch import fnmatchcase

from reshelve.planner.backups.archive_names import free_name
from reshelve.planner.backups.backup_left_out import LeftOut
from reshelve.planner.backups.changed_members import changes, known_of
from reshelve.planner.backups.restore_chain import bases
from reshelve.planner.backups.retention import Stored, zoned
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.schemas.archive_record import link_fault
from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.backup_memory import Known, Mark, Memory
from reshelve.schemas.backup_settings import PROJECT, Backups
from reshelve.schemas.inventory import Item, Listing, lasting_inodes, same
from reshelve.schemas.layout import Backup, Entry, Layout
from reshelve.schemas.locations import encode_path, join, printable, split
from reshelve.schemas.problems import Problem, sentence
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Subject:
    """One project of a set (`project` "" for a set of one folder): where it is, and where its archives go (locations)."""

    set: str
    project: str
    settings: Backups
    source: str
    to: str
    weekly: str
    copies: tuple[str, ...]

    @property
    def of(self) -> str:
        """Its name in manifests, and for people."""
        return f"{self.set}/{encode_path(self.project)}" if self.project else self.set

    @property
    def folders(self) -> tuple[str, ...]:
        """Every folder that has archives of it, its own first."""
        return tuple(dict.fromkeys((self.to, self.weekly, *self.copies)))

    def folder(self, kind: Kind) -> str:
        """Return the folder that archives of a kind are made in."""
        return self.weekly if kind == "weekly" else self.to


@dataclass(slots=True)
class Taken:
    """One archive that is to be made: `known` is the folder as it and those it builds on will have it, without contents."""

    subject: Subject
    kind: Kind
    name: str
    target: str
    taken: str
    since: str
    known: dict[str, Known]
    files: int


@dataclass(slots=True)
class Found:
    """What a scan for backups came to: the layout, what each entry is, whose folders have not changed, and what was wrong."""

    layout: Layout = field(default_factory=Layout)
    taken: list[Taken] = field(default_factory=list)
    unchanged: list[Subject] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def subjects(sets: Mapping[str, Backups], readers: Readers) -> tuple[list[Subject], list[Problem]]:
    """Return every project of every set whose folder is there, in their order, and what keeps some from being known."""
    found: list[Subject] = []
    problems: list[Problem] = []
    for name, settings in sets.items():
        store, rel = split(settings.of)
        if rel.rpartition("/")[2] != PROJECT:
            found.append(subject_of(name, "", settings))
            continue
        above = rel.rpartition("/")[0]
        names: set[str] = set()
        for reader in roots_of(readers, store):
            if not reader.root.available:
                problems.append(_away(reader, name))
                continue
            try:
                names |= {each for each in reader.names(above) or () if _is_folder(reader, f"{above}/{each}".lstrip("/"))}
            except OSError as trouble:
                detail = f"{trouble.strerror or trouble}. Its projects are not backed up."
                hint = "Let this user read it, then try again."
                problems.append(Problem("unreadable", "Something cannot be read.", detail, join(reader.root.key, above), hint))
        found += [subject_of(name, project, settings) for project in sorted(names) if is_project(project, settings)]
    return found, problems


def is_project(name: str, settings: Backups) -> bool:
    """Say whether a set takes a folder of this name for a project."""
    wanted = any(fnmatchcase(name, glob) for glob in settings.projects)
    return wanted and not any(fnmatchcase(name, glob) for glob in settings.except_) and not name.startswith(".")


def subject_of(name: str, project: str, settings: Backups) -> Subject:
    """Return a project of a set, whether or not its folder is there."""

    def at(place: str) -> str:
        store, rel = split(place)
        return join(store, rel.replace(PROJECT, project))

    source = at(settings.of)
    to = at(settings.to) if settings.to is not None else inside(source, "Backups")
    weekly = at(settings.archive_storage_path) if settings.archive_storage_path is not None else to
    return Subject(name, project, settings, source, to, weekly, tuple(at(copy) for copy in settings.copies))


def _is_folder(reader: Reader, rel: str) -> bool:
    item = reader.stat(rel)
    return item is not None and item.kind == "dir"


def standing(folder: str, memory: Memory, readers: Readers) -> dict[str, Stored]:
    """Return the archives in one of the folders of a project that are marked, and still the files that were verified."""
    found: dict[str, Stored] = {}
    for name, mark in memory.marks.get(folder, {}).items():
        there = item_at(readers, inside(folder, name))
        if there is not None and is_marked(there[0], there[1], mark):
            found[name] = Stored(name, moment(mark.taken), mark.since)
    return found


def inside(folder: str, name: str) -> str:
    """Return the location of a name in the folder at a location, which may be a whole store."""
    store, rel = split(folder)
    return join(store, f"{rel}/{name}" if rel else name)


def is_marked(reader: Reader, item: Item, mark: Mark) -> bool:
    """Say whether an archive is the very one that a mark is of."""
    if reader.root.kind == "bucket":
        return (item.size, item.ino) == (mark.size, mark.ino)
    return same(item, mark.size, mark.mtime_ns, mark.ino)


def item_at(readers: Readers, location: str) -> tuple[Reader, Item] | None:
    """Return what stands at a location and its root, or None where nothing does, or it cannot be told. Never raises OSError."""
    store, rel = split(location)
    for reader in roots_of(readers, store):
        if reader.root.available:
            try:
                item = reader.stat(rel)
            except OSError:
                continue
            if item is not None:
                return reader, item
    return None


def moment(text: str) -> datetime:
    """Return a time of a manifest."""
    return datetime.fromisoformat(text)


@dataclass(slots=True)
class Scanner:
    """Looks at projects and says what is to be packed. `everywhere` are the folders of the archives of all sets."""

    readers: Readers
    now: datetime
    zone: tzinfo | None
    everywhere: Sequence[str]
    found: Found = field(default_factory=Found)

    def take(self, subject: Subject, kind: Kind, memory: Memory) -> None:
        """Ask for one archive of a project; an incremental one of what changed, and none where nothing did."""
        there = item_at(self.readers, subject.source)
        folder = subject.folder(kind)
        if not self._fit(subject, there, folder):
            return
        assert there is not None
        reader, top = there
        leave = self._leave(reader, top)
        seen = self._look(reader, top, subject.settings.exclude, leave)
        if seen is None:
            return
        items, spared = seen
        entry = Backup(subject.of, kind, self._taken(), exclude=list(subject.settings.exclude), leave=sorted(leave))
        known = {path: known_of(reader, item) for path, item in items.items()}
        files = [path for path, item in items.items() if item.kind != "dir"]
        if kind == "incremental":
            base = standing(folder, memory, self.readers)
            if memory.tip and bases(base, memory.tip):
                try:
                    differ = changes(reader, items, memory, spared)
                except OSError as trouble:
                    self._unreadable(join(reader.root.key, trouble.filename or top.rel), trouble)
                    return
                if not differ.any:
                    self.found.unchanged.append(subject)
                    return
                entry.since, entry.take, entry.deleted = memory.tip, differ.take, differ.deleted
                taken = set(differ.take)
                files = [path for path in files if path in taken]
                for path, each in known.items():
                    if path not in taken and path in memory.known:
                        each.hash = memory.known[path].hash
        known |= {path: memory.known[path] for path in spared if path in memory.known and entry.since}
        name = free_name(kind, zoned(self.zone)(self.now), subject.settings.format, self._names(subject, memory))
        target = inside(folder, name)
        store, rel = split(subject.source)
        because = f"backups {subject.set}: {kind}" + (f" since {entry.since}" if entry.since else "")
        self.found.layout.files[target] = Entry(
            source=f"{join(store, rel)}/" if rel else f"{store}:",
            transfer="copy",
            pack=subject.settings.format,
            because=because,
            backup=entry,
        )
        self.found.taken.append(Taken(subject, kind, name, target, entry.taken, entry.since or "", known, len(files)))

    def _taken(self) -> str:
        return self.now.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _fit(self, subject: Subject, there: tuple[Reader, Item] | None, folder: str) -> bool:
        """Say whether a project can be packed and its archive put where it belongs; or note what is wrong."""
        roots = roots_of(self.readers, split(folder)[0])
        if roots and roots[0].root.kind == "bucket":
            detail = "An archive is made in a folder, and can be copied into a bucket from there."
            hint = f"Name the bucket below `copies:` of `backups: {subject.set}`."
            self._say("backup-bucket", "Backups are not made in a bucket.", detail, folder, hint)
            return False
        if there is not None and there[1].kind == "dir" and there[0].root.kind == "folder":
            return True
        away = [reader for reader in roots_of(self.readers, split(subject.source)[0]) if not reader.root.available]
        if there is None and away:
            self.found.problems.append(_away(away[0], subject.set))
        else:
            detail = "It is not a folder of this machine." if there is not None else "It is not there."
            self._say("no-such-folder", "There is nothing to back up.", detail, subject.source, "Correct `of:` in `backups:`.")
        return False

    def _leave(self, reader: Reader, top: Item) -> set[str]:
        """Return the paths below a project that hold backups, of any set: told by the folder itself, whatever its name is."""
        own: set[tuple[str, int]] = set()
        found: set[str] = set()
        base = f"{reader.root.path}/{top.rel}".rstrip("/")
        for folder in self.everywhere:
            store, rel = split(folder)
            for each in roots_of(self.readers, store):
                if each.root.kind != "folder" or not each.root.available:
                    continue
                path = f"{each.root.path}/{rel}".rstrip("/")
                if path.startswith(f"{base}/"):
                    found.add(encode_path(path[len(base) + 1 :]))
                item = each.stat(rel)
                if item is not None and item.kind == "dir" and lasting_inodes(item.fs):
                    own.add((item.fs, item.ino))
        skip = len(top.rel) + 1 if top.rel else 0
        if own:
            for item in self._walk(reader, top, LeftOut(top.rel, (), found)).items:
                if item.kind == "dir" and (item.fs, item.ino) in own:
                    found.add(encode_path(item.rel[skip:]))
        return found

    def _walk(self, reader: Reader, top: Item, left_out: LeftOut) -> Listing:
        try:
            return reader.walk(top.rel, left_out.enter)
        except OSError as trouble:
            return Listing(reader.root, unreadable={top.rel: trouble.strerror or str(trouble)})

    def _look(self, reader: Reader, top: Item, exclude: Sequence[str], leave: set[str]) -> tuple[dict[str, Item], list[str]] | None:
        """Return what is backed up, by its path below the folder (document form), and what is not this time.

        What cannot be packed is added to `leave`, and told. None where something cannot be read: no part of a folder is a backup.
        """
        left_out = LeftOut(top.rel, exclude, leave)
        listing = self._walk(reader, top, left_out)
        if listing.unreadable:
            place, why = min(listing.unreadable.items())
            self._unreadable(join(reader.root.key, place), OSError(0, why))
            return None
        kept = [item for item in left_out.kept(listing.items) if item.rel != top.rel]
        busy = reader.being_written(item for item in kept if item.kind == "file")
        items: dict[str, Item] = {}
        spared: list[str] = []
        for item in kept:
            path, why = encode_path(left_out.below(item.rel)), self._unfit(reader, item, left_out.below(item.rel))
            if item.rel in busy:
                why = "is being written, and waits for the next backup"
                spared.append(path)
            if why:
                leave.add(path)
                place = join(reader.root.key, item.rel)
                self._say("not-backed-up", "Something is not backed up.", f"It {why}.", place, severity="warning")
            else:
                items[path] = item
        return items, spared

    @staticmethod
    def _unfit(reader: Reader, item: Item, below: str) -> str:
        if item.kind == "other":
            return "is a device, socket or pipe, which no archive holds"
        if item.kind == "link":
            try:
                wrong = link_fault(below, reader.read_link(item.rel))
            except OSError as trouble:
                return f"cannot be read: {trouble.strerror or trouble}"
            return f"is a link that {wrong}" if wrong else ""
        return ""

    def _names(self, subject: Subject, memory: Memory) -> set[str]:
        """Return the names that archives of a project have, or had, anywhere: none is given twice."""
        found = {taken.name for taken in self.found.taken if taken.subject.of == subject.of}
        for folder in subject.folders:
            found |= memory.marks.get(folder, {}).keys()
            store, rel = split(folder)
            for reader in roots_of(self.readers, store):
                if reader.root.available:
                    try:
                        found |= reader.names(rel) or set()
                    except OSError:
                        continue
        return found

    def _unreadable(self, place: str, trouble: OSError) -> None:
        hint = "Let this user read it, or leave it out by `exclude:`; then back up again."
        detail = f"{trouble.strerror or trouble}. Nothing of the folder is backed up without it."
        self._say("unreadable", "Something cannot be read.", detail, place, hint)

    def _say(self, code: str, summary: str, detail: str, place: str, hint: str = "", severity: str = "error") -> None:
        problem = Problem(code, summary, detail, printable(place), hint)
        self.found.problems.append(problem if severity == "error" else replace(problem, severity="warning"))


def everywhere(found: Iterable[Subject]) -> Iterator[str]:
    """Yield every folder that archives of these projects are in."""
    for subject in found:
        yield from subject.folders


def _away(reader: Reader, name: str) -> Problem:
    detail = f"{sentence(reader.root.why) or 'It is not available'}. What `backups: {name}` has there is not backed up."
    return Problem("store-unavailable", "A store is not available.", detail, printable(reader.root.key), reader.root.remedy)
