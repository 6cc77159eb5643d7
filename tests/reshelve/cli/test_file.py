"""`file`: exactly what one is told of is filed, at once, and what is left is told."""

import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from subprocess import PIPE

import pytest

from reshelve.executors.state.root_locks import locked
from reshelve.views.filed import why_left
from reshelve.views.scans import LEFT
from tests.support.shellcalls import call
from tests.support.watching import filed, workspace


def lay(at: Path, *names: str) -> Path:
    for name in names:
        (at / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (at / "in" / name).write_text(name)
    return at


def test_what_is_told_is_filed_with_what_belongs_to_it_and_nothing_beside(tmp_path: Path) -> None:
    at = lay(
        workspace(tmp_path, rest="settle: 10m"),
        "r/Heat (1995).mkv",
        "r/Heat (1995).en.srt",
        "Alien (1979).mkv",
        "r2/Tron (1982).mkv",
    )
    came = call(at, "file", "in/r")
    assert came.code == 0 and filed(at) == {"Heat (1995).mkv", "Heat (1995).en.srt"}
    assert "Filed 2 files" in came.out and "reshelve undo" in came.out
    assert call(at, "file", str(at / "in/Alien (1979).mkv")).code == 0
    assert filed(at) == {"Heat (1995).mkv", "Heat (1995).en.srt", "Alien (1979).mkv"}
    assert call(at, "undo", "--yes").code == 0 and (at / "in/Alien (1979).mkv").exists()
    again = call(at, "file", str(at / "in/Alien (1979).mkv"))
    assert "Alien (1979).mkv" not in filed(at) and "Filed" not in again.out
    assert again.code == 1 and "1 entry held since an undo" in again.err and "reshelve release" in again.err


def test_what_is_filed_already_or_has_a_copy_there_is_told(tmp_path: Path) -> None:
    at = workspace(tmp_path, rest="transfer: hardlink")
    lay(at, "r/Heat (1995).mkv", "r/Heat (1995).en.srt", "b/Tron (1982).mkv.part")
    came = call(at, "file", "in/r")
    assert came.code == 0 and came.out.startswith("Filed 2 files. To take it back: ")
    again = call(at, "file", "in/r")
    assert (again.code, again.out) == (0, "Nothing to do for 2 filed already.\n")
    (at / "in/r2").mkdir()
    shutil.copy(at / "in/r/Heat (1995).mkv", at / "in/r2/Heat (1995).mkv")
    document = (at / "reshelve.yaml").read_text()
    (at / "reshelve.yaml").write_text(document.replace("films:{{", "films:HD/{{"))
    again = call(at, "file", "in/r2")
    assert again.code == 0 and "Nothing to do for 1 duplicate." in again.out


@pytest.mark.parametrize("why", [*LEFT, "left_by_rule", "too_young", "excluded", "recycle bin"])
def test_why_a_file_was_left_is_a_sentence(why: str) -> None:
    told = why_left(why)
    assert told.endswith(".") and "_" not in told and not re.match("It is [a-z]+s[. ]", told)
    assert why != "unfinished_downloads" or told == "It is an unfinished download."


def test_what_no_rule_decides_or_is_in_the_way_is_left_and_told(tmp_path: Path) -> None:
    at = lay(workspace(tmp_path), "r/Heat (1995).mkv", "r/what.bin", "r/Alien (1979).mkv.part")
    came = call(at, "file", "in/r", "--json")
    assert came.code == 1 and filed(at) == {"Heat (1995).mkv"}
    told = {(event["code"], event["path"]) for event in came.events if event["type"] == "problem"}
    assert told == {("undecided", "inbox:r/what.bin"), ("not-filed", "inbox:r/Alien (1979).mkv.part")}
    assert came.events[-1]["left"] == 2


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("in", 64, "whole-store"),
        ("films/x", 64, "not-scanned-path"),
        ("in/none", 1, "no-such-file"),
        ("in/../in", 64, "whole-store"),
    ],
)
def test_a_path_that_cannot_be_meant_is_refused(tmp_path: Path, path: str, code: int, said: str) -> None:
    came = call(workspace(tmp_path), "file", path)
    assert came.code == code and f"error[{said}]" in came.err


@pytest.mark.skipif(sys.platform != "linux", reason="who writes is known on Linux")
def test_what_is_being_written_is_waited_for_until_it_is_closed(tmp_path: Path) -> None:
    at = lay(workspace(tmp_path), "r/Heat (1995).mkv")
    writer = subprocess.Popen(["sh", "-c", 'exec 9<>"$0"; echo; read x', str(at / "in/r/Heat (1995).mkv")], stdin=PIPE, stdout=PIPE)
    assert writer.stdin is not None and writer.stdout is not None and writer.stdout.readline()
    came = call(at, "file", "in/r", "--wait", "0s")
    assert came.code == 1 and "being written" in came.err and filed(at) == set()
    asked = threading.Timer(1.5, writer.stdin.close)
    asked.start()
    came = call(at, "file", "in/r", "--wait", "60s")
    assert came.code == 0 and filed(at) == {"Heat (1995).mkv"}
    assert writer.wait(10) is not None


def test_another_run_is_waited_for_and_told_when_it_takes_too_long(tmp_path: Path) -> None:
    at = lay(workspace(tmp_path), "r/Heat (1995).mkv")
    with locked([str(at / "films")], "apply abc"):
        assert call(at, "file", "in/r", "--wait", "0s").code == 6 and filed(at) == set()
    assert call(at, "file", "in/r").code == 0 and filed(at) == {"Heat (1995).mkv"}


def test_of_a_link_whose_rule_no_longer_holds_the_scan_says_where_its_content_is_filed(tmp_path: Path) -> None:
    at = lay(workspace(tmp_path, rest="transfer: hardlink"), "r/Heat (1995).mkv")
    assert call(at, "file", "in/r").code == 0
    document = (at / "reshelve.yaml").read_text()
    (at / "reshelve.yaml").write_text(document.replace("kind: movie", "kind: movie, download_category: films"))
    told = call(at, "scan").out
    assert "inbox:r/Heat (1995).mkv: no rule matched; same content as films:Heat (1995)/Heat (1995).mkv" in told
