"""What is said between a scan and a language model: prompts, replies, and the one closed form an answer may have."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from reshelve.schemas.facts import MediaKind
from reshelve.schemas.quick_dataclasses import dataclass

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_PATH_LIKE = re.compile(
    r"(?:\A|[/\\:])\s*\.\.\s*(?:[/\\:]|\Z)|\A\s*[/\\~]|\\|://|\A\s*[A-Za-z]:/|\A\s*\.\s*\Z|\{\{|\{%|\{#|\$\{|%2[eEfF]"
)


def _plain(text: str) -> str:
    """Refuse what is no title or name: control characters, paths, and templates."""
    if _CONTROL.search(text) or not text.strip():
        raise ValueError("holds control characters, or nothing")
    if _PATH_LIKE.search(text):
        raise ValueError("is written like a path or a template")
    return text


Text = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Year = Annotated[int, Field(ge=1800, le=2200)]
Number = Annotated[int, Field(ge=0, le=9999)]


class Answer(BaseModel):
    """What a model may say of one file. Whatever else it says is no answer.

    `file` is the number it had in the question; `place` the name of one of the places offered, never a path.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    file: Annotated[int, Field(ge=1)]
    kind: MediaKind | None = None
    show: Text | None = None
    show_year: Year | None = None
    title: Text | None = None
    episode_title: Text | None = None
    season: Number | None = None
    episodes: Annotated[list[Number], Field(max_length=50)] | None = None
    year: Year | None = None
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    part: Number | None = None
    artist: Text | None = None
    album: Text | None = None
    author: Text | None = None
    track: Number | None = None
    place: Annotated[str, Field(max_length=200)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    reason: Annotated[str, Field(max_length=2000)] = ""

    def facts(self) -> dict[str, Any]:
        """Return the facts it tells, by name."""
        said = self.model_dump(exclude_none=True, exclude={"file", "place", "confidence", "reason"})
        return {name: value for name, value in said.items() if value != []}


def answer_schema(places: list[str]) -> dict[str, Any]:
    """Return the JSON Schema that a model is held to: every key there, null for what is not known, places by name alone.

    It stays within what OpenAI's strict mode takes: no lengths and no patterns; those are checked here, on what comes back.
    """
    of: dict[str, Any] = {"kind": {"type": ["string", "null"], "enum": [*get_args(MediaKind), None]}}
    of |= {"place": {"type": ["string", "null"], "enum": [*places, None]}}
    of |= {"file": {"type": "integer"}, "confidence": {"type": "number"}, "reason": {"type": "string"}}
    of |= {"episodes": {"type": ["array", "null"], "items": {"type": "integer"}}}
    whole = {"show_year", "season", "year", "part", "track"}
    said = {name: of.get(name) or {"type": ["integer" if name in whole else "string", "null"]} for name in Answer.model_fields}
    one = {"type": "object", "properties": said, "required": list(said), "additionalProperties": False}
    many = {"type": "array", "items": one}
    return {
        "type": "object",
        "properties": {"suggestions": many},
        "required": ["suggestions"],
        "additionalProperties": False,
    }


@dataclass(slots=True, frozen=True)
class Prompt:
    """One request: what the model is told, what it is asked, the form of its answer, and the locations it is asked about.

    `max_tokens` is how long the answer may be; None: as the workspace says.
    """

    system: str
    user: str
    schema: Mapping[str, Any]
    files: tuple[str, ...]
    max_tokens: int | None = None

    @property
    def size(self) -> int:
        """The bytes sent as text."""
        return len(self.system.encode()) + len(self.user.encode())


@dataclass(slots=True, frozen=True)
class Reply:
    """What came back: text as it is, whether it was cut short, the tokens the provider counted; and why the model refused."""

    text: str
    truncated: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    refusal: str = field(default="", kw_only=True)


@dataclass(slots=True, frozen=True)
class Unanswered:
    """Why a request has no reply, and what to do about it. Nothing more is asked after one."""

    detail: str
    hint: str = ""
    code: str = "suggest-failed"


@dataclass(slots=True, frozen=True)
class TooLong:
    """Why a request was refused before any work: it and its answer are more than the model's context holds.

    `answer`: the refusal is about how long the answer may be. A smaller request may be answered.
    """

    detail: str
    hint: str = ""
    answer: bool = False


@dataclass(slots=True, frozen=True)
class Remembered:
    """An answer given before, and by whom: a model, or a file that was imported."""

    said: Mapping[str, Any]
    by: str


@dataclass(slots=True, frozen=True)
class Estimate:
    """What asking will come to, told before. `cost` is in US dollars, None when prices are not known."""

    model: str
    files: int
    remembered: int
    requests: int
    tokens_in: int
    tokens_out: int
    cost: float | None


@dataclass(slots=True)
class Tally:
    """What came of asking: files by what became of them, requests, and what the provider counted."""

    model: str = ""
    remembered: int = 0
    requests: int = 0
    answered: int = 0
    dropped: int = 0
    filed: int = 0
    to_review: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
