"""An option that is none: where it is called like a value of the rules, how that is given is said."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay


@pytest.mark.parametrize("args", [["--code=ACM"], ["--code", "ACM"], ["--code"]])
def test_a_value_of_a_preset_is_given_with_set(tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "card").mkdir()
    came = call(tmp_path, "organize", "card", "--into", "out", "--preset", "video", *args)
    assert came.code == 64
    given = "--set code=ACM" if args[0] == "--code=ACM" else "--set code=…"
    assert f"Error: No such option '--code'. It is a value of the rules: {given}\n" in came.err and "exclude" not in came.err


@pytest.mark.parametrize("command", ["scan", "explain inbox:xyz.bin"])
def test_so_is_one_of_the_workspace(tmp_path: Path, command: str) -> None:
    lay(tmp_path, workspace=WORKSPACE.replace("stores:", "set: {my_job: }\nstores:", 1))
    came = call(tmp_path, *command.split(), "--my-job=7")
    assert came.code == 64 and "No such option '--my-job'. It is a value of the rules: --set my_job=7\n" in came.err


def test_an_option_of_another_command_is_told_with_it(tmp_path: Path) -> None:
    lay(tmp_path)
    assert "Error: No such option '--empty'. It is an option of `organize`.\n" in call(tmp_path, "apply", "--empty").err
    assert "It is an option of" not in call(tmp_path, "plan", "--yes").err


def test_any_other_is_told_as_before(tmp_path: Path) -> None:
    lay(tmp_path)
    assert "'--only'" in call(tmp_path, "scan", "--onl=inbox").err
    assert "It is a value" not in call(tmp_path, "plan", "--code=7").err
    assert "No such option '--nonesuch'.\n" in call(tmp_path, "scan", "--nonesuch=1").err
    assert "No such option '--nonesuch'" in call(tmp_path / "inbox" / "new", "scan", "--nonesuch=1", "--json").out
