"""Queueing notices: what is kept of a run that has settled, for those who are to be told. It never changes how the run ended."""

import os
from contextlib import suppress
from datetime import datetime

from reshelve.executors.hooks.notice_queue import AFTER, Notice, NoticeQueue, new_id
from reshelve.opening.wiring import Setting
from reshelve.schemas.locations import in_trash, parent, printable, split
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.run_report import Report

_WHOLE = {
    "thaw": "Asked for, not readable yet",
    "unpack": "Unpacked",
    "pack": "Packed",
    "transition": "Given another class",
}
"""What is named of a run: whole archives, few enough to be what somebody waits for."""
_FEW = 5


def queue_run(setting: Setting, report: Report) -> None:
    """Keep a notice of a settled run for each receiver that wants to hear of it, and for who is told of the folders it changed."""
    if report.outcome == "unsettled":
        return
    failed = report.outcome != "done" or bool(report.failures) or bool(report.unsure)
    occasion = "failure" if failed else "success"
    told: dict[str, list[str]] = {name: [] for name, each in setting.workspace.notify.items() if occasion in each.on}
    if setting.workspace.after and (folders := _folders(setting, report)):
        told |= {f"{AFTER}{name}": folders for name in setting.workspace.after}
    with suppress(OSError, ReshelveError):
        queue, made = NoticeQueue(setting.state.folder), datetime.fromisoformat(report.ended).timestamp()
        for name, changed in told.items():
            text = notice_text(report, failed=failed)
            queue.add(Notice(new_id(), name, report.run, report.command, report.outcome, text, made, folders=changed))


def _folders(setting: Setting, report: Report) -> list[str]:
    """Return the folders on this machine in which a run put, took or changed files, sorted. What is in the trash is in none."""
    roots = {root.key: root.path for root in setting.roots() if root.kind != "bucket"}
    found: set[str] = set()
    for result in report.results:
        if result.result != "done" or result.op in ("mkdir", "rmdir"):
            continue
        for root, rel in (split(place) for place in (result.src, result.dst) if place):
            if root in roots and not in_trash(rel):
                found.add(_plain(os.path.join(roots[root], parent(rel))))
    return sorted(found)


def _plain(folder: str) -> str:
    """Return a folder, or the nearest above it whose name is text: no receiver can be told another."""
    while not folder.isascii():
        try:
            folder.encode()
            break
        except UnicodeEncodeError:
            folder = os.path.dirname(folder)
    return folder.rstrip("/") or "/"


def notice_text(report: Report, *, failed: bool) -> str:
    """Return how a run ended in a few sentences: the archives it was about, the first failure, and how to see all of it."""
    host = f" on {report.host}" if report.host else ""
    line = f"reshelve {report.command}{host}: {report.outcome}, {report.done:,} of {report.operations:,} operations done."
    line += "".join(f" {words}: {_listed(places)}." for words, places in _archives(report).items() if places)
    if failed and report.failures:
        first = report.failures[0]
        line += f" {first.path}: {first.summary} {first.detail}".rstrip()
    return f"{line} See: reshelve show {report.run}"


def _archives(report: Report) -> dict[str, list[str]]:
    """Return the archives that a run was about, by what it did with them."""
    places: dict[str, list[str]] = {words: [] for words in _WHOLE.values()}
    for each in report.results:
        if each.op in _WHOLE and each.result == "done":
            places[_WHOLE[each.op]].append(printable(each.dst or each.src))
    return places


def _listed(places: list[str]) -> str:
    return ", ".join(places[:_FEW]) + (f" and {len(places) - _FEW:,} more" if len(places) > _FEW else "")
