"""A plan that cannot be applied: why comes first, and the plan itself only where it is asked for."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay, tree

GONE = 'version: 1\nabsent:\n  - {path: "inbox:xyz.bin", size: 12}\n'
TAKEN = 'version: 1\nfiles:\n  "movies:a.bin": {from: "inbox:xyz.bin"}\n'


@pytest.mark.parametrize("yes", [[], ["--yes"]])
def test_a_guard_is_told_without_the_plan(tmp_path: Path, yes: list[str]) -> None:
    place = lay(tmp_path)
    before = tree(place)
    (place / "layout.yaml").write_text(GONE.replace("12", str(len("what is this"))))
    came = call(place, "apply", "--max-delete", "0", *yes)
    assert came.code == 7 and came.out == "" and "max-delete" in came.err
    whole = call(place, "apply", "--max-delete", "0", "--full", *yes)
    assert whole.code == 7 and "xyz.bin" in whole.out and "max-delete" in whole.err
    events = call(place, "apply", "--max-delete", "0", "--json", *yes).events
    assert [event["type"] for event in events] == ["version", "operation", "problem", "summary"]
    assert tree(place) == before


def test_what_is_blocked_is_told_without_the_plan(tmp_path: Path) -> None:
    place = lay(tmp_path)
    (place / "movies" / "a.bin").write_text("other")
    (place / "layout.yaml").write_text(TAKEN)
    came = call(place, "apply", "--yes", "--strict")
    assert came.code == 1 and came.out == ""
    assert came.err.index("target-taken") < came.err.index("Nothing was done: 1 entry is blocked.")


def test_an_error_is_told_without_the_plan(tmp_path: Path) -> None:
    place = lay(tmp_path)
    (place / "layout.yaml").write_text(TAKEN)
    (place / "movies").rmdir()
    came = call(place, "apply", "--yes")
    assert came.code == 1 and came.out == ""
    assert came.err.index("store-unavailable") < came.err.index("plan-has-errors")


def test_an_unsettled_run_is_told_without_the_plan(tmp_path: Path) -> None:
    place = lay(tmp_path)
    assert call(place, "scan").code == 0 and call(place, "apply", "--yes").code == 0
    (place / "inbox" / "Ronin.1998.mkv").write_text("x")
    assert call(place, "scan").code == 0
    [run] = (place / ".reshelve" / "runs").iterdir()
    (run / "report.json").unlink()
    assert call(place, "undo", "--yes").code == 4
    came = call(place, "apply", "--yes")
    assert came.code == 4 and came.out == "" and "unsettled-run" in came.err
