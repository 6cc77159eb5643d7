"""What a document may be: a regular file of bounded size, whoever asks for it; anything else is told and never waited for."""

import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reshelve import api
from reshelve.cli import input_documents
from reshelve.schemas.documents.inventory_files import load_inventory
from reshelve.schemas.documents.layout_files import load_layout
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes, read_file
from reshelve.schemas.documents.validation import format_document, validate_document
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.layout import Layout
from reshelve.schemas.problems import ReshelveError

NAMES = ["layout.yaml", "reshelve.yaml", "reshelve.local.yaml", "plan.json", "inventory.ndjson", "prices.yaml"]


def made(kind: str, path: Path) -> Path:
    match kind:
        case "a pipe":
            os.mkfifo(path)
        case "a device":
            path.symlink_to("/dev/zero")
        case "a folder":
            path.mkdir()
        case _:
            with socket.socket(socket.AF_UNIX) as listening:
                before = os.getcwd()
                os.chdir(path.parent)
                try:
                    listening.bind(path.name)
                finally:
                    os.chdir(before)
    return path


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a socket"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_is_told(tmp_path: Path, name: str, kind: str) -> None:
    path = made(kind, tmp_path / name)
    (problem,) = validate_document(path, {})
    if name == "reshelve.local.yaml" and kind == "a device":
        assert problem.code == "not-trusted", "a link out of the folder is not followed"
        return
    assert problem.detail == f"It is {kind}."
    assert problem.path == str(path) and problem.hint


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a socket", "a folder"])
def test_every_reader_says_so(tmp_path: Path, kind: str) -> None:
    path = made(kind, tmp_path / "reshelve.yaml")
    readers = [read_bytes, lambda p: load_workspace(p, {}), load_inventory]
    if kind != "a folder":
        readers += [
            load_layout,
            input_documents.is_plan,
            format_document,
            lambda p: api.layout_with_digest(p, facts=False),
        ]
    for read in readers:
        with pytest.raises(ReshelveError, match=kind):
            read(path)
    with pytest.raises(OSError, match=kind):
        read_file(path)


def test_a_folder_of_a_layout_may_hold_what_is_no_file(tmp_path: Path) -> None:
    made("a pipe", tmp_path / "new.yaml")
    with pytest.raises(ReshelveError, match="a pipe"):
        load_layout(tmp_path)


def test_an_overlay_and_a_template_that_are_pipes(tmp_path: Path) -> None:
    workspace = tmp_path / "reshelve.yaml"
    workspace.write_text("version: 1\ntemplates_dir: own\nstores: {a: {path: a}}\n")
    (tmp_path / "own").mkdir()
    made("a pipe", tmp_path / "own" / "podcast.yaml")
    with pytest.raises(ReshelveError, match=r"podcast\.yaml"):
        load_workspace(workspace, {})
    made("a pipe", tmp_path / "reshelve.local.yaml")
    with pytest.raises(ReshelveError, match=r"reshelve\.local\.yaml"):
        load_workspace(workspace, {})


def test_a_size_past_the_bound_is_told_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reshelve.yaml"
    with path.open("wb") as file:
        file.truncate(WRITTEN + 1)
    with pytest.raises(ReshelveError, match="64 MB"):
        load_workspace(path, {})


def test_a_file_that_does_not_say_its_size_is_read_whole() -> None:
    assert read_bytes(Path("/proc/self/status")).startswith(b"Name:")
    with pytest.raises(OSError, match="too large"):
        read_file(Path("/proc/self/status"), 10)


EMPTY = {"nothing": b"", "a comment": b"# nothing\n", "a line end": b"\n", "null": b"null\n", "a marker": b"---\n"}
BARE = {"braces": b"{}\n", "no files": b"version: 1\nfiles:\n", "null": b"version: 1\nfiles: null\n", "flow": b"{files: {}}\n"}


@pytest.mark.parametrize("text", EMPTY)
def test_an_empty_document_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "layout.yaml"
    path.write_bytes(EMPTY[text])
    with pytest.raises(ReshelveError) as refused:
        load_layout(path)
    (problem,) = refused.value.problems
    assert problem.code in ("yaml-empty", "document-type") and problem.hint


@pytest.mark.parametrize("text", BARE)
def test_an_empty_layout(tmp_path: Path, text: str) -> None:
    path = tmp_path / "layout.yaml"
    path.write_bytes(BARE[text])
    assert load_layout(path) == Layout()


@pytest.mark.parametrize("text", [*EMPTY.values(), *BARE.values()])
def test_an_empty_document_takes_no_room(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "layout.yaml"
    path.write_bytes(text)
    read = "from reshelve.schemas.documents.layout_files import problems_of; problems_of(Path(sys.argv[1]))"
    code = f"import sys; from pathlib import Path; {read}"
    narrow = 1 << 30
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        check=False,
        capture_output=True,
        cwd=Path(__file__).parents[3],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (narrow, narrow)),
    )
    assert done.returncode == 0, done.stderr
