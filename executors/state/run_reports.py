"""The reports of runs: what one came to, of its operations too, written beside its journal and read back."""

import json
import shlex
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, overload

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from reshelve.executors.state import run_journal
from reshelve.executors.state.state_files import damaged_file, replace_state_file
from reshelve.schemas.carried_bytes import buckets, by_service, bytes_of, files_of, totals
from reshelve.schemas.documents.source_lines import open_file, read_file
from reshelve.schemas.journal_records import Settled
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_record import Run
from reshelve.schemas.run_report import OperationResult, Report, Result

FILE = "report.json"
_RESULTS = b',\n "results": ['
"""What stands between the figures and the results: nowhere else, for a line break within a text is escaped."""
_END = b"\n ]\n}\n"


def figures(done: Sequence[AnyOperation], in_buckets: Container[str]) -> dict[str, Any]:
    """Return the figures of a report that follow from the operations that stand done, without what its end freed.

    `in_buckets` are the keys of the roots that are buckets.
    """
    carried = totals(done, in_buckets)
    return {
        "done": len(done),
        "counts": _counts(done),
        "moved_bytes": carried.get("moved", 0),
        "copied_bytes": carried.get("copied", 0),
        "service_copied_bytes": totals(filter(by_service, done), in_buckets).get("copied", 0),
        "uploaded_bytes": carried.get("uploaded", 0),
        "downloaded_bytes": carried.get("downloaded", 0),
        "trashed_bytes": carried.get("trashed", 0),
        "freed_bytes": carried.get("freed", 0),
    }


def _counts(done: Sequence[AnyOperation]) -> dict[str, int]:
    """Count what was done by kind, a folder that went whole by its files."""
    counts = Counter[str]()
    for operation in done:
        counts[operation.op] += files_of(operation)
    return dict(sorted(counts.items()))


class Results(Sequence[OperationResult]):
    """What each operation of a run came to, made anew whenever it is looked at: held, it would double the memory of a plan."""

    def __init__(self, operations: Sequence[AnyOperation], stands: Callable[[int], Result], failed: Mapping[int, Problem]) -> None:
        """`stands` tells how an operation stands, by its number; `failed` what went wrong with some."""
        self._operations, self._stands, self._failed = operations, stands, failed

    def __len__(self) -> int:
        return len(self._operations)

    @overload
    def __getitem__(self, index: int) -> OperationResult: ...
    @overload
    def __getitem__(self, index: slice) -> list[OperationResult]: ...
    def __getitem__(self, index: int | slice) -> OperationResult | list[OperationResult]:
        numbers = range(len(self))[index]
        return self._result(numbers) if isinstance(numbers, int) else [self._result(number) for number in numbers]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def _result(self, index: int) -> OperationResult:
        """Return what one came to: as it stands, or failed, where it was taken back for what went wrong."""
        operation, came_to, problem = self._operations[index], self._stands(index), self._failed.get(index)
        if problem is not None and came_to == "not-done" and problem.severity == "error":
            came_to = "failed"
        why, hint = (problem.detail, problem.hint) if problem is not None and came_to != "done" else ("", "")
        src, dst = operation.reads or operation.frees or "", operation.makes or ""
        facts = getattr(operation, "facts", None)
        return OperationResult(index, operation.op, came_to, src, dst, bytes_of(operation), facts, why, hint)


def report_of_run(run: Run) -> Report:
    """Return the report of a settled run as its plan and journal tell it: what failed, and why, is not known any more."""
    plan = run.plan

    def stands(index: int) -> Result:
        return "unsure" if index in run.unsure else "done" if index in run.done else "not-done"

    took = datetime.fromisoformat(run.ended) - datetime.fromisoformat(run.started or run.ended)
    return Report(
        run=run.id,
        plan=plan.id,
        command=plan.command,
        outcome=run.outcome,
        on_error=run.on_error,
        started=run.started,
        ended=run.ended,
        seconds=round(took.total_seconds(), 3),
        of=plan.of,
        who=run.who,
        host=run.host,
        operations=len(plan.operations),
        **figures([plan.operations[index] for index in sorted(run.done)], buckets(plan.roots)),
        unsure=[plan.operations[index].makes or plan.operations[index].frees or "" for index in sorted(run.unsure)],
        whole=plan.whole and (run.outcome != "stopped" or len(run.done) == len(plan.operations)),
        results=Results(plan.operations, stands, {}),
    )


def save_report(folder: Path, report: Report) -> None:
    """Write a run's report durably: from then on the run counts as settled. The figures come first, then a line for each result."""
    head = _adapter().dump_json(report, indent=1, exclude={"results"}).removesuffix(b"\n}")
    replace_state_file(folder / FILE, chain((head, _RESULTS), _lines(report.results), (_END,)))


def _lines(of: Iterable[OperationResult]) -> Iterator[bytes]:
    to_json, mark = _result_adapter().serializer.to_json, b"\n  "
    for one in of:
        try:
            yield mark + to_json(one, exclude_defaults=True)
        except PydanticSerializationError:  # a text with lone surrogates
            given = {name: getattr(one, name) for name in OperationResult.__dataclass_fields__ if getattr(one, name)}
            yield mark + json.dumps({"index": 0, **given}).encode()
        mark = b",\n  "


def load_report(folder: Path) -> Report | None:
    """Return the report in a run's folder, or None where there is none. Raises ReshelveError for one that is damaged."""
    return _load(folder, whole=True)


def load_figures(folder: Path) -> Report | None:
    """Return the report in a run's folder without its results, which are not read. Else as `load_report`."""
    return _load(folder, whole=False)


def _load(folder: Path, *, whole: bool) -> Report | None:
    path = folder / FILE
    try:
        report = _adapter().validate_json(read_file(path) if whole else _figures_of(path))
        if not folder.name.endswith(f"-{report.run}"):
            raise ValueError(f"the report of run {report.run}")
        return report
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        raise damaged_file(path, _way_on(folder)) from None


def _way_on(folder: Path) -> str:
    """Return what to do about a damaged report: what its journal tells is settled anew only where that tells how the run ended."""
    try:
        left = run_journal.load(folder / "journal.ndjson", folder.name.rpartition("-")[2])
    except OSError:
        ended = False
    else:
        ended = not left.damage and any(isinstance(record, Settled) for record in left.records[-1:])
    report = str(folder / FILE)
    away = f"mv {shlex.quote(report)} {shlex.quote(f'{report}.damaged')} && reshelve recover"
    if ended:
        return f"Settle the run by its journal: {away}"
    back = "Its journal does not tell how the run ended. If you have either in a backup, put it back."
    return f"{back}\nElse record the run as it stands, with all left in place: {away} --accept"


def _figures_of(path: Path) -> bytes:
    """Return the text of a report as far as its results, closed there. Raises OSError."""
    marker = _RESULTS.lstrip(b",\n")
    lines: list[bytes] = []
    with open_file(path) as file:
        for line in file:
            if line.startswith(marker):
                return b"".join(lines).rstrip().removesuffix(b",") + b"\n}"
            lines.append(line)
    return b"".join(lines)


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


@cache
def _result_adapter() -> TypeAdapter[OperationResult]:
    return TypeAdapter(OperationResult)
