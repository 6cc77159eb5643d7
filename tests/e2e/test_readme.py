"""What the README shows, done in the order it is shown, in one fresh folder: files written, commands run."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from examples.make_sample import make

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```(console|yaml)\n(.*?)```", re.DOTALL)
ELSEWHERE = ("make ", "pip ", "pipx ")
"""Commands that other tests run: the Makefile's by CI, installing by test_wheel."""


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def commands() -> list[str]:
    return [command for language, text in blocks() if language == "console" for command in commands_of(text)]


def commands_of(text: str) -> list[str]:
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]


@pytest.mark.slow
def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    make(tmp_path / "Downloads", files=120)
    (tmp_path / "Media").mkdir()
    environ = {"HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    told: list[str] = []
    for language, text in blocks():
        if language == "yaml":
            (tmp_path / "reshelve.yaml").write_text(text, encoding="utf-8")
            continue
        for command in commands_of(text):
            if command.startswith(ELSEWHERE):
                continue
            done = shell(command, tmp_path, environ)
            told.append(f"$ {command}\n{done.stdout}{done.stderr}")
            assert done.returncode == 0, "\n".join(told)
    assert len(told) >= 10


def shell(command: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def test_every_command_named_in_the_readme_exists() -> None:
    from reshelve.cli.command_list import COMMANDS

    for command in commands():
        words = shlex.split(command, comments=True)
        if words[:1] == ["reshelve"]:
            assert words[1] in COMMANDS, command
    assert "reshelve.yaml" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_makefile_has_every_target_the_readme_names() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {command.split()[1] for command in commands() if command.startswith("make ")}
    assert named <= targets
    assert {"demo", "test"} <= named


def test_every_extra_that_is_named_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folders = ("docs", "examples", "reshelve", "planner", "executors", "schemas")
    files = [
        ROOT / "README.md",
        *(path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".md", ".py", ".yml")),
    ]
    pattern = re.compile(r"(?:(?:install|reshelve|\.whl) ?'?\.?\[|\binstall\([\"'])([a-z0-9,]+)[\]\"']")
    named = {extra for path in files for found in pattern.findall(path.read_text(encoding="utf-8")) for extra in found.split(",")}
    assert {"media", "s3", "suggest"} <= named <= project["optional-dependencies"].keys()
