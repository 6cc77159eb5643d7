"""What the environment lacks: variables that the workspace names and that are not set, and settings that say nothing."""

import zoneinfo
from collections.abc import Iterator, Mapping

from reshelve.examining.findings import Finding
from reshelve.schemas.lookup_settings import database_at
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.suggest_settings import whom
from reshelve.schemas.workspace import Workspace
from reshelve.session.guards import only_plans

_SECRETS = ("url_env", "token_env", "password_env")


def environment(workspace: Workspace, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is set in the environment so that it counts, and what is missing there. No value is told."""
    yield from _dry_run(environ)
    yield from _time_zone(environ)
    for variable, keys in _named(workspace, environ).items():
        if not environ.get(variable, "").strip():
            advice = "set it for every command that needs it, those of cron and services too: reshelve help deployment"
            yield Finding(f"${variable}", f"not set; needed by {', '.join(keys)}", False, advice)


def _dry_run(environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        if only_plans(environ):
            yield Finding("DRY_RUN", "on: plans are shown, and nothing is done")
    except ReshelveError as trouble:
        yield Finding("DRY_RUN", "neither true nor false, so nothing is done", False, trouble.problems[0].hint)


def _time_zone(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with the machine's time zone. The system takes a name that it does not know for UTC, and says nothing."""
    name = environ.get("TZ", "")
    # A file (`:/etc/localtime`) and a rule (`EST5EDT`) are no names of zones.
    if not name or name.startswith((":", "/")) or any(sign.isdigit() for sign in name):
        return
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield Finding("TZ", f"no time zone is called {name}, so times are in UTC", False, "a name such as Europe/Berlin")


def _named(workspace: Workspace, environ: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the variables that must be set, each with the keys of the workspace that need it."""
    found: dict[str, list[str]] = {}
    rooms: dict[str, Mapping[str, object]] = {
        "notify": workspace.notify,
        "after": workspace.after,
        "clients": workspace.clients,
    }
    for room, receivers in rooms.items():
        for name, told in receivers.items():
            for key in _SECRETS:
                if variable := getattr(told, key, None):
                    found.setdefault(variable, []).append(f"{room}.{name}")
    if workspace.lookup is not None:
        for service in workspace.lookup.services:
            if variable := database_at(workspace.lookup, service, environ).variable:
                found.setdefault(variable, []).append(f"lookup ({service})")
    if workspace.suggest is not None:
        try:
            variable = whom(workspace.suggest, environ).variable
        except ValueError:
            variable = None  # what is wrong with its address is told where it is asked
        if variable:
            found.setdefault(variable, []).append("suggest")
    return found
