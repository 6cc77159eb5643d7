"""The curl commands of docs/service.md about generated files, as they stand there, against a server."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.serving import served
from tests.support.shellcalls import call

DOC = Path(__file__).resolve().parents[3] / "docs" / "service.md"
ADDRESS = "http://127.0.0.1:8765"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_each_command_does_what_the_page_says(tmp_path: Path) -> None:
    text = DOC.read_text(encoding="utf-8")
    define = next(line for line in text.splitlines() if line.startswith("ask() {"))
    block = text.split("## Generated files by job")[1].split("```sh\n")[1].split("```")[0]
    (tmp_path / "inbox").mkdir()
    (tmp_path / "library").mkdir()
    assert call(tmp_path, "init", "--preset", "comfyui").code == 0
    for name in ("job_1_00001_.png", "job_1_00002_.png", "job_2_00001_.mp4", "walk_1762406010_00001_.png"):
        (tmp_path / "inbox" / name).write_text(name)
    told = []
    with served(tmp_path) as server:
        for line in block.splitlines():
            script = f"{define}\n{line.replace(ADDRESS, server.address)}"
            done = subprocess.run(
                ["bash", "-c", script], env={**os.environ, "TOKEN": server.token}, stdout=subprocess.PIPE, timeout=60
            )
            told.append(json.loads(done.stdout))
    organized, completed, of_job, of_hook, project, migrated, cleaned, deleted, status = told
    assert (organized["status"], organized["file_count"]) == ("success", 2)
    assert (completed["status"], completed["file_count"]) == ("completed", 1)
    assert (of_job["file_count"], of_hook["file_count"], project["file_count"]) == (2, 1, 3)
    assert (migrated["status"], migrated["file_count"], migrated["run"]) == ("planned", 1, "")
    assert (cleaned["deleted_count"], deleted["deleted_count"]) == (0, 2)
    assert status["statistics"]["total_files"] == 1
    assert all(each["run"] for each in (organized, completed, deleted))
