"""Exit codes: every kind has one, and the winner of several is fixed."""

import typing

import pytest

from reshelve.cli import exit_codes
from reshelve.schemas.problems import Kind
from reshelve.schemas.run_report import Report


def report(outcome: str, **more: object) -> Report:
    return Report("r", "p", "apply", outcome, "rollback", "", "", 0.0, **more)  # type: ignore[arg-type]


def test_every_kind_has_a_code_with_a_meaning() -> None:
    for kind in typing.get_args(Kind):
        assert exit_codes.code(kind) in exit_codes.MEANINGS


@pytest.mark.parametrize(
    ("codes", "first"),
    [([], 0), ([0, 0], 0), ([2, 1], 1), ([4, 3], 4), ([7, 5], 5), ([5, 6], 6), ([64, 6], 64), ([0, 130, 4], 130)],
)
def test_the_earlier_in_the_table_wins(codes: list[int], first: int) -> None:
    assert exit_codes.first(codes) == first


def test_a_run_comes_to_what_became_of_it() -> None:
    assert exit_codes.of_report(report("done")) == 0
    assert exit_codes.of_report(report("rolled-back")) == 3
    assert exit_codes.of_report(report("stopped")) == 4
    assert exit_codes.of_report(report("unsettled")) == 4
    assert exit_codes.of_report(report("done", unsure=["inbox:a"])) == 4
    assert exit_codes.of_report(report("rolled-back", interrupted=True)) == 130


def test_recovery_is_done_once_the_run_has_settled() -> None:
    assert exit_codes.of_recovery(report("rolled-back")) == 0
    assert exit_codes.of_recovery(report("unsettled")) == 4


def test_help_lists_codes_in_order_with_usage_among_them() -> None:
    lines = exit_codes.epilog(7, 0).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["0", "7", "64"]
