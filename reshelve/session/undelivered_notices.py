"""Notices that are not taken: who does not take them, as commands say it, and sent anew for as long as a command goes on."""

import time
from collections.abc import Sequence

from reshelve.executors.hooks.notice_queue import Notice, key_of
from reshelve.schemas.problems import Problem, Severity
from reshelve.session.session_notices import Notices

EVERY = 30.0
"""Seconds between two looks at what waits: a receiver that was away is told at about the time it is due."""


def undelivered(notices: Sequence[Notice], severity: Severity = "error") -> list[Problem]:
    """Return a problem for each receiver that did not take its notices, with why."""
    troubles = {notice.receiver: notice.why for notice in notices}
    hint = "It is tried again: reshelve notify queue"
    return [
        Problem("not-delivered", "A notice was not delivered.", f"{why}.", key_of(name), hint, severity=severity)
        for name, why in troubles.items()
    ]


class UndeliveredNotices:
    """Sends the notices of one workspace, for a command that does not end, and knows which receivers it has named."""

    def __init__(self) -> None:
        self._named: set[str] = set()
        self._sent = time.monotonic()

    def rested(self, seconds: float) -> bool:
        """Say whether nothing was sent for so long."""
        return time.monotonic() - self._sent >= seconds

    def send(self, notices: Notices) -> list[Problem]:
        """Send what is due, for a moment. Return a problem for each receiver that took nothing and was not named before."""
        left = notices.send_briefly()
        self._sent = time.monotonic()
        new = [notice for notice in left if notice.receiver not in self._named]
        if self._named or new:
            # One that has taken everything since is named again when it next takes nothing.
            tried = {notice.receiver for notice in notices.waiting() if notice.tries}
            self._named = (self._named | {notice.receiver for notice in new}) & tried
        return undelivered(new, "warning")
