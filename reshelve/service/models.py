"""The models of requests and answers: frozen values, checked before a handler sees them."""

from dataclasses import field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from reshelve.schemas.quick_dataclasses import dataclass

STRICT = ConfigDict(extra="forbid")
"""A key that is not known is refused."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="the digest of a plan, 64 digits from 0 to f")]
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", description="the id of a run, 12 digits from 0 to f")]
RunPrefix = Annotated[str, Field(pattern=r"^[0-9a-f]{0,12}$", description="the id of a run, or how it begins")]
Word = Annotated[str, Field(max_length=4096, pattern=r"^[^\x00-\x1f\x7f]*$", description="text without control characters")]
Words = Annotated[list[Word], Field(max_length=1000)]
Share = Annotated[
    str, Field(pattern=r"^(\d{1,9}|\d{1,3}(\.\d{1,3})?%)?$", description="a number of files, or a share of them such as 5%")
]
Age = Annotated[str, Field(pattern=r"^(\d{1,6}(\.\d{1,3})?[a-z]{1,5})?$", description="an age such as 12h, 30d or 1y")]
From = Annotated[int, Field(ge=0, le=10**9)]
Most = Annotated[int, Field(ge=1, le=1000)]

PlanKind = Literal[
    "apply", "undo", "redo", "cleanup", "duplicates", "trash restore", "trash empty", "job organize", "job migrate", "job delete"
]


@dataclass(slots=True, frozen=True)
class PlanAsked:
    """What to make a plan from. `command` determines which fields apply.

    apply: `only`, `exclude`, `max_delete`. undo: `run`, `only`, `partial`. redo: `run`, `partial`. cleanup: `within`, `project`,
    `job`, `older_than`, `exclude`, `empty_folders`, `max_delete`. duplicates: `within`, `keep`, `exclude`, `max_delete`.
    trash restore: `path`, `run`. trash empty: `older_than`, `run`. job organize: `job`, `project`, `only` (exact files),
    `newer_than`. job migrate: `project`. job delete: `job`, `project`, `older_than`, `max_delete`.
    """

    command: PlanKind = "apply"
    run: RunPrefix = ""
    only: Words = field(default_factory=list)
    exclude: Words = field(default_factory=list)
    within: Words = field(default_factory=list)
    keep: Words = field(default_factory=list)
    project: Word = ""
    job: Word = ""
    path: Word = ""
    older_than: Age = ""
    newer_than: Age = ""
    max_delete: Share = ""
    partial: bool = False
    empty_folders: bool = False

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class PlanNamed:
    """A plan, and which of its operations to show: at most `most` from number `start` on."""

    digest: Digest
    start: From = 0
    most: Most = 200

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class PlanOnly:
    """A plan."""

    digest: Digest

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class PlanApplied:
    """A plan to apply. `on_error` "": as its command does. `jobs` copies at a time, 0 for the default."""

    digest: Digest
    on_error: Literal["", "rollback", "stop", "continue"] = ""
    jobs: Annotated[int, Field(ge=0, le=64)] = 0
    max_delete: Share = ""

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class PlanShown:
    """A plan: `figures` as in the summary of `plan --json`, and a part of its operations, as in plan.json.

    `besides` are events that are not about operations: blocked, held, waiting, space, cost, problem. `guards` says what would be
    refused. `run` is the run that applied it, "" until then.
    """

    digest: Digest
    figures: dict[str, Any]
    besides: list[dict[str, Any]]
    guards: list[dict[str, Any]]
    operations: list[dict[str, Any]]
    start: int
    run: str


@dataclass(slots=True, frozen=True)
class GroupsShown:
    """The groups of a plan: operations of one kind, for one reason, into one folder. `groups`: at most `most` from `start` on.

    Each has `group` (its number), `reason`, `op`, `folder`, `files`, `size` in bytes, `example`, `fresh` (the plan makes
    its folder) and `undoable` (the worst: yes, until, costs, no).
    """

    digest: Digest
    total: int
    start: int
    groups: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class RowsAsked:
    """Which operations of a plan to show: of group `group` (-1: all), of kind `op`, and with `text` in a place or reason."""

    digest: Digest
    group: Annotated[int, Field(ge=-1, le=10**9)] = -1
    op: Annotated[str, Field(pattern=r"^[a-z]{0,20}$")] = ""
    text: Word = ""
    start: From = 0
    most: Most = 200

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class RowsShown:
    """Operations of a plan: `operations` as in plan.json, each with its `index` and `undoable`; `total` is how many match."""

    digest: Digest
    total: int
    start: int
    operations: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class PlansShown:
    """The kept plans, newest first, each with its figures."""

    plans: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class RunStarted:
    """A run that began, or, with `again`, the run that the same plan began earlier; `run` "" of a plan with nothing to do."""

    run: str
    digest: str
    again: bool


@dataclass(slots=True, frozen=True)
class RunNamed:
    """A run, by its full id."""

    run: RunId

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class RunShown:
    """A run. `state` is "under way", "unsettled" (no process is running it: recover) or how it ended: done, rolled-back, stopped.

    Of an unsettled run, `done` operations stand for certain, and `at_most` so many; of others both are the same.
    `event` is the number of the last event that says so. `report` is the report of a run that ended, without its results.
    """

    run: str
    state: str
    operations: int
    done: int
    failed: int
    rolling_back: bool
    event: int
    command: str
    of: str
    started: str
    report: dict[str, Any] | None
    at_most: int


@dataclass(slots=True, frozen=True)
class RunsAsked:
    """Which runs to list: at most `most` from number `start` on, newest first."""

    start: From = 0
    most: Most = 100

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class RunsShown:
    """Runs as in `log --json`. `under_way` is the active run, "" if there is none."""

    runs: list[dict[str, Any]]
    under_way: str
    problems: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class Health:
    """Whether the service is running."""

    status: Literal["ok"]
    version: str


@dataclass(slots=True, frozen=True)
class Statistics:
    """What is in the stores according to the catalog. `total_size` is in bytes; `file_types` counts files."""

    total_files: int
    total_size: int
    projects: int
    jobs: int
    file_types: dict[str, int]


@dataclass(slots=True, frozen=True)
class StatusShown:
    """The status: the event `status` of `status --json`, and the events of its problems; `statistics` is null if unknown.

    `as_of` is when all that was looked at, ISO 8601 in UTC.
    """

    status: dict[str, Any]
    problems: list[dict[str, Any]]
    statistics: Statistics | None
    as_of: str


@dataclass(slots=True, frozen=True)
class Printed:
    """What a command printed: its exit code, and its events, from `version` to `summary`, as with `--json`."""

    exit: int
    events: list[Any]


ItemId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
OfItem = Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")]


@dataclass(slots=True, frozen=True)
class ReviewShown:
    """Files that no rule decided: `items` from number `start` on, each with `item` (its id), `source`, `because`, `suggestion`
    and `with`. `suggestion` has `to`, `confidence` and `because`, or is null; `with` is how many files travel with it.
    `scanned` is false while there is no layout: then nothing is known of any file.
    """

    total: int
    start: int
    items: list[dict[str, Any]]
    scanned: bool = True


@dataclass(slots=True, frozen=True)
class OffersAsked:
    """An undecided item, and the place to file it."""

    item: ItemId
    place: Word

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class OffersShown:
    """Rules that would file an item there, each with `rule` (its id), `like`, `files` (how many more it files) and `place`."""

    item: str
    place: str
    offers: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class AnswerGiven:
    """What to do with an undecided item. `place` "": as suggested. `rule` is one of its offers, "" for this file only.

    `answer` "back": an item that was answered, and not yet filed, is undecided again. A rule that was made of it stays.
    """

    item: ItemId
    answer: Literal["file", "leave", "back"] = "file"
    place: Word = ""
    rule: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")] = ""

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class ReviewAnswered:
    """An item that was answered, and how many are left. `place` is where it goes, "" for nowhere; `rule` names a new rule."""

    item: str
    left: int
    place: str = ""
    rule: str = ""


@dataclass(slots=True, frozen=True)
class DocumentAsked:
    """A document, and which of its lines to show: at most `most` from number `start` (from 0) on."""

    name: Literal["workspace", "layout"]
    start: From = 0
    most: Most = 200

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class DocumentShown:
    """A document: its file, some of its lines with secrets masked, how many it has, and all its problems."""

    name: str
    file: str
    there: bool
    total: int
    start: int
    lines: list[str]
    problems: list[dict[str, Any]]
