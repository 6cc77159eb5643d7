"""`assets.yaml` in and out: an entry is written anew, and every other line, comments among them, stays as people left it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reshelve.schemas.asset_notes import AssetBook, AssetNotes
from reshelve.schemas.documents.atomic_files import FREE, replace_file, version
from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.layout_checks import secret_fault
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.typed_values import typed
from reshelve.schemas.documents.yaml_reader import locate, read
from reshelve.schemas.documents.yaml_scalars import quoted
from reshelve.schemas.documents.yaml_scalars import text as scalar
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.secret_texts import may_hold_secret, secrets_in

_HEAD = "# What people say of assets: tags, notes, status, uses and lineage, by the SHA-256 of the content.\nversion: 1\nassets:\n"


def load_assets(path: Path) -> AssetBook:
    """Return what is said of assets; nothing where there is no file. Raises ReshelveError with every problem of it."""
    try:
        text = read_bytes(path, WRITTEN)
    except ReshelveError:
        if path.exists():
            raise
        return AssetBook()
    return parse_assets(text, str(path))


def parse_assets(text: bytes, file: str) -> AssetBook:
    """Return the document that a text is. Raises ReshelveError with every problem of it."""
    schema = schema_for("assets")
    raw = read(text, file)
    if isinstance(raw, dict) and raw.get("assets", {}) is None:
        raw = {**raw, "assets": {}}
    raw = typed(raw, schema, schema)
    found = [secret_fault(path, what) for path, what in secrets_in(raw)] if may_hold_secret(text) else []
    try:
        book = AssetBook.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        from reshelve.schemas.documents.schema_diagnostics import problems, violations

        raise ReshelveError(problems([*found, *violations("assets", (), raw, error)], text, file)) from error
    if found:
        from reshelve.schemas.documents.schema_diagnostics import problems

        raise ReshelveError(problems(found, text, file))
    return book


def save_notes(path: Path, changed: Mapping[str, AssetNotes], read_as: str) -> None:
    """Write these entries into the document, which was read as version `read_as` (FREE: there was none).

    Raises OSError, and ReshelveError where it says something else by now, where a note holds a secret, or where it is written so
    that an entry cannot be replaced alone.
    """
    for notes in changed.values():
        for (*_, key), what in secrets_in(notes.model_dump(by_alias=True, exclude_defaults=True)):
            fault = secret_fault((), what)
            raise stop(fault.code, fault.summary, f"{fault.detail} It is in `{key}`.", path=str(path), hint=fault.hint)
    before = _HEAD.encode() if read_as == FREE else read_bytes(path, WRITTEN)
    wanted = dict(parse_assets(before, str(path)).assets) | dict(changed)
    text = _with(before.decode("utf-8-sig"), changed, str(path))
    try:
        same = parse_assets(text.encode(), str(path)).assets == wanted
    except ReshelveError:
        same = False
    if not same:
        key = next(iter(changed))
        hint = "Write `assets:` as a map with one entry below the other, or add by hand:\n" + "\n".join(_entry(key, changed[key]))
        detail = "Its entries do not each begin a line of their own."
        raise stop("assets-by-hand", "The entry cannot be written without disturbing the rest.", detail, path=str(path), hint=hint)
    replace_file(path, [text.encode()], read_as)


def version_of(path: Path) -> str:
    """Return what tells one text of the document from another; FREE where there is none. Raises ReshelveError."""
    try:
        return version(path)
    except OSError as trouble:
        problem = Problem("unreadable", "The document cannot be read.", f"{trouble.strerror or trouble}.", str(path))
        raise ReshelveError(problem) from None


def _with(text: str, changed: Mapping[str, AssetNotes], file: str) -> str:
    ends = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    book = read(text.encode(), file)
    keys = list(book["assets"]) if isinstance(book, dict) and isinstance(book.get("assets"), dict) else []
    spots = locate(text.encode(), file, {("assets",), *(("assets", key) for key in keys)})
    begins = {key: spots["assets", key].key_line - 1 for key in keys if ("assets", key) in spots}
    starts = sorted(begins.values())
    for key in sorted(changed, key=lambda each: -begins.get(each, -1)):
        new = _entry(key, changed[key])
        if key in begins:
            start = begins[key]
            end = _end(lines, start, next((line for line in starts if line > start), len(lines)))
            kept = [line.strip() for line in lines[start:end] if line.lstrip().startswith("#")]
            lines[start:end] = [*(f"  {comment}" for comment in kept), *new]
        else:
            at = _last(lines, starts, spots)
            lines[at:at] = new
    return ends.join(lines) + ends


def _end(lines: list[str], start: int, end: int) -> int:
    """Return where an entry ends: before blank lines, comments of the next one, and anything that is not indented under it."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    last = start + 1
    for number in range(start + 1, end):
        line = lines[number]
        if not line.strip():
            continue
        deep = len(line) - len(line.lstrip())
        if deep <= indent and not line.lstrip().startswith("#"):
            break
        if deep > indent:
            last = number + 1
    return last


def _last(lines: list[str], starts: list[int], spots: Mapping[tuple[str | int, ...], Any]) -> int:
    """Return the line before which a new entry goes: after the last one. `assets:` is added where it is not there."""
    if starts:
        return _end(lines, starts[-1], len(lines))
    head = spots.get(("assets",))
    if head is None:
        lines.append("assets:")
        return len(lines)
    at: int = head.key_line - 1
    if lines[at].partition(":")[2].strip() in ("{}", "null", "~"):
        lines[at] = lines[at].partition(":")[0] + ":"
    return at + 1


def _entry(key: str, notes: AssetNotes) -> list[str]:
    return [f"  {quoted(key)}:", *_fields(notes)]


def _fields(notes: AssetNotes) -> Iterator[str]:
    said = notes.model_dump(by_alias=True, exclude_defaults=True)
    if not said:
        yield "    tags: []"
    for name, value in said.items():
        if name in ("uses", "links"):
            yield f"    {name}:"
            yield from (f"      - {_flow(one)}" for one in value)
        else:
            yield f"    {name}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(name)}: {_flow(inner)}" for name, inner in value.items() if inner is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return scalar(value) if "," not in value else quoted(value)
    if value is True or value is False:
        return str(value).lower()
    return repr(value)
