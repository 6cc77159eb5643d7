"""The `suggest:` block of a workspace: which language model is asked about what no rule settles, and within what bounds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.endpoints import Endpoint, endpoint, plain_url

OPENAI_URL = "https://api.openai.com/v1"

GEMINI_URL = "https://generativelanguage.googleapis.com/v1beta/openai/"
"""Where Gemini answers in OpenAI's protocol (ai.google.dev, "OpenAI compatibility")."""
GEMINI_MODEL = "gemini-1.5-flash"
"""Gemini's model where neither the workspace nor GEMINI_MODEL names one."""

_OPENAI_HOST = re.compile(r"(?:[a-z]{2}\.)?api\.openai\.com\Z")
"""OpenAI's own, those of its regions too (eu.api.openai.com)."""
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

    `base_url` names another endpoint of the same protocol; `key_env` the variable that holds its key; `region` and `profile` are
    AWS's. Another endpoint or variable than the provider's own, and `always`, need consent: `reshelve trust`. `batch` files go
    into one request, `parallel` requests at a time, `rate` requests a minute. An answer of a confidence below `below` is left for
    review. `answers` is what the provider `recorded` replays.
    """

    provider: Literal["openai", "gemini", "bedrock", "recorded"]
    model: str | None = None
    base_url: Annotated[str, AfterValidator(plain_url)] | None = None
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


@dataclass(slots=True, frozen=True)
class Asked:
    """Whom a workspace has asked, and with what: the URL, and the variable whose value goes there as the key.

    `endpoint` is None where AWS's own is meant, and for recorded answers. `variable` is None where no key is sent, or where
    requests are signed. `own`: neither host nor variable is another than the provider's own, or this machine's environment's.
    """

    url: str = ""
    endpoint: Endpoint | None = None
    variable: str | None = None
    own: bool = True

    @property
    def at(self) -> str:
        """The host as people write it, "" where it has no name."""
        return self.endpoint.at if self.endpoint is not None else ""


def whom(config: Suggest, environ: Mapping[str, str]) -> Asked:
    """Return whom `config` has asked on a machine with this environment. Raises ValueError when a variable holds no plain URL.

    A service on the loopback that the document names gets no key unless the document names one: it is any program of this
    machine, of another user perhaps, and few of them want one.
    """
    if config.provider == "recorded":
        return Asked()
    if config.provider == "bedrock":
        return _whom_bedrock(config, environ)
    default = "GEMINI_API_KEY" if config.provider == "gemini" else "OPENAI_API_KEY"
    usual = GEMINI_URL if config.provider == "gemini" else environ.get("OPENAI_BASE_URL") or OPENAI_URL
    url = config.base_url or usual
    to = endpoint(url)
    bare = config.base_url is not None and to.loopback and config.key_env is None
    variable = None if bare else config.key_env or default
    unset = variable is None or not environ.get(variable, "").strip()
    fits = _has_own(to, variable) or (config.base_url is None and variable == default)
    return Asked(url, to, variable, fits or (to.loopback and unset))


def _whom_bedrock(config: Suggest, environ: Mapping[str, str]) -> Asked:
    # boto3 sends the value of this variable instead of signing with keys that stay here.
    bearer = "AWS_BEARER_TOKEN_BEDROCK" if environ.get("AWS_BEARER_TOKEN_BEDROCK") else None
    usual = environ.get("AWS_ENDPOINT_URL_BEDROCK_RUNTIME") or environ.get("AWS_ENDPOINT_URL") or ""
    url = config.base_url or usual
    if not url:
        return Asked(variable=bearer)
    to = endpoint(url)
    return Asked(url, to, bearer, config.base_url is None or to.aws or (to.loopback and bearer is None))


def _has_own(to: Endpoint, variable: str | None) -> bool:
    """Say whether this is a provider's own service, asked with the variable that is its own."""
    if to.scheme != "https" or to.port != endpoint(OPENAI_URL).port:
        return False
    if variable == "OPENAI_API_KEY":
        return _OPENAI_HOST.match(to.host) is not None
    return variable == "GEMINI_API_KEY" and to.host == endpoint(GEMINI_URL).host
