"""What an endpoint of OpenAI's protocol says of a request that it did not answer, and what to make of it."""

import json
import re
from collections.abc import Mapping
from http.client import responses
from typing import Any, Literal

from reshelve.executors.contracts.retry_after import asked_wait
from reshelve.executors.suggest.context_refusals import too_long
from reshelve.executors.suggest.protocol_replies import message_in

_OF_THE_FORM = (
    "response_format",
    "json_schema",
    "json_object",
    "schema",
    "grammar",
    "structured output",
    "json mode",
    "json output",
)
_NO_SYSTEM = re.compile(
    r"system (?:role|message|prompt|instruction)s?\b.{0,40}(?:not |un)support|developer instruction is not enabled"
    r"|roles must alternate|only user and assistant roles"
)
"""A model whose template knows no message before the first of a user, as vLLM, llama.cpp, TGI and Gemini word it."""
_UNPAID = re.compile(r"credit balance is too low|insufficient (?:balance|credit|fund)|out of credits|billing hard limit")
_NO_MEMORY = re.compile(r"requires more (?:system )?memory|not enough memory to load")
_RETIRED = ("decommissioned", "deprecated", "retired", "has been removed", "no longer supported", "no longer available")


def refused_part(error: Any, asked: Mapping[str, Any]) -> str | None:
    """Return what of a request an endpoint says it does not take, when it can be done without."""
    if error.status_code not in (400, 404, 415, 422, 500, 501):
        return None
    told = f"{getattr(error, 'param', None) or ''} {message_of(error)}".lower()
    form = asked.get("response_format", {}).get("type")
    if form is not None and any(word in told for word in _OF_THE_FORM):
        return "json_schema" if form == "json_schema" else "response_format"
    if asked["messages"][0]["role"] == "system" and _NO_SYSTEM.search(told):
        return "system"
    return next((name for name in ("temperature", "max_completion_tokens", "max_tokens") if name in asked and name in told), None)


def length_refused(error: Any) -> Literal["", "context", "answer"]:
    """Say whether an endpoint refuses a request as more than the model's context holds."""
    if error.status_code == 413:
        return too_long(message_of(error)) or "context"
    return too_long(f"{code_of(error)} {message_of(error)}") if error.status_code in (400, 413, 422, 500) else ""


def message_of(error: Any) -> str:
    """Return what an endpoint says of an error, else what its status means."""
    return _said(error) or responses.get(error.status_code, "") or str(error.message)


def _said(error: Any) -> str:
    """Return what an error says by the protocol; "" for a page, which says nothing of it."""
    try:
        return message_in(json.loads(error.response.text))
    except (ValueError, RecursionError):
        return ""


def code_of(error: Any) -> str:
    """Return the code that an endpoint gives an error, "" for none."""
    return str(getattr(error, "code", "") or "")


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the headers of an answer ask to wait, OpenAI's own in milliseconds first; None where none do."""
    milliseconds = headers.get("retry-after-ms", "")
    return (
        int(milliseconds) / 1000 if milliseconds.isdecimal() and len(milliseconds) < 10 else asked_wait(headers.get("retry-after"))
    )


def says_retired(error: Any) -> bool:
    """Say whether an endpoint says that a model is no longer to be had."""
    told = message_of(error).lower()
    return error.status_code in (400, 404, 410) and "model" in told and any(word in told for word in _RETIRED)


def says_unpaid(error: Any) -> bool:
    """Say whether an endpoint says that there is no money left."""
    if error.status_code == 402 or (error.status_code == 429 and code_of(error) == "insufficient_quota"):
        return True
    return error.status_code in (400, 403, 429) and _UNPAID.search(message_of(error).lower()) is not None


def says_no_memory(error: Any) -> bool:
    """Say whether a server says that its machine has not the memory for this model."""
    return _NO_MEMORY.search(message_of(error).lower()) is not None


def says_no_access(error: Any) -> bool:
    """Say whether an endpoint does not take the key, or took none."""
    return error.status_code in (401, 403) or (error.status_code == 400 and "api key" in message_of(error).lower())


def is_page(error: Any) -> bool:
    """Say whether an answer is none of the protocol's: what stands at that address is something else."""
    return not _said(error)
