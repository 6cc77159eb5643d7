"""What a service tells the system's service manager (sd_notify(3)), where one has started it and asks to be told."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class ServiceManager:
    """Tells that the service is ready, alive, or ending; nothing where nobody asked. `every` is how often it must be told, or 0."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        meant_for = environ.get("WATCHDOG_PID", "")
        asked = environ.get("WATCHDOG_USEC", "") if meant_for in ("", str(os.getpid())) else ""
        # Twice as often as is asked for, as sd_watchdog_enabled(3) has it.
        self.every = int(asked) / 2e6 if asked.isdecimal() and self._address else 0.0

    def ready(self) -> None:
        """Tell that the service does its work from now on."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Tell that the service is not stuck."""
        self._tell("WATCHDOG=1")

    def busy_with(self, what: str) -> None:
        """Tell in a few words what the service does now."""
        self._tell(f"STATUS={what}")

    def ending(self) -> None:
        """Tell that the service is about to end."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        # Whoever asked may be gone, or not listen: that keeps nothing here from going on.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0)) as door:
            door.settimeout(1)
            door.connect(self._address)
            door.sendall(message.encode("utf-8", "replace"))
