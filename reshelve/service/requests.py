"""Requests: from text to the values that a handler takes, each checked. What is odd is refused, never guessed at."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from reshelve.schemas.problems import Problem, ReshelveError, stop

_DEEPEST = 20


def asked(model: type[Any], path: Mapping[str, str], query: Sequence[tuple[str, str]], body: bytes | None) -> Any:
    """Return the value that a request asks with. Raises ReshelveError of kind "usage" with everything wrong in it."""
    given = _of_query(model, query) if body is None else _of_body(body)
    twice = sorted(path.keys() & given.keys())
    if twice:
        raise _refused([("", f"{', '.join(twice)} stands in the address already")])
    return checked(model, {**given, **path})


def checked(model: type[Any], values: Mapping[str, Any]) -> Any:
    """Return the value of a model with these fields. Raises ReshelveError of kind "usage" with everything wrong in it."""
    try:
        return adapter(model).validate_python(values)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        raise _refused([(".".join(map(str, each["loc"]))[:100], _words(model, each)) for each in told[:20]]) from None


def _of_query(model: type[Any], query: Sequence[tuple[str, str]]) -> dict[str, Any]:
    lists = {each.name for each in fields(model) if _is_list(model, each.name)}
    given: dict[str, Any] = {}
    for name, value in query:
        if name in lists:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise _refused([(name[:100], "it is given twice")])
        else:
            given[name] = value
    return given


def _of_body(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _refused([("", f"the body is not JSON: {str(error)[:100]}")]) from None
    if not isinstance(found, dict):
        raise _refused([("", "the body is no JSON object")])
    if _depth(found) > _DEEPEST:
        raise _refused([("", f"the body is more than {_DEEPEST} levels deep")])
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _depth(value: Any) -> int:
    level, here = 0, [value]
    while here:
        level += 1
        inside = (each.values() if isinstance(each, dict) else each for each in here if isinstance(each, dict | list))
        here = [inner for values in inside for inner in values]
    return level


def adapter(model: Any) -> TypeAdapter[Any]:
    """Return what reads and writes values of a model; made once."""
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _words(model: type[Any], wrong: Mapping[str, Any]) -> str:
    """Return what is wrong with a value: of one of another form, what it may be, where its model says so."""
    if wrong["type"] == "string_pattern_mismatch" and wrong["loc"]:
        said = getattr(get_type_hints(model, include_extras=True).get(str(wrong["loc"][0])), "__metadata__", ())
        for each in said:
            if isinstance(each, FieldInfo) and each.description:
                return f"It should be {each.description}"
    return str(wrong["msg"])


def _is_list(model: type[Any], name: str) -> bool:
    return get_origin(get_type_hints(model)[name]) is list


def _refused(found: Sequence[tuple[str, str]]) -> ReshelveError:
    if len(found) == 1 and not found[0][0]:
        return stop("usage", "The request is not understood.", f"{found[0][1][:1].upper()}{found[0][1][1:]}.", kind="usage")
    return ReshelveError([Problem("usage", "A value is wrong.", f"{msg}.", name) for name, msg in found], "usage")
