"""Exit codes: every kind has one, and the winner of several is fixed."""

import typing

import pytest

from reshelve import exits
from reshelve.schemas.problems import Kind
from reshelve.schemas.run_report import Report


def report(outcome: str, **more: object) -> Report:
    return Report("r", "p", "apply", outcome, "rollback", "", "", 0.0, **more)  # type: ignore[arg-type]


def test_every_kind_has_a_code_with_a_meaning() -> None:
    for kind in typing.get_args(Kind):
        assert exits.code(kind) in exits.MEANINGS


@pytest.mark.parametrize(
    ("codes", "first"),
    [([], 0), ([0, 0], 0), ([2, 1], 1), ([4, 3], 4), ([7, 5], 5), ([5, 6], 6), ([64, 6], 64), ([0, 130, 4], 130)],
)
def test_the_earlier_in_the_table_wins(codes: list[int], first: int) -> None:
    assert exits.first(codes) == first


def test_a_run_comes_to_what_became_of_it() -> None:
    assert exits.of_report(report("done")) == 0
    assert exits.of_report(report("rolled-back")) == 3
    assert exits.of_report(report("stopped")) == 4
    assert exits.of_report(report("unsettled")) == 4
    assert exits.of_report(report("done", unsure=["inbox:a"])) == 4
    assert exits.of_report(report("rolled-back", interrupted=True)) == 130


def test_recovery_is_done_once_the_run_has_settled() -> None:
    assert exits.of_recovery(report("rolled-back")) == 0
    assert exits.of_recovery(report("unsettled")) == 4


def test_help_lists_codes_in_order_with_usage_among_them() -> None:
    lines = exits.epilog(7, 0).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["0", "7", "64"]
