"""Waiting companions: the documents and pictures of films that are not finished: "Film.info.json" beside "Film.f137.mp4"."""

from collections.abc import Sequence

from reshelve.planner.left_alone.marks import Marks
from reshelve.planner.recognise.extension_tables import halves, is_disc, is_sidecar, media_type
from reshelve.schemas.inventory import Item


def waiting_companions(told: Marks, items: Sequence[Item]) -> list[str]:
    """Return what waits because a film of its name is under way. A film that is there already has its own."""
    stems = told.in_pieces | {stem for stem, ext in map(halves, told.under_way) if _is_played(ext)}
    there: set[str] = set()
    beside: dict[str, list[str]] = {}
    for item in items if stems else ():
        stem, ext = halves(item.rel)
        if item.kind != "file" or item.rel in told.under_way:
            continue
        if _is_played(ext):
            there.add(stem)
            continue
        while stem not in stems and "." in stem.rpartition("/")[2]:
            stem = stem.rpartition(".")[0]
        if stem in stems and is_sidecar(ext):
            beside.setdefault(stem, []).append(item.rel)
    return [rel for stem, rels in beside.items() if stem not in there for rel in rels]


def _is_played(ext: str) -> bool:
    return media_type(ext) in ("video", "audio") or is_disc(ext)
