"""Scanning: the stores of a setting opened, with all that reads names, files and answers, and its rules put to what is there."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from reshelve.documents.rule_problems import rule_problems
from reshelve.opening.suggesters import NOBODY, Asking, suggesting
from reshelve.opening.wiring import Setting, looking_inside, opened, project_configs, recognising
from reshelve.planner.observing.identity import nanoseconds
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.layout import Layout
from reshelve.schemas.problems import ReshelveError, errors, stop
from reshelve.schemas.workspace import Workspace

if TYPE_CHECKING:
    from reshelve.planner.scan import ScanResult


def scan(
    setting: Setting,
    now: Callable[[], datetime],
    previous: Layout | None = None,
    *,
    only: str | None = None,
    values: Mapping[str, Any] | None = None,
    prune: bool = False,
    asking: Asking = NOBODY,
) -> "ScanResult":
    """Return the layout that the rules of a setting's workspace propose, merged with `previous`. Raises ReshelveError."""
    from reshelve.planner.scan import ScanRequest
    from reshelve.planner.scan import scan as scan_stores

    workspace = setting.workspace
    if only is not None and only not in workspace.scan:
        detail = f"`scan:` of the workspace names {', '.join(workspace.scan) or 'none'}."
        raise stop("no-such-scan", "That store is not scanned.", detail, path=only, kind="usage")
    _refuse_undeclared(workspace, values or {})
    if setting.file is not None and (faults := errors(rule_problems(workspace, setting.file))):
        raise ReshelveError(faults)
    with (
        opened(setting) as stores,
        recognising(setting) as recogniser,
        looking_inside(setting, stores) as metadata,
        suggesting(setting, asking, now) as suggester,
    ):
        return scan_stores(
            ScanRequest(
                workspace=workspace,
                readers=stores.readers,
                previous=previous,
                now_ns=nanoseconds(now()),
                recogniser=recogniser,
                cite=setting.cite,
                only=only,
                values=values or {},
                prune=prune,
                metadata=metadata,
                configs=project_configs(stores),
                suggester=suggester,
                announce=asking.announce,
            )
        )


def _refuse_undeclared(workspace: Workspace, values: Mapping[str, Any]) -> None:
    """Raise ReshelveError for a value that no rule can ask for."""
    for name in values.keys() - workspace.set_.keys() - FACTS.keys():
        near = get_close_matches(name, [*workspace.set_, *FACTS], 1)
        declared = f"`set:` declares {', '.join(workspace.set_)}" if workspace.set_ else "there is no `set:`"
        hint = f"Did you mean {near[0]}?" if near else f"Declare it in the workspace, as in `set: {{{name}: }}`."
        detail = f"No rule knows {name!r}: {declared}."
        raise stop("set-unknown", "A value has no such name.", detail, path=f"--set {name}", hint=hint, kind="usage")


def told_otherwise(workspace: Workspace, transfer: str | None, on_conflict: str | None, exclude: Sequence[str]) -> Workspace:
    """Return a workspace with each `scan:` told otherwise: how files get there, what a taken place means, what is left out."""
    told = {"transfer": transfer, "on_conflict": on_conflict}
    changes = {name: value for name, value in told.items() if value is not None}
    scans = {
        store: scan.model_copy(
            update={
                **changes,
                "exclude": [*scan.exclude, *exclude],
                "rules": [rule.model_copy(update=dict.fromkeys(changes)) for rule in scan.rules],
            }
        )
        for store, scan in workspace.scan.items()
    }
    return workspace.model_copy(update={"scan": scans})
