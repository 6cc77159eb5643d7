"""A folder of this machine as a store: every verb goes by open folders, so nothing can lead it outside the root."""

import contextlib
import errno
import os
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

from reshelve.executors.contracts.folder_store import Receiver, Renamed, Renaming, Seen, Store
from reshelve.executors.platforms import exclusive_renames, system_calls
from reshelve.executors.platforms.open_folders import Folder, plain_name, split
from reshelve.executors.platforms.path_lookup import as_item
from reshelve.executors.platforms.refused_attributes import Refusal, Refusals, is_mine
from reshelve.executors.stores import ignored_trash, local_copies
from reshelve.executors.stores.followed_files import Following
from reshelve.executors.stores.incoming_files import receive_new
from reshelve.executors.stores.local_store_reads import LocalReads
from reshelve.schemas.inventory import Item, ItemKind, Root, tells_changes
from reshelve.schemas.locations import TEMPORARY, TRASH

_FEW = 64
"""Up to so many folders are synced one by one; more are synced as the file systems they lie on."""


class LocalStore(LocalReads):
    """One folder. Satisfies reshelve.executors.contracts.folder_store.Store; safe to share by threads.

    `root.fs` is filled in where it is empty. Paths hold undecodable bytes as lone surrogates. `max_open` bounds the
    descriptors kept. Every OSError names the full path. `following` is told of files that are copied here, renamed and linked,
    `seen` of how many files each folder holds that is walked through.
    """

    def __init__(
        self,
        root: Root,
        *,
        max_open: int = 512,
        following: Following | None = None,
        seen: Callable[[int], object] | None = None,
    ) -> None:
        super().__init__(root, max_open=max_open, seen=seen)
        self._following = following or Following()
        self.refusals = Refusals(self.looking)
        self._git: dict[str, bool] = {}

    def make_dir(self, rel: str, mode: int | None = None) -> None:
        """Make one folder. `mode` None: 0o777 less the umask; else exactly `mode`."""
        folder, name = self.at(rel)
        try:
            if mode is None:
                os.mkdir(folder.base + name, dir_fd=folder.fd)
            else:
                self._make_exactly(folder, name, mode, rel)
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    def make_trash(self, rel: str) -> None:
        """Make `rel`, a folder inside a trash folder, and every missing folder above it (0700); fine when it is there.

        In the working tree of a git repository the trash folder gets a `.gitignore`, which goes with it (`ignored_trash`).
        """
        made: list[str] = []
        missing = [rel]
        while missing:
            try:
                self.folders.get(missing[-1])
                missing.pop()
            except FileNotFoundError:
                above, _ = split(missing[-1])
                try:
                    self.folders.get(above)
                except FileNotFoundError:
                    missing.append(above)
                    continue
                try:
                    self.make_dir(missing[-1], 0o700)
                    made.append(missing[-1])
                except FileExistsError:
                    continue
                except OSError:
                    for one in reversed(made):
                        self.remove_dir(one)
                    raise
        self._ignore(rel)

    def remove_dir(self, rel: str) -> None:
        """Remove one empty folder. A trash folder is empty that holds nothing but its `.gitignore`."""
        folder, name = self.at(rel)
        try:
            cleared = name == TRASH and self._in_git(rel) and ignored_trash.clear(self.folders.get(rel), self.names(rel) or ())
            try:
                os.rmdir(folder.base + name, dir_fd=folder.fd)
            except OSError:
                if cleared:
                    self._ignore(rel)
                raise
        except OSError as trouble:
            raise self.named(trouble, rel) from None
        self._moved(rel)

    def _ignore(self, rel: str) -> None:
        """Let git ignore the trash folder that `rel` is, or lies in."""
        parts = rel.split("/")
        top = "/".join(parts[: parts.index(TRASH) + 1]) if TRASH in parts else ""
        if top and self._in_git(top):
            ignored_trash.ignore(self.folders.get(top))

    def _in_git(self, trash: str) -> bool:
        """Say whether a trash folder lies in the working tree of a git repository. It is asked once for each."""
        found = self._git.get(trash)
        if found is None:
            found = self._git[trash] = ignored_trash.in_working_tree(os.path.join(self.root.path, split(trash)[0]))
        return found

    def _give_name(
        self, do: Callable[[int, str, int, str], None], src: str, target: "LocalStore", dst: str, seen: Seen | None = None
    ) -> None:
        """Give a file its name `dst` by one call of the system, and follow what is known of its content. Raises OSError."""
        from_folder, old = self.at(src)
        to_folder, new = target.at(dst)
        try:
            first = self.seen_now(from_folder, old, src) if seen is not None else None
            before = self._watched(from_folder, old)
            do(from_folder.at, from_folder.base + old, to_folder.at, to_folder.base + new)
        except OSError as trouble:
            raise self.named(trouble, src, target, dst) from None
        if seen is not None and first is not None:
            seen(first, target.seen_now(to_folder, new, dst))
        if before is not None:
            self._follow(before, target, to_folder, new, dst)

    def rename(self, src: str, to: Store, dst: str, seen: Seen | None = None) -> None:
        """Rename `src` of this store to `dst` of store `to`, never replacing. Raises OSError(EXDEV) across file systems.

        One step of the file system, so a crash leaves one name or the other; where the file system has no such step
        (platforms.exclusive_renames.rename_by_link) a crash may leave both names, or an empty placeholder at `dst`.
        """
        target = to if type(to) is LocalStore else self._local(to, src)
        self._give_name(exclusive_renames.rename_new, src, target, dst, seen)
        if self.folders.knows(src) or self.looking.knows(src):
            self.forget()
            target.forget()

    def rename_many(
        self, to: Store, renames: Sequence[Renaming], follow: Container[int] = (), renamed: Renamed | None = None
    ) -> int:
        """Rename one after the other and return how many were done: all, or those before the first doubt.

        `renamed` is told of those whose ino is in `follow`.
        """
        target = to if type(to) is LocalStore else self._local(to, "")
        from_rel = to_rel = None
        watched = self._following.watched
        count = 0
        try:
            for src, dst, ino, size, mtime_ns in renames:
                above, _, old = src.rpartition("/")
                if above != from_rel:
                    from_folder, from_rel = self.at(src)[0], above
                below, _, new = dst.rpartition("/")
                if below != to_rel:
                    to_folder, to_rel = target.at(dst)[0], below
                if not plain_name(old) or not plain_name(new) or self.folders.knows(src) or self.looking.knows(src):
                    break
                seen = os.stat(from_folder.base + old, dir_fd=from_folder.fd, follow_symlinks=False)
                if seen.st_ino != ino or seen.st_size != size or seen.st_mtime_ns != mtime_ns:
                    break
                exclusive_renames.rename_new(from_folder.at, from_folder.base + old, to_folder.at, to_folder.base + new)
                count += 1
                if renamed is not None and ino in follow:
                    before = as_item(src, seen, self.looking.identity_of(seen.st_dev, src))
                    renamed(count - 1, before, target.seen_now(to_folder, new, dst))
                if ino in watched:
                    self._follow(seen, target, to_folder, new, dst)
        except OSError:
            pass  # told by the caller's own try
        return count

    def copy_to(
        self,
        src: str,
        to: Store,
        tmp: str,
        how: str = "copy",
        *,
        progress: Callable[[int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> tuple[Item, str]:
        """Copy `src` to the new file `tmp` of `to`, with what it can keep of mode, times, owner and attributes; synced, read back.

        Blocks are shared where they can be; `how` "reflink" raises OSError where not. Returns the copy's item and content hash.
        Raises OSError, and then leaves no `tmp`: ESTALE if the source changes meanwhile, ECANCELED when `cancel` says so.
        """
        target = self._local(to, src)
        from_folder, old = self.at(src)
        to_folder, new = target.at(tmp)
        try:
            may = target.refusals.at(tmp)
            telling = lambda seen: tells_changes(self.looking.identity_of(seen.st_dev, src))  # noqa: E731
            seen, content = local_copies.copy_new(
                from_folder, old, to_folder, new, how=how, may=may, progress=progress, cancel=cancel, telling=telling
            )
        except OSError as trouble:
            raise self.named(trouble, src, target, tmp) from None
        return target._copied(tmp, seen), content  # noqa: SLF001

    def write_to(self, content: bytes, tmp: str) -> Item:
        """Write `content` to the new file `tmp`, synced. When it raises OSError it leaves no `tmp`."""
        folder, name = self.at(tmp)
        try:
            seen = local_copies.write_new(content, folder, name)
        except OSError as trouble:
            raise self.named(trouble, tmp) from None
        return as_item(tmp, seen, self.looking.identity_of(seen.st_dev, tmp))

    def receive(
        self,
        tmp: str,
        fill: Callable[[Receiver], None],
        *,
        mtime_ns: int = -1,
        mode: int = -1,
        from_disk: bool = True,
        cancel: Callable[[], bool] | None = None,
    ) -> tuple[Item, str]:
        """Make the new file `tmp` of what `fill` writes into it; synced, read back. Whatever is raised, no `tmp` is left.

        `mode` -1: what the umask leaves. Bits that let others' programs run with this user's rights are never set.
        """
        folder, name = self.at(tmp)
        try:
            may = self.refusals.at(tmp)
            seen, content = receive_new(
                folder, name, fill, mtime_ns=mtime_ns, mode=mode, may=may, from_disk=from_disk, cancel=cancel
            )
        except OSError as trouble:
            raise self.named(trouble, tmp) if trouble.filename in (None, name) else trouble from None
        return self._copied(tmp, seen), content

    def link(self, src: str, to: Store, dst: str) -> None:
        """Give the file `src` the further name `dst` in `to`. Raises OSError(EXDEV) across file systems."""
        target = self._local(to, src)
        self._give_name(exclusive_renames.link, src, target, dst)

    def symlink(self, text: str, dst: str, mtime_ns: int = -1) -> None:
        """Make a symbolic link holding `text`, with that modification time when one is given."""
        folder, name = self.at(dst)
        try:
            os.symlink(text, folder.base + name, dir_fd=folder.fd)
            if mtime_ns >= 0:
                try:
                    with self.refusals.passing(dst, "times"):
                        system_calls.set_times(folder.fd, folder.base + name, mtime_ns, mtime_ns)
                except OSError:
                    os.unlink(folder.base + name, dir_fd=folder.fd)
                    raise
        except OSError as trouble:
            raise self.named(trouble, dst) from None

    def remove(self, rel: str) -> None:
        """Remove one file or link. The caller answers for its content being elsewhere, or being meant to go."""
        folder, name = self.at(rel)
        try:
            os.unlink(folder.base + name, dir_fd=folder.fd)
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    def set_times(self, rel: str, mtime_ns: int) -> None:
        """Set the modification time of a folder or file, keeping its access time; not allowed is not an error."""
        folder, name = self.at(rel, itself=True)
        try:
            seen = os.stat(folder.base + name, dir_fd=folder.fd, follow_symlinks=False)
            with self.refusals.passing(rel, "times", mine=is_mine(seen.st_uid)):
                system_calls.set_times(folder.fd, folder.base + name, seen.st_atime_ns, mtime_ns)
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    def set_mode(self, rel: str, mode: int) -> None:
        """Set the permissions of a folder; a link there is not followed, and not allowed is not an error."""
        folder, name = self.at(rel, itself=True)
        try:
            with self.refusals.passing(rel, "modes"):
                system_calls.set_folder_mode(folder.fd, folder.base + name, mode)
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    def set_owner(self, rel: str, uid: int, gid: int) -> None:
        """Set the owner of a folder as far as this process may; not allowed is not an error. -1 leaves one as it is."""
        folder, name = self.at(rel, itself=True)
        if not hasattr(os, "chown"):
            return
        for one in ((-1, gid), (uid, -1)):
            try:
                with self.refusals.passing(rel, "owners"):
                    os.chown(folder.base + name, *one, dir_fd=folder.fd, follow_symlinks=False)
            except OSError as trouble:
                raise self.named(trouble, rel) from None

    def reserves(self, rel: str, kind: ItemKind = "file") -> bool:
        """Say whether a rename of such a thing into `rel` reserves its name first. Tries with a file of its own there."""
        folder, name = self.at(f"{rel}/{TEMPORARY}try" if rel else f"{TEMPORARY}try")
        try:
            return exclusive_renames.reserves(folder.at, folder.base + name, folders=kind == "dir")
        except OSError as trouble:
            raise self.named(trouble, rel) from None

    def sync(self, folders: Iterable[str]) -> None:
        """Make the entries of these folders durable. Missing folders are passed over; many are synced as one file system."""
        wanted = sorted(set(folders))
        if not system_calls.DIR_FDS:
            return
        synced: set[int] = set()
        for rel in wanted:
            try:
                folder = self.folders.get(rel)
            except (FileNotFoundError, NotADirectoryError):
                continue
            device = os.fstat(folder.at).st_dev if len(wanted) > _FEW else -1
            if device in synced:
                continue
            try:
                if _sync(folder, whole=device >= 0):
                    synced.add(device)
            except OSError as trouble:
                raise self.named(trouble, rel) from None

    def _copied(self, tmp: str, seen: os.stat_result) -> Item:
        """Return the item of a file that was just made and read back, followed from here on."""
        item = as_item(tmp, seen, self.looking.identity_of(seen.st_dev, tmp))
        self._following.made(item)
        return item

    def _watched(self, folder: Folder, name: str) -> os.stat_result | None:
        """Look at what is about to be renamed or linked; None where nothing is remembered of it. Raises OSError."""
        if not self._following.watched:
            return None
        seen = os.stat(folder.base + name, dir_fd=folder.fd, follow_symlinks=False)
        return seen if seen.st_ino in self._following.watched else None

    def _follow(self, before: os.stat_result, to: "LocalStore", folder: Folder, name: str, rel: str) -> None:
        """Note what a rename or link has made of a file's ctime. Only what saves reading it again depends on that."""
        with contextlib.suppress(OSError):
            after = os.stat(folder.base + name, dir_fd=folder.fd, follow_symlinks=False)
            self._following.renamed(to.looking.identity_of(after.st_dev, rel), before, after)

    def seen_now(self, folder: Folder, name: str, rel: str) -> Item | None:
        """Look at what is, or has just been, renamed; None where that fails."""
        with contextlib.suppress(OSError):
            now = os.stat(folder.base + name, dir_fd=folder.fd, follow_symlinks=False)
            return as_item(rel, now, self.looking.identity_of(now.st_dev, rel))
        return None

    def refused(self) -> list[Refusal]:
        """Return what the file systems of this root would not have set."""
        return self.refusals.found()

    def _make_exactly(self, folder: Folder, name: str, mode: int, rel: str) -> None:
        os.mkdir(folder.base + name, 0o700, dir_fd=folder.fd)
        try:
            with self.refusals.passing(rel, "modes"):
                system_calls.set_folder_mode(folder.fd, folder.base + name, mode)
        except OSError:
            os.rmdir(folder.base + name, dir_fd=folder.fd)
            raise

    def _moved(self, rel: str) -> None:
        if self.folders.knows(rel) or self.looking.knows(rel):
            self.forget()

    def _local(self, to: Any, src: str) -> "LocalStore":
        if isinstance(to, LocalStore):
            return to
        raise OSError(errno.EXDEV, "cannot go straight to a store of another kind", self.base + src)


def _sync(folder: Folder, *, whole: bool) -> bool:
    """Sync one open folder, or the whole of its file system; say whether it was the whole."""
    try:
        fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder.fd)
    except PermissionError:
        os.sync()
        return whole
    try:
        if whole and system_calls.sync_file_system(fd):
            return True
        try:
            system_calls.sync_data(fd)
        except OSError as trouble:
            # Some file systems cannot sync a folder by itself.
            if trouble.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
            system_calls.sync_file_system(fd)
        return False
    finally:
        os.close(fd)
