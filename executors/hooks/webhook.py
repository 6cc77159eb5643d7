"""A webhook of anybody's own: notices as a document of JSON."""

from collections.abc import Sequence

from reshelve.executors.contracts.http_calls import post_json
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver


def webhook(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Tell of these notices, oldest first, within so many seconds. Raises NotDeliveredError."""
    told = [
        {"id": one.id, "run": one.run, "command": one.command, "outcome": one.outcome, "text": one.text, "at": one.made}
        for one in notices
    ]
    post_json(receiver.url, {"version": 1, "from": "reshelve", "notices": told}, seconds, receiver.bearer)
