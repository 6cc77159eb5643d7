"""Slack: notices as one message of an incoming webhook."""

from collections.abc import Sequence

from reshelve.executors.contracts.http_calls import post_json
from reshelve.executors.hooks.message_lines import lines_of
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver


def slack(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Tell of these notices in one message, within so many seconds. Raises NotDeliveredError."""
    text = "\n".join(map(_safe, lines_of(notices)))
    post_json(receiver.url, {"text": text}, seconds, receiver.bearer)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
