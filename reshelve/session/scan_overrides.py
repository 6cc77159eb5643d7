"""A workspace overridden for one session: each `scan:` by the options of `organize`, and by whom its syncs upload."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from reshelve.schemas.conditions import Condition
from reshelve.schemas.problems import stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Rule, Scan
from reshelve.schemas.sync_settings import user_of
from reshelve.schemas.workspace import Workspace

Only = Literal["shows", "films"]
_KINDS: dict[Only, frozenset[str]] = {"shows": frozenset({"episode"}), "films": frozenset({"movie", "documentary", "standup"})}

_WORK = re.compile(r"\{\{ *(show|title)\b")


@dataclass(slots=True, frozen=True)
class Overrides:
    """What one session does otherwise: how files get there, what a taken place means, what is left out.

    With `only`, the library holds nothing but shows, or films: their folders lie at its top, and what other rules would file stays.
    Without `rename`, every file keeps its name. `junk` says what becomes of what releases bring besides,
    `on_duplicate` what becomes of content that is filed already.
    """

    transfer: str | None = None
    on_conflict: str | None = None
    exclude: tuple[str, ...] = ()
    only: Only | None = None
    rename: bool = True
    junk: str | None = None
    on_duplicate: str | None = None


def overridden(workspace: Workspace, over: Overrides) -> Workspace:
    """Return a workspace with each `scan:` overridden. Raises ReshelveError where it has no rules for `only`."""
    given = {"transfer": over.transfer, "on_conflict": over.on_conflict}
    changes = {name: value for name, value in given.items() if value is not None}
    own = {"junk": over.junk, "on_duplicate": over.on_duplicate}
    kept = {name: value for name, value in own.items() if value is not None}
    scans = {
        store: scan.model_copy(
            update={
                **changes,
                **kept,
                "exclude": [*scan.exclude, *over.exclude],
                "rename": scan.rename and over.rename,
                "rules": [rule.model_copy(update=dict.fromkeys(changes)) for rule in _rules(scan, over.only)],
            }
        )
        for store, scan in workspace.scan.items()
    }
    if over.only and not any(rule.place for scan in scans.values() for rule in scan.rules):
        detail = "Its rules do not tell shows and films apart."
        raise stop("no-such-rules", f"There are no rules for {over.only} here.", detail, kind="usage")
    return workspace.model_copy(update={"scan": scans})


def by_their_names(workspace: Workspace, environ: Mapping[str, str]) -> Workspace:
    """Return a workspace whose uploads to the buckets of syncs are noted as by the person that others know."""
    stores = dict(workspace.stores)
    for sync in workspace.sync.values():
        name, user = sync.there.partition(":")[0], user_of(sync, environ)
        if user and stores[name].uploaded_by is None:
            stores[name] = stores[name].model_copy(update={"uploaded_by": user})
    return workspace.model_copy(update={"stores": stores})


def _rules(scan: Scan, only: Only | None) -> Iterator[Rule]:
    """Yield the rules for `only`, without the folders above its works. What others would file is left, where that is certain."""
    for rule in scan.rules:
        if only is None or rule.place is None:
            yield rule
        elif rule.when.demands.get("kind") in _KINDS[only]:
            store, _, rel = rule.place.partition(":")
            parts = rel.split("/")
            while not _WORK.search(parts[0]):
                del parts[0]
            yield rule.model_copy(update={"place": f"{store}:{'/'.join(parts)}"})
        else:
            kind = rule.when.demands.get("kind")
            # What is surely a film is no show, whatever else is not known of it.
            when = rule.when if kind is None else Condition.model_validate({"kind": kind})
            yield rule.model_copy(update={"when": when, "place": None, "leave": True, "accept": "certain"})
