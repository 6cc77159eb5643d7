"""Whatever opens a workspace tells all that is wrong with it, as `validate` does: nobody mends four to be told four more."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

BROKEN = (
    WORKSPACE.replace("kind: episode", "knd: episode")
    .replace("{{ show }}", "{{ shw }}")
    .replace("tidy: true", "tidi: true")
    .replace("{{ title }}", "{{ titel }}")
    .replace("kind: movie", "kind: movi")
    .replace("year: {known: true}", "year: {knwon: true}")
)


@pytest.mark.parametrize("command", ["scan", "plan", "apply", "check", "status", "doctor", "explain inbox:xyz.bin"])
def test_all_faults_are_told(tmp_path: Path, command: str) -> None:
    lay(tmp_path, workspace=BROKEN)
    (tmp_path / "layout.yaml").write_text("version: 1\n")
    validated = call(tmp_path, "validate", "--json").events
    wanted = {(one["code"], one["where"]["line"], one["where"]["column"]) for one in validated if one["type"] == "problem"}
    assert len(wanted) == 6
    told = [one for one in call(tmp_path, *command.split(), "--json").events if one["type"] == "problem" and "where" in one]
    assert {(one["code"], one["where"]["line"], one["where"]["column"]) for one in told} >= wanted
