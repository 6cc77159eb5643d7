"""The notices of a session: sent once a run has settled, kept until they are delivered, tried, dropped."""

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.delivery import send, send_due
from reshelve.executors.hooks.notice_queue import AFTER, Notice, NoticeQueue, key_of, new_id
from reshelve.executors.hooks.receivers import Receiver
from reshelve.executors.state.run_reports import FILE as REPORT
from reshelve.schemas.after_settings import After
from reshelve.schemas.consent_needs import afters, notices
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.notify_settings import Notify
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.session.guards import refuse_dry
from reshelve.session.session_context import Context
from reshelve.session.told_places import named, paths_of

BRIEF = 5.0
"""Seconds that a command which ends a run spends on sending, at most."""
LONG = 60.0
_ONE = 10.0


class Notices:
    """Who is told how runs ended, and what still waits to be told."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def _queue(self) -> NoticeQueue:
        return NoticeQueue(self._context.setting.state.folder)

    def send_briefly(self) -> list[Notice]:
        """Send what is due, for a moment, and return what was not taken: it stays.

        Never fails: the run has ended, whatever becomes of this.
        """
        with suppress(OSError, ReshelveError):
            return self.send(BRIEF)
        return []

    def send(self, seconds: float = LONG, *, at_once: bool = False) -> list[Notice]:
        """Send what is due (`at_once`: everything), within so many seconds, and return what still waits after a try.

        Raises OSError, and ReshelveError, where the queue cannot be written.
        """
        now = self._context.now().timestamp()
        end = time.monotonic() + seconds
        left = self._queue.waiting()
        if not any(at_once or notice.is_due(now) for notice in left):
            return []
        if at_once:
            for notice in left:
                if notice.due > now:
                    self._queue.add(replace(notice, due=0.0))
        return send_due(self._queue, self._receivers(), now, lambda: min(_ONE, end - time.monotonic()))

    def waiting(self) -> list[Notice]:
        """Return what waits, oldest first."""
        return self._queue.waiting()

    def drop(self, ids: Sequence[str]) -> list[Notice]:
        """Forget waiting notices, by their ids, and return them. Raises ReshelveError as `chosen` does, and under `DRY_RUN`."""
        refuse_dry(self._context.setting.environ)
        gone = self.chosen(ids)
        self._queue.remove(gone)
        return gone

    def chosen(self, ids: Sequence[str]) -> list[Notice]:
        """Return waiting notices by their ids. Raises ReshelveError where there is none of an id."""
        known = {notice.id: notice for notice in self.waiting()}
        if unknown := [one for one in ids if one not in known]:
            raise stop("no-such-notice", "No such notice waits.", f"None is called {unknown[0]}.", hint="reshelve notify queue")
        return [known[one] for one in dict.fromkeys(ids)]

    def try_out(self, name: str) -> None:
        """Send a test to one receiver, at once, past the queue. Raises ReshelveError with why it was not delivered."""
        receivers = self._receivers()
        if name not in receivers:
            there = ", ".join(receivers) or "none"
            detail = f"`notify:` and `after:` declare {there}."
            raise stop("no-such-receiver", "No such receiver of notices.", detail, path=name, kind="usage")
        text = "This is a test by reshelve: notices arrive here."
        notice = Notice(new_id(), name, "", "test", "done", text, self._context.now().timestamp())
        try:
            send(receivers[name], [notice], _ONE)
        except NotDeliveredError as trouble:
            hint = "Put that right, then: reshelve notify test"
            raise stop("not-delivered", "A notice was not delivered.", f"{trouble}.", path=key_of(name), hint=hint) from None

    def names(self) -> list[str]:
        """Return the name of every receiver: as under `notify:`, and with `after.` before it as under `after:`."""
        workspace = self._context.setting.workspace
        return [*workspace.notify, *(f"{AFTER}{name}" for name in workspace.after)]

    def _receivers(self) -> dict[str, Receiver]:
        setting = self._context.setting
        lacking = {reach.key for reach in setting.trust.lacking([*notices(setting.declared), *afters(setting.declared)])}
        refused = "nobody here has consented to it (reshelve trust)"
        workspace = setting.workspace
        told: dict[str, Notify | After] = dict(workspace.notify)
        told |= {f"{AFTER}{name}": after for name, after in workspace.after.items()}
        paths = paths_of(setting)
        return {
            name: Receiver(
                each,
                setting.environ,
                refused if key_of(name) in lacking else "",
                self._report,
                str(setting.declared.folder),
                paths,
                named,
            )
            for name, each in told.items()
        }

    def _report(self, run: str) -> object:
        with suppress(OSError, ValueError, KeyError, ReshelveError):
            return json.loads(read_file(self._context.setting.state.folder_of(run) / REPORT))
        return None
