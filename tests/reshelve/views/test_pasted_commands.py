"""Commands in advice can be pasted into a shell, whatever the names in them."""

import re
import shlex
from pathlib import Path

import pytest

import reshelve
from reshelve.executors.state import root_locks, run_records
from reshelve.schemas.documents.validation import format_document
from reshelve.schemas.problems import ReshelveError

_PARTS = [(Path(reshelve.__file__).parent / name).resolve() for name in ("planner", "executors", "schemas")]
ODD = "it's a folder; rm -r x"


def test_the_way_out_of_the_history(tmp_path: Path) -> None:
    folder = tmp_path / ODD / "runs" / "r1"
    command = run_records.out_of_history(folder).partition("\n    ")[2]
    assert shlex.split(command) == ["mv", str(folder), str(tmp_path / ODD / "lost-r1")]


def test_the_lock_that_is_removed() -> None:
    command = root_locks._unclear(f"/disk/{ODD}", "it is odd").problems[0].hint.partition("\n    ")[2]
    assert shlex.split(command) == ["rm", f"/disk/{ODD}/.reshelve.lock"]


def test_the_folder_that_is_formatted_file_by_file(tmp_path: Path) -> None:
    (folder := tmp_path / ODD).mkdir()
    with pytest.raises(ReshelveError) as refused:
        format_document(folder)
    assert shlex.split(refused.value.problems[0].hint) == ["reshelve", "fmt", f"{folder}/*.yaml"]


def test_no_command_in_the_code_names_a_place_unquoted() -> None:
    top = Path(reshelve.__file__).parent
    bare = re.compile(r"reshelve [a-z]+(?: [a-z-]+)* \{printable\(")
    found = [file.name for part in (top, *_PARTS) for file in sorted(part.rglob("*.py")) if bare.search(file.read_text())]
    assert found == []
