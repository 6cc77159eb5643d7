"""Refusals because a request and its answer are more than a model's context holds, as servers and providers word them."""

import re
from typing import Literal

LONGER_CONTEXT = "Have the server give the model a longer context, or lower `max_tokens:` of `suggest:`."
"""What to do when no smaller request is left."""

# OpenAI, vLLM, SGLang, llama.cpp, LM Studio, Ollama, TGI, TabbyAPI, Mistral, Gemini, Groq, xAI, Anthropic and Bedrock.
_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|size|window|limit)|exceed_context|too many (?:input |total )?tokens|max_seq_len"
    r"|token (?:count|limit)\b.{0,60}\bexceed|maximum number of tokens|maximum prompt length|reduce the length"
    r"|(?:prompt|input|inputs|request|messages)`? (?:is |are )?too (?:long|large)"
    r"|max_new_tokens`? must be|inputs`? must have less than"
    r"|max_?(?:completion_?|new_?)?tokens\W{0,3}.{0,60}(?:too large|at most|exceeds|maximum allowed|model limit)"
    r"|maximum tokens you requested exceeds"
)
_ANSWER = re.compile(
    r"max_?(?:completion_?|new_?|output_?)?tokens|in the completion|completion tokens|maximum tokens you requested"
)


def too_long(told: str) -> Literal["", "context", "answer"]:
    """Say whether an error says so, and whether of the length that the answer may have."""
    told = told.lower()
    if not _TOO_LONG.search(told):
        return ""
    return "answer" if _ANSWER.search(told) else "context"
