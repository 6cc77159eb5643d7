"""From what a schema refuses to problems a person can act on: file, line, column, that line, and what may have been meant.

A document is accepted by its model; only what the model refuses comes here, to be worded with the help of its JSON Schema.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.layout_checks import Fault, Path, part_of, secret_fault
from reshelve.schemas.documents.missing_colons import key_before_bracket
from reshelve.schemas.documents.source_lines import source_lines
from reshelve.schemas.documents.typed_values import Schema, deref, typed
from reshelve.schemas.documents.yaml_flow import flow
from reshelve.schemas.documents.yaml_reader import MOST, Spot, locate
from reshelve.schemas.locations import printable
from reshelve.schemas.near_words import COMPARABLE, near
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.secret_texts import masked, names_secret, nearly_names_secret

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError as Violation

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map of keys",
    "null": "nothing",
}


def violations(name: str, path: Path, raw: Any, refused: ValidationError | None = None) -> list[Fault]:
    """Return what is wrong with the part of a document at `path`, by the schema `name` and by what the model refused it for.

    Of what the schema refuses it is no more than `problems` shows, and one: each takes a search for what may have been meant.
    """
    from jsonschema import Draft202012Validator

    root = schema_for(name)
    schema = _below(root, path)
    instance = typed(raw, schema, root)
    validator = Draft202012Validator({**schema, "$defs": root.get("$defs", {})})
    found = _first(MOST + 1, (fault for error in validator.iter_errors(instance) for fault in _worded(error, path, root)))
    if refused is not None:
        found.extend(_refusals(refused, path, raw, everything=not found))
    return found


def _first(most: int, faults: Iterable[Fault]) -> list[Fault]:
    """Return the first faults that differ from each other."""
    distinct: dict[Fault, None] = {}
    for fault in faults:
        distinct[fault] = None
        if len(distinct) == most:
            break
    return list(distinct)


def problems(found: Iterable[Fault], text: bytes, file: str, names: Sequence[str] = ()) -> list[Problem]:
    """Give faults their place in a document and sort them; past a thousand the rest is left out, and that is said.

    `names` is what a fault's `given` may have meant.
    """
    faults = list(dict.fromkeys(found))
    kept = faults[:MOST]
    wanted = {fault.path[:length] for fault in kept for length in range(len(fault.path) + 1)}
    spots = locate(text, file, wanted)
    places = [_place(fault, spots) for fault in kept]
    near_them = (range(line, line + (_TEXT_LINES if fault.piece else 1)) for fault, (line, _) in zip(kept, places, strict=True))
    lines = source_lines(text, {line for near_it in near_them for line in near_it})
    places = [_at_piece(fault.piece, place, lines) for fault, place in zip(kept, places, strict=True)]
    made = []
    likely = [name for name in names[:_COMPARED] if len(name) <= COMPARABLE]
    asked = 0
    for fault, (line, column) in zip(kept, places, strict=True):
        hint = fault.hint
        if fault.given and asked <= _COMPARED:
            asked += len(likely)
            if meant := near(fault.given, likely):
                hint = f"did you mean {meant}?"
        where = Where(file, line, column, lines.get(line, ""))
        made.append(Problem(fault.code, fault.summary, printable(fault.detail), file, hint, where))
    if len(faults) > MOST:
        detail = f"There are more than {MOST}; the rest is not shown."
        made.append(Problem("document-more", "more problems", detail, file, "correct the ones shown, then validate again"))
    return sorted(made, key=Problem.order)


_COMPARED = 20_000
"""How many names are compared, of one document, with what was written in place of them."""


def _place(fault: Fault, spots: dict[Path, Spot]) -> tuple[int, int]:
    for length in range(len(fault.path), -1, -1):
        spot = spots.get(fault.path[:length])
        if spot is not None:
            on_key = fault.on_key or length < len(fault.path)
            return (spot.key_line, spot.key_column) if on_key else (spot.line, spot.column)
    return 1, 1


_TEXT_LINES = 100
"""How many lines of a text are looked at for a piece of it."""


def _at_piece(piece: str, place: tuple[int, int], lines: dict[int, str]) -> tuple[int, int]:
    """Return where `piece` stands in the text that begins at `place`; `place` itself if it is not found as it is."""
    first, column = place
    for line in range(first, first + _TEXT_LINES) if piece else ():
        found = lines.get(line, "").find(piece, column - 1 if line == first else 0)
        if found >= 0:
            return line, found + 1
    return place


def _below(root: Schema, path: Path) -> Schema:
    schema = root
    for part in path:
        schema = _only(deref(schema, root), root)
        patterned = next(iter(schema.get("patternProperties", {}).values()), None)
        named = schema.get("properties", {}).get(part) or patterned or schema.get("additionalProperties")
        inner = schema.get("items") if isinstance(part, int) else named
        schema = inner if isinstance(inner, dict) else {}
    return schema


def _only(schema: Schema, root: Schema) -> Schema:
    """Return the one form that a value may have beside null; the schema itself where there are several."""
    forms = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return deref(forms[0], root) if len(forms) == 1 else schema


def _worded(error: "Violation", prefix: Path, root: Schema) -> Iterator[Fault]:
    if error.validator in ("anyOf", "oneOf"):
        yield from _best(error, prefix, root)
        return
    path = (*prefix, *error.absolute_path)
    given: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    here = part_of(path)
    match error.validator:
        case "additionalProperties":
            allowed = list(schema.get("properties", {}))
            patterns = list(schema.get("patternProperties", {}))
            for key in given:
                if key in allowed or any(re.search(pattern, key) for pattern in patterns):
                    continue
                yield _bad_name((*path, key), key) if patterns else _unknown_key((*path, key), key, allowed)
        case "required":
            missing = next(key for key in wanted if key not in given and f"'{key}'" in error.message)
            yield Fault(path, "document-missing-key", "a key is missing", f"{here} has no `{missing}`.", f"add `{missing}:`", True)
        case "enum":
            hint = _meant(str(given), [str(v) for v in wanted])
            yield Fault(path, "document-value", "not one of the values allowed here", f"{here} is {_shown(given)}.", hint)
        case "const":
            if path == ("version",):
                detail = f"This document says version {_shown(given)}; this reshelve reads version 1."
                hint = "write `version: 1`, or use a newer reshelve"
                yield Fault(path, "document-version", "unknown document version", detail, hint)
            else:
                yield Fault(path, "document-value", "not the value allowed here", f"{here} is {_shown(given)}.", f"write {wanted}")
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            if path != ("version",):
                yield _wrong_type(path, here, given, kinds, _example(root, path), schema)
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            bound = "at least" if "inimum" in str(error.validator) else "at most"
            yield Fault(path, "document-range", "a number out of range", f"{here} is {given}.", f"write {bound} {wanted}")
        case "pattern" if path and str(path[-1]).endswith("_env"):
            # What is not the name of a variable may be the secret itself.
            detail = f"{here} is not the name of a variable: letters, digits and _, beginning with no digit."
            hint = "put the secret into a variable, and write its name here"
            yield Fault(path, "document-value", "not the name of a variable", detail, hint)
        case _:
            detail = f"{here}: {masked(error.message)[:300]}."
            yield Fault(path, "document-value", "not a value allowed here", detail, "see `reshelve schema`")


def _best(error: "Violation", prefix: Path, root: Schema) -> Iterator[Fault]:
    """Word the branch of an `anyOf` that was meant: the first whose own type fits."""
    branches: dict[int, list[Violation]] = {}
    for inner in error.context or []:
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    fitting = [b for b in branches.values() if not any(e.validator == "type" and not e.relative_path for e in b)]
    if fitting:
        for inner in fitting[0]:
            yield from _worded(inner, prefix, root)
        return
    path = (*prefix, *error.absolute_path)
    kinds = [e.validator_value for b in branches.values() for e in b if e.validator == "type" and not e.relative_path]
    yield _wrong_type(path, part_of(path), error.instance, kinds, _example(root, path), {})


def _bad_name(path: Path, key: str) -> Fault:
    word = key_before_bracket(key)
    hint = f"write {word}: with a colon" if word else "use letters, digits, _ and -, beginning with a letter"
    return Fault(path, "document-name", "not a name", f"{_shown(key)} cannot be a name here.", hint, True)


def _unknown_key(path: Path, key: str, allowed: list[str]) -> Fault:
    where = "the document" if len(path) == 1 else part_of(path[:-1])
    variable = next((each for each in allowed if each.endswith("_env") and f"{key}_env" == each), "")
    if names_secret(key) or nearly_names_secret(key) or variable:
        fault = secret_fault(path, f"`{key[:100]}` is not a key of {where}, and names a secret")
        variable = variable or near(f"{key}_env", [each for each in allowed if each.endswith("_env")]) or ""
        return fault._replace(hint=f"{fault.hint}: name the variable with `{variable}`") if variable else fault
    if (odd := key[:1]) and odd.isspace():
        detail = f"{_shown(key)} begins with a space (U+{ord(odd):04X}) that indents nothing, and is not a key of {where}."
        return Fault(path, "document-unknown-key", "an unknown key", detail, "indent with plain spaces", True)
    detail = f"`{key[:100]}` is not a key of {where}."
    word = key_before_bracket(key)
    hint = f"write {word}: with a colon" if word in allowed else _meant(key, allowed)
    return Fault(path, "document-unknown-key", "an unknown key", detail, hint, True)


def _example(root: Schema, path: Path) -> str:
    """Return what may stand at a path, as the document writes it: its own example, or that of the map it is a value of; "" none."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    for own in (path, path[:-1]):
        schema = _below(root, own)
        found = next(iter(schema.get("examples") or deref(schema, root).get("examples", ())), None)
        if own != path and isinstance(found, dict):
            # Of a map with keys of its own, another key's value is no example.
            free = not _only(deref(schema, root), root).get("properties")
            found = found.get(key, next(iter(found.values()), None) if free else None)
        elif own != path:
            found = None
        if found is not None:
            return f"{flow(key)}: {flow(found)}"
    return ""


def _wrong_type(path: Path, here: str, given: Any, kinds: list[Any], example: str, schema: Schema) -> Fault:
    wanted = list(dict.fromkeys(_KINDS[str(kind)] for kind in kinds if kind != "null"))
    many = " or ".join(filter(None, [", ".join(wanted[:-1]), wanted[-1]]))
    return Fault(
        path,
        "document-type",
        "a value of the wrong kind",
        f"{here} is {_shown(given)}, not {many}.",
        _rightly(given, wanted, schema)
        or (f"write it as in {example}" if example and "a map of keys" in wanted else f"write {many}"),
    )


_NO_SPACE = re.compile(r"([A-Za-z_]\w*):((?!//)\S.*)\Z", re.DOTALL)
"""What is text to YAML, and was meant as a key with its value. An address was not."""


def _rightly(given: Any, wanted: list[str], schema: Schema) -> str:
    """Return how a value of the wrong kind is written, where that can be told from what is there; else ""."""
    if given is None:
        if "text" in wanted:
            return "write it in quotes if it is meant as text"
        return "write [] for none, or leave the key out" if "a list" in wanted else ""
    if "a list" in wanted and isinstance(given, (str, int, float)):
        return f"write {flow([masked(given)[:100] if isinstance(given, str) else given])}"
    if wanted == ["text"] and isinstance(given, dict) and len(given) == 1 and isinstance(alone := next(iter(given.values())), str):
        return f"write {flow(masked(alone)[:100])}"
    if "a map of keys" not in wanted:
        return ""
    keys, needed = schema.get("properties", {}), schema.get("required", [])
    pair = _NO_SPACE.match(given) if isinstance(given, str) else None
    first = keys.get(needed[0], {}) if len(needed) == 1 else {}
    main = needed[0] if first.get("type") == "string" and given in first.get("enum", [given]) else ""
    main = main or next((key for key in ("from", "path") if key in keys and not needed), "")
    if isinstance(given, str) and main and (pair is None or pair[1] not in keys):
        return f"write {flow({main: masked(given)[:100]})}"
    if pair is not None:
        return f"a key's colon is followed by a space: write {masked(f'{pair[1]}: {pair[2]}')[:100]}"
    free = not keys and isinstance(schema.get("additionalProperties") or schema.get("patternProperties"), dict)
    if not free and isinstance(given, list) and given and all(isinstance(each, dict) for each in given):
        return "write { } around the keys, not [ ], and no `- ` before them"
    return ""


def _refusals(refused: ValidationError, prefix: Path, raw: Any, *, everything: bool) -> Iterator[Fault]:
    errors = refused.errors(include_url=False, include_input=False)
    ours = [error["type"] in ("value_error", "assertion_error") for error in errors]
    paths = [(*prefix, *_steps(raw, (*error["loc"], *_below_it(error.get("ctx"))))) for error in errors]
    # Where something inside a value is refused by a check of ours, that the value is nothing else either says no more.
    within = {path[:length] for path, own in zip(paths, ours, strict=True) if own for length in range(len(path))}
    for error, own, path in zip(errors, ours, paths, strict=True):
        if not own and (not everything or path in within):
            continue
        detail = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        yield Fault(path, "document-value", "a value that cannot be", f"{part_of(path)}: {detail}.")


def _below_it(context: Mapping[str, Any] | None) -> Path:
    """Return which part of what a model refused is at fault, where the refusal says so (`PartError`)."""
    return getattr((context or {}).get("error"), "below", ())


def _steps(raw: Any, loc: tuple[str | int, ...]) -> Path:
    """Return the part of a model's own path that the document has too (the model's names its union branches as well)."""
    steps: list[str | int] = []
    for part in loc:
        if (isinstance(raw, dict) and part in raw) or (isinstance(raw, list) and isinstance(part, int) and part < len(raw)):
            raw = raw[part]  # type: ignore[index]
            steps.append(part)
    return tuple(steps)


def _shown(given: Any) -> str:
    if isinstance(given, dict):
        return "a map of keys"
    if isinstance(given, list):
        return "a list"
    if given is None:
        return "nothing (null)"
    if isinstance(given, bool):
        return "true" if given else "false"
    return repr(masked(given)[:100]) if isinstance(given, str) else str(given)[:100]


_SAME_SENSE: Mapping[str, tuple[str, ...]] = {
    "severity": ("level",),
    "if": ("when",),
    "condition": ("when",),
    "must": ("require",),
    "source": ("from",),
    "to": ("place",),
    "target": ("place",),
    "destination": ("place",),
}
"""What people call a key by a word that is not like it, and the names it has."""


def _meant(given: str, allowed: list[str]) -> str:
    meant = near(given, allowed) or next((name for name in _SAME_SENSE.get(given, ()) if name in allowed), None)
    return f"did you mean `{meant}`?" if meant else f"allowed here: {', '.join(allowed)}"
