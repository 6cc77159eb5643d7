"""A store that fails where it is told to: every call passes to the real one but for the chosen verb on the chosen path."""

import errno
from typing import Any


class FailingStore:
    """Raises OSError(`code`) when `verb` is called with a path that holds `where`, `times` times."""

    def __init__(self, real: Any, verb: str, where: str, code: int = errno.EIO, times: int = 1) -> None:
        self.real, self.verb, self.where, self.code, self.times = real, verb, where, code, times
        self.root = real.root

    def __getattr__(self, name: str) -> Any:
        if name == "rename_many":
            return lambda *_: 0  # unsure from the first on: every rename comes by itself
        attribute = getattr(self.real, name)
        if not callable(attribute):
            return attribute
        if name != self.verb:
            return _unwrapping(attribute)

        def failing(*args: Any, **rest: Any) -> Any:
            if self.times and any(isinstance(arg, str) and self.where in arg for arg in args):
                self.times -= 1
                raise OSError(self.code, "made to fail")
            return _unwrapping(attribute)(*args, **rest)

        return failing


def _unwrapping(method: Any) -> Any:
    """A real store renames into a real store: hand it the one inside."""

    def call(*args: Any, **rest: Any) -> Any:
        return method(*(arg.real if isinstance(arg, FailingStore) else arg for arg in args), **rest)

    return call
