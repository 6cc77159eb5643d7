"""What a problem says is made of sentences: each begins as one does, whatever it was made of."""

import re
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, applied, lay

COMMANDS = [
    "scan", "plan", "check", "trash list", "catalog update", "duplicates", "status", "health", "observe -o seen.ndjson", "doctor",
    "backup", "cleanup inbox --older-than 1d", "undo --dry-run",
]  # fmt: skip
MORE = "backups: {all: {of: 'movies:{project}', to: 'projects:{project}', keep: {daily: {keep_daily: 1}}}}\n"


@pytest.mark.parametrize(("gone", "optional"), [("movies", False), ("movies", True), ("inbox", False)])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_detail_begins_as_a_sentence(tmp_path: Path, command: str, gone: str, optional: bool) -> None:
    place = applied(lay(tmp_path, workspace=WORKSPACE + MORE))
    if optional:
        text = (place / "reshelve.yaml").read_text()
        (place / "reshelve.yaml").write_text(text.replace(f"{gone}: {{path: {gone}}}", f"{gone}: {{path: {gone}, optional: true}}"))
    (place / gone).rename(place / "elsewhere")
    came = call(place, *command.split(), "--json")
    for event in came.events:
        if event["type"] == "problem" and event["code"] != "doctor" and event.get("detail"):
            assert not re.match(r"[a-z]+ ", event["detail"]), event
            assert not re.search(r"\. [a-z]+ [a-z]+ [a-z]", event["detail"]), event


def test_in_github_form_too(tmp_path: Path) -> None:
    place = applied(lay(tmp_path))
    (place / "movies").rename(place / "elsewhere")
    said = call(place, "check", "--format", "github").out
    assert "A store is not available. There is no folder " in said and "%0Athere" not in said, said
