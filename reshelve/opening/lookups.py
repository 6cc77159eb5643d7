"""Looking up for a session: which databases are asked, and what they answered before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from reshelve.opening.consent import UntrustedError
from reshelve.opening.wiring import Setting, keeps_state
from reshelve.schemas import consent_needs
from reshelve.schemas.consent_needs import LOOKUP_ALWAYS, Reach
from reshelve.schemas.problems import stop

if TYPE_CHECKING:
    from reshelve.planner.ports.work_lookup import WorkLookup

LookUp = Literal["databases", "memory", "nobody"]
"""Whom a scan asks what names leave in doubt: databases; nobody, but what they answered before counts; or nobody at all."""


@contextmanager
def looking_up(setting: Setting, who: LookUp, now: Callable[[], datetime]) -> Iterator["WorkLookup | None"]:
    """Give the databases of a workspace, None where there are none to ask. Nothing is opened before it is needed.

    Raises ReshelveError, of kind "usage", when they are to be asked and the workspace names none; UntrustedError when nobody
    consented to asking those it names.
    """
    config = setting.workspace.lookup
    if who == "databases" and config is None:
        detail = "The workspace has no `lookup:`."
        hint = "Add to reshelve.yaml: lookup: {providers: [tmdb]}"
        raise stop("no-lookup", "There is no database to ask.", detail, hint=hint, kind="usage")
    if who == "nobody" or config is None:
        yield None
        return
    if who == "databases":
        _refuse_untrusted(setting)
        if not setting.state.folder.exists():
            setting.state.prepare()
    elif any(reach.key == "lookup.answers" for reach in _lacking(setting)):
        yield None
        return
    from reshelve.executors.lookup.database_list import databases_of
    from reshelve.executors.lookup.lookup_cache import LookupCache

    cache = LookupCache(setting.state.folder / "catalog.db" if keeps_state(setting) else ":memory:", now=now)
    try:
        yield databases_of(config, setting.folder, setting.environ, cache, asks=who == "databases")
    finally:
        cache.close()


def _refuse_untrusted(setting: Setting) -> None:
    """Raise UntrustedError, with all that `lookup:` wants, when nobody consented to what asking its databases takes."""
    lacking = _lacking(setting)
    if any(reach.key != LOOKUP_ALWAYS for reach in lacking):
        raise UntrustedError(setting.trust, lacking)


def always_looks_up(setting: Setting) -> bool | None:
    """Say whether every scan asks the databases; None: the workspace says so, and nobody consented to that."""
    config = setting.workspace.lookup
    if config is None or not config.always:
        return False
    return None if _lacking(setting) else True


def _lacking(setting: Setting) -> list[Reach]:
    return setting.trust.lacking(list(consent_needs.lookups(setting.declared)))
