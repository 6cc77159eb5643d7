"""A program of one's own: run once for all runs that wait, with what they did as JSON on its standard input."""

import errno
import json
import os
import shlex
import shutil
from collections.abc import Sequence

from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver, within
from reshelve.executors.platforms.ended_programs import run_to_its_end
from reshelve.schemas import quantities
from reshelve.schemas.after_settings import After


def not_runnable(program: str, folder: str) -> str:
    """Return why a program is not run for the workspace in a folder, "" where it is."""
    found = shutil.which(program)
    if found is None:
        return f"the program cannot be run: {os.strerror(errno.EACCES if os.path.exists(program) else errno.ENOENT)}"
    # What comes with a workspace may be another by now than what was consented to.
    inside = within(os.path.realpath(found), os.path.realpath(folder))
    return "the program lies in the workspace's folder; keep it outside" if inside else ""


def put_right(program: str, folder: str) -> str:
    """Return what puts right why a program is not run; "" where nothing has to be."""
    if not not_runnable(program, folder):
        return ""
    if shutil.which(program) is not None:
        return "move it out of the workspace's folder, and name it by its whole path there"
    if os.path.exists(program):
        return f"make it a program that this user may run: chmod u+x {shlex.quote(program)}"
    return "install it, or name it by its whole path"


def own_program(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Run the program, for at most its `timeout`. Raises NotDeliveredError where it cannot be run, fails or takes longer.

    It gets its own time, not what is left of `seconds`: to kill it half-way would leave its work half-done.
    """
    del seconds
    told = receiver.told
    assert isinstance(told, After)
    if why := not_runnable(told.program[0], receiver.folder):
        raise NotDeliveredError(why)
    runs = [
        {
            "id": one.id,
            "run": one.run,
            "command": one.command,
            "outcome": one.outcome,
            "text": one.text,
            "at": one.made,
            "folders": one.folders,
            "report": receiver.report(one.run),
        }
        for one in notices
    ]
    given = json.dumps({"version": 1, "from": "reshelve", "runs": runs}).encode()
    try:
        code = run_to_its_end(told.program, given, quantities.age(told.timeout), folder=receiver.folder)
    except TimeoutError:
        raise NotDeliveredError(f"the program did not end within {told.timeout}, and was killed") from None
    except OSError as trouble:
        raise NotDeliveredError(f"the program cannot be run: {trouble.strerror or type(trouble).__name__}") from None
    if code:
        raise NotDeliveredError(f"the program ended with {code}")
