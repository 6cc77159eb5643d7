"""The process that makes one plan: it reads what is asked for, keeps the plan in the state folder, and says its digest."""

import json
import os
import sys
from typing import Any

from pydantic import TypeAdapter

from reshelve import api
from reshelve.executors.state.kept_plans import KeptPlans
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.system_errors import problem_of
from reshelve.service import plan_kinds
from reshelve.service.models import PlanAsked
from reshelve.views.ndjson import problem_event


def main() -> None:
    """Make the plan that standard input asks for, and print one line of JSON: its digest, or the problems."""
    question = json.load(sys.stdin)
    try:
        told = _planned(question["workspace"], TypeAdapter(PlanAsked).validate_python(question["asked"]))
    except ReshelveError as error:
        told = {"kind": error.kind, "problems": [problem_event(problem) for problem in error.problems]}
    except OSError as error:
        told = {"kind": "error", "problems": [problem_event(problem_of(error))]}
    print(json.dumps(told))  # noqa: T201 - the answer


def _planned(workspace: str, asked: PlanAsked) -> dict[str, Any]:
    session = api.open_workspace(workspace, environ=os.environ)
    made = plan_kinds.make(session, asked)
    figures = plan_kinds.figures_of(session, made, asked)
    kept = KeptPlans(session.setting.state).keep(made.plan, figures, plan_kinds.groups(made.plan))
    return {"digest": kept.digest}
