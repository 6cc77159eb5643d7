"""Layouts in and out: quickly when they are in our own shape, strictly when they are not, and all problems when they are wrong."""

import io
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import field, fields, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, get_args

from pydantic import TypeAdapter, ValidationError

from reshelve.schemas.documents import layout_checks
from reshelve.schemas.documents.atomic_files import changed, replace_file, version
from reshelve.schemas.documents.layout_blocks import blocks as blocked
from reshelve.schemas.documents.layout_comments import Comments, collect, commented_lines, may_have, settled, with_notes
from reshelve.schemas.documents.layout_contradictions import contradictions, impossible
from reshelve.schemas.documents.layout_fast_reader import read_lines
from reshelve.schemas.documents.layout_secrets import secret_faults
from reshelve.schemas.documents.layout_writer import blocks, layout_lines
from reshelve.schemas.documents.source_lines import opened, read_bytes
from reshelve.schemas.documents.split_layouts import merged, parted
from reshelve.schemas.documents.typed_values import typed
from reshelve.schemas.documents.yaml_flow_values import Unsure, resolve_all_facts
from reshelve.schemas.documents.yaml_reader import MOST, read
from reshelve.schemas.garbage_collector import collector_off
from reshelve.schemas.layout import Entry, Layout, Review, written_names
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.secret_texts import may_hold_secret

__all__ = [
    "doubts",
    "format_layout",
    "layout_lines",
    "lines_over",
    "load_layout",
    "parse_layout",
    "problems_beyond",
    "problems_of",
    "save_layout",
    "store_problems",
    "versions",
]

_CHUNK = 2000
_PIECE = 1 << 20
_LONGEST_URL = 2000
"""How much of a line is looked at again with the next piece of a document: a secret may begin in one and end in the other."""
NEW_FILE = "layout.yaml"
"""Where new entries go in a layout that is a folder of files."""


@cache
def _entries() -> TypeAdapter[list[Entry]]:
    return TypeAdapter(list[Entry])


_SECTIONS = {written: each for each in fields(Layout) for written in [written_names(Layout)[each.name]]}


@cache
def _section(name: str) -> TypeAdapter[Any]:
    """Return what checks one section: for a small layout, building what checks all of it would take longest. Raises KeyError."""
    return TypeAdapter(get_args(_SECTIONS[name].type)[0])


@cache
def _layout() -> TypeAdapter[Layout]:
    return TypeAdapter(Layout)


@dataclass(slots=True)
class _Builder:
    """Turns raw entries into checked ones, a chunk at a time; what is refused is kept for wording."""

    files: dict[str, Entry] = field(default_factory=dict)
    refused: list[tuple[layout_checks.Path, Any, ValidationError | None]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    raws: list[Any] = field(default_factory=list)
    taken: int = 0

    def entry(self, target: str, raw: Any) -> None:
        """Take one entry as it was read."""
        self.taken += 1
        self.targets.append(target)
        self.raws.append(raw)
        if len(self.raws) == _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Check the entries taken since the last time."""
        targets, raws = self.targets, self.raws
        try:
            made = _entries().validate_python(raws, by_alias=True, by_name=False)
        except ValidationError:
            for target, raw in zip(targets, raws, strict=True):
                try:
                    self.files[target] = _entries().validate_python([raw], by_alias=True, by_name=False)[0]
                except ValidationError as error:
                    if len(self.refused) <= MOST:
                        self.refused.append((("files", target), raw, error))
        else:
            self.files.update(zip(targets, made, strict=True))
        self.targets, self.raws = [], []


@dataclass(slots=True)
class _Part:
    """One file of a layout: what could be read of it, what was refused, if the quick reader took it, if it may hold secrets."""

    file: str
    layout: Layout
    refused: list[tuple[layout_checks.Path, Any, ValidationError | None]]
    quick: bool = False
    suspect: bool = False

    def targets(self) -> set[str]:
        return {str(path[1]) for path, _, _ in self.refused if len(path) == 2 and path[0] == "files"}

    def faults(self, also: Container[str]) -> Iterator[layout_checks.Fault]:
        yield from layout_checks.faults(self.layout, also)
        if self.suspect:
            yield from secret_faults(self.layout)


def load_layout(path: Path) -> Layout:
    """Return the layout in a file, or the one merged from the *.yaml files of a folder. Raises ReshelveError with every problem."""
    if not path.is_dir():
        part = _load_part(path)
        found = _problems(part, lambda: read_bytes(path))
        if found:
            raise ReshelveError(found)
        return part.layout
    files = sorted(path.glob("*.yaml"))
    parts: list[_Part] = []
    problems: list[Problem] = []
    for file in files:
        try:
            parts.append(_load_part(file))
        except ReshelveError as error:
            problems.extend(error.problems)
    problems.extend(_across(parts, complete=len(parts) == len(files)))
    if problems:
        raise ReshelveError(problems)
    return merged([part.layout for part in parts])


def parse_layout(text: bytes, file: str, *, alone: bool = True) -> Layout:
    """Return the layout a document's text holds; `file` names it in problems. Raises ReshelveError with every problem.

    Not `alone`, it is one file of a folder, and its `with` may name targets of the others.
    """
    return _sound(text, file, alone=alone).layout


def problems_of(path: Path, stores: layout_checks.Stores | None = None) -> list[Problem]:
    """Return every problem of a layout file or folder, sorted: warnings only, when it can be loaded and all `stores` are known."""
    try:
        layout = load_layout(path)
    except ReshelveError as error:
        return sorted([*error.problems, *store_problems(path, stores)], key=Problem.order)
    return store_problems(path, stores, layout) or problems_beyond(path, layout, stores)


def problems_beyond(path: Path, layout: Layout, stores: layout_checks.Stores | None) -> list[Problem]:
    """Return what is wrong with the sound `layout` read from `path`: errors of what no plan can do, and warnings."""
    return sorted([*_beyond(path, layout, lambda part: blocked(part, stores)), *doubts(path, layout)], key=Problem.order)


def store_problems(path: Path, stores: layout_checks.Stores | None, layout: Layout | None = None) -> list[Problem]:
    """Return a problem for each place where the layout in `path` names none of `stores`; None: they are not known.

    `layout` is what was read from there, where it could be: most name known stores only, and are not read again.
    """
    if stores is None or (layout is not None and next(layout_checks.unknown_stores(layout, stores), None) is None):
        return []
    found: list[Problem] = []
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        try:
            part = _load_part(file)
        except ReshelveError:
            continue
        part.refused.clear()
        faults = list(islice(layout_checks.unknown_stores(part.layout, stores), 10 * MOST))
        found.extend(_worded(part, faults, read_bytes(file)) if faults else [])
    return sorted(found, key=Problem.order)


def doubts(path: Path, whole: Layout) -> list[Problem]:
    """Return what the sound layout in `path` says against itself: errors where that can never be, and warnings. Also of facts."""
    told = [replace(problem, severity="warning") for problem in _beyond(path, whole, lambda part: contradictions(part, whole))]
    return sorted([*_beyond(path, whole, lambda part: impossible(part, whole)), *told], key=Problem.order)


def _beyond(path: Path, whole: Layout, ask: Callable[[Layout], Iterator[layout_checks.Fault]]) -> list[Problem]:
    found: list[Problem] = []
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        part = _load_part(file) if path.is_dir() else None
        faults = list(islice(ask(part.layout if part is not None else whole), 10 * MOST))
        if faults:
            part = part or _load_part(file)
            part.refused.clear()
            found.extend(_worded(part, faults, read_bytes(file)))
    return sorted(found, key=Problem.order)


def versions(path: Path) -> dict[Path, str]:
    """Return the version of a layout's file, or of each file of its folder: asked for before it is read. Raises OSError."""
    files = [*path.glob("*.yaml"), path / NEW_FILE] if path.is_dir() else [path]
    return {file: version(file) for file in files}


def save_layout(layout: Layout, path: Path, read: Mapping[Path, str] | None = None) -> dict[Path, str]:
    """Write a layout canonically, its comments kept, and return its versions; a reader sees the old file or the new one.

    The note of an undecided file that is left now becomes a comment, wherever it is left.
    Where `path` is a folder, what its files hold stays in them, and what is new goes to layout.yaml there. Each file is
    replaced whole, one after another. With `read`, the versions as they were read, while they still are those. Raises OSError,
    and ReshelveError where a file that is there cannot be read, may not be written, or is another by now.
    """
    if read is not None and (now := versions(path)) != read:
        raise changed(next((file for file in {**now, **read} if now.get(file) != read.get(file)), path))
    if not path.is_dir():
        return {path: _save(layout, path, read)}
    files = sorted(path.glob("*.yaml"))
    new = path / NEW_FILE
    parts = {file: _load_part(file).layout for file in files}
    written = dict(read) if read is not None else versions(path)
    notes = _notes_left((item for part in parts.values() for item in part.review), layout)
    for file, part in parted(layout, parts, new).items():
        if file not in parts or part != parts[file]:
            written[file] = _save(part, file, written, notes)
    return written


def format_layout(text: bytes, file: str) -> str:
    """Return the canonical text of a layout file, which may be one of a folder, its comments kept. Raises ReshelveError."""
    part = _sound(text, file, alone=False)
    return "".join(commented_lines(part.layout, collect(text, part.layout, quick=part.quick)))


def lines_over(layout: Layout, path: Path, notes: Mapping[str, str] | None = None) -> Iterable[str]:
    """Return the canonical lines of a layout in the place of the file that may be at `path`: with that one's comments.

    `notes` are those of undecided files that are left now, by location; None: that file's own.
    """
    text = read_bytes(path) if path.exists() else b""
    noted = bool(notes) if notes is not None else bool(layout.leave) and b"note" in text
    if not noted and not may_have(text):
        return layout_lines(layout)
    part = (_quick(io.BytesIO(text), str(path)) or _sound(text, str(path), alone=False)) if text else _Part(str(path), Layout(), [])
    comments = settled(collect(text, part.layout, quick=part.quick), part.layout, layout) if may_have(text) else Comments()
    if notes is None:
        notes = _notes_left(part.layout.review, layout)
    comments = with_notes(comments, {place: notes[place] for place in layout.leave if place in notes}, layout.review)
    return commented_lines(layout, comments) if comments.any() else layout_lines(layout)


def _notes_left(before: Iterable[Review], after: Layout) -> dict[str, str]:
    """Return the notes of what was undecided and is left in `after`, by location."""
    notes = {item.source: item.note for item in before if item.note is not None}
    left = set(after.leave).difference(item.source for item in after.review) if notes else ()
    return {place: note for place, note in notes.items() if place in left}


def _save(layout: Layout, path: Path, read: Mapping[Path, str] | None, notes: Mapping[str, str] | None = None) -> str:
    return replace_file(path, blocks(lines_over(layout, path, notes)), read.get(path) if read is not None else None)


def _load_part(path: Path) -> _Part:
    with opened(path) as stream:
        suspect = _may_hold_secret(stream)
        stream.seek(0)
        part = _quick(stream, str(path))
    part = part or _strict(read_bytes(path), str(path))
    part.suspect = suspect
    return part


def _may_hold_secret(stream: BinaryIO) -> bool:
    rest = b""
    while piece := stream.read(_PIECE):
        if may_hold_secret(rest + piece):
            return True
        rest = piece.rpartition(b"\n")[2][-_LONGEST_URL:]
    return False


def _sound(text: bytes, file: str, *, alone: bool) -> _Part:
    """Return what a document's text holds, without a problem. Raises ReshelveError with every one it has."""
    part = _parse_part(text, file)
    found = [p for p in _problems(part, lambda: text) if alone or p.code != "layout-with"]
    if found:
        raise ReshelveError(found)
    return part


def _parse_part(text: bytes, file: str) -> _Part:
    part = _quick(io.BytesIO(text), file) or _strict(text, file)
    part.suspect = may_hold_secret(text)
    return part


def _quick(stream: BinaryIO, file: str) -> _Part | None:
    builder = _Builder()
    with collector_off():
        try:
            rest = read_lines(stream, builder.entry)
            builder.flush()
            rest.pop("files", None)
            rest.pop("version", None)
            sections = {name: _section(name).validate_python(raw, by_alias=True, by_name=False) for name, raw in rest.items()}
        except (Unsure, ValidationError, KeyError):
            return None
    layout = Layout(**{_SECTIONS[name].name: checked for name, checked in sections.items()})
    if builder.refused or len(builder.files) != builder.taken:
        return None
    layout.files = builder.files
    return _Part(file, layout, [], True)


def _strict(text: bytes, file: str) -> _Part:
    builder = _Builder()

    def fold(path: layout_checks.Path, raw: Any) -> Any:
        if path[0] == "files" and isinstance(path[1], str):
            resolve_all_facts(raw)
            builder.entry(path[1], raw)
            return None
        resolve_all_facts(raw)
        return raw

    with collector_off():
        raw = read(text, file, fold=fold)
        builder.flush()
    refused = builder.refused
    files = raw.get("files") if isinstance(raw, dict) else None
    if isinstance(files, dict):
        known = builder.files.keys() | {path[1] for path, _, _ in refused}
        for target in files.keys() - known:
            builder.entry(target, files[target])
        builder.flush()
        raw = {name: value for name, value in raw.items() if name != "files"}
    if isinstance(raw, dict):
        raw = {name: value for name, value in raw.items() if value is not None}
        if "version" in raw:
            raw["version"] = typed(raw["version"], {"type": "integer"}, {})
    try:
        layout = _layout().validate_python(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        layout = Layout()
        refused = [*refused, *_narrowed(raw, error)]
    layout.files = builder.files
    return _Part(file, layout, refused)


def _narrowed(raw: Any, error: ValidationError) -> Iterator[tuple[layout_checks.Path, Any, ValidationError | None]]:
    """Yield the items a refusal is about, so that a long list is not gone through again for one bad item."""
    if not isinstance(raw, dict):
        yield (), raw, error
        return
    top: dict[str, Any] = {}
    items: dict[layout_checks.Path, Any] = {}
    for found in error.errors(include_url=False, include_context=False, include_input=False)[:MOST]:
        section, *below = found["loc"]
        value = raw.get(str(section))
        if below and isinstance(below[0], int) and isinstance(value, list):
            items[(section, below[0])] = value[below[0]]
        elif section in raw:
            top[str(section)] = value
    for path, item in items.items():
        yield path, item, None
    if top:
        yield (), top, error


def _problems(part: _Part, text: Callable[[], bytes]) -> list[Problem]:
    found = list(islice(part.faults(part.targets()), 10 * MOST))
    if not found and not part.refused:
        return []
    return _worded(part, found, text())


def _worded(part: _Part, found: list[layout_checks.Fault], text: bytes) -> list[Problem]:
    from reshelve.schemas.documents.schema_diagnostics import problems, violations

    for path, raw, error in part.refused:
        found = [*violations("layout", path, raw, error), *found]
    return problems(found, text, part.file, [*part.layout.files])


def _across(parts: list[_Part], *, complete: bool) -> list[Problem]:
    """Return the problems of a layout of several files: those of each, and targets and sources that two files share."""
    everywhere = {target for part in parts for target in (*part.layout.files, *part.targets())}
    owner: dict[str, str] = {}
    mover: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    for part in parts:
        found = [f for f in part.faults(everywhere) if complete or f.code != "layout-with"]
        for target, entry in part.layout.files.items():
            first = owner.setdefault(target, part.file)
            if first != part.file:
                detail = f"{first} has it too."
                at = ("files", target)
                found.append(layout_checks.Fault(at, "layout-target-twice", "one target in two files", detail, "keep one", True))
            elif entry.source is not None and entry.transfer == "move":
                other, where = mover.setdefault(entry.source, (target, part.file))
                if where != part.file:
                    found.append(layout_checks.moved_twice(target, entry.source, f"{other} in {where}"))
        if found or part.refused:
            problems.extend(_worded(part, found, read_bytes(Path(part.file))))
    return problems
