"""Kodi: each folder that a run touched is scanned for films and music (JSON-RPC over HTTP, several calls in one request).

What has left a folder stays in Kodi's library until it is cleaned there: a clean-up forgets what is on any disk that is away.
"""

from collections.abc import Sequence

from reshelve.executors.contracts.http_calls import NotDeliveredError, basic, post_json, value_of
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver, seen_as, standing, topmost
from reshelve.schemas.after_settings import After

_LIBRARIES = ("VideoLibrary.Scan", "AudioLibrary.Scan")


def kodi(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Have Kodi scan the folders of these notices, within so many seconds. Raises NotDeliveredError.

    A notice without folders is a test: that it answers, and takes user and password.
    """
    told = receiver.told
    assert isinstance(told, After)
    headers = basic(told.user or "kodi", receiver.value(told.password_env)) if told.password_env else {}
    folders = topmost(seen_as(standing(folder), told.map) for notice in notices for folder in notice.folders)
    asked = [(method, {"directory": f"{folder.rstrip('/')}/"}) for folder in folders for method in _LIBRARIES]
    calls = [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        for number, (method, params) in enumerate(asked or [("JSONRPC.Ping", {})])
    ]
    said = value_of(post_json(f"{receiver.url.rstrip('/')}/jsonrpc", calls, seconds, headers))
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise NotDeliveredError("it gave no proper answer (no JSON-RPC)")
    if refused := sum("error" in one for one in said):
        raise NotDeliveredError(f"it refused {refused} of {len(calls)} calls")
