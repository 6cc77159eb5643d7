"""What went to the trash for something that then did not come is told where a run stops part-way, with what brings it back."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.schemas.layout import Entry
from reshelve.schemas.problems import ReshelveError
from tests.races.stories import Desk, desk_at
from tests.support.moments import Moments
from tests.support.plans import clock

OLD = b"the old one" * 90


def _gone_at(base: Path, how: Any, transfer: Any, at: int) -> tuple[int, bool]:
    """Remove a source before call number `at`; return how many calls there were, and whether its place was left free."""
    with desk_at(base / f"{how}-{at}") as desk:
        desk.lay("shelf:a.mkv", OLD)
        plan = desk.plan(a_mkv=Entry(source="inbox:a.mkv", on_conflict="replace", transfer=transfer))

        def remove(desk: Desk = desk) -> None:
            desk.path("inbox:a.mkv").unlink(missing_ok=True)

        moments = Moments(at, remove)
        try:
            report = apply(plan, moments.over(desk.stores), desk.state, now=clock, on_error=how)
        except ReshelveError:
            assert OLD in desk.visible()
            return len(moments.calls), False
        free = not desk.path("shelf:a.mkv").exists()
        told = [problem for problem in report.failures if problem.code == "only-in-trash"]
        assert len(told) == free, (at, report.failures)
        for problem in told:
            assert problem.path == "shelf:a.mkv" and "nothing took its place" in problem.detail
            assert "reshelve trash restore shelf:a.mkv --run" in problem.hint
        if how == "rollback":
            assert not free
        return len(moments.calls), free


@pytest.mark.parametrize("transfer", ["move", "copy"])
@pytest.mark.parametrize("how", ["continue", "stop", "rollback"])
def test_what_is_replaced_by_nothing_is_told(tmp_path: Path, how: str, transfer: str) -> None:
    calls, _ = _gone_at(tmp_path, how, transfer, 10**6)
    left = [_gone_at(tmp_path, how, transfer, at)[1] for at in range(calls)]
    assert any(left) == (how != "rollback")
