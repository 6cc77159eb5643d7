"""Notices that wait, sent for as long as the service goes on: its runs end in processes that try each only once."""

import threading
from collections.abc import Callable

from reshelve.schemas.problems import ReshelveError
from reshelve.session.session import Session
from reshelve.session.undelivered_notices import EVERY


def keep_sending(session: Session, reopened: Callable[[], Session], ending: threading.Event, every: float = EVERY) -> None:
    """Send what is due, every so many seconds, until `ending` is set.

    `session` tells whether anything waits; it is sent as the workspace says by then, which `reopened` reads.
    """

    def send() -> None:
        while not ending.wait(every):
            try:
                if session.notices.waiting():
                    reopened().notices.send_briefly()
            except (OSError, ReshelveError):
                continue  # a workspace that is broken for now: what waits stays

    threading.Thread(target=send, name="waiting notices", daemon=True).start()
