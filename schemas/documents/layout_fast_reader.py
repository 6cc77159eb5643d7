"""A quick reader for layouts in the shape reshelve writes them; anything else is left to the event reader.

It takes a line only when it is sure of what YAML makes of it, and gives up on the whole document at the first other one. What it
accepts, the event reader reads to the same layout (held by a property test).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from reshelve.schemas.documents.yaml_flow_values import (
    Unsure,
    block_plain,
    facts_map,
    list_at,
    quoted,
    resolve_all_facts,
    whole_map,
)
from reshelve.schemas.layout import Entry, written_names

_CHUNK = 1 << 20
_CONTROLS = bytes(c for c in (*range(32), 127) if c != 10)
_ODD = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]")
_LONGEST_KEY = 900
_LONGEST_LINE = 16 << 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}\Z")
_ENTRY = re.compile(
    r"""  "([^"\\\n]{1,800})":\n    from: "([^"\\\n]*)"\n(?:    with: "([^"\\\n]*)"\n)?(?:    size: ([0-9]+)\n)?"""
    r"""(?:    facts: (\{[^\n]*\})\n)?(?:    because: "([^"\\\n]*)"\n)?(?:    mark: ("?)([0-9a-f]+)\7\n)?(?=  ["?]|[a-z])"""
)
_FIELDS = frozenset(written_names(Entry).values()) - {"facts", "backup", "then"}
_SECTIONS = frozenset(("dirs:", "files:", "absent:", "review:", "leave:", "tidy:", "set:"))
_SHARED = 100_000

Take = Callable[[str, dict[str, Any]], None]


def read_lines(stream: BinaryIO, entry: Take) -> dict[str, Any]:
    """Read a layout from its stream: `entry` is given each target with its raw fields, the other sections are returned.

    Values are text, None, and lists and dicts of these, as the event reader gives them. Raises Unsure.
    """
    reader = _Reader(entry)
    for block in _blocks(stream):
        at, end = 0, len(block)
        while at < end:
            if reader.section == "files":
                at = reader.entries(block, at)
                if at >= end:
                    break
            stop = block.find("\n", at)
            reader.line(block[at:stop])
            at = stop + 1
    return reader.end()


class _Reader:
    """Where reading stands: the section, the entry whose fields are being read, and what was found so far."""

    def __init__(self, entry: Take) -> None:
        self.take = entry
        self.rest: dict[str, Any] = {}
        self.section = ""
        self.target = ""
        self.raw: dict[str, Any] | None = None
        self.long_key: str | None = None
        self.shared: dict[str, str] = {}

    def entries(self, block: str, at: int) -> int:
        """Take whole entries in the commonest shape at once, as long as they come; returns where they end."""
        if self.long_key is not None:
            return at
        match = _ENTRY.match(block, at)
        if match is None:
            return at
        self.flush()
        take, shared = self.take, self.shared
        while match is not None:
            target, source, beside, size, facts, because, _, mark = match.groups()
            raw: dict[str, Any] = {"from": source}
            if beside is not None:
                raw["with"] = beside
            if size is not None:
                raw["size"] = size
            if facts is not None:
                raw["facts"] = facts_map(facts)
            if because is not None:
                if len(shared) > _SHARED:
                    shared.clear()
                raw["because"] = shared.setdefault(because, because)
            if mark is not None:
                raw["mark"] = mark
            take(target, raw)
            at = match.end()
            match = _ENTRY.match(block, at)
        return at

    def line(self, line: str) -> None:
        """Take one line."""
        if self.raw is not None and line[:4] == "    ":
            self.field(line[4:], self.raw)
            return
        body = line.strip(" ")
        if not body or body[0] == "#":
            if self.long_key is not None:
                raise Unsure
            return
        if self.long_key is not None:
            if line != "  :":
                raise Unsure
            self.target, self.raw, self.long_key = self.long_key, {}, None
            return
        self.flush()
        if line[0] != " ":
            self.begin(line)
        elif line[:2] == "  " and line[2] != " ":
            self.item(line)
        else:
            raise Unsure

    def field(self, line: str, raw: dict[str, Any]) -> None:
        """Take one field of the entry being read."""
        if line[:1] in ("", " ", "#"):
            if line.lstrip(" ")[:1] not in ("", "#"):
                raise Unsure
            return
        name, colon, value = line.partition(": ")
        if not colon or name in raw:
            raise Unsure
        if name in _FIELDS:
            raw[name] = quoted(value) if value[:1] == '"' else block_plain(value)
        elif name == "facts":
            raw[name] = facts_map(value)
        elif name == "backup":
            raw[name] = whole_map(value)
        elif name == "then":
            raw[name] = _whole_list(value)
        else:
            raise Unsure

    def begin(self, line: str) -> None:
        """Begin a section."""
        name = line[:-1]
        empty: Any = {} if name in ("files", "tidy", "set") else []
        if line == "version: 1":
            name, empty = "version", "1"
        elif line not in _SECTIONS:
            raise Unsure
        if name in self.rest:
            raise Unsure
        self.rest[name] = empty
        self.section = name

    def item(self, line: str) -> None:
        """Take the first line of an item of the section."""
        section, rest = self.section, self.rest
        if section == "files":
            if line[:5] == '  ? "':
                self.long_key = quoted(line[4:])
            elif line[-1] == ":" and len(line) <= _LONGEST_KEY:
                self.target, self.raw = _key(line[2:-1]), {}
            else:
                raise Unsure
        elif section in ("dirs", "leave") and line[:4] == "  - ":
            value = line[4:]
            rest[section].append(quoted(value) if value[:1] == '"' else block_plain(value))
        elif section in ("absent", "review") and line[:5] == "  - {":
            found = whole_map(line[4:])
            resolve_all_facts(found)
            rest[section].append(found)
        elif section == "tidy":
            store, colon, value = line[2:].partition(": ")
            if not colon or not _NAME.match(store) or store in rest["tidy"]:
                raise Unsure
            rest["tidy"][store] = _whole_list(value)
        elif section == "set":
            name, colon, value = line[2:].partition(": ")
            if not colon or not _NAME.match(name) or name in rest["set"]:
                raise Unsure
            rest["set"][name] = quoted(value) if value[:1] == '"' else block_plain(value)
        else:
            raise Unsure

    def flush(self) -> None:
        """Hand over the entry being read, if any."""
        if self.raw is not None:
            if not self.raw:
                raise Unsure
            self.take(self.target, self.raw)
            self.raw = None

    def end(self) -> dict[str, Any]:
        """Hand over what is left, and return the sections."""
        self.flush()
        if self.long_key is not None or not self.section:
            raise Unsure
        return self.rest


def key_of(line: str) -> str:
    """Return the target that the first line of an entry names. Raises Unsure."""
    return quoted(line[4:]) if line[:4] == "  ? " else _key(line[2:-1])


def _whole_list(text: str) -> list[str | None]:
    found, end = list_at(text, 0)
    if end != len(text):
        raise Unsure
    return found


def _key(text: str) -> str:
    key = quoted(text) if text[:1] == '"' else block_plain(text)
    return text if key is None else key


def _blocks(stream: BinaryIO) -> Iterator[str]:
    """Yield the document in blocks of whole lines, each line ended."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        block = tail + chunk
        cut = block.rfind(b"\n") + 1
        tail = block[cut:]
        if len(tail) > _LONGEST_LINE:
            raise Unsure
        if cut:
            yield _decoded(block[:cut])
    if tail:
        yield _decoded(tail + b"\n")


def _decoded(block: bytes) -> str:
    if len(block.translate(None, _CONTROLS)) != len(block) or (not block.isascii() and _ODD.search(block)):
        raise Unsure
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as trouble:
        raise Unsure from trouble
