"""The members of one folder while they are packed: read once, and held to what the plan saw before and after."""

import errno
from collections.abc import Callable, Iterator, Sequence

import xxhash

from reshelve.executors.contracts.changed_since_plan import DriftedError
from reshelve.executors.contracts.folder_store import Store
from reshelve.schemas.inventory import same
from reshelve.schemas.locations import decode_path, join
from reshelve.schemas.verbs import Member

CHUNK = 1 << 20

Progress = Callable[[int], None]
Cancel = Callable[[], bool]


def heed(cancel: Cancel | None) -> None:
    """Raise OSError(ECANCELED) where the run was interrupted."""
    if cancel is not None and cancel():
        raise OSError(errno.ECANCELED, "was interrupted")


class Members:
    """Reads members of folder `src` of `source`. `hashes` holds the content hash of each file read, by `Member.rel`.

    `open_folders`: folders may get and lose things meanwhile, as those of a backup do, which holds what was seen in them.
    """

    def __init__(
        self,
        source: Store,
        src: str,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        *,
        open_folders: bool = False,
    ) -> None:
        self.hashes: dict[str, str] = {}
        self._source = source
        self._src = src
        self._open_folders = open_folders
        self._progress = progress
        self._cancel = cancel

    def expect(self, member: Member) -> None:
        """Raise DriftedError where a member is not what the plan saw."""
        rel = self._at(member)
        if self._open_folders and member.kind == "dir":
            item = self._source.stat(rel)
            if item is None or item.kind != "dir":
                raise self._drifted(member, "is gone" if item is None else "is no longer a folder")
            return
        found = self._source.fingerprint(rel)
        seen = member.size, member.mtime_ns, member.ino
        if found != (member.ino, member.size, member.mtime_ns) and not same(self._source.stat(rel), *seen):
            raise self._drifted(member, "is gone" if found is None else "has changed since the plan was made")
        if member.kind == "link" and self._source.read_link(rel) != decode_path(member.text):
            raise self._drifted(member, "leads elsewhere now")

    def content(self, member: Member) -> Iterator[bytes]:
        """Yield a file's content in pieces of one size, the last aside. Raises DriftedError where it changes meanwhile."""
        self.expect(member)
        before = self._source.stat(self._at(member))
        hasher = xxhash.xxh3_128()
        left = member.size
        with self._source.open(self._at(member)) as file:
            while left:
                heed(self._cancel)
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    break
                left -= len(chunk)
                hasher.update(chunk)
                yield chunk
                if self._progress is not None:
                    self._progress(len(chunk))
            if left or file.read(1):
                raise self._drifted(member, "changed while it was being packed")
        self.expect(member)
        # A further name of it may be renamed meanwhile.
        known = before.ctime_ns if before is not None and before.nlink == 1 else -1
        if not same(self._source.stat(self._at(member)), member.size, member.mtime_ns, member.ino, known):
            raise self._drifted(member, "changed while it was being packed")
        self.hashes[member.rel] = f"xxh3:{hasher.hexdigest()}"

    def expect_folders(self, members: Sequence[Member]) -> None:
        """Raise DriftedError where something came to or went from a folder while it was packed."""
        for member in members:
            if member.kind == "dir":
                self.expect(member)

    def _at(self, member: Member) -> str:
        rel = decode_path(member.rel)
        return f"{self._src}/{rel}".strip("/") if rel else self._src

    def _drifted(self, member: Member, why: str) -> DriftedError:
        return DriftedError(join(self._source.root.key, self._at(member)), why)
