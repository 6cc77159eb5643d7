"""The faults of a workspace's rules as problems, each at its line of the document."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote

from reshelve.planner.cost.cost_levels import is_foreign
from reshelve.planner.cost.price_lists import shipped
from reshelve.planner.recognise.extension_tables import adding
from reshelve.planner.rules.rule_checks import rule_faults
from reshelve.planner.scanners.project_scanner import lay_out
from reshelve.planner.scanners.template_checks import template_faults
from reshelve.schemas.consent_needs import is_outside
from reshelve.schemas.documents.layout_checks import Fault
from reshelve.schemas.documents.layout_checks import Path as Steps
from reshelve.schemas.documents.price_files import load_prices
from reshelve.schemas.documents.readable_rules import readable_rules
from reshelve.schemas.documents.schema_diagnostics import problems
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.problems import Problem, ReshelveError, Severity
from reshelve.schemas.workspace import Workspace


def rule_problems(workspace: Workspace, file: Path) -> list[Problem]:
    """Return what is wrong with the rules, policies, templates and projects of the workspace read from `file`, sorted.

    Raises ReshelveError.
    """
    with adding(workspace.media.extensions):
        found = list(rule_faults(workspace))
    wrong = [*_same_stores(workspace, file.parent), *template_faults(workspace.templates), *_prices(workspace, file.parent)]
    found += [
        *(("error", fault) for fault in wrong),
        *_projects(workspace, {fault.path[1] for fault in wrong if fault.path[0] == "templates"}),
    ]
    found += [("warning", fault) for fault in _currencies(workspace, file.parent)]
    found += [("note", fault) for fault in _stores_within(workspace, file.parent)]
    if not found:
        return []
    text = read_bytes(file, WRITTEN)
    told: list[Problem] = []
    for severity in ("error", "warning", "note"):
        alike = problems([fault for grave, fault in found if grave == severity], text, str(file))
        told += [replace(one, severity=severity) for one in alike]
    return sorted(told, key=Problem.order)


def _projects(workspace: Workspace, faulty: Collection[object]) -> Iterator[tuple[Severity, Fault]]:
    """Yield what keeps each project from being laid out. `faulty` templates are told of where they are written."""
    given = {name: "-" if value is None else value for name, value in workspace.set_.items()}
    for number, project in enumerate(workspace.projects):
        if project.template not in faulty:
            for one in lay_out(workspace.model_copy(update={"projects": [project]}), lambda _: "", 0, given=given).problems:
                at: Steps = ("projects", number, "template") if one.code == "unknown-template" else ("projects", number)
                yield one.severity, Fault(at, one.code, one.summary.rstrip("."), one.detail, one.hint)


def _same_stores(workspace: Workspace, folder: Path) -> Iterator[Fault]:
    """Yield a fault for each store that is another one's folder, or part of a bucket, as far as that can be told from the words."""
    seen: dict[_Place, str] = {}
    for name, key, place in _places(workspace, folder):
        before = seen.setdefault(place, name)
        if before != name:
            detail = f"`{before}` has it already, so that one file would have two names."
            yield Fault(("stores", name, key), "workspace-store", "two stores are one", detail, "give each a place of its own")


def _stores_within(workspace: Workspace, folder: Path) -> Iterator[Fault]:
    """Yield a fault for each store that lies inside another one, as far as that can be told from the words."""
    places = list(_places(workspace, folder))
    for name, key, (service, bucket, path) in places:
        for other, _, (its_service, its_bucket, around) in places:
            inside = path.startswith(f"{around.rstrip('/')}/" if around else "") and path != around
            if name != other and (service, bucket) == (its_service, its_bucket) and inside:
                detail = f"It is inside `{other}`: what is in it is scanned and filed as {name}'s only, never as {other}'s."
                yield Fault(("stores", name, key), "store-within", "a store inside another", detail)
                break


_Place = tuple[str, str, str]
"""Where a store is: the service and bucket, or two empty texts for this machine, and the folder or prefix."""


def _places(workspace: Workspace, folder: Path) -> Iterator[tuple[str, str, _Place]]:
    """Yield each store's name, the key it names a place with, and the place. `folder` is the workspace's own."""
    for name, store in workspace.stores.items():
        group = store.paths or []
        told = [("paths", path) for path in (group.values() if isinstance(group, dict) else group)]
        told += [("path", store.path)] if store.path is not None else []
        yield from ((name, key, ("", "", os.path.abspath(folder / path))) for key, path in told)
        if store.s3 is not None:
            yield name, "s3", (store.endpoint_url or "aws", store.s3, store.prefix.strip("/"))


def _prices(workspace: Workspace, folder: Path) -> Iterator[Fault]:
    prices = workspace.cost.prices
    if prices is None:
        return
    if not (folder / prices).is_file():
        detail = f"{prices} does not exist."
        yield Fault(("cost", "prices"), "workspace-prices", "no price list", detail, "write it, or remove `prices`")
        return
    if is_outside(folder / prices, folder):
        return
    try:
        load_prices(folder / prices)
    except ReshelveError as trouble:
        detail, hint = f"{prices}: {trouble.problems[0].summary}", f"see what is wrong: reshelve validate {quote(prices)}"
        yield Fault(("cost", "prices"), "workspace-prices", "a price list that cannot be used", detail, hint)


def _currencies(workspace: Workspace, folder: Path) -> Iterator[Fault]:
    """Yield a fault for each amount a month in another currency than the prices; of a price list outside the workspace none."""
    terms, limit = workspace.cost, workspace.guards.max_cost
    if not (terms.warn or limit) or (terms.prices is not None and is_outside(folder / terms.prices, folder)):
        return
    try:
        currency = (load_prices(folder / terms.prices) if terms.prices is not None else shipped()).currency
    except ReshelveError:
        return  # `_prices` tells of it
    summary, hint = "an amount in another currency than the prices", f"write it in {currency}, or name a price list in its currency"
    for number, level in enumerate(terms.warn):
        if is_foreign(level, currency):
            detail = f"{level}: the prices are in {currency}, so nobody is warned of that."
            yield Fault(("cost", "warn", number), "cost-currency", summary, detail, hint)
    if limit is not None and is_foreign(limit, currency):
        detail = f"{limit}: the prices are in {currency}, so no plan that reaches a bucket can be applied."
        yield Fault(("guards", "max_cost"), "cost-currency", summary, detail, hint)


def rule_errors_beside(found: Sequence[Problem], file: Path) -> list[Problem]:
    """Return what is wrong with the rules of a workspace besides what was `found` wrong with its document, sorted.

    Only what can be told for certain: a rule that cannot be read may change which other rules ever get a turn.
    """
    workspace = readable_rules(file)
    # What names no store, or is no location, is told of a place in two ways.
    told = {problem.where for problem in found if problem.code != "workspace-store"}
    beside = rule_problems(workspace, file) if workspace is not None else []
    return [problem for problem in beside if problem.severity == "error" and problem.where not in told]
