"""The faults of a workspace's rules as problems, each at its line of the document."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from reshelve.planner.recognise.extension_tables import adding
from reshelve.planner.rules.rule_checks import rule_faults
from reshelve.planner.scanners.project_scanner import lay_out
from reshelve.planner.scanners.template_checks import template_faults
from reshelve.schemas.documents.layout_checks import Fault
from reshelve.schemas.documents.layout_checks import Path as Steps
from reshelve.schemas.documents.schema_diagnostics import problems
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.workspace_files import rules_alone
from reshelve.schemas.problems import Problem, Severity
from reshelve.schemas.workspace import Workspace


def rule_problems(workspace: Workspace, file: Path) -> list[Problem]:
    """Return what is wrong with the rules, policies, templates and projects of the workspace read from `file`, sorted.

    Raises ReshelveError.
    """
    with adding(workspace.media.extensions):
        found = list(rule_faults(workspace))
    wrong = [*_same_stores(workspace), *template_faults(workspace.templates), *_no_prices(workspace, file.parent)]
    found += [
        *(("error", fault) for fault in wrong),
        *_projects(workspace, {fault.path[1] for fault in wrong if fault.path[0] == "templates"}),
    ]
    if not found:
        return []
    text = read_bytes(file, WRITTEN)
    errors = problems([fault for grave, fault in found if grave == "error"], text, str(file))
    warnings = problems([fault for grave, fault in found if grave == "warning"], text, str(file))
    return sorted([*errors, *(replace(one, severity="warning") for one in warnings)], key=Problem.order)


def _projects(workspace: Workspace, faulty: Collection[object]) -> Iterator[tuple[Severity, Fault]]:
    """Yield what keeps each project from being laid out. `faulty` templates are told of where they are written."""
    given = {name: "-" if value is None else value for name, value in workspace.set_.items()}
    for number, project in enumerate(workspace.projects):
        if project.template not in faulty:
            for one in lay_out(workspace.model_copy(update={"projects": [project]}), lambda _: "", 0, given=given).problems:
                at: Steps = ("projects", number, "template") if one.code == "unknown-template" else ("projects", number)
                yield one.severity, Fault(at, one.code, one.summary.rstrip("."), one.detail, one.hint)


def _same_stores(workspace: Workspace) -> Iterator[Fault]:
    """Yield a fault for each store that is another one's folder, or part of a bucket, as far as that can be told from the words."""
    seen: dict[tuple[str, ...], str] = {}
    for name, store in workspace.stores.items():
        group = store.paths or []
        told = [("paths", path) for path in (group.values() if isinstance(group, dict) else group)]
        told += [("path", store.path)] if store.path is not None else []
        places: list[tuple[str, tuple[str, ...]]] = [(key, (os.path.normpath(path),)) for key, path in told]
        if store.s3 is not None:
            places = [("s3", (store.endpoint_url or "", store.s3, store.prefix.strip("/")))]
        for key, place in places:
            before = seen.setdefault(place, name)
            if before != name:
                detail = f"`{before}` has it already, so that one file would have two names."
                yield Fault(("stores", name, key), "workspace-store", "two stores are one", detail, "give each a place of its own")


def _no_prices(workspace: Workspace, folder: Path) -> Iterator[Fault]:
    prices = workspace.cost.prices
    if prices is not None and not (folder / prices).is_file():
        detail = f"{prices} does not exist."
        yield Fault(("cost", "prices"), "workspace-prices", "no price list", detail, "write it, or remove `prices`")


def rule_errors_beside(found: Sequence[Problem], file: Path) -> list[Problem]:
    """Return what is wrong with the rules of a workspace besides what was `found` wrong with its document, sorted.

    Only what can be told for certain: a rule that cannot be read may change which other rules ever get a turn.
    """
    workspace = rules_alone(file)
    told = {problem.where for problem in found}
    beside = rule_problems(workspace, file) if workspace is not None else []
    return [problem for problem in beside if problem.severity == "error" and problem.where not in told]
