"""The faults of a workspace's rules as problems, each at its line of the document."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reshelve.planner.recognise.extension_tables import adding
from reshelve.planner.rules.rule_checks import rule_faults
from reshelve.schemas.documents.schema_diagnostics import problems
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.workspace_files import rules_alone
from reshelve.schemas.problems import Problem
from reshelve.schemas.workspace import Workspace


def rule_problems(workspace: Workspace, file: Path) -> list[Problem]:
    """Return what is wrong with the rules and policies of the workspace read from `file`, sorted. Raises ReshelveError."""
    with adding(workspace.media.extensions):
        found = list(rule_faults(workspace))
    if not found:
        return []
    text = read_bytes(file, WRITTEN)
    errors = problems([fault for grave, fault in found if grave == "error"], text, str(file))
    warnings = problems([fault for grave, fault in found if grave == "warning"], text, str(file))
    return sorted([*errors, *(replace(one, severity="warning") for one in warnings)], key=Problem.order)


def rule_errors_beside(found: Sequence[Problem], file: Path) -> list[Problem]:
    """Return what is wrong with the rules of a workspace besides what was `found` wrong with its document, sorted.

    Only what can be told for certain: a rule that cannot be read may change which other rules ever get a turn.
    """
    workspace = rules_alone(file)
    told = {problem.where for problem in found}
    beside = rule_problems(workspace, file) if workspace is not None else []
    return [problem for problem in beside if problem.severity == "error" and problem.where not in told]
