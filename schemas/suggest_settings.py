"""The `suggest:` block of a workspace: which language model is asked about what no rule settles, and within what bounds."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.endpoints import Endpoint, endpoint, plain_url
from reshelve.schemas.endpoints import region as _region
from reshelve.schemas.quick_dataclasses import dataclass

OPENAI_URL = "https://api.openai.com/v1"

GEMINI_URL = "https://generativelanguage.googleapis.com/v1beta/openai/"
"""Where Gemini answers in OpenAI's protocol (ai.google.dev, "OpenAI compatibility")."""
GEMINI_MODEL = "gemini-flash-latest"
"""Gemini's model where neither the workspace nor GEMINI_MODEL names one: a name that the provider keeps current."""
RETIRED = {
    "gemini-pro": "gemini-pro-latest",
    "gemini-1.0-pro": "gemini-pro-latest",
    "gemini-1.5-flash": "gemini-flash-latest",
    "gemini-1.5-flash-8b": "gemini-flash-lite-latest",
    "gemini-1.5-pro": "gemini-pro-latest",
}
"""Models that their provider has retired, and what stands for each."""
_VERSION = re.compile(r"-(?:[0-9]{3}|latest|exp(?:-[0-9]{4})?)\Z")

_OPENAI_HOST = re.compile(r"(?:[a-z]{2}\.)?api\.openai\.com\Z")
"""OpenAI's own, those of its regions too (eu.api.openai.com)."""
_MONEY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*USD\s*\Z")


def replacement(model: str) -> str:
    """Return what stands for a retired model, or for a version of one; "" for any other."""
    name = model.removeprefix("models/")
    return RETIRED.get(name) or RETIRED.get(_VERSION.sub("", name), "")


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

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Budget(_Model):
    """What one scan may use for suggestions; requests that would exceed it are not sent."""

    tokens: Annotated[int, Field(ge=0, description="How many tokens.", examples=[200000])] = 1_000_000
    money: Annotated[
        Annotated[str, AfterValidator(_amount), Field(title="amount", description="an amount: 0.50 USD")] | None,
        Field(description="How much money, if `prices` are set.", examples=["0.50 USD"]),
    ] = None


class Prices(_Model):
    """What the model costs, in US dollars per million tokens."""

    input: Annotated[float, Field(ge=0, description="For a million tokens sent.", examples=[0.15])]
    output: Annotated[float, Field(ge=0, description="For a million tokens received.", examples=[0.6])]


class Suggest(_Model):
    """Settings for suggestions. Nothing is sent without `scan --suggest` or `always: true`."""

    provider: Annotated[
        Literal["openai", "gemini", "bedrock", "recorded"],
        Field(description="The service to ask. `recorded` replays saved answers.", examples=["openai"]),
    ]
    model: Annotated[str | None, Field(description="The model's name at the service.", examples=["gpt-4o-mini"])] = None
    base_url: Annotated[
        Annotated[str, AfterValidator(plain_url)] | None,
        Field(
            description="Another endpoint of the same protocol. It needs consent unless it is on this machine.",
            examples=["http://localhost:11434/v1"],
        ),
    ] = None
    key_env: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None,
        Field(
            description="The variable that holds the key. One other than the provider's own needs consent.",
            examples=["MY_MODEL_KEY"],
        ),
    ] = None
    region: Annotated[
        Annotated[str, AfterValidator(_region)] | None,
        Field(description="The AWS region, for `bedrock`: letters, digits and hyphens.", examples=["eu-central-1"]),
    ] = None
    profile: Annotated[str | None, Field(description="The AWS profile, for `bedrock`.", examples=["media"])] = None
    answers: Annotated[str | None, Field(description="The file of saved answers, for `recorded`.", examples=["answers.json"])] = (
        None
    )
    temperature: Annotated[float, Field(ge=0, le=2, description="The model's temperature.", examples=[0.2])] = 0.0
    max_tokens: Annotated[int, Field(ge=16, description="The most tokens in one answer.", examples=[2000])] = 4000
    batch: Annotated[int, Field(ge=1, le=50, description="How many files go into one request.", examples=[20])] = 10
    parallel: Annotated[int, Field(ge=1, le=16, description="How many requests run at a time.", examples=[2])] = 4
    below: Annotated[
        float, Field(ge=0, le=1, description="Answers with less confidence than this are left for review.", examples=[0.9])
    ] = 0.7
    rate: Annotated[float, Field(gt=0, description="How many requests per minute.", examples=[20])] = 60.0
    timeout: Annotated[
        str,
        AfterValidator(_age),
        Field(title="age", description="How long one answer may take.", examples=["2m"]),
    ] = "60s"
    attempts: Annotated[int, Field(ge=1, le=10, description="How often a request is tried.", examples=[3])] = 5
    budget: Annotated[Budget, Field(description="What one scan may use.", examples=[{"tokens": 200000}])] = Budget.model_construct()
    prices: Annotated[
        Prices | None,
        Field(description="What the model costs, in US dollars per million tokens.", examples=[{"input": 0.15, "output": 0.6}]),
    ] = None
    always: Annotated[bool, Field(description="Every scan asks, even without `--suggest`. It needs consent.")] = False

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
