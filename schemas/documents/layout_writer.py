"""Layouts as text: sorted, one shape for one meaning, so that git shows what changed and nothing else."""

from collections.abc import Iterable, Iterator
from typing import Any

from reshelve.schemas.documents.yaml_scalars import quoted, text
from reshelve.schemas.facts import Facts
from reshelve.schemas.layout import Absent, Backup, Entry, Layout, Review

Anchor = tuple[str, ...]
"""What a line of a layout is about: a section, one of its things, or a field of an entry, as ("files", target, "from")."""

_RANK = {name: (rank, name) for rank, name in enumerate(Facts.__annotations__)}
_KEYS = {name: f"{name}: " for name in Facts.__annotations__}
_WRITTEN: dict[str, str] = {}
_REMEMBERED = 50_000
_IN_ORDER: set[tuple[str, ...]] = set()
_LONG_KEY = 900
"""YAML takes a key of over about a thousand characters only when it is announced with `?`."""


def layout_lines(layout: Layout) -> Iterator[str]:
    """Yield the canonical lines of a layout, each with its line end. Equal layouts give equal lines."""
    for _, lines in layout_pieces(layout):
        yield lines


def layout_pieces(layout: Layout) -> Iterator[tuple[Anchor, str]]:
    """Yield the canonical lines of a layout piece by piece, each with what it is: a section's head, an entry, an item of a list."""
    yield ("version",), "version: 1\n"
    if layout.dirs:
        yield ("dirs",), "dirs:\n"
        yield from ((("dirs", place), f"  - {quoted(place)}\n") for place in sorted(set(layout.dirs)))
    if layout.files:
        yield ("files",), "files:\n"
        files = layout.files
        for target in sorted(files):
            yield ("files", target), _entry(target, files[target])
    if layout.absent:
        yield ("absent",), "absent:\n"
        things = sorted((f"  - {_flow(_absent(thing))}\n", thing.path) for thing in layout.absent)
        yield from ((("absent", path), line) for line, path in things)
    if layout.review:
        yield ("review",), "review:\n"
        items = sorted((f"  - {_flow(_review(item))}\n", item.source) for item in layout.review)
        yield from ((("review", source), line) for line, source in items)
    if layout.leave:
        yield ("leave",), "leave:\n"
        yield from ((("leave", place), f"  - {quoted(place)}\n") for place in sorted(set(layout.leave)))
    if layout.tidy:
        yield ("tidy",), "tidy:\n"
        for store, junk in sorted(layout.tidy.items()):
            yield ("tidy", store), f"  {text(store)}: {_flow(sorted(set(junk)))}\n"
    if layout.values:
        yield ("set",), "set:\n"
        yield from ((("set", name), f"  {text(name)}: {quoted(value)}\n") for name, value in sorted(layout.values.items()))


def blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """Gather lines into UTF-8 blocks of some hundred kilobytes, as files like to be written."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) >= 2000:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()


def _entry(target: str, entry: Entry) -> str:
    key = quoted(target)
    parts = [f"  {key}:\n" if len(key) < _LONG_KEY else f"  ? {key}\n  :\n"]
    add = parts.append
    if entry.source is not None:
        add(f"    from: {quoted(entry.source)}\n")
    if entry.content is not None:
        add(f"    content: {quoted(entry.content)}\n")
    if entry.unpack is not None:
        add(f"    unpack: {quoted(entry.unpack)}\n")
    if entry.then:
        add(f"    then: {_flow([_Quoted(each) for each in entry.then])}\n")
    if entry.transfer != "move":
        add(f"    transfer: {entry.transfer}\n")
    if entry.on_conflict != "fail":
        add(f"    on_conflict: {entry.on_conflict}\n")
    if entry.beside is not None:
        add(f"    with: {quoted(entry.beside)}\n")
    if entry.size is not None:
        add(f"    size: {entry.size}\n")
    if entry.hash is not None:
        add(f"    hash: {quoted(entry.hash)}\n")
    if entry.over is not None:
        add(f"    over: {quoted(entry.over)}\n")
    if entry.pack is not None:
        add(f"    pack: {entry.pack}\n")
    if entry.backup is not None:
        add(f"    backup: {_flow(_backup(entry.backup))}\n")
    if entry.storage_class is not None:
        add(f"    class: {entry.storage_class}\n")
    if entry.facts is not None:
        add(f"    facts: {_flow(_facts(entry.facts))}\n")
    if entry.because is not None:
        add(f"    because: {quoted(entry.because)}\n")
    if entry.mark is not None:
        add(f"    mark: {text(entry.mark)}\n")
    if entry.note is not None:
        add(f"    note: {quoted(entry.note)}\n")
    return "".join(parts)


def _facts(facts: Facts) -> dict[str, Any]:
    """Return facts in the schema's order, those it does not know after them by name."""
    given: dict[str, Any] = dict(facts)
    names = tuple(given)
    if names in _IN_ORDER:
        return given
    ordered = tuple(sorted(names, key=_rank))
    if ordered == names and len(_IN_ORDER) < 1000:
        _IN_ORDER.add(names)
    return {name: given[name] for name in ordered}


def _rank(name: str) -> tuple[int, str]:
    return _RANK.get(name) or (len(_RANK), name)


def _absent(thing: Absent) -> dict[str, Any]:
    names = ("path", "size", "mtime", "hash", "copies", "because", "mark", "note")
    fields = {name: getattr(thing, name) for name in names} | {"copies": thing.copies or None}
    return _given(fields, "path", "because", "note")


def _backup(backup: Backup) -> dict[str, Any]:
    lists = {name: [_Quoted(each) for each in getattr(backup, name)] or None for name in ("exclude", "leave", "deleted")}
    take = None if backup.take is None else [_Quoted(each) for each in backup.take]
    fields = {"of": backup.of, "kind": backup.kind, "taken": backup.taken, "since": backup.since, **lists, "take": take}
    return _given(fields, "of", "taken", "since")


def _review(item: Review) -> dict[str, Any]:
    given = item.suggestion
    suggestion: dict[str, Any] | None = None
    if given is not None:
        facts = given.facts and _facts(given.facts)
        fields = {"to": given.to, "facts": facts, "because": given.because, "confidence": given.confidence}
        suggestion = _given(fields, "to", "because")
    facts = item.facts and _facts(item.facts)
    fields = {"from": item.source, "because": item.because, "facts": facts, "suggestion": suggestion, "note": item.note}
    return _given(fields, "from", "because", "note")


class _Quoted(str):
    __slots__ = ()


def _given(fields: dict[str, Any], *always_quoted: str) -> dict[str, Any]:
    return {name: _Quoted(v) if name in always_quoted else v for name, v in fields.items() if v is not None}


def _flow(value: Any) -> str:
    kind = type(value)
    if kind is str:
        known = _WRITTEN.get(value)
        if known is None:
            known = text(value)
            if len(_WRITTEN) > _REMEMBERED:
                _WRITTEN.clear()
            _WRITTEN[value] = known
        return known
    if kind is int:
        return str(value)
    if kind is dict:
        return "{" + ", ".join([f"{_KEYS.get(name) or _flow_key(name)}{_flow(inner)}" for name, inner in value.items()]) + "}"
    if kind is list:
        return "[" + ", ".join(map(_flow, value)) + "]"
    if kind is _Quoted:
        return quoted(value)
    if kind is bool:
        return "true" if value else "false"
    return "null" if value is None else repr(value) if kind is float else text(str(value))


def _flow_key(name: str) -> str:
    if name.isidentifier() and name.isascii() and len(name) < 100:
        return f"{name}: "
    key = quoted(name)
    return f"{key}: " if len(key) < _LONG_KEY else f"? {key} : "
