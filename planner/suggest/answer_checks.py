"""Answers in the closed form, made of what a reply lists (`reply_reading`): each of one file asked about, or reasons why not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Any

from pydantic import ValidationError

from reshelve.planner.suggest.questions import Question
from reshelve.planner.suggest.reply_reading import suggestions_in
from reshelve.planner.suggest.strict_json import shown
from reshelve.schemas.locations import printable
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.suggestion_protocol import Answer, Reply


@dataclass(slots=True)
class Checked:
    """What a reply came to: answers by location, and what was dropped: a location ("": of no file asked about) and why.

    `refused` are the locations for which there was an answer, and not one that can be taken.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)


def check(reply: Reply, questions: Sequence[Question], offered: Collection[str]) -> Checked:
    """Return what of a reply is usable. Never raises, whatever the text. `offered` are the names of the places."""
    checked = Checked()
    said, wrong = suggestions_in(reply)
    if wrong and not said:
        checked.dropped = [(question.source, wrong) for question in questions]
        return checked
    by_number: dict[int, list[Any]] = {}
    for one in said:
        number = one.get("file") if isinstance(one, dict) else None
        if type(number) is not int or not 1 <= number <= len(questions):
            checked.dropped.append(("", f"an answer names no file that was asked about: {shown(number)}"))
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
        return None, f"{printable(where)[:60]}: {fault} ({shown(first['input'])})"
    except (RecursionError, OverflowError, UnicodeError):
        return None, "it cannot be read"
    if answer.place is not None and answer.place not in offered:
        return None, f"{shown(answer.place)} is none of the places offered"
    return answer, ""
