"""Connections of a server of its own: those on which no request is being answered are few, and none waits for long.

Whoever connects and sends no whole head of a request, or keeps a connection after its answer, takes nobody's place.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

SLOWEST_HEAD = 15.0
"""Seconds within which the head of a request is there, from the connection or the answer before on."""
MOST_WAITING = 64
"""Connections that wait for a first request, and as many that wait for another one: for one more, that which waits longest goes."""


class Connection(H11Protocol):
    """One connection. `waiting` are those of the server that wait for a request, `kept` those that had one, the longest first.

    Each takes the place of its like: what others keep after an answer closes nobody who has just come.
    """

    waiting: ClassVar[dict["Connection", None]]
    kept: ClassVar[dict["Connection", None]]
    _until: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._wait(self.waiting)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._go_on()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; with a whole head the wait is over."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._go_on()

    def on_response_complete(self) -> None:
        """Wait for another request, unless that came already."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._wait(self.kept)

    def _wait(self, among: dict["Connection", None]) -> None:
        self._go_on()
        among[self] = None
        self._until = self.loop.call_later(SLOWEST_HEAD, self.give_up)
        if len(among) > MOST_WAITING:
            next(iter(among)).give_up()

    def _go_on(self) -> None:
        self.waiting.pop(self, None)
        self.kept.pop(self, None)
        if self._until is not None:
            self._until.cancel()
            self._until = None

    def give_up(self) -> None:
        """Close it, for nobody is answered on it."""
        self._go_on()
        # It is counted no more, though the system may take a moment to see it gone.
        self.connections.discard(self)
        self.transport.close()


def connections() -> type[Connection]:
    """Return the connections of one server, which know of each other."""
    members: dict[str, Any] = {"waiting": {}, "kept": {}}
    return type("ServerConnection", (Connection,), members)
