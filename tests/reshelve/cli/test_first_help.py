"""The first page of help is what click makes of it, at every width, and does not wait for click."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reshelve.cli import first_help
from reshelve.reference.first_help_texts import made


def printed(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from reshelve.__main__ import main\ntry: main()\nfinally: print('click' in sys.modules, file=sys.stderr)"
    there = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run(
        [sys.executable, "-c", program, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, env={**there, **environ}
    )


@pytest.mark.parametrize("columns", first_help.MADE_FOR)
def test_each_text_is_what_click_makes(columns: int) -> None:
    assert Path(first_help.file_for(columns)).read_text(encoding="utf-8") == made(columns), "run: make docs-reference"


def test_no_other_text_is_there() -> None:
    folder = Path(first_help.file_for(80)).parent
    assert {file.name for file in folder.iterdir()} == {f"{columns}.txt" for columns in first_help.MADE_FOR}


@pytest.mark.parametrize(
    ("said", "columns"),
    [("", 80), ("80", 80), ("200", 110), ("110", 110), ("109", 80), ("97", 80), ("79", 52), ("52", 52), ("20", 52)],
)
def test_the_widest_help_that_fits_is_printed_without_click(said: str, columns: int) -> None:
    for asked in ("--help", "-h"):
        came = printed(asked, **({"COLUMNS": said} if said else {}))
        assert (came.returncode, came.stdout, came.stderr) == (0, made(columns), "False\n")


@pytest.mark.parametrize("args", [("plan", "--help"), ("--help", "plan"), ("-q", "--help"), ()])
def test_all_else_is_click_s(args: tuple[str, ...]) -> None:
    assert printed(*args).stderr.endswith("True\n")


def test_shell_completion_is_click_s() -> None:
    came = printed("--help", _RESHELVE_COMPLETE="bash_source")
    assert "_RESHELVE_COMPLETE=bash_complete" in came.stdout


def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "w") as full:
        came = subprocess.run([sys.executable, "-m", "reshelve", "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert came.returncode == 1
    assert "Not all of the output could be written." in came.stderr


def test_a_reader_that_went_away_is_no_trouble() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    came = subprocess.run([sys.executable, "-m", "reshelve", "--help"], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (came.returncode, came.stderr) == (0, "")
