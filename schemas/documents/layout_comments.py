"""Comments of a layout: people's own words, put back where they stood when reshelve writes the document anew.

A comment belongs to what follows it, or to what it ends the line of, above which it is written: lines that end in comments are none
that the quick reader takes. Indented deeper than what follows, it belongs to the end of what it stands in. One whose thing is gone
follows the file to where it is now; else it goes to the end of its section, with what it was about.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from reshelve.schemas.documents.layout_fast_reader import key_of
from reshelve.schemas.documents.layout_writer import Anchor, layout_pieces
from reshelve.schemas.documents.yaml_scalars import quoted
from reshelve.schemas.layout import Layout, Review
from reshelve.schemas.quick_dataclasses import dataclass

_MAY = re.compile(rb"(?:\A|[^!-~])#")
_OWN_LINE = re.compile(rb"^[ \t]*#", re.MULTILINE)
_FURTHER = 1 << 30


@dataclass(slots=True)
class Comments:
    """Comments by what they are about: on lines above it, or at its end; `foot` at the end of all."""

    above: dict[Anchor, list[str]] = field(default_factory=dict)
    below: dict[Anchor, list[str]] = field(default_factory=dict)
    foot: list[str] = field(default_factory=list)

    def any(self) -> bool:
        """Say whether there is one."""
        return bool(self.above or self.below or self.foot)


def may_have(text: bytes) -> bool:
    """Say, quickly, whether a document may have comments."""
    return b"#" in text and _MAY.search(text) is not None


def collect(text: bytes, layout: Layout, *, quick: bool) -> Comments:
    """Return the comments of a document that holds `layout`. `quick`: the quick reader takes it: all have their own lines."""
    if not may_have(text) or (quick and not _OWN_LINE.search(text)):
        return Comments()
    if quick:
        return _of_lines(text.decode("utf-8-sig").split("\n"), layout)
    lines = text.decode("utf-8-sig").splitlines()
    spans: dict[int, list[tuple[int, int]]] = {number: [] for number, line in enumerate(lines) if "#" in line}
    nodes: list[tuple[int, Anchor]] = []
    for start, path, end, block in _walk(text):
        if path:
            nodes.append((start[0], _anchor(path, layout)))
        if end is not None and spans:
            _cover(spans, start, end, block)
    return _placed(lines, spans, nodes)


def settled(comments: Comments, before: Layout, after: Layout) -> Comments:
    """Return the comments of `before` by what they are about in `after`; none is lost."""
    home = _homes(before, after)
    made = Comments(foot=list(comments.foot))
    for anchor, words in comments.below.items():
        now = home(anchor)
        if now is not None and (len(now) == 1 or now[0] == "files"):
            made.below.setdefault(now, []).extend(words)
        elif now is not None:
            made.above.setdefault(now, []).extend(words)
        else:
            _set_aside(made, anchor, words, after)
    for anchor, words in comments.above.items():
        now = home(anchor)
        if now is not None:
            made.above.setdefault(now, []).extend(words)
        else:
            _set_aside(made, anchor, words, after)
    return made


def with_notes(comments: Comments, notes: Mapping[str, str], undecided: Iterable[Review]) -> Comments:
    """Return comments and people's `notes` of undecided files that are left now, by location: `leave:` has no place for them.

    One that is undecided again, and has its note, is not told it by a comment besides.
    """
    made = Comments({anchor: list(words) for anchor, words in comments.above.items()}, comments.below, comments.foot)
    for place, note in notes.items():
        made.above.setdefault(("leave", place), []).append(_note(note))
    for item in undecided:
        words = made.above.get(("review", item.source), []) if item.note is not None else []
        if item.note is not None and _note(item.note) in words:
            words.remove(_note(item.note))
    return made


def _note(note: str) -> str:
    return f"# note: {quoted(note)}"


def commented_lines(layout: Layout, comments: Comments) -> Iterator[str]:
    """Yield the canonical lines of a layout with comments that are about what is in it."""
    by_field = {anchor[:2] for anchor in comments.above if len(anchor) == 3}
    section: Anchor = ()
    for anchor, lines in layout_pieces(layout):
        if len(anchor) == 1:
            yield from _indented(comments.below.get(section, ()), "  ")
            section = anchor
        indent = "" if len(anchor) == 1 else "  "
        yield from _indented(comments.above.get(anchor, ()), indent)
        if anchor in by_field:
            yield from _entry(anchor, lines, comments)
        else:
            yield lines
        if anchor[0] == "files" and len(anchor) == 2:
            yield from _indented(comments.below.get(anchor, ()), "    ")
    yield from _indented(comments.below.get(section, ()), "  ")
    yield from _indented(comments.foot, "")


def _of_lines(lines: list[str], layout: Layout) -> Comments:
    """Return the comments of a document in the quick reader's shape: each thing begins a line, and each line but theirs is told."""
    spans: dict[int, list[tuple[int, int]]] = {n: [] for n, line in enumerate(lines) if "#" in line and line.lstrip(" ")[0] == "#"}
    told = [n for n, line in enumerate(lines) if line and not line.isspace() and n not in spans]
    heads = [n for n in told if lines[n][0] != " "]
    nodes: set[tuple[int, Anchor]] = set()
    for number in spans:
        after = bisect_left(told, number)
        for n in told[max(after - 1, 0) : after + 1]:
            head = heads[bisect_right(heads, n) - 1]
            section, line = lines[head].partition(":")[0], lines[n]
            if n == head:
                nodes.add((n, (section,)))
            elif section == "files":
                key = n
                while lines[key][2:3] in (" ", "", ":", "#") or key in spans:
                    key -= 1
                target = key_of(lines[key])
                nodes.add((key, (section, target)))
                if line[:4] == "    ":
                    nodes.add((n, (section, target, line[4:].partition(":")[0])))
            elif section in ("tidy", "set"):
                nodes.add((n, (section, line[2:].partition(":")[0])))
            else:
                nodes.add((n, _anchor((section, bisect_left(told, n) - bisect_left(told, head) - 1), layout)))
    return _placed(lines, spans, sorted(nodes))


def _walk(text: bytes) -> Iterator[tuple[tuple[int, int], tuple[Any, ...], tuple[int, int] | None, bool]]:
    """Yield where each key and value begins, its path, and of a text where it ends and whether it is a block (`|`, `>`)."""
    parser = CParser(text)
    stack: list[list[Any]] = []  # of each open collection: is it a map, its path, the key that awaits a value, items so far
    try:
        while True:
            event: Any = parser.get_event()
            kind = type(event)
            if kind is yaml.StreamEndEvent:
                return
            if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                stack.pop()
                continue
            if kind not in (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent):
                continue
            top = stack[-1] if stack else None
            begin = (event.start_mark.line, event.start_mark.column)
            path: tuple[Any, ...] = ()
            if top is not None and top[0] and top[2] is None:
                top[2] = event.value
                path = (*top[1], top[2])
            elif top is not None:
                path = (*top[1], top[2] if top[0] else top[3])
                top[2] = None
                top[3] += 1
            if kind is yaml.ScalarEvent:
                yield begin, path, (event.end_mark.line, event.end_mark.column), event.style in ("|", ">")
            else:
                if top is not None and not top[0]:
                    # Of a map below a key the mark is where its first key is, which is a node of its own.
                    yield begin, path, None, False
                stack.append([kind is yaml.MappingStartEvent, path, None, 0])
    finally:
        parser.dispose()


def _cover(spans: dict[int, list[tuple[int, int]]], start: tuple[int, int], end: tuple[int, int], block: bool) -> None:
    """Note which columns of lines with a `#` are a text's. The first line of a block is its head, which may end in a comment."""
    first, last = start[0], end[0]
    if first == last:
        if first in spans:
            spans[first].append((start[1], end[1]))
        return
    for line in range(first + block, last + 1):
        if line in spans:
            spans[line].append((start[1] if line == first else 0, end[1] if line == last else _FURTHER))


def _anchor(path: tuple[Any, ...], layout: Layout) -> Anchor:
    """Return what the part of a document at `path` is about, as far down as the canonical form has lines of its own."""
    section = path[0]
    if len(path) == 1 or section not in ("dirs", "files", "absent", "review", "leave", "tidy", "set"):
        return (section,)
    named = path[1]
    match section:
        case "files":
            return tuple(path[:3])
        case "dirs":
            named = layout.dirs[named]
        case "leave":
            named = layout.leave[named]
        case "absent":
            named = layout.absent[named].path
        case "review":
            named = layout.review[named].source
        case _:
            pass
    return (section, named)


def _placed(lines: list[str], spans: dict[int, list[tuple[int, int]]], nodes: list[tuple[int, Anchor]]) -> Comments:
    found = Comments()
    starts = [line for line, _ in nodes]
    entries: dict[Anchor, int] = {anchor: line for line, anchor in reversed(nodes) if len(anchor) == 2}
    for number, taken in spans.items():
        line = lines[number]
        column = _begins(line, taken)
        if column is None:
            continue
        words = line[column:].rstrip()
        before, after = bisect_left(starts, number), bisect_right(starts, number)
        if line[:column].strip() and after:
            found.above.setdefault(nodes[after - 1][1], []).append(words)
            continue
        following = nodes[after][1] if after < len(nodes) else None
        if following is not None and (not before or column <= _indent(lines[starts[after]])):
            found.above.setdefault(following, []).append(words)
            continue
        inside = nodes[before - 1][1] if before else ()
        if inside[:1] == ("files",) and len(inside) > 1 and column > _indent(lines[entries[inside[:2]]]):
            found.below.setdefault(inside[:2], []).append(words)
        elif column and inside:
            found.below.setdefault(inside[:1], []).append(words)
        else:
            found.foot.append(words)
    return found


def _begins(line: str, taken: list[tuple[int, int]]) -> int | None:
    """Return the column where a line's comment begins, or None."""
    column = line.find("#")
    while column >= 0:
        if (column == 0 or line[column - 1] in " \t") and not any(start <= column < end for start, end in taken):
            return column
        column = line.find("#", column + 1)
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _homes(before: Layout, after: Layout) -> Callable[[Anchor], Anchor | None]:
    """Return what says which part of `after` a part of `before` is now: the same, or wherever its source is named."""
    things = {anchor for anchor, _ in layout_pieces(after)}
    sources: dict[str, Anchor] = {}
    for place in after.leave:
        sources[place] = ("leave", place)
    for item in after.review:
        sources[item.source] = ("review", item.source)
    for target, entry in after.files.items():
        if entry.source is not None:
            sources[entry.source] = ("files", target)

    def home(anchor: Anchor) -> Anchor | None:
        if anchor[:2] in things:
            return anchor
        if len(anchor) == 1:
            return None
        entry = before.files.get(anchor[1]) if anchor[0] == "files" else None
        source = entry.source if entry is not None else anchor[1] if anchor[0] in ("review", "leave") else None
        now = sources.get(source) if source is not None else None
        return (*now, *anchor[2:]) if now is not None and now[0] == "files" else now

    return home


def _set_aside(made: Comments, anchor: Anchor, words: list[str], after: Layout) -> None:
    """Put comments whose thing is gone at the end of its section, or of the document, saying what they were about."""
    about = [f"# about {quoted(anchor[1])}, which is no longer here:"] if len(anchor) > 1 else []
    section = anchor[:1]
    if section == ("version",) or getattr(after, anchor[0], None):
        made.below.setdefault(section, []).extend([*about, *words])
    else:
        made.foot.extend([*about, *words])


def _entry(anchor: Anchor, lines: str, comments: Comments) -> Iterator[str]:
    """Yield an entry's lines with the comments of its fields; those of a field it has no more go above it all."""
    parts = [(line[4:].partition(":")[0] if line.startswith("    ") else "", line) for line in lines.splitlines(keepends=True)]
    fields = {name for name, _ in parts}
    for other, words in comments.above.items():
        if len(other) == 3 and other[:2] == anchor and other[2] not in fields:
            yield from _indented(words, "  ")
    for name, line in parts:
        if name:
            yield from _indented(comments.above.get((*anchor, name), ()), "    ")
        yield line


def _indented(words: Iterable[str], indent: str) -> Iterator[str]:
    return (f"{indent}{one}\n" for one in words)
