"""Moments: a person at work in the same folders just before the n-th thing a run asks of its stores, or that thing fails."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any


class Moments:
    """Counts the calls to some stores and does `deed` just before call number `at`, or has that call raise `fault`.

    `calls` are (method, paths), as they came.
    """

    def __init__(self, at: int = -1, deed: Callable[[], None] = lambda: None, *, fault: Exception | None = None) -> None:
        self.at, self.deed, self.fault = at, deed, fault
        self._under_way: list[Thread] = []
        self.calls: list[tuple[str, tuple[str, ...]]] = []

    def over(self, stores: Mapping[str, Any]) -> dict[str, Any]:
        """Return these stores, watched."""
        return {key: WatchedStore(store, self) for key, store in stores.items()}

    def wait(self) -> None:
        """Let the person finish who had to wait for a file that was held."""
        for thread in self._under_way:
            thread.join()
        self._under_way.clear()

    def pass_by(self, key: str, method: str, paths: tuple[str, ...]) -> None:
        """A call comes."""
        number = len(self.calls)
        self.calls.append((method, tuple(f"{key}:{path}" for path in paths)))
        if number == self.at and self.fault is not None:
            raise self.fault
        if number == self.at:
            # Whoever opens for writing what the run holds at that moment waits, and goes on when the run lets go of it.
            thread = Thread(target=self.deed)
            thread.start()
            thread.join(0.3)
            self._under_way.append(thread)

    def last(self, method: str, place: str) -> int:
        """Return the number of the last call of a method about a place, -1 where there was none."""
        found = [number for number, (name, places) in enumerate(self.calls) if name == method and place in places]
        return found[-1] if found else -1


class WatchedStore:
    """Passes every call on to the real store, telling its moments first."""

    def __init__(self, real: Any, moments: Moments) -> None:
        self.real, self.moments, self.root = real, moments, real.root

    def __getattr__(self, name: str) -> Any:
        if name == "rename_many":
            return lambda *_: 0  # every rename comes by itself
        method = getattr(self.real, name)
        if not callable(method):
            return method

        @contextmanager
        def held(rel: str) -> Iterator[Any]:
            self.moments.pass_by(self.root.key, name, (rel,))
            with self.real.held(rel) as one:
                yield one
            self.moments.wait()

        if name == "held":
            return held

        def call(*args: Any, **rest: Any) -> Any:
            self.moments.pass_by(self.root.key, name, tuple(arg for arg in args if isinstance(arg, str)))
            return method(*(arg.real if isinstance(arg, WatchedStore) else arg for arg in args), **rest)

        return call
