"""Answers: from whatever text a model returned to answers in the closed form, each of one file asked about, or reasons why not."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from reshelve.planner.suggest.questions import Question
from reshelve.schemas.locations import printable
from reshelve.schemas.suggestion_protocol import Answer, Reply

MOST = 512 * 1024
"""The most characters of a reply that are looked at."""

_FENCED = re.compile(r"```[a-z]{0,10}[ \t]*\n(.*?)(?:\n[ \t]*```)?\Z", re.DOTALL)
_BEGUN = re.compile(r'\{\s*"suggestions"\s*:\s*\[\s*')
_CLOSED = re.compile(r"\s*\]")
_ENDED = re.compile(r"\s*\]\s*\}?\s*\Z")
_NEXT = re.compile(r"\s*,\s*")
_SHAPE = 'the reply is not {"suggestions": [...]} alone'


@dataclass(slots=True)
class Checked:
    """What a reply came to: answers by location, and what was dropped: a location ("": of no file asked about) and why.

    `refused` are the locations for which there was an answer, and not one that can be taken.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)


class _TwiceError(ValueError):
    """One object says one thing twice."""


def check(reply: Reply, questions: Sequence[Question], offered: Collection[str]) -> Checked:
    """Return what of a reply is usable. Never raises, whatever the text. `offered` are the names of the places."""
    checked = Checked()
    said, wrong = _read(reply)
    if wrong and not said:
        checked.dropped = [(question.source, wrong) for question in questions]
        return checked
    by_number: dict[int, list[Any]] = {}
    for one in said:
        number = one.get("file") if isinstance(one, dict) else None
        if type(number) is not int or not 1 <= number <= len(questions):
            checked.dropped.append(("", f"an answer names no file that was asked about: {_shown(number)}"))
            continue
        by_number.setdefault(number, []).append(one)
    for number, question in enumerate(questions, 1):
        answer, why = _one(by_number.get(number, []), offered)
        if answer is not None:
            checked.answers[question.source] = answer
        else:
            checked.dropped.append((question.source, why if number in by_number else wrong or why))
            if number in by_number:
                checked.refused.append(question.source)
    return checked


def recalled(said: Mapping[str, Any], offered: Collection[str]) -> Answer | None:
    """Return an answer given before, checked as if it were given now; None when it is none."""
    return _one([{**said, "file": 1}], offered)[0]


def _read(reply: Reply) -> tuple[list[Any], str]:
    """Return the list of suggestions in a reply's text, and why there is none, or no more of them."""
    text = _unthought(reply.text.strip())
    if reply.refusal:
        return [], f"the model refused: {printable(reply.refusal[:200])}"
    if len(text) > MOST:
        return [], "the reply is far too long"
    if fenced := _FENCED.match(text):
        text = fenced.group(1).strip()
    if reply.truncated:
        return _whole_ones(text), "the reply was cut short (max_tokens)"
    if not text:
        return [], "the reply is empty"
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except _TwiceError as fault:
        return [], f"the reply says {fault} twice in one object"
    except (ValueError, RecursionError):
        found = _whole_ones(text)
        wrapped = not found and _wrapped(text)
        return found, "there are words around the JSON of the reply" if wrapped else "the reply is not JSON"
    if not isinstance(value, dict) or value.keys() != {"suggestions"} or not isinstance(value["suggestions"], list):
        return [], _SHAPE
    return value["suggestions"], ""


def _unthought(text: str) -> str:
    """Return a text without the thoughts that a model put before its answer. Nothing is guessed: they have an end."""
    return text.partition("</think>")[2].strip() if text.startswith("<think>") and "</think>" in text else text


def _whole_ones(text: str) -> list[Any]:
    """Return the suggestions before the damage in a reply that is cut short, or broken: those that are whole, and no other."""
    begun = _BEGUN.match(text)
    found: list[Any] = []
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
    at = begun.end() if begun else len(text)
    while at < len(text):
        try:
            one, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(one)
        after = _NEXT.match(text, at)
        if after is None:
            break
        at = after.end()
    # Where the list has its end and more follows, which of it is the answer nobody can say.
    return [] if _CLOSED.match(text, at) and not _ENDED.match(text, at) else found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(_shown(next(name for name in names if names.count(name) > 1)))
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _wrapped(text: str) -> bool:
    return (text[0] != "{" and "{" in text) or (text[0] == "{" and text[-1] != "}" and "}" in text)


def _one(said: list[Any], offered: Collection[str]) -> tuple[Answer | None, str]:
    """Return the one answer for a file, or why there is none."""
    if not said:
        return None, "the reply leaves it out"
    if len(said) > 1:
        return None, "the reply answers it twice"
    try:
        answer = Answer.model_validate(said[0])
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        fault = printable(str(first["msg"]).removeprefix("Value error, "))[:120]
        return None, f"{printable(where)[:60]}: {fault} ({_shown(first['input'])})"
    except (RecursionError, OverflowError, UnicodeError):
        return None, "it cannot be read"
    if answer.place is not None and answer.place not in offered:
        return None, f"{_shown(answer.place)} is none of the places offered"
    return answer, ""


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = "…"
    return text if len(text) <= 80 else f"{text[:79]}…"
