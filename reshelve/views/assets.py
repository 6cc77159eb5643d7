"""The catalog for people: files, one asset, histories and totals."""

import json
from collections.abc import Iterable, Iterator, Mapping

from reshelve.schemas.asset_questions import AssetDetail, AssetPlace, HistoryRow, Totals
from reshelve.schemas.locations import printable
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import Paint, count
from reshelve.views.runs import whose_text

UNREAD = "-" * 12
"""What stands for the id of a file whose content nobody has read."""


def assets_text(places: Iterable[AssetPlace], *, colour: bool = False) -> Iterator[str]:
    """Yield a line a file: the id of its content, size, type, location, and what people say of it."""
    paint = Paint(colour)
    for place in places:
        also = [f"#{tag}" for tag in place.tags]
        also += [place.status] if place.status != "active" else []
        also += [f"version {place.version}"] if place.version > 1 else []
        also += [f"used {place.usage_count}x"] if place.usage_count else []
        also += [f"{place.places} places"] if place.places > 1 else []
        also += ["not seen"] if place.gone_at == "unknown" else ["gone"] if place.gone_at else []
        tail = f"  {paint('warn', printable(', '.join(also)))}" if also else ""
        named = place.id or place.xxh3[:12] or UNREAD
        yield f"{paint('move', named)}  {human_size(place.size):>9}  {place.type:<8}  {printable(place.location)}{tail}"


def asset_text(detail: AssetDetail, *, colour: bool = False) -> Iterator[str]:
    """Yield all that is known of one asset."""
    paint = Paint(colour)
    first = next((place for place in detail.places if not place.gone_at), detail.places[0])
    yield paint("bold", f"{first.id or first.xxh3[:12] or UNREAD}  {human_size(first.size)}  {first.type}")
    for name, value in _facts(first, detail):
        yield f"  {name:<9} {printable(value)}"
    here = [place for place in detail.places if not place.gone_at]
    yield paint("bold", "Places:" if here else "No place:")
    for place in detail.places:
        until = (
            f"gone since {_short(place.gone_at)}" if place.gone_at not in ("", "unknown") else "not seen" if place.gone_at else ""
        )
        trash = "in the trash" if place.in_trash and not place.gone_at else ""
        seen = f"first seen {_short(place.first_seen)}, last {_short(place.last_seen)}" if place.first_seen else ""
        notes = "; ".join(each for each in (trash, seen, until) if each)
        yield f"  {printable(place.location)}" + (f"  ({notes})" if notes else "")
    if detail.history:
        yield paint("bold", "History:")
        yield from (f"  {line}" for line in history_text(detail.history, colour=colour))


def _facts(first: AssetPlace, detail: AssetDetail) -> Iterator[tuple[str, str]]:
    yield from ((name, value) for name, value in (("sha256", first.sha256), ("xxh3", first.xxh3.removeprefix("xxh3:"))) if value)
    yield from ((name, value) for name, value in (("project", first.project), ("job", first.job)) if value)
    yield "status", first.status
    if first.facts:
        yield "facts", ", ".join(f"{name} {value}" for name, value in json.loads(first.facts).items())
    notes = detail.notes
    if notes is not None:
        if notes.tags:
            yield "tags", ", ".join(notes.tags)
        if notes.note:
            yield "note", notes.note
        for name, value in notes.meta.items():
            yield name, str(value)
        for use in notes.uses:
            more = f"{use.sequence or ''} {use.date or ''} {f'{use.duration:g} s' if use.duration else ''}".split()
            yield "used in", " ".join([use.project, *more])
    if first.version > 1 or first.parent:
        yield "version", f"{first.version}, of {first.parent[:12]}"
    yield from (("of", f"{kind} of {sha256[:12]}") for kind, sha256 in detail.links_from if kind != "version")
    yield from (("has", f"{kind} {sha256[:12]}") for kind, sha256 in detail.links_to)


def history_text(
    rows: Iterable[HistoryRow], about: Mapping[str, Mapping[str, str]] | None = None, *, colour: bool = False
) -> Iterator[str]:
    """Yield a line an operation: when, the run, who, what was done, and the places before and after.

    `about` tells of runs, by id, whose they are that are not of this workspace: locations are those of their stores.
    """
    paint, about, rows = Paint(colour), about or {}, list(rows)
    several = len({tuple(about.get(row.run, {}).values()) for row in rows if row.run}) > 1
    for row in rows:
        way = f"{printable(row.was)} -> {printable(row.now)}" if row.was and row.now else printable(row.was or row.now)
        by = f"  {printable(row.who)}" if row.who else ""
        did = f"{paint('move', row.run)}{by}  {row.command}: {row.verb}" if row.run else f"{row.command} before then"
        yield f"{_short(row.when)} UTC  {did}  {way}{whose_text(about.get(row.run, {}), several=several)}"


def totals_text(totals: Totals, *, colour: bool = False) -> Iterator[str]:
    """Yield how much there is, by type, project and job."""
    paint = Paint(colour)
    yield paint("bold", f"{count(totals.files, 'file')}, {human_size(totals.bytes)}")
    for kind, files in totals.by_type.items():
        yield f"  {files:>9,}  {kind:<9} {human_size(totals.bytes_by_type[kind])}"
    yield from _counted("project", totals.projects)
    yield from _counted("job", totals.jobs)
    if totals.oldest:
        yield f"Modified from {totals.oldest[:10]} to {totals.newest[:10]}."


def _counted(what: str, counts: Mapping[str, int]) -> Iterator[str]:
    if not counts:
        return
    yield f"{count(len(counts), what)}:"
    shown = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    yield from (f"  {files:>9,}  {printable(name)}" for name, files in shown)
    if len(counts) > len(shown):
        yield f"  {count(len(counts) - len(shown), f'more {what}')}"


def _short(moment: str) -> str:
    return moment[:19].replace("T", " ")
