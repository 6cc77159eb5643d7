"""Every example does what its README says, and comes out as its files say."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.support.cases import lay, listing, reshelve

ROOT = Path(__file__).resolve().parents[1] / "examples"
EXAMPLES = sorted(path.parent for path in ROOT.glob("*/reshelve.yaml"))
OWN = ("answers.ndjson",)
"""What an example needs beside its workspace."""
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example(example: Path, tmp_path: Path) -> None:
    if (example / "before.txt").exists():
        lay(tmp_path, (example / "before.txt").read_text(encoding="utf-8"))
    for name in ("reshelve.yaml", *OWN):
        if (example / name).exists():
            shutil.copy(example / name, tmp_path)
    shown = BLOCK.findall((example / "README.md").read_text(encoding="utf-8"))
    commands = [line[2:] for block in shown for line in block.splitlines()]
    assert commands
    if not any(command.startswith("reshelve scan") for command in commands):
        shutil.copy(example / "layout.yaml", tmp_path)
    for command in commands:
        told = reshelve(shlex.split(command)[1:], tmp_path)
        assert "[exit" not in told, f"$ {command}\n{told}"
    found = "".join(f"{line}\n" for line in listing(tmp_path))
    layout = (tmp_path / "layout.yaml").read_text(encoding="utf-8")
    if os.environ.get("UPDATE_CASES"):
        (example / "layout.yaml").write_text(layout, encoding="utf-8")
        if (example / "before.txt").exists():
            (example / "after.txt").write_text(found, encoding="utf-8")
        return
    assert layout == (example / "layout.yaml").read_text(encoding="utf-8")
    if (example / "before.txt").exists():
        assert found == (example / "after.txt").read_text(encoding="utf-8")


def test_every_example_is_in_the_list() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES if f"[{path.name}]({path.name})" not in text] == []


def test_what_an_example_installs_is_at_hand() -> None:
    """A checkout or a wheel that stands there: the name alone would ask a package registry, which need not have it."""
    asked = re.compile(r"pipx? install (?!-)(.*)|additional_dependencies: (.*)")
    for file in sorted(ROOT.rglob("*")):
        text = file.read_text(encoding="utf-8", errors="ignore") if file.is_file() else ""
        for found in asked.finditer(text):
            assert "/" in (found[1] or found[2]), (file, found[0])
