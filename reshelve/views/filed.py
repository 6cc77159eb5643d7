"""What was filed by itself, and what was left: as the watch and `file` say it."""

from collections.abc import Iterator, Mapping

from reshelve.schemas.locations import printable
from reshelve.schemas.quantities import human_size
from reshelve.schemas.run_report import Report
from reshelve.views.colour import count
from reshelve.views.scans import LEFT, duplicates_text

_FEW = 10
"""Files that are named of those a run filed."""
_STANDS = {"filed_already": "filed already", "in_place": "in place"}
_WHY = {
    "being_downloaded": "Its download client says that it is not complete.",
    "other_downloads": "Its download has none of the `categories:` that are filed.",
    "client_silent": "Its download client does not answer.",
    "being_written": "It is being written.",
    "too_young": "It was changed more recently than `settle:` allows.",
    "left_by_rule": "A rule leaves it where it is.",
    "on_two_roots": "It is in two folders of its store.",
}
"""Why a file was left, where another sentence says it better than what the file is."""


def filed_text(report: Report) -> Iterator[str]:
    """Yield what a run filed, and how it is taken back. What was linked takes no room, so no size is told of that."""
    done = [result for result in report.results if result.result == "done" and result.op != "mkdir"]
    if not done:
        return
    size = sum(result.bytes for result in done)
    how = f" ({human_size(size)})" if size else ""
    yield f"Filed {count(len(done), 'file')}{how}. To take it back: reshelve undo {report.run}"
    yield from (f"  {printable(result.dst)}  from {printable(result.src)}" for result in done[:_FEW])
    if len(done) > _FEW:
        yield f"  … and {len(done) - _FEW:,} more: reshelve show {report.run}"


def standing_text(counts: Mapping[str, int], duplicates: Mapping[str, str]) -> Iterator[str]:
    """Yield what there was nothing to do about: what is filed already, and what is there with the same content.

    `duplicates` are those of which it is known where that is.
    """
    told = [f"{counts[key]:,} {words}" for key, words in _STANDS.items() if counts.get(key)]
    told += [count(counts["duplicates"], "duplicate")] if counts.get("duplicates") else []
    if told:
        yield f"Nothing to do for {', '.join(told)}."
    yield from duplicates_text(duplicates, full=False)


def why_left(why: str) -> str:
    """Return a sentence on why a file was left where it is."""
    if why in _WHY:
        return _WHY[why]
    if why not in LEFT:
        return f"It is {why.replace('_', ' ')}."
    what = LEFT[why][0]
    return f"It is {'an' if what[0] in 'aeiou' else 'a'} {what}."
