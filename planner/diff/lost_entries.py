"""Lost entries: those whose source is gone and at whose target nothing stands. Told is what is known of the file."""

from reshelve.planner.ports.earlier_runs import EarlierRuns
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.wants.plan_problems import BROUGHT_ELSEWHERE, FILED_AND_GONE, FILED_ELSEWHERE, LOST, Findings
from reshelve.planner.wants.root_choice import locate
from reshelve.planner.wants.want import Want
from reshelve.schemas.locations import join, name, parent, printable


class Lost:
    """Says of entries that they are lost: whether their file was filed before, at their target or another, and where it is."""

    def __init__(self, findings: Findings, readers: Readers, earlier: EarlierRuns) -> None:
        self._findings = findings
        self._readers = readers
        self._earlier = earlier

    def tell(self, want: Want) -> None:
        """Mark a want as lost, with what is known of its file."""
        detail = f"{printable(want.source)} is not there, nor is its target."
        known = self._earlier.filed(want.target)
        size = want.entry.size if want.entry is not None else None
        now = known.standing(self._readers, size) if known is not None else ""
        hint = LOST
        if now:
            detail += f" It was filed, and is at {printable(now)} now."
            hint = FILED_ELSEWHERE
        elif elsewhere := self._elsewhere(want, size):
            detail += f" It was filed, and is at {printable(elsewhere)} now."
            hint = BROUGHT_ELSEWHERE
        elif known is not None and known.taken is not None:
            detail += f" {known.taken.told[0].upper()}{known.taken.told[1:]}."
            hint = f"To have it back: reshelve undo {known.taken.run}. If it is to stay away, `reshelve scan` lets go of the entry."
        elif beside := self._beside(want, size):
            detail += f" A file of that name and size is at {printable(beside)}."
        elif known is not None:
            detail += " It was filed, and is gone from there."
            hint = FILED_AND_GONE
        self._findings.mark(want, "lost", "A source is gone.", detail, hint)

    def _elsewhere(self, want: Want, size: int | None) -> str:
        """Return where a run brought what was at the source, if that stands there; "" where none did."""
        brought = self._earlier.brought(want.source)
        return brought.standing(self._readers, size) if brought is not None else ""

    def _beside(self, want: Want, size: int | None) -> str:
        """Return where a file of the same name and size lies in the target's folder, or ""."""
        bound = want.bound
        wanted = name(locate(want.source)[1])
        if size is None or bound is None:
            return ""
        try:
            if bound.folder.find(wanted) is None:
                return ""
            rel = f"{parent(locate(want.place)[1])}/{wanted}".lstrip("/")
            item = bound.reader.stat(rel)
        except OSError:
            return ""
        return join(bound.reader.root.key, rel) if item is not None and item.size == size and item.kind == "file" else ""
