"""The state of things for Prometheus: text of gauges and counters, names with their units."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from reshelve.views.status import Status

if TYPE_CHECKING:
    from reshelve.executors.state.run_summaries import RunSummary

_Labels = Mapping[str, str]
_NONE: _Labels = {}


def metrics_text(status: Status, runs: "Iterable[RunSummary]") -> Iterator[str]:
    """Yield the lines of the metrics of a workspace, in the text format of Prometheus."""
    stores = [({"store": one.root.key}, one) for one in status.stores]
    available = [(labels, int(one.root.available)) for labels, one in stores]
    free = [(labels, one.space.free) for labels, one in stores if one.space is not None]
    total = [(labels, one.space.total) for labels, one in stores if one.space is not None]
    yield from _metric("store_available", "gauge", "Whether a store is there.", available)
    yield from _metric("store_free_bytes", "gauge", "Free space of a store that is a folder.", free)
    yield from _metric("store_size_bytes", "gauge", "Size of the file system of a store that is a folder.", total)
    ended = list(runs)
    outcomes = Counter((run.command, run.outcome) for run in ended)
    counted = [({"command": command, "outcome": outcome}, number) for (command, outcome), number in sorted(outcomes.items())]
    yield from _metric("runs", "gauge", "Runs in the history, by how they ended.", counted)
    yield from _work(ended)
    yield from _metric("runs_unsettled", "gauge", "Runs that were cut short.", [(_NONE, len(status.unsettled))])
    yield from _metric("run_under_way", "gauge", "Whether a run is at work.", [(_NONE, int(bool(status.under_way)))])
    if status.last is not None and status.last.ended:
        at = datetime.fromisoformat(status.last.ended).timestamp()
        yield from _metric("last_run_timestamp_seconds", "gauge", "When the last run ended.", [(_NONE, at)])
        well = int(status.last.outcome == "done" and not status.last.failures)
        yield from _metric("last_run_success", "gauge", "Whether the last run did all it should.", [(_NONE, well)])
    yield from _metric("layout_problems", "gauge", "Problems in the layout.", [(_NONE, status.unsound)])
    if status.entries is not None and status.review is not None:
        yield from _metric("layout_entries", "gauge", "Entries of the layout.", [(_NONE, status.entries)])
        yield from _metric("layout_review_entries", "gauge", "Files that wait to be decided.", [(_NONE, status.review)])
    yield from _metric(
        "held_entries", "gauge", "Entries that are held since an undo, or since a run put files away.", [(_NONE, status.held)]
    )
    yield from _metric("trash_files", "gauge", "Files in the trash.", [(_NONE, status.trash_files)])
    yield from _metric("trash_bytes", "gauge", "Size of the trash.", [(_NONE, status.trash_bytes)])
    yield from _metric("problems", "gauge", "Problems that `reshelve status` shows.", [(_NONE, len(status.problems))])


def _work(runs: "Iterable[RunSummary]") -> Iterator[str]:
    """Yield what all runs of the history did together. Gauges: runs that are forgotten are counted no more."""
    done = list(runs)
    operations: Counter[str] = Counter()
    for run in done:
        operations.update(run.counts)
    counted = [({"operation": kind}, number) for kind, number in sorted(operations.items())]
    yield from _metric("run_operations", "gauge", "Operations done by the runs in the history.", counted)
    carried = [
        ({"how": "moved"}, sum(run.moved_bytes for run in done)),
        ({"how": "copied"}, sum(run.copied_bytes for run in done)),
        ({"how": "uploaded"}, sum(run.uploaded_bytes for run in done)),
        ({"how": "downloaded"}, sum(run.downloaded_bytes for run in done)),
        ({"how": "trashed"}, sum(run.trashed_bytes for run in done)),
    ]
    what = "Bytes moved, copied, sent to and fetched from buckets, and put in the trash by the runs in the history."
    yield from _metric("run_bytes", "gauge", what, carried)
    seconds = round(sum(map(_seconds, done)), 3)
    yield from _metric("run_seconds", "gauge", "How long the runs in the history took together.", [(_NONE, seconds)])


def _seconds(run: "RunSummary") -> float:
    """Return how long a run took, 0 for one that has not ended."""
    if not (run.started and run.ended):
        return 0.0
    return max(0.0, (datetime.fromisoformat(run.ended) - datetime.fromisoformat(run.started)).total_seconds())


def _metric(name: str, kind: str, what: str, values: Iterable[tuple[_Labels, float]]) -> Iterator[str]:
    found = list(values)
    if not found:
        return
    yield f"# HELP reshelve_{name} {what}"
    yield f"# TYPE reshelve_{name} {kind}"
    for labels, value in found:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"reshelve_{name}{f'{{{shown}}}' if shown else ''} {value}"


def _escaped(text: str) -> str:
    """Return the value of a label: nothing in it ends it, or its line."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return plain.encode("utf-8", "backslashreplace").decode()
