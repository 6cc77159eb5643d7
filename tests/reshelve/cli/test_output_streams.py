"""Output that cannot be written: a reader that has gone, a stream that was closed, a disk that is full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shellcalls import call

TOP = Path(__file__).parents[3]
COUNT = 60


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for store in ("inbox", "tv"):
        (tmp_path / store).mkdir()
    lines = ["version: 1", "files:"]
    for number in range(COUNT):
        (tmp_path / "inbox" / f"{number}.mkv").write_text(str(number))
        lines.append(f'  "tv:{number}/{number}.mkv": {{from: "inbox:{number}.mkv", transfer: move}}')
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    (tmp_path / "layout.yaml").write_text("\n".join(lines) + "\n")
    return tmp_path


def came(place: Path, line: str) -> tuple[int, str]:
    """Run a line of bash in which RESHELVE is the program; return its exit code and what came on standard error."""
    program = f"{sys.executable} -m reshelve"
    done = subprocess.run(
        ["bash", "-c", line.replace("RESHELVE", program)],
        check=False,
        capture_output=True,
        text=True,
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(TOP)},
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ["--help", "plan --json --detailed-exitcode"])
def test_a_reader_that_is_gone_and_a_stream_that_is_closed(place: Path, command: str) -> None:
    meant = 2 if "detailed" in command else 0
    assert came(place, f"RESHELVE {command} | true; exit ${{PIPESTATUS[0]}}") == (meant, "")
    assert came(place, f"RESHELVE {command} >&-") == (meant, "")
    assert came(place, f"RESHELVE {command} <&- >&- 2>&-") == (meant, "")


def test_a_usage_error_nobody_can_read(place: Path) -> None:
    assert came(place, "RESHELVE nosuch 2>/dev/full")[0] == 64


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("command", ["--help", "plan --json --detailed-exitcode", "plan"])
def test_a_full_disk_is_told(place: Path, command: str) -> None:
    code, told = came(place, f"RESHELVE {command} >/dev/full")
    assert code == 1 and "No space left on device" in told and "Traceback" not in told and "bug" not in told


@pytest.mark.parametrize("to", [">/dev/full", "| true; exit ${PIPESTATUS[0]}", ">&-"])
def test_a_run_goes_on_to_its_end(place: Path, to: str) -> None:
    code, told = came(place, f"RESHELVE apply --yes --json {to}")
    assert code == (1 if "full" in to else 0) and "Traceback" not in told
    assert "No space left on device" in told or "full" not in to, told
    assert len(list((place / "tv").glob("*/*.mkv"))) == COUNT
    assert call(place, "log", "--json").events[1]["outcome"] == "done"


def test_no_file_gets_the_number_of_a_closed_stream(place: Path) -> None:
    assert came(place, "RESHELVE apply --yes <&- >&- 2>&-")[0] == 0
    plan = next(place.glob(".reshelve/runs/*/plan.json")).read_text()
    assert plan.startswith('{"version":1') and plan.endswith("}\n")
