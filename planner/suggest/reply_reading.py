"""Reading a reply: from whatever text a model returned to its list of suggestions, none of them checked yet."""

import json
import re
from typing import Any

from reshelve.planner.suggest.cut_answers import whole_ones
from reshelve.planner.suggest.strict_json import TwiceError, no_number, once
from reshelve.schemas.locations import printable
from reshelve.schemas.suggestion_protocol import Reply

MOST = 512 * 1024
"""The most characters of a reply that are looked at."""

_FENCED = re.compile(r"```[a-z]{0,10}[ \t]*\n(.*?)(?:\n[ \t]*```)?\Z", re.DOTALL)
_SHAPE = 'the reply is not {"suggestions": [...]} alone'


def suggestions_in(reply: Reply) -> tuple[list[Any], str]:
    """Return the list of suggestions in a reply's text, and why there is none, or no more of them."""
    text = _unthought(reply.text.strip())
    if reply.refusal:
        return [], f"the model refused: {printable(reply.refusal[:200].rstrip('. '))}"
    if len(text) > MOST:
        return [], "the reply is far too long"
    if fenced := _FENCED.match(text):
        text = fenced.group(1).strip()
    if reply.truncated:
        return whole_ones(text), "the reply was cut short (max_tokens)"
    if not text:
        return [], "the reply is empty"
    try:
        value = json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except TwiceError as fault:
        return [], f"the reply says {fault} twice in one object"
    except (ValueError, RecursionError):
        found = whole_ones(text)
        wrapped = not found and _wrapped(text)
        return found, "there are words around the JSON of the reply" if wrapped else "the reply is not JSON"
    if not isinstance(value, dict) or value.keys() != {"suggestions"} or not isinstance(value["suggestions"], list):
        return [], _SHAPE
    return value["suggestions"], ""


def _unthought(text: str) -> str:
    """Return a text without the thoughts that a model put before its answer. Nothing is guessed: they have an end.

    Their beginning is lacking where a server puts it into the question. A text that begins as an answer has no thoughts before it.
    """
    if text.startswith(("{", "`")) or "</think>" not in text:
        return text
    return text.partition("</think>")[2].strip()


def _wrapped(text: str) -> bool:
    return (text[0] != "{" and "{" in text) or (text[0] == "{" and text[-1] != "}" and "}" in text)
