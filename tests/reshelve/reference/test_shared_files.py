"""What the wheel brings for other programs: made from the commands as they are, and readable by who reads it."""

import re
import shutil
import subprocess

import pytest

from reshelve.cli.command_list import COMMANDS
from reshelve.reference import man_page
from reshelve.reference.shared_files import FOLDER, texts


def test_committed_is_generated() -> None:
    committed = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}
    assert committed.keys() == texts().keys()
    for name, text in texts().items():
        assert committed[name].read_text(encoding="utf-8") == text, "run: make docs-reference"


def test_the_man_page_has_every_command_and_names_no_request_by_chance() -> None:
    lines = man_page.page().splitlines()
    for name in COMMANDS:
        assert any(line.startswith(f'.SS "reshelve {name.replace("-", chr(92) + "-")}') for line in lines), name
    requests = {found[0] for line in lines if (found := re.match(r"[.']\S*", line))}
    assert requests <= {".TH", ".SH", ".SS", ".PP", ".TP", ".nf", ".fi"}


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_groff_reads_the_man_page_without_a_warning() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-rLL=100n"]
    done = subprocess.run(command, input=man_page.page(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    plain = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
    assert "reshelve organize ~/Downloads --into ~/Media" in plain
