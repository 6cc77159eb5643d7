"""Moments: a person at work in the same folders just before the n-th thing a run asks of its stores, whichever that is."""

from collections.abc import Callable, Mapping
from typing import Any


class Moments:
    """Counts the calls to some stores and does `deed` just before call number `at`. `calls` are (method, paths), as they came."""

    def __init__(self, at: int = -1, deed: Callable[[], None] = lambda: None) -> None:
        self.at, self.deed = at, deed
        self.calls: list[tuple[str, tuple[str, ...]]] = []

    def over(self, stores: Mapping[str, Any]) -> dict[str, Any]:
        """Return these stores, watched."""
        return {key: WatchedStore(store, self) for key, store in stores.items()}

    def pass_by(self, key: str, method: str, paths: tuple[str, ...]) -> None:
        """A call comes."""
        number = len(self.calls)
        self.calls.append((method, tuple(f"{key}:{path}" for path in paths)))
        if number == self.at:
            self.deed()

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
            return lambda to, renames: 0  # every rename comes by itself
        method = getattr(self.real, name)
        if not callable(method):
            return method

        def call(*args: Any, **rest: Any) -> Any:
            self.moments.pass_by(self.root.key, name, tuple(arg for arg in args if isinstance(arg, str)))
            return method(*(arg.real if isinstance(arg, WatchedStore) else arg for arg in args), **rest)

        return call
