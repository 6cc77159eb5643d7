"""What plan and apply print for programs and for pull requests."""

import json
import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay, scanned


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def test_json_names_its_version_first_and_ends_with_a_summary(place: Path) -> None:
    assert call(place, "scan", "--json").events[-1]["entries"] == 4
    plan = call(place, "plan", "--json").events
    assert plan[0] == {"type": "version", "version": 1, "reshelve": plan[0]["reshelve"]}
    assert plan[-1]["type"] == "summary" and plan[-1]["changes"] is True
    run = call(place, "apply", "--yes", "--json").events
    assert [event["type"] for event in run if event["type"] in ("version", "report", "summary")] == ["version", "report", "summary"]
    assert run[-1]["exit"] == 0 and run[-1]["outcome"] == "done"


def test_json_into_a_file_beside_text(place: Path) -> None:
    scanned(place)
    came = call(place, "plan", "--json-into", "events.ndjson")
    assert "Plan:" in came.out
    events = [json.loads(line) for line in (place / "events.ndjson").read_text().splitlines()]
    assert events[0]["type"] == "version" and events[-1]["type"] == "summary"


def test_json_into_a_file_tells_a_failure_to_its_end(place: Path) -> None:
    came = call(place, "plan", "nowhere.yaml", "--json-into", "events.ndjson")
    assert came.code == 1 and "There is no layout" in came.err and not came.out
    events = [json.loads(line) for line in (place / "events.ndjson").read_text().splitlines()]
    assert [event["type"] for event in events] == ["version", "problem", "summary"]
    assert events[-1]["exit"] == 1


def test_markdown_for_a_pull_request(place: Path) -> None:
    scanned(place)
    assert call(place, "plan", "--markdown").out.startswith("**Plan:")


def test_show_of_a_plan_that_is_no_file_says_what_it_is(place: Path) -> None:
    os.mkfifo(place / "pipe.json")
    (place / "folder.json").mkdir()
    for name, kind in (("pipe.json", "It is a pipe."), ("folder.json", "It is a folder."), ("gone.json", "does not exist")):
        came = call(place, "show", name)
        assert came.code == 1 and kind in came.err, came


def test_a_saved_plan_is_told_with_how_it_is_applied_beside_the_plan(place: Path) -> None:
    scanned(place)
    came = call(place, "plan", "-o", "my plan.json")
    assert came.out.splitlines()[-1].startswith("Plan: ")
    assert came.err.splitlines()[-1] == "Wrote my plan.json. Next: reshelve apply 'my plan.json'"
    assert "my plan.json" not in call(place, "--quiet", "plan", "-o", "my plan.json").err
    call(place, "observe", "-o", "seen.ndjson")
    looked = call(place, "plan", "--against", "seen.ndjson", "-o", "looked.json")
    assert looked.err.splitlines()[-1] == "Wrote looked.json.", "such a plan is only for reading"
    call(place, "apply", "my plan.json", "--yes")
    assert call(place, "plan", "-o", "none.json").err.splitlines()[-1] == "Wrote none.json."
