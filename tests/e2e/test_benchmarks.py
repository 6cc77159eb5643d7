"""The benchmark that leaves out checks: each that it names is there, and without them a plan is carried out all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("which", ["none", "added", "every"])
def test_a_plan_is_carried_out_without_checks(tmp_path: Path, which: str) -> None:
    lay(tmp_path, {f"inbox/{number}.mkv": str(number) for number in range(3)} | {"movies/other.mkv": "x"}, WORKSPACE)
    lines = [f'  "movies:{number}.mkv": {{from: "inbox:{number}.mkv", transfer: move}}' for number in range(3)]
    (tmp_path / "layout.yaml").write_text("\n".join(["version: 1", "files:", *lines]) + "\n")
    assert call(tmp_path, "plan", "-o", "plan.json").code == 0
    command = [sys.executable, str(ROOT / "benchmarks/unchecked.py"), which, "apply", "plan.json", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "CI": "true"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert sorted(each.name for each in (tmp_path / "movies").iterdir()) == ["0.mkv", "1.mkv", "2.mkv", "other.mkv"]
