"""Slack: notices as one message of an incoming webhook."""

from collections.abc import Sequence

from reshelve.executors.hooks.notice_queue import Notice

_MOST = 20
"""Runs that one message names."""


def slack(notices: Sequence[Notice]) -> object:
    """Return the body that tells of these notices in one message."""
    lines = [_safe(notice.text) for notice in notices[-_MOST:]]
    if len(notices) > _MOST:
        lines.insert(0, f"{len(notices):,} runs; the last {_MOST}:")
    return {"text": "\n".join(lines)}


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
