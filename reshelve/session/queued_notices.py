"""Queueing notices: what is kept of a run that has settled, for those who are to be told. It never changes how the run ended."""

from contextlib import suppress
from datetime import datetime

from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue, new_id
from reshelve.opening.wiring import Setting
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report


def queue_run(setting: Setting, report: Report) -> None:
    """Keep a notice of a settled run for each receiver that wants to hear of it."""
    if report.outcome == "unsettled":
        return
    failed = report.outcome != "done" or bool(report.failures) or bool(report.unsure)
    occasion = "failure" if failed else "success"
    queue = NoticeQueue(setting.state.folder)
    for name, told in setting.workspace.notify.items():
        if occasion in told.on:
            with suppress(OSError, ReshelveError):
                made = datetime.fromisoformat(report.ended).timestamp()
                queue.add(Notice(new_id(), name, report.run, report.command, report.outcome, _text(report, failed=failed), made))


def _text(report: Report, *, failed: bool) -> str:
    host = f" on {report.host}" if report.host else ""
    line = f"reshelve {report.command}{host}: {report.outcome}, {report.done:,} of {report.operations:,} operations done."
    if failed and report.failures:
        first = report.failures[0]
        line += f" {first.path}: {first.summary} {first.detail}".rstrip()
    return f"{line} See: reshelve show {report.run}"
