"""Somebody else: a store where a deed is done just before or after a call of the program's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from tests.support.failing import FailingStore


class At(FailingStore):
    """A store where somebody does something just before or after a call about a place that holds `part`; in a held file's time
    the somebody waits, and goes on afterwards."""

    def __init__(self, real: Any, method: str, part: str, deed: Callable[[], None], *, after: bool = False) -> None:
        super().__init__(real, "", "")
        self.method, self.part, self.deed, self.after = method, part, deed, after
        self.threads: list[Thread] = []

    def _go(self) -> None:
        self.method = ""
        self.threads.append(Thread(target=self.deed))
        self.threads[-1].start()
        self.threads[-1].join(0.3)

    def __getattr__(self, name: str) -> Any:
        attribute = super().__getattr__(name)
        if not callable(attribute):
            return attribute

        def call(*args: Any, **rest: Any) -> Any:
            now = name == self.method and any(isinstance(arg, str) and self.part in arg for arg in args)
            if now and not self.after:
                self._go()
            found = attribute(*args, **rest)
            if now and self.after:
                self._go()
            return found

        @contextmanager
        def held(rel: str) -> Iterator[Any]:
            with attribute(rel) as one:
                yield one
            for thread in self.threads:
                thread.join()

        return held if name == "held" else call
