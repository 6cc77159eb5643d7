"""Runs for people: what one came to, and the log of all."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.schemas.cut_short import CutShort, brief_ways, ways
from reshelve.schemas.locations import printable
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import errors
from reshelve.schemas.quantities import human_size
from reshelve.schemas.run_report import Report, Result
from reshelve.views.colour import Paint, count
from reshelve.views.plan_counts import ORDER
from reshelve.views.plan_places import folder_of
from reshelve.views.plans import LINES, operations_text
from reshelve.views.problem_text import problems_brief

if TYPE_CHECKING:
    from reshelve.executors.state.run_summaries import RunSummary

DID = {
    "mkdir": "{} made",
    "move": "{} moved",
    "copy": "{} copied",
    "link": "{} linked",
    "write": "{} written",
    "upload": "{} uploaded",
    "download": "{} downloaded",
    "pack": "{} packed",
    "unpack": "{} unpacked",
    "transition": "{} given another class",
    "thaw": "{} asked for",
    "configure": "{} configured",
    "reveal": "{} brought back",
    "trash": "{} to the trash",
    "rmdir": "{} removed",
    "purge": "{} removed for good",
}
FEW = 10
"""Problems, places, or folders of them, that are listed one by one: a report has at most 60 lines."""
NOUN = {
    "mkdir": "folder", "rmdir": "folder", "purge": "item", "pack": "folder", "unpack": "archive", "transition": "object",
    "thaw": "object", "configure": "bucket", "reveal": "object",
}  # fmt: skip


_NONE_CUT: Mapping[str, CutShort] = {}

RESULTS: dict[Result, str] = {
    "failed": "Failed",
    "unsure": "Left as it is: whether it was done is not known",
    "done": "Done",
    "not-done": "Not done",
}
"""What heads the operations of a run that came to that, in the order in which they are worth reading."""


def run_text(
    plan: Plan, report: Report, *, full: bool = False, facts: bool = False, colour: bool = False, width: int = 100
) -> Iterator[str]:
    """Yield what a settled run did: its operations, under what they came to where that is not the same for all of them.

    At most about 60 lines, or with `full` every operation in the order of the plan, with the `facts` of its file if asked for.
    """
    paint = Paint(colour)
    yield paint("bold", heading(report, plan.command, plan.of))
    if not plan.operations:
        return
    yield ""
    came_to: dict[Result, list[AnyOperation]] = {}
    for result in report.results:
        came_to.setdefault(result.result, []).append(plan.operations[result.index])
    groups = [(name, came_to[name]) for name in RESULTS if name in came_to]
    for name, operations in groups:
        if len(groups) > 1 or name != "done":
            yield paint("bold", f"{RESULTS[name]} ({len(operations):,}):")
        yield from operations_text(operations, paint, width, None if full else (LINES - 12) // len(groups), facts=facts)
    yield ""


def heading(report: Report, command: str, of: str | None = None) -> str:
    """Return what a run was, when it began in UTC, and how long it took."""
    when = f", {report.started[:19].replace('T', ' ')} UTC" if report.started else ""
    return f"Run {report.run}: {command}{f' of {of}' if of else ''}{when}, took {_took(report)}"


def _took(report: Report) -> str:
    return f"{report.seconds:.1f} s" if report.seconds < 120 else f"{report.seconds / 60:.0f} min"


def report_text(report: Report, colour: bool = False, *, brief: bool = False, since: "RunSummary | None" = None) -> Iterator[str]:
    """Yield what a run came to: one line that says how it ended, what went wrong, and, unless `brief`, the next command.

    `since` says of a run that ended before whether another took it back.
    """
    paint = Paint(colour)
    # What has not settled has no report to show: it can be told again.
    whole = "reshelve recover --json" if report.outcome == "unsettled" else f"reshelve show {report.run} --json"
    problems = [*report.failures, *report.notes]
    yield from problems_brief(problems, colour, whole=whole, many=FEW)
    if problems:
        yield ""
    named = {problem.path for problem in report.failures} if len(report.failures) <= FEW else set()
    yield from _untold([place for place in report.unsure if place not in named])
    yield paint("bold", _ending(report))
    following = (_since(report, since) if since is not None else "") or _next(report)
    if following and (not brief or report.outcome == "unsettled"):
        yield following


def _untold(places: Sequence[str]) -> Iterator[str]:
    """Name what was left as it is: each place, or where there are many how many in which folder."""
    if len(places) <= FEW:
        yield from (f"  left as it is, as it is not known whether it was done: {printable(place)}" for place in places)
        return
    folders = Counter(folder_of(place) for place in places)
    yield f"  left as they are, as it is not known whether they were done: {count(len(places), 'step')}"
    for folder, number in folders.most_common(FEW):
        yield f"    {number:>6,} in {printable(folder)}"
    if len(folders) > FEW:
        left = sum(number for _, number in folders.most_common()[FEW:])
        yield f"    {left:>6,} in {count(len(folders) - FEW, 'more folder')}"


def _ending(report: Report) -> str:
    took = _took(report)
    failed, by_hand = errors(report.failures), ", interrupted" if report.interrupted else ""
    match report.outcome:
        case _ if report.lost:
            return f"Settled: run {report.run} as it stands, because its plan is lost: nothing was touched, in {took}."
        case "done":
            return f"Done{_kept(report)}: run {report.run}: {_did(report.counts) or 'nothing'}{_bytes(report)} in {took}."
        case "rolled-back":
            how = f"Failed{by_hand}" if failed else "Interrupted" if by_hand else "Settled"
            if report.untouched:
                return f"{how}: run {report.run}: nothing of it had been done, in {took}."
            return f"{how}: run {report.run}: everything it had done was taken back, in {took}."
        case "stopped":
            kept = f"{report.done:,} of {count(report.operations, 'operation')} done and kept"
            untold = f", {len(report.unsure):,} not known" if report.unsure else ""
            return f"Stopped{by_hand}: run {report.run}: {kept} ({_did(report.counts) or 'nothing'}){untold}, in {took}."
        case _:
            known = f"{report.done:,} of {count(report.operations, 'operation')} are known done"
            untold = f", and of {len(report.unsure):,} it is not known" if report.unsure else ""
            return f"Unsettled{by_hand}: run {report.run} did not end: {known}{untold}."


def _kept(report: Report) -> str:
    kept = sum(problem.code == "original-kept" for problem in report.failures)
    return f", but for {count(kept, 'original')} that had to stay" if kept else ""


def _since(report: Report, run: "RunSummary") -> str:
    """Return which run took a run back, and the command that goes on from there; "" where it stands."""
    if run.undone_by and report.command == "undo":
        return f"Done again by run {run.undone_by}. Take that back with: reshelve undo {run.undone_by}"
    if run.undone_by:
        return f"Taken back by run {run.undone_by}. Do it again with: reshelve redo {run.undone_by}"
    if run.partly_undone_by:
        return f"Taken back in part, last by run {run.partly_undone_by}. For the rest: reshelve undo {report.run}"
    return ""


def _next(report: Report) -> str:
    if report.outcome == "unsettled":
        return ways(report.on_error)
    if report.outcome == "rolled-back" and not errors(report.failures):
        again = "reshelve plan, then reshelve apply" if report.command == "apply" else "give the same command again"
        return f"Next: {again}. A saved plan has to be made anew."
    if report.outcome == "rolled-back" or not report.done or set(report.counts) <= {"purge", "thaw"}:
        return ""
    if report.command == "undo":
        return f"Do it again with: reshelve redo {report.run}"
    return f"Take it back with: reshelve undo {report.run}"


def _bytes(report: Report) -> str:
    # The sources of copies went as well, but their content did not: only what is gone for good counts as freed.
    freed = report.freed_bytes if report.counts.get("purge") else 0
    sizes = (
        # A copy stands only once it was read back, or the service told its hash: `local_copies`, `uploads`, `downloads`. Of
        # one within a service only size and ETag are compared, and not every ETag tells of the content: `server_copies`.
        (report.uploaded_bytes, "uploaded and verified"),
        (report.downloaded_bytes, "downloaded and verified"),
        (report.copied_bytes - report.service_copied_bytes, "copied and verified"),
        (report.service_copied_bytes, "copied by the service"),
        (report.trashed_bytes, "in the trash"),
        (freed, "freed"),
    )
    parts = [f"{human_size(size)} {what}" for size, what in sizes if size]
    return f" ({', '.join(parts)})" if parts else ""


def _did(counts: Mapping[str, int]) -> str:
    return ", ".join(DID[kind].format(count(counts[kind], NOUN.get(kind, "file"))) for kind in ORDER if counts.get(kind))


def with_progress(run: "RunSummary", cut: CutShort | None) -> "RunSummary":
    """Return a run as a log shows it, one that has not ended with how far it is known to have got."""
    return run if cut is None else replace(run, operations=cut.operations, done=cut.done)


def log_text(
    runs: "Iterable[RunSummary]",
    colour: bool = False,
    under_way: Container[str] = (),
    about: Mapping[str, Mapping[str, str]] | None = None,
    cut_short: Mapping[str, CutShort] = _NONE_CUT,
) -> Iterator[str]:
    """Yield a line a run, as given (newest first): id, start in UTC, command, what it did, and what became of it.

    `cut_short` tells how far those got that never settled.

    `under_way` are the runs that a process is at work on now: not settled, and nothing to recover. `about` has the `source` and
    `dest` of those of `organize`, by run: where they are not the same for all, each is told. The `workspace` of others always is.
    """
    paint = Paint(colour)
    nothing, about = True, about or {}
    runs = list(runs)
    several = len({tuple(about.get(run.id, {}).values()) for run in runs}) > 1
    for run in runs:
        nothing = False
        when = f"{run.started[:19].replace('T', ' ')} UTC" if run.started else "unknown time"
        what = f"{run.command} of {run.of}" if run.of else run.command
        partly = f"undone in part by {run.partly_undone_by}" if run.partly_undone_by else ""
        undone = f"undone by {run.undone_by}" if run.undone_by else partly
        held = f"its files are left out of plans: reshelve release {run.id}" if run.held else ""
        ended = "under way" if run.id in under_way else _ended(run, cut_short.get(run.id))
        tail = "; ".join(note for note in (ended, undone, held) if note)
        did = _did(run.counts) or ("" if run.outcome == "unsettled" else "what it did is not known" if run.lost else "nothing")
        did += whose_text(about.get(run.id, {}), several=several)
        line = f"{paint('move', run.id)}  {when}  {what:<20}  {did}"
        yield f"{line}  {paint('warn', f'[{tail}]')}" if tail else line
    if nothing:
        yield "No runs yet."


def whose_text(where: Mapping[str, str], *, several: bool) -> str:
    """Return of which workspace elsewhere a run is; where there are several, from and into which folders an organize was."""
    if "workspace" in where:
        return f"  of {printable(where['workspace'])}"
    return f"  from {printable(where['source'])} into {printable(where['dest'])}" if where and several else ""


def _ended(run: "RunSummary", cut: CutShort | None) -> str:
    """Return how a run ended, "" where all of it was done."""
    if run.lost:
        return "settled as it stood"
    match run.outcome:
        case "done":
            return ""
        case "stopped":
            return "stopped part-way"
        case "rolled-back":
            why = "failed" if run.failures else "was interrupted" if run.interrupted else "was cut short"
            return f"rolled back after it {why}"
        case _:
            return f"unsettled, {cut.brief}" if cut is not None else f"unsettled: {brief_ways(run.on_error)}"
