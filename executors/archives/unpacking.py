"""Unpacking: the entries of an archive into a new folder, with nothing of what a stranger put into it reaching outside.

What holds: every name is relative, without `..`, and reached folder by folder without following a link (platforms.open_folders);
nothing is written over or through; links stay inside (archive_record.link_fault); devices, pipes and names reshelve keeps for
itself are refused; what is written is bounded by the room there is. One such thing refuses the whole archive.
"""

import errno
import os
from collections.abc import Container, Iterator
from typing import BinaryIO

from reshelve.executors.archives.archive_entry import Entry
from reshelve.executors.archives.archive_reader import BadArchiveError, entries
from reshelve.executors.archives.packed_members import Cancel, Progress, heed
from reshelve.executors.archives.streamed_files import pour
from reshelve.executors.contracts.folder_store import Store
from reshelve.schemas.archive_record import MANIFEST, link_fault, record_of
from reshelve.schemas.locations import encode_path, is_own, printable
from reshelve.schemas.name_rules import refused
from reshelve.schemas.verbs import ArchiveFormat, Member

_MOST_NAME = 4096
"""Bytes of a path inside an archive; Linux takes no longer one in one piece."""


class ArchivedNameError(OSError):
    """A name in a whole archive cannot be on the file system that it is unpacked on; `what` in words, `kind` a code."""

    hint = "Unpack the archive in a store on another file system, or outside reshelve."

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(errno.EINVAL, what)
        self.kind = kind


class Unpacking:
    """Unpacks one archive into the folder `tmp` of `to`, which stands and is empty."""

    def __init__(self, to: Store, tmp: str, progress: Progress | None = None, cancel: Cancel | None = None) -> None:
        self._to = to
        self._tmp = tmp
        self._progress = progress
        self._cancel = cancel
        space = to.space(tmp)
        self._room = max(space.free - to.root.reserve, 0)
        self._files = space.free_inodes
        self._kinds: dict[str, str] = {"": "dir"}
        self._folders: list[tuple[str, Entry]] = []

    def unpack(self, file: BinaryIO, form: ArchiveFormat, record: str = "", only: Container[str] | None = None) -> None:
        """Unpack every entry, each file synced and read back; then hold it to its `record`, if any.

        With `only`, what has another path is read and not unpacked. Raises OSError, BadArchiveError and ArchivedNameError among
        them; what was unpacked until then is left in the folder for the caller to clear.
        """
        members: list[Member] = []
        for entry in entries(file, form):
            if entry.name == MANIFEST:
                continue
            rel = _rel(entry.name)
            if only is not None and rel not in only:
                if record and entry.kind != "twin":
                    members.append(_member(rel, entry))
                continue
            self._count(entry)
            try:
                self._make(rel, entry)
            except FileExistsError as trouble:
                why = "is the same name as another one in it on this file system"
                raise ArchivedNameError("names-fold", f"{printable(rel)} in the archive {why}") from trouble
            except OSError as trouble:
                if (told := self._not_taken(rel, trouble)) is not None:
                    raise told from trouble
                raise
            if record and entry.kind != "twin":
                members.append(_member(rel, entry))
        if record and record_of(members) != record:
            raise BadArchiveError("the archive does not hold what its comment says it holds")

    def finish(self) -> None:
        """Set the times and permissions of the folders, once all is unpacked. Raises OSError."""
        # Deepest first: a folder's time is set once all in it has been, and its permissions may shut it.
        for rel, entry in sorted(self._folders, key=lambda one: -one[0].count("/") if one[0] else 1):
            self._to.set_times(self._at(rel), entry.mtime_ns)
            mode = _enterable(entry.mode & 0o777)
            self._to.set_mode(self._at(rel), mode if rel else mode | 0o700)

    def _make(self, rel: str, entry: Entry) -> None:
        match entry.kind:
            case "dir":
                self._folder(rel, entry)
            case "file":
                self._enter(rel, "file")
                content, mode = self._content(entry), _readable(entry.mode & 0o777)
                pour(self._to, self._at(rel), content, mtime_ns=entry.mtime_ns, mode=mode, cancel=self._cancel)
            case "link":
                self._link(rel, entry)
            case "twin":
                self._twin(rel, entry)
            case "other":
                raise BadArchiveError(f"{printable(rel)} in the archive is a device, socket or pipe, which is not unpacked")

    def _not_taken(self, rel: str, trouble: OSError) -> ArchivedNameError | None:
        """Return what is to be said where a name made the system fail: some say that there is no such file (exFAT by FUSE)."""
        if trouble.errno not in (errno.ENOENT, errno.EINVAL, errno.EILSEQ) or self._to.stat(self._tmp) is None:
            return None
        why = next(filter(None, (refused(part, "windows") for part in rel.split("/"))), "")
        if not why and trouble.errno != errno.EILSEQ:
            return None
        said = f": it takes no name {why}" if why else ""
        return ArchivedNameError("name-refused", f"the file system does not take {printable(rel)} in the archive{said}")

    def _at(self, rel: str) -> str:
        return f"{self._tmp}/{rel}" if rel else self._tmp

    def _count(self, entry: Entry) -> None:
        """Hold the archive to the room there is, before anything of the entry is written."""
        if entry.kind == "file":
            if entry.size > self._room:
                raise BadArchiveError("the archive holds more than there is room for")
            self._room -= entry.size
        if self._files >= 0:
            self._files -= 1
            if self._files < 0:
                raise BadArchiveError("the archive holds more files than there is room for")

    def _folder(self, rel: str, entry: Entry) -> None:
        if self._kinds.get(rel) != "dir":
            self._enter(rel, "dir")
            self._to.make_dir(self._at(rel), 0o700)
        self._folders.append((rel, entry))

    def _link(self, rel: str, entry: Entry) -> None:
        wrong = link_fault(rel, entry.text)
        if wrong or not entry.text or "\0" in entry.text:
            why = wrong or "is no path"
            raise BadArchiveError(f"{printable(rel)} in the archive is a link to {printable(entry.text)}, which {why}")
        self._enter(rel, "link")
        self._to.symlink(entry.text, self._at(rel), max(entry.mtime_ns, -1))
        if entry.mtime_ns < 0:
            self._to.set_times(self._at(rel), entry.mtime_ns)

    def _twin(self, rel: str, entry: Entry) -> None:
        of = _rel(entry.text)
        if self._kinds.get(of) != "file":
            raise BadArchiveError(f"{printable(rel)} in the archive is another name of {printable(of)}, which is not a file in it")
        self._enter(rel, "file")
        self._to.link(self._at(of), self._to, self._at(rel))

    def _enter(self, rel: str, kind: str) -> None:
        """Note a name, and make the folders above it that were not listed. Each name stands once, and only below folders."""
        if rel in self._kinds:
            raise BadArchiveError(f"{printable(rel) or 'the folder itself'} is in the archive twice")
        above = rel.rpartition("/")[0]
        missing = []
        while above not in self._kinds:
            missing.append(above)
            above = above.rpartition("/")[0]
        if self._kinds[above] != "dir":
            raise BadArchiveError(f"{printable(rel)} in the archive is below {printable(above)}, which is not a folder")
        for folder in reversed(missing):
            self._kinds[folder] = "dir"
            self._to.make_dir(self._at(folder), 0o755)
        self._kinds[rel] = kind

    def _content(self, entry: Entry) -> Iterator[bytes]:
        for piece in entry.content:
            heed(self._cancel)
            yield piece
            if self._progress is not None:
                self._progress(len(piece))


def _readable(mode: int) -> int:
    """Return a file's permissions so that this user can read it back; the superuser always can, and nothing is added."""
    return mode if hasattr(os, "geteuid") and os.geteuid() == 0 else mode | 0o400


def _enterable(mode: int) -> int:
    """Return a folder's permissions so that it can be entered: some programs write those of files for folders.

    Whoever may read it may enter it then; where its owner may not even that, only the owner gets more.
    """
    return mode if mode & 0o500 == 0o500 else mode | 0o700 | (mode & 0o044) >> 2


def _rel(name: str) -> str:
    """Return the path below the folder that an entry's name means, "" for the folder itself. Raises BadArchiveError."""
    parts = [part for part in name.removesuffix("/").split("/") if part != "."]
    shown = printable(name[:200])
    if name.startswith("/"):
        raise BadArchiveError(f"{shown} in the archive is an absolute path")
    if any(part in ("", "..") or "\0" in part for part in parts):
        raise BadArchiveError(f"{shown} in the archive is no path below a folder")
    if any(is_own(part) for part in parts):
        raise BadArchiveError(f"{shown} in the archive is reserved for reshelve")
    rel = "/".join(parts)
    if len(rel.encode("utf-8", "surrogateescape")) > _MOST_NAME:
        raise BadArchiveError(f"{shown} in the archive is longer than {_MOST_NAME} bytes")
    return rel


def _member(rel: str, entry: Entry) -> Member:
    size = entry.size if entry.kind == "file" else 0
    text = encode_path(entry.text) if entry.kind == "link" else ""
    assert entry.kind in ("file", "dir", "link")
    return Member(encode_path(rel), entry.kind, size, entry.mtime_ns, 0, entry.mode, text)
