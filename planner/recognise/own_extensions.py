"""Extensions that a workspace adds: a name that ends in one is read here, past what was remembered and past the workers."""

from collections.abc import Sequence

from reshelve.planner.recognise.extension_tables import adds, halves
from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.recognise.recogniser import NameRecogniser


class OwnExtensions:
    """Reads as `inner` does, but for names with an extension added by `adding`, which nothing else knows of."""

    __slots__ = ("_here", "_inner")

    def __init__(self, inner: Recogniser) -> None:
        self._inner = inner
        self._here = NameRecogniser()

    def read(self, rel: str) -> Reading:
        """Return the facts of the item at `rel`. Never raises for a name."""
        return (self._here if _is_own(rel) else self._inner).read(rel)

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        """Return the facts of many items, in their order."""
        own = {rel: self._here.read(rel) for rel in rels if _is_own(rel)}
        others = iter(self._inner.read_all([rel for rel in rels if rel not in own]))
        return [own[rel] if rel in own else next(others) for rel in rels]


def _is_own(rel: str) -> bool:
    return adds(halves(rel.rpartition("/")[2])[1])
