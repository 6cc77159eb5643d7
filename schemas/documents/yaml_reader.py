"""A strict YAML reader over libyaml's events: every scalar stays text, and whatever could bite is a problem.

The reader keeps its own stack (depth 32). Anchors, aliases, tags, several documents, duplicate keys and keys that are not
scalars are problems. Unquoted `null`, `~` and nothing at all are None. Nothing of a document is ever resolved or constructed.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from reshelve.schemas.documents.git_conflicts import conflicts
from reshelve.schemas.documents.missing_colons import key_slip
from reshelve.schemas.documents.missing_quotes import meant, quoted
from reshelve.schemas.documents.source_lines import source_lines, spot_of_byte, where
from reshelve.schemas.documents.yaml_scalars import NULLS, Plain, looks_typed
from reshelve.schemas.documents.yaml_syntax import SYNTAX, syntax_problem
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError, Where
from reshelve.schemas.quick_dataclasses import dataclass

DEPTH = 32
_TOO_DEEP = ("nested too deeply", f"A document has at most {DEPTH} levels.")
_NO_NEED = "no document of reshelve needs this"
MOST = 1000
"""The most problems one document is reported with."""

Path = tuple[str | int, ...]
Fold = Callable[[Path, Any], Any]


class Spot(NamedTuple):
    """Where a value stands, and its key when it has one: lines and columns from 1."""

    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(slots=True)
class _Open:
    """A collection being read: the key that awaits its value, and where the collection stands in the document."""

    value: Any
    is_map: bool
    path: Path
    key: str | None = None
    key_mark: Any = None


class _Fault(NamedTuple):
    code: str
    summary: str
    detail: str
    hint: str
    line: int
    column: int
    path: Path = ()


class _Stopped(Exception):  # noqa: N818 - a signal, caught in this file
    """The faults found so far leave nothing sensible to read."""


def read(text: bytes, file: str, *, fold: Fold | None = None) -> Any:
    """Return the document as dicts, lists, text and None; unquoted text that might mean a number comes as Plain.

    `fold` is given each collection two levels down as it ends (path, value) and says what is kept in its place. Raises
    ReshelveError with every problem found.
    """
    found = conflicts(text, file)
    if found:
        raise ReshelveError(found)
    faults: list[_Fault] = []
    root: Any = None
    try:
        for path, value, _ in _walk(text, file, faults, fold, None):
            if not path:
                root = value
    except _Stopped:
        pass
    except ReshelveError as trouble:
        raise ReshelveError(conflicts(text, file, surely=False) or [*_problems(text, file, faults), *trouble.problems]) from trouble
    if faults:
        raise ReshelveError(_problems(text, file, faults))
    return root


def locate(text: bytes, file: str, wanted: set[Path] | None) -> dict[Path, Spot]:
    """Return where the wanted paths (None: all) stand in a document that has been read before."""
    spots: dict[Path, Spot] = {}
    try:
        for path, _, spot in _walk(text, file, [], None, wanted if wanted is not None else _Everything()):
            if spot is not None:
                spots.setdefault(path, spot)
    except (ReshelveError, _Stopped):
        pass
    return spots


class _Everything(set[Path]):
    """The set that holds every path."""

    def __contains__(self, path: object) -> bool:
        return True


def _events(text: bytes, file: str) -> Iterator[Any]:
    try:
        text.decode("utf-8") if len(text) < (1 << 20) else _check_utf8(text)
    except UnicodeDecodeError as trouble:
        line, column = spot_of_byte(text, trouble.start)
        raise ReshelveError(_not_text(text, file, line, column)) from trouble
    parser = CParser(text)
    try:
        while True:
            event = parser.get_event()
            yield event
            if type(event) is yaml.StreamEndEvent:
                return
    except yaml.reader.ReaderError as trouble:
        line, column = spot_of_byte(text, trouble.position)
        problem = Problem(
            "yaml-character",
            "a character YAML does not allow",
            f"U+{trouble.character:04X} cannot stand bare in a document.",
            file,
            f'write it as an escape in double quotes: "\\u{trouble.character:04x}"',
            where(text, file, line, column),
        )
        raise ReshelveError(problem) from trouble
    except yaml.MarkedYAMLError as trouble:
        if "nesting depth" in (trouble.problem or ""):
            # libyaml looks ahead, and from 0.2.6 on gives up by itself on what is nested a thousand levels deep.
            mark = trouble.problem_mark
            spot = where(text, file, mark.line + 1, mark.column + 1) if mark else None
            raise ReshelveError(Problem("yaml-depth", *_TOO_DEEP, file, _NO_NEED, spot)) from trouble
        raise ReshelveError(syntax_problem(text, file, trouble)) from trouble
    finally:
        parser.dispose()


_QUOTES = ("'", '"')


def _lost(plain: str) -> bool:
    """Say whether an unquoted text that ends with a quote has lost the one before it: it is a place or a template."""
    return plain.count(plain[-1]) == 1 and (":" in plain or "{{" in plain)


def _check_utf8(text: bytes) -> None:
    """Decode piece by piece, so that a large document is never held a second time."""
    begin = 0
    while begin < len(text):
        end = text.find(b"\n", begin + (1 << 20)) + 1 or len(text)
        try:
            text[begin:end].decode("utf-8")
        except UnicodeDecodeError as trouble:
            raise UnicodeDecodeError("utf-8", b"", begin + trouble.start, begin + trouble.end, trouble.reason) from trouble
        begin = end


def _not_text(text: bytes, file: str, line: int, column: int) -> Problem:
    hint = "save the document as UTF-8; names that are not UTF-8 are written store%:percent-encoded"
    spot = where(text, file, line, column)
    return Problem("yaml-not-utf8", "the document is not UTF-8", "These bytes are not text.", file, hint, spot)


def _walk(
    text: bytes, file: str, faults: list[_Fault], fold: Fold | None, wanted: set[Path] | None
) -> Iterator[tuple[Path, Any, Spot | None]]:
    """Yield (path, value, spot) of the root, and of wanted paths as they begin."""
    stack: list[_Open] = []
    documents = 0
    for event in _events(text, file):
        kind = type(event)
        top = stack[-1] if stack else None
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                _refuse(faults, event)
            value: Any = event.value
            if event.implicit[0] and value[-1:] in _QUOTES and _lost(value):
                detail = f"It ends with {value[-1]}, and does not begin with one, so that the {value[-1]} would be part of it."
                own = "'" if value[-1] == '"' else '"'
                hint = f"write {quoted(value[:-1])}; or, if the {value[-1]} belongs to it, {own}{value}{own}"
                _add(faults, event.start_mark, "yaml-quote", "a quote at one end only", detail, hint)
            if top is not None and top.is_map and top.key is None:
                _key(faults, top, value, event.start_mark)
                continue
            if not value and top is not None and top.key is not None and _is_lone(event, top):
                _without_colon(faults, text, top)
            if event.implicit[0]:
                value = None if value in NULLS else Plain(value) if looks_typed(value) else value
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            begun = _begun(faults, stack, event, is_map=kind is yaml.MappingStartEvent)
            if wanted is not None and begun.path in wanted:
                yield begun.path, None, _spot(event.start_mark, top)
            stack.append(begun)
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = stack.pop()
            value = fold(done.path, done.value) if fold is not None and len(done.path) == 2 else done.value
            if stack:
                _put(stack[-1], value)
            else:
                yield (), value, None
            continue
        elif kind is yaml.AliasEvent:
            _refuse(faults, event)
            value = None
            if top is not None and top.is_map and top.key is None:
                raise _Stopped
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                _refuse_another_document(faults, event)
            continue
        else:
            continue
        if top is None:
            yield (), value, _spot(event.start_mark, None)
            continue
        if wanted is not None and (path := _path(top)) in wanted:
            yield path, None, _spot(event.start_mark, top)
        _put(top, value)
        if len(faults) >= MOST:
            raise _Stopped
    if not documents:
        hint = "a document begins with `version: 1`"
        raise ReshelveError(Problem("yaml-empty", "the document is empty", "It holds nothing.", file, hint, Where(file, 1, 1)))


def _is_lone(event: Any, top: _Open) -> bool:
    """Say whether nothing at all stands for the value of a key that may have a slip: of `{kind movie}` YAML makes a key."""
    nothing: bool = event.start_mark.index == event.end_mark.index
    return nothing and top.key is not None and any(sign in top.key for sign in (" ", ":", "="))


def _without_colon(faults: list[_Fault], text: bytes, top: _Open) -> None:
    """Add the fault of a key inside `{ }` behind which no colon stands."""
    line, column, key = top.key_mark.line + 1, top.key_mark.column + 1, top.key or ""
    behind = source_lines(text, {line}).get(line, "")[column - 1 :].removeprefix(key)
    slip = key_slip(line, column, key) if behind.lstrip()[:1] in ("}", ",") else None
    if slip is not None:
        detail = f"{slip.detail[:1].upper()}{slip.detail[1:]}."
        faults.append(_Fault("yaml-syntax", SYNTAX, detail, slip.hint, line, column))


def _begun(faults: list[_Fault], stack: list[_Open], event: Any, *, is_map: bool) -> _Open:
    """Return the collection that begins. Raises _Stopped where it is nested too deeply, or where a key is expected."""
    if event.anchor is not None or event.tag is not None:
        _refuse(faults, event)
    if len(stack) >= DEPTH:
        _add(faults, event.start_mark, "yaml-depth", *_TOO_DEEP, _NO_NEED)
        raise _Stopped
    top = stack[-1] if stack else None
    if top is not None and top.is_map and top.key is None:
        hint = "quote it if it is text"
        _add(faults, event.start_mark, "yaml-key", "a key that is not text", "A key is a single text.", hint)
        raise _Stopped
    return _Open({} if is_map else [], is_map, _path(top) if top else ())


def _refuse_another_document(faults: list[_Fault], event: Any) -> NoReturn:
    hint = "remove the `---`, or split the file"
    _add(faults, event.start_mark, "yaml-documents", "more than one document", "A file holds one document.", hint)
    raise _Stopped


def _key(faults: list[_Fault], top: _Open, key: str, mark: Any) -> None:
    if key in top.value:
        detail = f"{key!r} is already the key of line {{first}}."
        hint = "keep one of the two"
        path = (*top.path, key)
        faults.append(_Fault("yaml-duplicate-key", "a key written twice", detail, hint, mark.line + 1, mark.column + 1, path))
    top.key, top.key_mark = key, mark


def _put(top: _Open, value: Any) -> None:
    if top.is_map:
        top.value.setdefault(top.key, value)
        top.key = None
    else:
        top.value.append(value)


def _path(top: _Open) -> Path:
    return (*top.path, top.key if top.key is not None else len(top.value))


def _spot(mark: Any, top: _Open | None) -> Spot:
    key = top.key_mark if top is not None and top.is_map else mark
    return Spot(mark.line + 1, mark.column + 1, key.line + 1, key.column + 1)


def _refuse(faults: list[_Fault], event: Any) -> None:
    if event.anchor is not None:
        sign, what = ("*", "an alias") if type(event) is yaml.AliasEvent else ("&", "an anchor")
        given = f"{sign}{event.anchor}"
        hint = f"write {quoted(given)} if it is text; else write the value out"
        _add(faults, event.start_mark, "yaml-anchor", "anchors and aliases are refused", f"{given} is {what} to YAML.", hint)
    else:
        hint = f"write {quoted(event.tag)} if it is text; else remove it"
        _add(faults, event.start_mark, "yaml-tag", "tags are refused", f"{event.tag} is a tag to YAML.", hint)


def _add(faults: list[_Fault], mark: Any, code: str, summary: str, detail: str, hint: str) -> None:
    faults.append(_Fault(code, summary, detail, hint, mark.line + 1, mark.column + 1))


def _problems(text: bytes, file: str, faults: list[_Fault]) -> list[Problem]:
    lines = source_lines(text, {f.line for f in faults})
    twice = {f.path for f in faults if f.path}
    first = locate(text, file, twice) if twice else {}
    problems: list[Problem] = []
    for fault in faults:
        detail = fault.detail
        if fault.path and fault.path in first:
            detail = detail.replace("{first}", str(first[fault.path].key_line))
        line, hint, column = lines.get(fault.line, ""), fault.hint, fault.column
        if fault.code == "yaml-key" and "{{" in line and (found := meant(line)) is not None:
            detail, hint, column = f"{found.detail[:1].upper()}{found.detail[1:]}.", found.hint, found.column
        spot = Where(file, fault.line, column, line)
        problems.append(Problem(fault.code, fault.summary, printable(detail), file, hint, spot))
    return problems
