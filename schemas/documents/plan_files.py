"""Plan files: canonical JSON, one operation a line, sealed by a digest over every byte but the id itself."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.schemas.documents.git_conflicts import conflicts
from reshelve.schemas.documents.source_lines import open_file, opened, read_bytes
from reshelve.schemas.garbage_collector import collector_off
from reshelve.schemas.operations import AnyOperation, Operation
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError, stop

Extent = Literal["all", "no facts", "no operations"]
"""What of a plan is asked for: the facts of its operations are a quarter of its memory, and its operations nearly all of it."""

_LISTS = ("blocked", "held", "problems", "space", "folder_times", "rested", "put_away")
_HEAD = re.compile(rb'\{"version":1,"id":"([0-9a-f]{64})"')
_NO_ID = b'{"version":1,"id":""'
_OPERATIONS = b',"operations":[\n'
_END = b"]}\n"
_MORE = b",\n"
_BATCH = 2000
_BLOCK = 1 << 19
"""Bytes of operations that are read at one time."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def seal(plan: Plan) -> Plan:
    """Return the plan with its id: the SHA-256, in hex, of its canonical bytes with an empty id."""
    digest = hashlib.sha256()
    for block in _blocks(replace(plan, id="")):
        digest.update(block)
    return replace(plan, id=digest.hexdigest())


def plan_bytes(plan: Plan) -> bytes:
    """Return the canonical JSON of a plan: equal plans give equal bytes. Operations and other long lists have a line an item."""
    return b"".join(_blocks(plan))


def save_plan(plan: Plan, path: Path, only: str | None = None) -> str:
    """Write a sealed plan whole, and return its version: a reader sees the old file or the new one, never a part.

    Raises what `replace_file` does.
    """
    return replace_file(path, _blocks(plan), only)


def is_genuine(path: Path) -> bool:
    """Say whether a file is a plan, byte for byte as it was sealed. Raises OSError."""
    with open_file(path) as stream:
        head = _HEAD.match(start := stream.read(len(_NO_ID) + 64))
        if head is None:
            return False
        digest = hashlib.sha256(_NO_ID)
        digest.update(start[head.end() :])
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest().encode() == head.group(1)


def load_plan(path: Path, extent: Extent = "all") -> Plan:
    """Return the plan in a file. Raises ReshelveError: kind "stale" where it was changed since it was made, else "error".

    `extent` tells what of it nobody asked for: that may be left out.
    """
    found = _load_lines(path, extent)
    if found is not None:
        return found
    text = read_bytes(path)
    if not _genuine(text):
        raise _why_not(text, path)
    try:
        with collector_off():
            return _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        detail = f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
        hint = "make a new plan with this reshelve: reshelve plan -o plan.json"
        raise stop("plan-invalid", "the plan is not one this reshelve understands", detail, path=str(path), hint=hint) from error


def _load_lines(path: Path, extent: Extent) -> Plan | None:
    """Return the plan in a file as it is written here, its text never held whole; else None."""
    digest = hashlib.sha256(_NO_ID)
    with opened(path) as stream, collector_off():
        first = stream.readline()
        begun = _HEAD.match(first)
        if begun is None:
            return None
        head = [first]
        while not head[-1].endswith(_OPERATIONS):
            head.append(stream.readline())
            if not head[-1]:
                return None
        text = b"".join(head)
        digest.update(memoryview(text)[begun.end() :])
        try:
            plan = _adapter().validate_json(text.removesuffix(_OPERATIONS) + b"}")
            for block in _operation_blocks(stream, digest.update):
                if extent != "no operations":
                    plan.operations += _read(block, facts=extent == "all")
        except ValueError:
            return None
    return plan if digest.hexdigest() == plan.id else None


def _read(block: bytes, *, facts: bool) -> list[AnyOperation]:
    """Return operations from their JSON. What several in a row need, as all that go into one folder do, is held once."""
    found = _operations().validate_json(b"[" + block + b"]")
    before: tuple[int, ...] = ()
    for operation in found:
        if operation.needs == before:
            object.__setattr__(operation, "needs", before)
        else:
            before = operation.needs
    for operation in found if not facts else ():
        if getattr(operation, "facts", None) is not None:
            object.__setattr__(operation, "facts", None)
    return found


def _operation_blocks(stream: BinaryIO, read: Callable[[bytes], object]) -> Iterator[bytes]:
    """Yield the JSON of operations, many at once; `read` is given all that is read. Raises ValueError for another end than ours."""
    while lines := stream.readlines(_BLOCK):
        block = b"".join(lines)
        if block.endswith(_MORE):
            read(block)
            yield block.removesuffix(_MORE)
            continue
        block += stream.read(len(_END) + 1)
        read(block)
        if not block.endswith(b"\n" + _END):
            break
        yield block.removesuffix(_END)
        return
    raise ValueError("the file does not end as it should")


@cache
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


@cache
def _operations() -> TypeAdapter[list[Operation]]:
    return TypeAdapter(list[Operation])


def _genuine(text: bytes) -> bool:
    head = _HEAD.match(text)
    if head is None:
        return False
    digest = hashlib.sha256(_NO_ID)
    digest.update(memoryview(text)[head.end() :])
    return digest.hexdigest().encode() == head.group(1)


def _as_utf8(text: bytes) -> bytes:
    """Return JSON in UTF-8 without a mark in front, as far as its encoding can be told."""
    try:
        return text.decode(json.detect_encoding(text)).encode()
    except ValueError:
        return text


def _why_not(text: bytes, path: Path) -> ReshelveError:
    again = "make a new plan: reshelve plan -o plan.json"
    found_conflicts = conflicts(text, str(path))
    if found_conflicts:
        return ReshelveError(found_conflicts)
    plain = _as_utf8(text)
    if _genuine(plain.replace(b"\r\n", b"\n")):
        detail = "Only its line ends changed, as git does with core.autocrlf, and editors of Windows."
        if b"\r\n" not in plain:
            detail = "Only its encoding changed, as editors and shells of Windows do."
        hint = f"keep git from it (echo '*.json -text' >> .gitattributes), and {again}"
        return stop("plan-line-ends", "the plan changed since it was made", detail, path=str(path), hint=hint, kind="stale")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        if text.startswith(b'{"version":1,"id":"'):
            detail = f"It was cut short, or edited: {trouble}."
            return stop("plan-tampered", "the plan changed since it was made", detail, path=str(path), hint=again, kind="stale")
        return stop("plan-not-json", "not a plan", f"It is not JSON: {trouble}.", path=str(path), hint=again)
    if not isinstance(found, dict) or "version" not in found:
        return stop("plan-invalid", "not a plan", "It is JSON, but has no `version`.", path=str(path), hint=again)
    if found["version"] != 1:
        detail = f"It says version {str(found['version'])[:40]}; this reshelve reads version 1."
        return stop("plan-version", "unknown plan version", detail, path=str(path), hint=again)
    detail = "Its digest does not match its content."
    return stop("plan-tampered", "the plan changed since it was made", detail, path=str(path), hint=again, kind="stale")


def _blocks(plan: Plan) -> Iterator[bytes]:
    yield f'{{"version":1,"id":{encode_basestring(plan.id)}'.encode()
    for name, value in _given(plan):
        if name not in _LISTS and name not in ("version", "id", "operations"):
            yield _bytes(f',"{name}":{_json(value)}')
    for name in _LISTS:
        items = getattr(plan, name)
        if items:
            yield f',"{name}":['.encode()
            yield from _separated(items, lambda item: _bytes(_json(item)))
            yield b"\n]"
    yield b',"operations":['
    yield from _separated(plan.operations, _operation)
    yield b"\n]}\n" if plan.operations else b"]}\n"


def _separated(items: Sequence[Any], line: Callable[[Any], bytes]) -> Iterator[bytes]:
    """Yield a line for each item, many at once."""
    for start in range(0, len(items), _BATCH):
        yield (b",\n" if start else b"\n") + b",\n".join(map(line, items[start : start + _BATCH]))


def _operation(operation: Any) -> bytes:
    prefix, to_json = _form(operation.__class__)
    try:
        return prefix + to_json(operation, exclude_defaults=True)[1:]
    except PydanticSerializationError:  # a text with lone surrogates
        members = (f',"{name}":{_json(value)}' for name, value in _given(operation) if name != "op")
        return prefix[:-1] + _bytes("".join(members) + "}")


@cache
def _form(kind: type[Any]) -> tuple[bytes, Callable[..., bytes]]:
    """Return what writing an operation of this class begins with, and what writes its other members."""
    return f'{{"op":"{kind.__dataclass_fields__["op"].default}",'.encode(), TypeAdapter(kind).serializer.to_json


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _json(value: Any) -> str:
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    if type(value) is tuple:
        return f"[{','.join(map(_json, value))}]"
    return _encode(_tree(value))


def _tree(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _tree(inner) for name, inner in _given(value)}
    if isinstance(value, dict):
        return {key: _tree(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_tree(inner) for inner in value]
    return value


def _given(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a value that are not at their defaults, in the order of its class."""
    for spec in fields(value):
        inner = getattr(value, spec.name)
        default = spec.default_factory() if spec.default_factory is not MISSING else spec.default
        if inner != default:
            yield spec.name, inner
