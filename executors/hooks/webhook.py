"""A webhook of anybody's own: notices as a document of JSON."""

from collections.abc import Sequence

from reshelve.executors.hooks.notice_queue import Notice


def webhook(notices: Sequence[Notice]) -> object:
    """Return the body that tells of these notices, oldest first."""
    told = [
        {"id": one.id, "run": one.run, "command": one.command, "outcome": one.outcome, "text": one.text, "at": one.made}
        for one in notices
    ]
    return {"version": 1, "from": "reshelve", "notices": told}
