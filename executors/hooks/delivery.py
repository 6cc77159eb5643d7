"""Delivery: what is due in a queue is sent, one message a receiver; what is not taken waits longer each time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reshelve.executors.hooks.notice_queue import FIRST_WAIT, LONGEST_WAIT, Notice, NoticeQueue
from reshelve.executors.hooks.post_json import NotDeliveredError, post_json
from reshelve.executors.hooks.slack import slack
from reshelve.executors.hooks.webhook import webhook
from reshelve.schemas.notify_settings import NoticeKind, Notify

BODIES: Mapping[NoticeKind, Callable[[Sequence[Notice]], object]] = {"slack": slack, "webhook": webhook}
"""Every kind of receiver: one file and one name each."""


@dataclass(slots=True, frozen=True)
class Receiver:
    """A receiver as declared, with the values of its variables; `refused` is why nothing may be sent to it, "" when it may."""

    told: Notify
    environ: Mapping[str, str] = field(repr=False)
    refused: str = ""


def send_due(queue: NoticeQueue, receivers: Mapping[str, Receiver], now: float, left: Callable[[], float]) -> list[Notice]:
    """Send what is due until `left` (seconds) is used up. Return what could not be delivered. May send twice after a crash.

    Raises OSError where the queue cannot be written.
    """
    undelivered: list[Notice] = []
    with queue.alone() as alone:
        if not alone:
            return []
        due = [notice for notice in queue.waiting() if notice.due <= now]
        for name in dict.fromkeys(notice.receiver for notice in due):
            mine = [notice for notice in due if notice.receiver == name]
            if left() <= 0:
                break
            try:
                send(receivers.get(name), mine, left())
            except NotDeliveredError as trouble:
                for notice in mine:
                    wait = max(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(notice.tries, 16)), trouble.after or 0.0)
                    later = replace(notice, tries=notice.tries + 1, due=now + wait, why=str(trouble))
                    queue.add(later)
                    undelivered.append(later)
            else:
                queue.remove(mine)
    return undelivered


def send(receiver: Receiver | None, notices: Sequence[Notice], seconds: float) -> None:
    """Send notices to their receiver as one message. Raises NotDeliveredError."""
    if receiver is None:
        raise NotDeliveredError("the workspace no longer declares this receiver")
    if receiver.refused:
        raise NotDeliveredError(receiver.refused)
    told = receiver.told
    for variable in (told.url_env, told.token_env):
        if variable is not None and not receiver.environ.get(variable):
            raise NotDeliveredError(f"${variable} is not set")
    url = told.url if told.url is not None else receiver.environ[told.url_env or ""]
    headers = {"Authorization": f"Bearer {receiver.environ[told.token_env]}"} if told.token_env else {}
    post_json(url, BODIES[told.kind](notices), seconds, headers)
