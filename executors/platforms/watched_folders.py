"""Watching whole trees of folders: what happens in them is told as the folder it happened in, and what was missed as such."""

import os
from collections.abc import Callable
from threading import Lock

from reshelve.executors.platforms.folder_events import (
    CLOSED_AFTER_WRITING,
    CREATED,
    DELETED,
    IS_FOLDER,
    MOVED_IN,
    MOVED_OUT,
    OVERFLOW,
    SELF_DELETED,
    SELF_MOVED,
    UNMOUNTED,
    WATCH_GONE,
    FolderEvent,
    FolderEvents,
    NoWatchLeftError,
)
from reshelve.schemas.locations import STATE

_IN_IT = CLOSED_AFTER_WRITING | MOVED_IN | MOVED_OUT | CREATED | DELETED

Mark = Callable[[str], None]
"""Told of a folder, by its absolute path, in which something happened."""


class WatchedFolders:
    """Trees of folders that are watched, by the absolute path of their top. What reshelve makes for itself is not told.

    `missed` is set where the queue of events overran: something happened somewhere. `lost` are tops that are there no more, or not
    where they were; `short` those of which not every folder could be watched, for the system had no more watches. Whoever reads
    these takes them away. Safe to share by threads.
    """

    def __init__(self, events: FolderEvents, mark: Mark) -> None:
        self.missed = False
        self.lost: set[str] = set()
        self.short: set[str] = set()
        self._events = events
        self._mark = mark
        self._tops: set[str] = set()
        self._paths: dict[int, str] = {}
        self._watches: dict[str, int] = {}
        self._below: dict[str, set[str]] = {}
        self._own: frozenset[str] | set[str] = frozenset()
        self._lock = Lock()

    @property
    def fd(self) -> int:
        """What is readable while something happened."""
        return self._events.fd

    @property
    def folders(self) -> int:
        """How many folders are watched."""
        return len(self._paths)

    def add(self, top: str) -> None:
        """Watch a tree. Where there are too few watches for it, it is among `short`. Raises OSError where it is not there."""
        with self._lock:
            self._tops.add(top)
            try:
                self._watch(top)
            except NoWatchLeftError:
                self.short.add(top)
                return
            except OSError:
                self._tops.discard(top)
                raise
            self._watch_below(top)

    def drop(self, top: str) -> None:
        """Watch a tree no more."""
        with self._lock:
            self._tops.discard(top)
            self._forget(top)

    def amiss(self) -> bool:
        """Say whether something was missed, lost or cannot be watched, and nobody has taken that away yet."""
        return self.missed or bool((self.lost | self.short) & self._tops)

    def acting(self, own: set[str]) -> None:
        """Note which places (absolute paths) are about to change by this program's own doing, which is not told."""
        self.read()
        self._own = own

    def acted(self) -> None:
        """Note that all of that is done."""
        self.read()
        self._own = frozenset()

    def read(self) -> None:
        """Take in what happened since, and tell of it. Waits for nothing."""
        with self._lock:
            for event in self._events.read():
                self._take(event)

    def close(self) -> None:
        """Watch nothing more."""
        with self._lock:
            self._events.close()

    def _take(self, event: FolderEvent) -> None:
        if event.what & OVERFLOW:
            self.missed = True
            return
        folder = self._paths.get(event.watch)
        if folder is None:
            return
        if event.what & WATCH_GONE:
            self._gone(event.watch)
        if event.what & (WATCH_GONE | UNMOUNTED | SELF_DELETED | SELF_MOVED):
            if folder in self._tops:
                self.lost.add(folder)
            return
        if not event.what & _IN_IT or event.name.startswith(STATE):
            return
        path = f"{folder.rstrip('/')}/{event.name}"
        if event.what & IS_FOLDER:
            if event.what & MOVED_OUT:
                self._forget(path)
            elif event.what & (CREATED | MOVED_IN) and self._arrived(path):
                # What came into it before it was watched was told by nobody.
                self._mark(path)
        elif path not in self._own:
            self._mark(folder)

    def _arrived(self, path: str) -> bool:
        """Watch a folder that came, with all that is in it; say whether anything in it, or it itself, is not of our own doing."""
        try:
            self._watch(path)
        except NoWatchLeftError:
            self._lacking(path)
            return True
        except OSError:
            return path not in self._own
        held = self._watch_below(path)
        return path not in self._own or any(f"{path}/{name}" not in self._own for name in held)

    def _watch_below(self, path: str) -> list[str]:
        """Watch every folder below one that is watched. Return the names in it. What cannot be read is left to scans."""
        first: list[str] = []
        waiting = [path]
        while waiting:
            at = waiting.pop()
            try:
                with os.scandir(at) as entries:
                    found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
            except OSError:
                continue
            if at == path:
                first = [name for name, _ in found if not name.startswith(STATE)]
            for name, is_folder in found:
                if is_folder and not name.startswith(STATE):
                    below = f"{at.rstrip('/')}/{name}"
                    try:
                        self._watch(below)
                    except NoWatchLeftError:
                        self._lacking(below)
                        return first
                    except OSError:
                        continue
                    waiting.append(below)
        return first

    def _lacking(self, path: str) -> None:
        self.short |= {top for top in self._tops if f"{path}/".startswith(f"{top.rstrip('/')}/")}

    def _watch(self, path: str) -> None:
        """Watch one folder by this path, by which it is known from now on. Raises OSError."""
        watch = self._events.watch(path)
        if self._paths.get(watch) == path:
            return
        self._gone(watch)
        if (before := self._watches.get(path)) is not None:
            # Another folder had this path, and is not there any more.
            self._gone(before)
            self._events.forget(before)
        self._paths[watch], self._watches[path] = path, watch
        self._below.setdefault(os.path.dirname(path.rstrip("/")), set()).add(path)

    def _gone(self, watch: int) -> None:
        """Take in that a folder is watched no more."""
        path = self._paths.pop(watch, None)
        if path is not None:
            del self._watches[path]
            if (path.rstrip("/") or "/") not in self._below:
                self._leave(path)

    def _forget(self, path: str) -> None:
        """Watch a folder no more, nor any below it. It takes as long as there are folders in it, however many are watched."""
        self._leave(path)
        waiting = [path]
        while waiting:
            at = waiting.pop()
            waiting += self._below.pop(at.rstrip("/") or "/", ())
            watch = self._watches.pop(at, None)
            if watch is not None:
                del self._paths[watch]
                self._events.forget(watch)

    def _leave(self, path: str) -> None:
        """Take a folder out of the one above it, and so on upwards, as far as nothing else is watched there."""
        while (names := self._below.get(above := os.path.dirname(path.rstrip("/")))) is not None:
            names.discard(path)
            if names:
                return
            del self._below[above]
            if above in self._watches:
                return
            path = above
