"""A small disk in memory: readers of its roots for planning, and a runner that does operations exactly as they say, or fails."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from posixpath import join, normpath

from reshelve.schemas.archive_record import record_of
from reshelve.schemas.inventory import Item, ItemKind, Listing, Root, Space, SymbolicLink, lasting_inodes
from reshelve.schemas.locations import TEMPORARY, decode_path, split
from reshelve.schemas.name_rules import fold
from reshelve.schemas.operations import AnyOperation, Copy, Link, MakeDir, Move, Pack, RemoveDir, Trash, Unpack, Write
from reshelve.schemas.plan import Plan
from reshelve.schemas.verbs import Member


@dataclass
class Node:
    """One file, folder or link. `content` is a file's text or what a link holds."""

    kind: ItemKind
    content: str
    ino: int
    mtime_ns: int = 1_000_000_000


@dataclass
class Disk:
    """Absolute paths to nodes. `mounts` are the folders at which another file system begins; `folding` those blind to case."""

    nodes: dict[str, Node] = field(default_factory=dict)
    mounts: dict[str, str] = field(default_factory=dict)
    folding: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    spaces: dict[str, Space] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    trash: list[str] = field(default_factory=list)
    archives: dict[str, list[tuple[Member, str]]] = field(default_factory=dict)
    bare: dict[str, tuple[str, ...]] = field(default_factory=dict)
    last_ino: int = 100

    def add(self, path: str, content: str = "", kind: ItemKind = "file", ino: int = 0) -> None:
        """Lay a node, and the folders above it."""
        above = path.rpartition("/")[0]
        if above and above not in self.nodes:
            self.add(above, kind="dir")
        self.last_ino += 1
        self.nodes[path] = Node(kind, content, ino or self.last_ino)

    def fs(self, path: str) -> tuple[str, str]:
        """Return the file system of a path, and where it begins."""
        at = path
        while at:
            if at in self.mounts:
                return self.mounts[at], at
            at = at.rpartition("/")[0]
        return "main", ""

    def find(self, path: str) -> str | None:
        """Return the path a path is known by, or None. Never through a link."""
        if path in self.nodes:
            return path
        if self.fs(path)[0] in self.folding:
            return next((each for each in self.nodes if fold(each) == fold(path)), None)
        return None

    def files(self) -> list[str]:
        """Return all contents there are, the trash's too, each name once, sorted."""
        return sorted([node.content for node in self.nodes.values() if node.kind != "dir"] + self.trash)


class DiskReader:
    """One root of a disk. Counts what it is asked in `disk.asked`."""

    def __init__(self, disk: Disk, key: str, path: str, **rest: object) -> None:
        self.disk = disk
        self.root = replace(Root(key, path, fs=disk.fs(path)[0]), **rest)  # type: ignore[arg-type]

    def _path(self, rel: str) -> str:
        path = f"{self.root.path}/{rel}" if rel else self.root.path
        at = path
        while at := at.rpartition("/")[0]:
            if at in self.disk.closed:
                raise PermissionError(13, "Permission denied", at)
        return path

    def _count(self, what: str) -> None:
        self.disk.asked[what] = self.disk.asked.get(what, 0) + 1

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:
        return self.disk.bare.get(rel, ())

    def stat(self, rel: str) -> Item | None:
        self._count("stat")
        path = self.disk.find(self._path(rel))
        if path is None:
            return None
        node = self.disk.nodes[path]
        nlink = sum(each.ino == node.ino for each in self.disk.nodes.values())
        size = len(node.content.encode("utf-8", "surrogatepass"))
        mode = {"dir": 0o40755, "link": 0o120777}.get(node.kind, 0o100644)
        fs = self.disk.fs(path)[0]
        # Where they do not last, another spelling of a name shows the same file with a number of its own.
        ino = node.ino if path == self._path(rel) or lasting_inodes(fs) else node.ino + 1000
        return Item(rel, node.kind, size, node.mtime_ns, node.mtime_ns, ino, nlink, mode, fs)

    def names(self, rel: str) -> set[str] | None:
        self._count("names")
        path = self.disk.find(self._path(rel))
        if path is None or self.disk.nodes[path].kind != "dir":
            return None
        if path in self.disk.closed:
            raise PermissionError(13, "Permission denied", path)
        below = (each[len(path) + 1 :] for each in self.disk.nodes if each.startswith(path + "/"))
        return {each for each in below if "/" not in each and not each.startswith(TEMPORARY)}

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        self._count("walk")
        path = self._path(rel)
        skip = len(self.root.path) + 1
        found = [self.stat(each[skip:]) for each in sorted(self.disk.nodes) if each.startswith(path + "/")]
        closed = {each[skip:]: "Permission denied" for each in self.disk.closed if f"{each}/".startswith(path + "/")}
        listing = Listing(self.root, [item for item in found if item is not None], closed)
        return listing if enter is None else listing.entered(rel, enter)

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:
        del enter
        top = f"{self.root.path}/"
        found = [(at, node.content) for at, node in sorted(self.disk.nodes.items()) if node.kind == "link" and at.startswith(top)]
        return [SymbolicLink(at[len(top) :], text, normpath(join(at.rpartition("/")[0], text))) for at, text in found]

    def read_link(self, rel: str) -> str:
        return self.disk.nodes[self._path(rel)].content

    def digest(self, rel: str) -> str:
        self._count("digest")
        return f"xxh3:{self.disk.nodes[self.disk.find(self._path(rel)) or ''].content}"

    def tail(self, rel: str) -> str:
        return self.digest(rel)

    def checksum(self, rel: str, kind: str) -> str:
        return f"{kind}:{self.digest(rel)}"

    def record(self, rel: str) -> str:
        return self.digest(rel).removeprefix("xxh3:")

    def manifest(self, rel: str) -> str:
        return ""

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        self._count("archived")
        return self.disk.archives.get(self.record(rel), [])

    def space(self, rel: str = "") -> Space:
        return self.disk.spaces.get(self.disk.fs(self._path(rel))[0], Space(10**12, 10**12))

    def fs_of(self, rel: str) -> tuple[str, str]:
        self._count("fs_of")
        fs, top = self.disk.fs(self._path(rel))
        return fs, top[len(self.root.path) + 1 :] if top.startswith(self.root.path + "/") else ""

    def folds(self, rel: str = "") -> bool:
        return self.disk.fs(self._path(rel))[0] in self.disk.folding

    def odd(self) -> list[Item]:
        return []

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:
        return set()

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        item = self.stat(rel)
        return (item.ino, item.size, item.mtime_ns) if item is not None else None

    def owner(self, rel: str) -> tuple[int, int]:
        return 7, 8


def perform(plan: Plan, disk: Disk) -> None:
    """Do every operation in order. Fails where a place is not free, a source not as planned, or a need not done before."""
    for index, operation in enumerate(plan.operations):
        assert all(need < index for need in operation.needs), operation
        assert tuple(sorted(set(operation.needs))) == operation.needs, operation
        _one(operation, plan, disk)


def _one(operation: AnyOperation, plan: Plan, disk: Disk) -> None:
    def path(place: str) -> str:
        key, rel = split(place)
        return f"{decode_path(plan.roots[key].path)}/{rel}"

    if operation.makes is not None:
        made = path(operation.makes)
        assert disk.find(made) is None, f"taken: {operation}"
        above = disk.find(made.rpartition("/")[0])
        assert above is not None, f"no parent: {operation}"
        assert disk.nodes[above].kind == "dir", f"parent is no folder: {operation}"
    match operation:
        case MakeDir():
            disk.add(path(operation.dst), kind="dir")
        case Write():
            disk.add(path(operation.dst), operation.content)
        case RemoveDir():
            src = path(operation.src)
            assert disk.nodes[src].kind == "dir"
            assert not [each for each in disk.nodes if each.startswith(src + "/")], f"not empty: {operation}"
            del disk.nodes[src]
        case Pack():
            _pack(operation, path(operation.src), path(operation.dst), disk)
        case Unpack():
            disk.add(path(operation.dst), kind="dir")
            for member, content in disk.archives.get(disk.nodes[path(operation.src)].content, []):
                node = f"{path(operation.dst)}/{member.rel}"
                disk.add(node, content.removeprefix("xxh3:") if member.kind == "file" else member.text, member.kind)
        case Move() | Trash() | Copy() | Link():
            src = disk.find(path(operation.src))
            assert src is not None, f"no source: {operation}"
            node = disk.nodes[src]
            assert node.ino == operation.ino, f"another file: {operation}"
            assert len(node.content.encode("utf-8", "surrogatepass")) == operation.size
            if isinstance(operation, Trash):
                disk.trash.append(disk.nodes.pop(src).content)
            elif isinstance(operation, Move):
                dst = path(operation.dst)
                assert operation.across == (disk.fs(src)[0] != disk.fs(dst)[0]), operation
                moved = disk.nodes.pop(src)
                if operation.linked_to:
                    moved = replace(moved, ino=disk.nodes[path(operation.linked_to)].ino)
                elif operation.across:
                    disk.last_ino += 1
                    moved = replace(moved, ino=disk.last_ino)
                disk.nodes[dst] = moved
            elif isinstance(operation, Link) and operation.how == "hard":
                assert disk.fs(src)[0] == disk.fs(path(operation.dst))[0]
                disk.add(path(operation.dst), node.content, ino=node.ino)
            elif isinstance(operation, Link):
                disk.add(path(operation.dst), operation.text, kind="link")
            else:
                disk.add(path(operation.dst), node.content)
        case _:
            raise AssertionError(operation)


def _pack(operation: Pack, src: str, dst: str, disk: Disk) -> None:
    """An archive holds its record, and `disk.archives` what belongs to it; the folder must be exactly as planned."""
    below = {each[len(src) + 1 :]: node for each, node in disk.nodes.items() if each.startswith(src + "/")}
    members = {member.rel: member for member in operation.members if member.rel}
    assert members.keys() == below.keys(), f"not what is there: {operation}"
    assert all(members[rel].ino == node.ino for rel, node in below.items()), f"other files: {operation}"
    record = record_of(operation.members)
    disk.archives[record] = [(member, f"xxh3:{below[rel].content}") for rel, member in members.items()]
    disk.add(dst, record)
