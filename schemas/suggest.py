"""The `suggest:` block of a workspace: which language model is asked about what no rule settles, and within what bounds."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas import quantities

GEMINI_URL = "https://generativelanguage.googleapis.com/v1beta/openai/"
"""Where Gemini answers in OpenAI's protocol (ai.google.dev, "OpenAI compatibility")."""
GEMINI_MODEL = "gemini-1.5-flash"
"""Gemini's model where neither the workspace nor GEMINI_MODEL names one."""

_MONEY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*USD\s*\Z")


def dollars(text: str) -> float:
    """Return US dollars for "5 USD" or "0.25 USD". Raises ValueError."""
    match = _MONEY.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not an amount such as 0.50 USD")
    return float(match.group(1))


def _amount(text: str) -> str:
    dollars(text)
    return text


def _age(text: str) -> str:
    quantities.age(text)
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a `base_url` is written https://host/path")
    if parts.username or parts.password or parts.query:
        raise ValueError("a `base_url` holds no name, password or key: keys come from the environment")
    return text


class _Model(BaseModel):
    """Unknown keys are problems, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Budget(_Model):
    """What one scan may spend on suggestions; what would not fit is not asked."""

    tokens: Annotated[int, Field(ge=0)] = 1_000_000
    money: Annotated[str, AfterValidator(_amount), Field(description="an amount: 0.50 USD")] | None = None


class Prices(_Model):
    """What the model costs, in US dollars a million tokens."""

    input: Annotated[float, Field(ge=0)]
    output: Annotated[float, Field(ge=0)]


class Suggest(_Model):
    """How suggestions are asked for. Nothing is sent unless `scan --suggest` is given, or `always: true` stands here.

    `base_url` names another endpoint of the same protocol; `key_env` the variable that holds its key; `region` and
    `profile` are AWS's. `batch` files go into one request, `parallel` requests at a time, `rate` requests a minute. An answer of
    a confidence below `below` is left for review. `answers` is what the provider `recorded` replays.
    """

    provider: Literal["openai", "gemini", "bedrock", "recorded"]
    model: str | None = None
    base_url: Annotated[str, AfterValidator(_url)] | None = None
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    region: str | None = None
    profile: str | None = None
    answers: str | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=16)] = 4000
    batch: Annotated[int, Field(ge=1, le=50)] = 10
    parallel: Annotated[int, Field(ge=1, le=16)] = 4
    below: Annotated[float, Field(ge=0, le=1)] = 0.7
    rate: Annotated[float, Field(gt=0)] = 60.0
    timeout: Annotated[str, AfterValidator(_age), Field(description="an age: 30s, 2m")] = "60s"
    attempts: Annotated[int, Field(ge=1, le=10)] = 5
    budget: Budget = Budget()
    prices: Prices | None = None
    always: bool = False

    @model_validator(mode="after")
    def _whole(self) -> "Suggest":
        if self.provider in ("openai", "bedrock") and not self.model:
            raise ValueError(f"the provider `{self.provider}` needs a `model`")
        if self.provider == "recorded" and not self.answers:
            raise ValueError("the provider `recorded` needs `answers`, a file of saved answers")
        return self
