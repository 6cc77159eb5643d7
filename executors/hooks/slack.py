"""Slack: notices as one message of an incoming webhook."""

from collections.abc import Sequence

from reshelve.executors.contracts.http_calls import post_json
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver

_MOST = 20
"""Runs that one message names."""


def slack(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Tell of these notices in one message, within so many seconds. Raises NotDeliveredError."""
    lines = [_safe(notice.text) for notice in notices[-_MOST:]]
    if len(notices) > _MOST:
        lines.insert(0, f"{len(notices):,} runs; the last {_MOST}:")
    post_json(receiver.url, {"text": "\n".join(lines)}, seconds, receiver.bearer)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
