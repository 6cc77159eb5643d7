"""The log of a workspace, as `log:` asks for it."""

import os
from collections.abc import Collection
from pathlib import Path

from reshelve.executors.state.event_log import EventLog, event_log, tell_once
from reshelve.executors.state.log_file import LogFile
from reshelve.opening.wiring import Setting
from reshelve.schemas import consent_needs, quantities
from reshelve.schemas.locations import printable
from reshelve.schemas.log_settings import Log
from reshelve.schemas.problems import ReshelveError


def log_of(setting: Setting, *, secrets: Collection[str] = ()) -> EventLog:
    """Return the log of a workspace: one that goes nowhere where it has none, or nobody consented to where it is. Raises nothing.

    `secrets` are shown in no line, beside what has the form of one.
    """
    wanted = setting.workspace.log
    if wanted is None or setting.forgetful:
        return EventLog()
    path = setting.folder / wanted.file
    if setting.trust.lacking(list(consent_needs.logs(setting.declared))):
        tell_once(str(path), "It is outside the workspace, and nobody here has consented to that: reshelve trust")
        return EventLog()
    if wanted.file == Log().file:
        _prepare(setting)
    # A link within the workspace may lead elsewhere by now: what was consented to is written, and no link at its end is followed.
    real = Path(os.path.realpath(path.parent)) / path.name
    always = {"workspace": printable(str(setting.folder)), "process": os.getpid()}
    return event_log(LogFile(real, quantities.size(wanted.size), wanted.keep), wanted.level, always=always, secrets=secrets)


def _prepare(setting: Setting) -> None:
    """Make the state folder, which the usual log is in."""
    if setting.state.folder.is_dir():
        return
    try:
        setting.state.prepare()
    except (OSError, ReshelveError) as trouble:
        tell_once(str(setting.state.folder), f"{trouble}")
