"""The stream for programs."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.executors.runs.run_events import OperationFailed, Progress, RollingBack, RunSettled, RunStarted
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.run_report import Report
from reshelve.views import ndjson
from tests.support.viewplans import evening, purging

names = st.text(st.characters(codec=None), max_size=20)


def test_the_first_line_is_the_version_and_the_last_the_summary() -> None:
    plan = evening()
    lines = list(ndjson.stream("0.1.0", ndjson.plan_events(plan), ndjson.summary_event(exit_code=0, **ndjson.plan_figures(plan))))
    events = [json.loads(line) for line in lines]
    assert events[0] == {"type": "version", "version": 1, "reshelve": "0.1.0"}
    assert [event["type"] for event in events[1:-1]] == ["operation"] * 7 + ["blocked", "held", "space"] + ["problem"] * 5
    assert events[-1]["type"] == "summary"
    assert events[-1]["counts"] == {"mkdir": 2, "move": 2, "write": 1, "trash": 1, "rmdir": 1}
    assert events[-1]["copy_bytes"] == 3_400_000_000
    assert events[-1]["changes"] is True


def test_an_operation_tells_its_number_its_reason_and_whether_it_can_be_undone() -> None:
    third = list(ndjson.plan_events(evening()))[2]
    assert third["index"] == 2
    assert third["op"] == "move"
    assert third["because"].startswith("rule episodes")
    assert third["across"] is True
    assert third["undoable"] == "yes"
    assert next(iter(ndjson.plan_events(purging())))["undoable"] == "no"


def test_every_event_of_a_run_is_json() -> None:
    problem = Problem("c", "S.", "d", "p", where=Where("f", 1, 2, "text"))
    report = Report("r", "p", "apply", "done", "rollback", "s", "e", 1.0, failures=[problem])
    events = [RunStarted("r", 3, 5), Progress(2, 5), OperationFailed(1, problem), RollingBack(2), RunSettled(report)]
    read = [json.loads(ndjson.line(one)) for event in events for one in ndjson.run_events(event)]
    assert [event["type"] for event in read] == ["run-started", "progress", "operation-failed", "rolling-back", "report"]
    assert read[2]["problem"]["where"] == {"file": "f", "line": 1, "column": 2, "source": "text"}
    assert read[4]["failures"][0]["code"] == "c"
    assert read[4]["outcome"] == "done"


@given(names)
@settings(derandomize=True, max_examples=100)
def test_any_name_makes_one_line_of_utf8_that_reads_back(name: str) -> None:
    line = ndjson.line({"name": name})
    assert "\n" not in line
    assert json.loads(line.encode("utf-8")) == {"name": name} or any("\ud800" <= char <= "\udfff" for char in name)
