"""What an endpoint of OpenAI's protocol answered: a reply, whole or in pieces, or an error that came as an answer."""

import json
import re
from typing import Any

from reshelve.schemas.suggestion_protocol import Reply

_CUT = frozenset(["length", "max_tokens", "max_output_tokens", "model_length"])
"""Why an answer ended that was cut short, in OpenAI's word and in those of others."""
_PASSES = re.compile(
    r"rate.?limit|\brate\b|too many requests|overload|\bloading\b|unavailable|time(?:d )?-?out|server_error|\b(?:429|50[234])\b"
)
"""What says that an error may pass, in its words or type."""
_HELD_BACK = frozenset(["content_filter", "safety", "recitation", "prohibited_content", "blocklist", "spii"])
"""Why a provider holds an answer back, as it says in place of "stop"."""


_DEEPEST = 8
"""How deep in an error its words are looked for: no server puts them deeper, and a hostile one may nest without end."""


class BrokenOffError(Exception):
    """A stream that ended before its answer did."""


def streamed(body: bytes) -> Any:
    """Return what a server that only streams has said piece by piece, put together; None where it did not.

    Raises ValueError, and BrokenOffError for one that did not end.
    """
    lines = [line.strip() for line in body.splitlines()]
    if not any(line.startswith(b"data:") for line in lines) or body.lstrip()[:1] in (b"{", b"["):
        return None
    text, finish, usage, ended = "", None, None, False
    for line in lines:
        told = line.removeprefix(b"data:").strip()
        ended |= told == b"[DONE]"
        if not line.startswith(b"data:") or told == b"[DONE]":
            continue
        piece = json.loads(told)
        if not isinstance(piece, dict):
            raise ValueError("no piece of an answer")
        if piece.get("error"):
            return piece
        usage = piece.get("usage") or usage
        for choice in piece.get("choices") or ():
            if choice.get("error"):
                return {"error": choice["error"]}
            said = choice.get("delta") or {}
            text += said.get("content") or ""
            finish = choice.get("finish_reason") or finish
    if not ended and finish is None:
        raise BrokenOffError
    return {"choices": [{"message": {"content": text}, "finish_reason": finish}], "usage": usage}


def error_within(value: Any) -> tuple[str, bool]:
    """Return what an error says that came as an answer ("" for an answer that is none), and whether it may pass."""
    found = value[0] if isinstance(value, list) and value else value
    if not isinstance(found, dict):
        return "", False
    choice = _first(found)
    error = found.get("error") or choice.get("error") or ("" if "choices" in found else found)
    if found.get("choices") and not choice.get("error"):
        return "", False
    message = message_in(error)
    told = [message]
    if isinstance(error, dict):
        told += [str(error.get(name) or "") for name in ("code", "type", "status")]
    return message, "500" in told or _PASSES.search(" ".join(told).lower()) is not None


def _first(value: Any) -> dict[str, Any]:
    """Return the first choice of an answer; {} where it has none."""
    choices = value.get("choices") if isinstance(value, dict) else None
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def reply_in(value: Any) -> Reply:
    """Return what an answer of the protocol says; text of any other shape is no text at all."""
    choice = _first(value)
    message = choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    text = _text(content)
    tokens = _tokens(value.get("usage") if isinstance(value, dict) else None)
    finish = choice.get("finish_reason")
    refusal = message.get("refusal") if isinstance(message, dict) else None
    refusal = refusal if isinstance(refusal, str) else ""
    if str(finish).lower() in _HELD_BACK and not refusal:
        refusal = "its provider's filter held the answer back"
    return Reply(text, str(finish).lower() in _CUT, *tokens, refusal=refusal)


def _tokens(usage: Any) -> tuple[int, int]:
    """Return the tokens, in and out, that an answer says it took.

    What a model thought may stand in the total alone, or beside what it wrote, and is paid for all the same.
    """
    told = usage if isinstance(usage, dict) else {}
    into = _whole(told.get("prompt_tokens")) or _whole(told.get("input_tokens"))
    out = _whole(told.get("completion_tokens")) or _whole(told.get("output_tokens"))
    details = told.get("completion_tokens_details")
    thought = _whole(details.get("reasoning_tokens")) if isinstance(details, dict) else 0
    # OpenAI counts thoughts as written, so that they are never more.
    return into, max(out, _whole(told.get("total_tokens")) - into, out + thought if thought > out else 0)


def _text(content: Any) -> str:
    """Return the text of a message: a text, or the parts of it that are text."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict) and part.get("type") in ("text", "output_text"))
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def _whole(value: object) -> int:
    """Return a count, however a server writes it; 0 for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value < 10**9 else 0


def message_in(error: Any, deep: int = _DEEPEST) -> str:
    """Return what an error says, in whichever form it comes; "" where it says nothing, or only `deep` within itself."""
    if not deep:
        return ""
    if isinstance(error, list):
        error = error[0] if error else ""  # as Gemini's endpoint words it
    if not isinstance(error, dict):
        return error if isinstance(error, str) else ""
    for name in ("error", "message", "detail", "msg"):
        told = error.get(name)
        if name == "detail" and isinstance(told, list):
            return "; ".join(filter(None, map(_field_fault, told)))
        if told and (message := message_in(told, deep - 1)):
            return message
    return ""


def _field_fault(fault: Any) -> str:
    """Return a fault of one field of a request, as FastAPI words it."""
    if not isinstance(fault, dict):
        return str(fault)
    where = fault.get("loc")
    at = ".".join(map(str, where)) if isinstance(where, list) else ""
    return f"{at}: {fault.get('msg')}" if at else str(fault.get("msg") or "")
