"""Jellyfin and Emby: the folders that a run touched, in one request (`POST /Library/Media/Updated`, the same in both)."""

import os
from collections.abc import Sequence

from reshelve.executors.contracts.http_calls import call, post_json
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver, seen_as
from reshelve.schemas.after_settings import After


def jellyfin(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Tell of the folders of these notices, within so many seconds. Raises NotDeliveredError.

    A notice without folders is a test: that it answers, and takes the key.
    """
    told = receiver.told
    assert isinstance(told, After)
    url, headers = receiver.url.rstrip("/"), {"X-Emby-Token": receiver.token}
    folders = sorted({folder for notice in notices for folder in notice.folders})
    if not folders:
        call(f"{url}/System/Info", seconds, headers)
        return
    updates = [
        {"Path": seen_as(folder, told.map), "UpdateType": "Modified" if os.path.isdir(folder) else "Deleted"} for folder in folders
    ]
    post_json(f"{url}/Library/Media/Updated", {"Updates": updates}, seconds, headers)
