"""Runs and status as people read them."""

from typing import Any

import pytest

from reshelve.executors.state.run_summaries import RunSummary
from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.inventory import Root, Space
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_report import OperationResult, Report, Result
from reshelve.views.runs import log_text, report_text, run_text
from reshelve.views.status import Status, StoreStatus, status_text
from tests.support.viewplans import evening, large


def report(**changes: object) -> Report:
    values: dict[str, object] = {
        "run": "3f9a1c2e4b5d", "plan": "3f9a", "command": "apply", "outcome": "done", "on_error": "rollback",
        "started": "2026-09-01T10:00:00Z", "ended": "2026-09-01T10:00:02Z", "seconds": 2.04,
        "operations": 5, "done": 5, "counts": {"move": 3, "mkdir": 1, "trash": 1}, "copied_bytes": 1_200_000_000,
    } | changes  # fmt: skip
    return Report(**values)  # type: ignore[arg-type]


def test_a_run_that_is_done_says_how_to_take_it_back() -> None:
    assert list(report_text(report())) == [
        "Done: run 3f9a1c2e4b5d: 1 folder made, 3 files moved, 1 file to the trash (1.2 GB copied and verified) in 2.0 s.",
        "Take it back with: reshelve undo 3f9a1c2e4b5d",
    ]


def test_what_a_service_copied_within_itself_is_not_called_verified() -> None:
    """Its ETag need not tell of the content, and nobody here has read it."""
    both = report_text(report(copied_bytes=1_200_000_000, service_copied_bytes=200_000_000))
    assert "(1.0 GB copied and verified, 200 MB copied by the service)" in next(iter(both))
    alone = report_text(report(service_copied_bytes=1_200_000_000))
    assert "verified" not in next(iter(alone))


def test_an_undo_says_how_to_do_it_again_and_a_purge_promises_nothing() -> None:
    assert list(report_text(report(command="undo")))[-1] == "Do it again with: reshelve redo 3f9a1c2e4b5d"
    assert len(list(report_text(report(command="trash empty", counts={"purge": 5})))) == 1


def test_a_failure_is_shown_with_what_became_of_the_run() -> None:
    failure = Problem("no-space", "The disk is full.", "12 of 40 bytes were written.", "tv:a.mkv")
    assert list(report_text(report(outcome="rolled-back", failures=[failure], done=0, counts={}))) == [
        "error[no-space]: The disk is full.",
        "  --> tv:a.mkv",
        "  12 of 40 bytes were written.",
        "",
        "Failed: run 3f9a1c2e4b5d: everything it had done was taken back, in 2.0 s.",
    ]
    stopped = list(report_text(report(outcome="stopped", interrupted=True, done=2, counts={"move": 2}, unsure=["tv:b\x07"])))
    assert stopped == [
        "  left as it is, as it is not known whether it was done: tv:b\\x07",
        "Stopped, interrupted: run 3f9a1c2e4b5d: 2 of 5 operations done and kept (2 files moved), 1 not known, in 2.0 s.",
        "Take it back with: reshelve undo 3f9a1c2e4b5d",
    ]
    both = "To do the rest of it: reshelve recover --finish\nTo take back what was done: reshelve recover"
    assert list(report_text(report(outcome="unsettled")))[-1] == both


def test_thousands_of_steps_that_cannot_be_told_are_folded() -> None:
    places = [f"tv:{at % 30}/{at}.mkv" for at in range(10_000)]
    summary = "It is not known whether a step was done."
    failures = [Problem("cannot-tell", summary, f"move to {place}: neither.", place, "Look.") for place in places]
    lines = list(report_text(report(outcome="unsettled", done=0, counts={}, failures=failures, unsure=places)))
    assert len(lines) <= 60
    assert "error[cannot-tell]: It is not known whether a step was done. (10,000)" in lines
    assert "  left as they are, as it is not known whether they were done: 10,000 steps" in lines
    assert sum(int(line.split()[0].replace(",", "")) for line in lines if " in tv:" in line or " more folder" in line) == 10_000
    assert "`reshelve recover --json` lists them all." in lines


@pytest.mark.parametrize("number", [1, 10, 11, 200])
def test_a_report_never_has_more_lines_than_a_plan(number: int) -> None:
    places = [f"tv:{at}/{at}.mkv" for at in range(number)]
    summary = "It is not known whether a step was done."
    failures = [Problem("cannot-tell", summary, f"move to {place}: neither.", place, "Look.") for place in places]
    lines = list(report_text(report(outcome="unsettled", failures=failures, unsure=places)))
    assert len(lines) <= 60 and all(any(place in line for line in lines) for place in places[:3])


def test_how_a_recovery_ended_is_said_as_it_was() -> None:
    mended = Problem("journal-damaged", "The journal of this run is damaged.", "It is empty.", severity="warning")
    told = list(report_text(report(outcome="rolled-back", done=0, counts={}, failures=[mended])))
    assert told[-2].startswith("Settled: ") and told[-1].startswith("Next: reshelve plan")
    stopped = Problem("cancelled", "The run was interrupted.", "copy a:x to b:x was under way.", severity="note")
    told = list(report_text(report(outcome="rolled-back", done=0, counts={}, failures=[stopped], interrupted=True)))
    assert told[-2].startswith("Interrupted: ") and told[-1].startswith("Next: reshelve plan")
    nothing = list(report_text(report(outcome="rolled-back", done=0, counts={}, untouched=True)))
    assert nothing[0] == "Settled: run 3f9a1c2e4b5d: nothing of it had been done, in 2.0 s."
    lost = list(report_text(report(outcome="stopped", done=0, operations=0, counts={}, lost=True)))
    assert lost == ["Settled: run 3f9a1c2e4b5d as it stands, because its plan is lost: nothing was touched, in 2.0 s."]
    summary = RunSummary("aaaaaaaaaaaa", "apply", "", "stopped", "rollback", "2026-09-01T10:00:00Z", lost=True)
    assert next(iter(log_text([summary]))).endswith("what it did is not known  [settled as it stood]")


def test_the_log_says_why_a_run_was_rolled_back() -> None:
    def told(**what: Any) -> str:
        summary = RunSummary("aaaaaaaaaaaa", "apply", "", "rolled-back", "rollback", "2026-09-01T10:00:00Z", **what)
        return next(iter(log_text([summary]))).partition("[")[2]

    assert told(failures=1) == "rolled back after it failed]"
    assert told(interrupted=True) == "rolled back after it was interrupted]"
    assert told() == "rolled back after it was cut short]"


def test_the_log_has_a_line_a_run() -> None:
    did = {"move": 1200}
    first = RunSummary("aaaaaaaaaaaa", "apply", "", "done", "rollback", "2026-09-01T10:00:00.123Z", counts=did, held=True)
    first.undone_by = "bbbbbbbbbbbb"
    second = RunSummary("bbbbbbbbbbbb", "undo", "aaaaaaaaaaaa", "done", "rollback", "2026-09-01T11:00:00Z", counts=did)
    newest, oldest = log_text([second, first])
    assert newest == "bbbbbbbbbbbb  2026-09-01 11:00:00 UTC  undo of aaaaaaaaaaaa  1,200 files moved"
    assert oldest.startswith("aaaaaaaaaaaa  2026-09-01 10:00:00 UTC  apply                 1,200 files moved  [undone")
    assert oldest.endswith("[undone by bbbbbbbbbbbb; its files are left out of plans: reshelve release aaaaaaaaaaaa]")
    assert list(log_text([])) == ["No runs yet."]


def test_status_ends_with_what_needs_attention() -> None:
    cut = CutShort("cccccccccccc", operations=9, done=4, at_most=4)
    assert cut.brief == "with 4 of 9 operations done: `reshelve recover --finish` does the rest, `reshelve recover` takes it back"
    status = Status(
        "/media/reshelve.yaml",
        [
            StoreStatus(Root("inbox", "/in"), Space(10**9, 2 * 10**9)),
            StoreStatus(Root("tv/nas", "/nas", available=False, why="not mounted")),
        ],
        unsettled=["cccccccccccc"],
        cut_short=[cut],
        held=2,
        entries=10,
        review=1,
        trash_files=3,
        trash_bytes=5000,
    )
    assert list(status_text(status)) == [
        "Workspace /media/reshelve.yaml",
        "  inbox   /in  1.0 GB free of 2.0 GB",
        "  tv/nas  /nas  not available: not mounted",
        "          Mount or connect it, or set its path if it was moved, then look again.",
        "Layout: 10 entries, 1 item to review.",
        "Trash: 3 files, 5.0 kB.",
        "2 entries held since an undo, or since a run put files away: reshelve release",
        f"Run cccccccccccc did not settle, {cut.brief}",
    ]


def test_a_run_that_was_cut_short_reads_as_half_done() -> None:
    plan = evening()
    came_to: list[Result] = ["done"] * 3 + ["failed"] + ["not-done"] * 3
    results = [OperationResult(index, op.op, came_to[index]) for index, op in enumerate(plan.operations)]
    assert list(run_text(plan, report(outcome="stopped", done=3, results=results))) == [
        "Run 3f9a1c2e4b5d: apply, 2026-09-01 10:00:00 UTC, took 2.0 s",
        "",
        "Failed (1):",
        "  tv:Nordlys (2011)/Season 08/   rule episodes, facts from the file name",
        "    > Nordlys.S08E06.en.srt                                 48 kB  from inbox:Subs/old.srt",
        "Done (3):",
        "  as the layout says",
        "    + tv:Nordlys (2011)/",
        "    + tv:Nordlys (2011)/Season 08/",
        "  tv:Nordlys (2011)/Season 08/   rule episodes, facts from the file name",
        "    > Nordlys.S08E06.mkv                                   3.4 GB  from inbox:  (to another disk)",
        "Not done (3):",
        "  projects:b63/   template standard_video",
        "    w project_config.json  2 B",
        "  inbox:   already at tv:there.mkv",
        "    - copy.mkv  700 B",
        "  emptied by this plan",
        "    x inbox:Subs/",
        "",
    ]


def test_a_large_run_of_which_much_failed_fits_a_screen() -> None:
    plan = large(10_000, 300)
    came_to: list[Result] = ["done", "failed", "unsure", "not-done"]
    results = [OperationResult(index, op.op, came_to[index % 4]) for index, op in enumerate(plan.operations)]
    assert len(list(run_text(plan, report(outcome="stopped", results=results)))) <= 60
