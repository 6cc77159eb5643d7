"""What is asked and answered about generated files: those of a job or project, filed, listed, and moved to the trash."""

from dataclasses import field
from typing import Annotated, Any

from pydantic import Field

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import STRICT, Age, Words

JobId = Annotated[str, Field(pattern=r"^\w([\w .-]{0,98}[\w-])?$")]
OfJob = Annotated[str, Field(pattern=r"^(\w([\w .-]{0,98}[\w-])?)?$")]


@dataclass(slots=True, frozen=True)
class JobNamed:
    """A job."""

    job_id: JobId

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class ProjectNamed:
    """A project."""

    project_id: JobId

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class JobOrganized:
    """A job whose files to file: `files` by name, location or path; else those modified within `newer_than` ("10m").

    Without both, those in a folder with the job's name, or named after the job with a counter.
    """

    job_id: JobId
    project_id: JobId = "default"
    files: Words = field(default_factory=list)
    newer_than: Age = ""
    dry_run: bool = False

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class Migrated:
    """Whether to file loose files, or only show the plan. `project_id` "": as in the workspace."""

    project_id: OfJob = ""
    dry_run: bool = False

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class JobsCleaned:
    """Which files of jobs go to the trash: those not changed for `days`, of a project or job if one is given."""

    days: Annotated[int, Field(ge=1, le=36500)] = 30
    project_id: OfJob = ""
    job_id: OfJob = ""
    dry_run: bool = False

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class JobDeleted:
    """A job whose files go to the trash."""

    job_id: JobId
    dry_run: bool = False

    __pydantic_config__ = STRICT


@dataclass(slots=True, frozen=True)
class JobFiles:
    """The files of a job, as in `file_metadata.json`. `errors` are events about what could not be determined.

    `status` is "success", or "partial" where there are such.
    """

    status: str
    job_id: str
    files: list[dict[str, Any]]
    file_count: int
    errors: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class ProjectFiles:
    """The files of a project, as in `file_metadata.json`. Sizes are in bytes; `oldest` and `newest` are `timestamp`s."""

    status: str
    project_id: str
    files: list[dict[str, Any]]
    file_count: int
    total_size: int
    file_types: dict[str, int]
    jobs: list[str]
    oldest: str
    newest: str
    errors: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class FilesOrganized:
    """What was filed, or would be if `status` is "planned". `run` is the run to undo, "" if nothing was done.

    `left_count` files wait: no rule decides them, or they are still being written. `held_count` entries were taken back by an undo,
    and stay until released. `errors` are events about what is blocked or wrong; `guards` says why a run would be refused. `status`
    is "partial" where something is blocked, failed, or could not be looked at.
    """

    status: str
    job_id: str
    project_id: str
    organized_files: list[str]
    file_count: int
    left_count: int
    held_count: int
    errors: list[dict[str, Any]]
    guards: list[dict[str, Any]]
    plan: str
    run: str


@dataclass(slots=True, frozen=True)
class FilesMigrated:
    """What was filed, or would be if `status` is "planned"; the rest is as in `FilesOrganized`."""

    status: str
    migrated_files: list[str]
    file_count: int
    left_count: int
    held_count: int
    errors: list[dict[str, Any]]
    guards: list[dict[str, Any]]
    plan: str
    run: str


@dataclass(slots=True, frozen=True)
class FilesDeleted:
    """What went to the trash, or would if `status` is "planned". `trashed_bytes` are there then, and free once it is emptied.

    `freed_bytes` is 0: nothing is free yet. `errors` are events about what failed, is blocked, or could not be read; `held_count`,
    `guards` and `run` are as in `FilesOrganized`.
    """

    status: str
    deleted_files: list[str]
    deleted_count: int
    trashed_bytes: int
    freed_bytes: int
    held_count: int
    errors: list[dict[str, Any]]
    guards: list[dict[str, Any]]
    plan: str
    run: str
