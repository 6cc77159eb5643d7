"""Paths of documents are printed from where one stands: of documents in and above it, whichever command tells of them."""

import os
import re
from pathlib import Path

import pytest

from reshelve.views.printed_paths import from_here, quoted
from tests.support.shellcalls import call

WORKSPACE = (
    "version: 1\nstores: {inbox: {path: in}, library: {path: lib}}\n"
    "scan: {inbox: {rules: [{name: r, place: 'library:{{ filename }}'}]}}\n"
)
COMMANDS = ("validate", "fmt --check", "check", "plan", "fmt", "scan")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for folder in ("in", "lib", "sub/deep", "other"):
        (tmp_path / "ws" / folder).mkdir(parents=True)
    (tmp_path / "ws/reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "ws/in/a.mkv").write_text("a")
    return tmp_path


def test_in_the_folder_and_above_it_only(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place / "ws/sub")
    assert from_here(place / "ws/reshelve.yaml") == "../reshelve.yaml"
    assert (
        from_here(place / "ws/sub/deep/x y.yaml") == "deep/x y.yaml" and quoted(place / "ws/sub/deep/x y.yaml") == "'deep/x y.yaml'"
    )
    assert from_here(place / "ws/other/x") == str(place / "ws/other/x") and from_here("x/y") == "x/y"
    assert from_here("/prices.yaml") == "/prices.yaml"


def test_a_folder_that_is_gone_is_nowhere(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place / "ws/sub/deep")
    os.rmdir(place / "ws/sub/deep")
    assert from_here(place / "ws/reshelve.yaml") == str(place / "ws/reshelve.yaml")


@pytest.mark.parametrize(("folder", "up"), [("ws", ""), ("ws/sub", "../")])
def test_every_command_tells_of_a_document_in_the_same_way(place: Path, folder: str, up: str) -> None:
    scanned = call(place / folder, "scan")
    assert f"Wrote {up}layout.yaml: " in scanned.out
    (place / "ws/layout.yml").write_text("version: 1\n")
    document = place / "ws/layout.yaml"
    document.write_text('version: 1\nfiles: {"nowhere:x":   {from: "inbox:a.mkv"}}\n')
    came = {
        command: call(place / folder, *command.split()) for command in ("validate", "fmt --check", "check", "plan", "fmt", "scan")
    }
    for command, each in came.items():
        assert str(place) not in re.sub(r"inbox: .*", "", each.out + each.err), command
    assert f"--> {up}layout.yaml:2:" in came["validate"].err
    assert f"reshelve fmt {up}layout.yaml" in came["fmt --check"].err and f"changed: {up}layout.yaml" in came["fmt"].out
    document.unlink()
    assert f"mv {up}layout.yml {up}layout.yaml" in call(place / folder, "validate").err
    (place / "ws/reshelve.yaml").write_text(WORKSPACE.replace("place:", "plce:"))
    for command in ("validate", "scan", "plan", "status"):
        assert f"--> {up}reshelve.yaml:3:" in call(place / folder, command).err
