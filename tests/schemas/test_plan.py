"""The plan's model: the operations a document names are the operations there are."""

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from reshelve.schemas.operations import OPERATIONS, MakeDir
from reshelve.schemas.plan import Plan

plans = TypeAdapter(Plan)


def test_operations_are_told_apart_by_name() -> None:
    names = [get_args(kind.__dataclass_fields__["op"].type)[0] for kind in OPERATIONS]
    assert len(set(names)) == len(OPERATIONS)
    plan = plans.validate_python({"operations": [{"op": "mkdir", "dst": "tv:a"}]})
    assert plan.operations == [MakeDir("tv:a")]


@pytest.mark.parametrize("operation", [{"op": "explode"}, {"dst": "tv:a"}, {"op": "mkdir"}, {"op": "move", "src": "a:b"}])
def test_what_is_no_operation_is_refused(operation: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        plans.validate_python({"operations": [operation]})


def test_the_run_is_named_after_the_plan() -> None:
    assert Plan(id="0123456789abcdef").run == "0123456789ab"
    assert not Plan().can_apply() and Plan(operations=[MakeDir("tv:a")]).can_apply()
