"""Any address that apprise knows: notices as one message, sent by a process of its own, which ends whatever its plugin does."""

import json
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.message_lines import lines_of, title_of
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver
from reshelve.executors.platforms.ended_programs import run_to_its_end
from reshelve.schemas.extras import install

_SENDING = "from reshelve.executors.hooks.apprise_process import main; main()"
_LEAST = 4.0
"""Seconds that it may take at least: the library alone loads for a good part of one."""


def apprise_address(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Tell of these notices, within so many seconds. Raises NotDeliveredError.

    The address goes over standard input, and what the library prints is not kept: nobody sees the secrets in it.
    """
    if find_spec("apprise") is None:
        raise NotDeliveredError(f"apprise is not installed: {install('apprise')}")
    given = {"url": receiver.url, "title": title_of(notices), "body": "\n".join(lines_of(notices))}
    path = os.pathsep.join(folder for folder in sys.path if folder)
    try:
        command, environ = [sys.executable, "-P", "-c", _SENDING], {**receiver.environ, "PYTHONPATH": path}
        code = run_to_its_end(command, json.dumps(given).encode(), max(seconds, _LEAST), environ=environ)
    except TimeoutError:
        raise NotDeliveredError("it did not answer in time") from None
    except OSError as trouble:
        raise NotDeliveredError(f"apprise cannot be run: {trouble.strerror or type(trouble).__name__}") from None
    if code:
        raise NotDeliveredError(_WHY.get(code, f"apprise ended with {code}"))


NO_ADDRESS, NOT_TAKEN = 3, 4
_WHY = {NO_ADDRESS: "the address is none that apprise knows", NOT_TAKEN: "apprise could not deliver it"}
