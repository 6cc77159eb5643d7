"""Delivery: what is due in a queue is sent, one message a receiver; what is not taken waits longer each time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.apprise_address import apprise_address
from reshelve.executors.hooks.jellyfin import jellyfin
from reshelve.executors.hooks.kodi import kodi
from reshelve.executors.hooks.notice_queue import FIRST_WAIT, LONGEST_WAIT, Notice, NoticeQueue
from reshelve.executors.hooks.own_program import own_program
from reshelve.executors.hooks.plex import plex
from reshelve.executors.hooks.receivers import Receiver
from reshelve.executors.hooks.slack import slack
from reshelve.executors.hooks.smtp_mail import smtp_mail
from reshelve.executors.hooks.sonarr_form import sonarr_form
from reshelve.executors.hooks.webhook import webhook
from reshelve.schemas.after_settings import AfterKind
from reshelve.schemas.notify_settings import NoticeKind

SENDS: Mapping[NoticeKind | AfterKind, Callable[[Receiver, Sequence[Notice], float], None]] = {
    "slack": slack,
    "webhook": webhook,
    "email": smtp_mail,
    "apprise": apprise_address,
    "plex": plex,
    "jellyfin": jellyfin,
    "emby": jellyfin,
    "kodi": kodi,
    "sonarr-webhook": sonarr_form,
    "radarr-webhook": sonarr_form,
    "program": own_program,
}
"""Every kind of receiver, by what sends notices to it within so many seconds as one message: one file and one name each."""


def send_due(queue: NoticeQueue, receivers: Mapping[str, Receiver], now: float, left: Callable[[], float]) -> list[Notice]:
    """Send what is due until `left` (seconds) is used up. Return what could not be delivered. May send twice after a crash.

    Raises OSError where the queue cannot be written.
    """
    undelivered: list[Notice] = []
    with queue.alone() as alone:
        if not alone:
            return []
        due = [notice for notice in queue.waiting() if notice.is_due(now)]
        for name in dict.fromkeys(notice.receiver for notice in due):
            mine = [notice for notice in due if notice.receiver == name]
            if left() <= 0:
                break
            try:
                send(receivers.get(name), mine, left())
            except NotDeliveredError as trouble:
                for notice in mine:
                    # Who takes them, if slowly, is not down.
                    tries = 0 if trouble.told else notice.tries
                    wait = max(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 16)), trouble.after or 0.0)
                    told = trouble.told.get(notice.id, notice.told)
                    later = replace(notice, tries=tries + 1, due=now + wait, why=str(trouble), told=told)
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
    try:
        SENDS[receiver.told.kind](receiver, notices, seconds)
    except NotDeliveredError:
        raise
    except Exception as trouble:
        # Whatever becomes of a notice, a run ended as it did, and the others are told.
        raise NotDeliveredError(f"it cannot be sent ({type(trouble).__name__})") from trouble
