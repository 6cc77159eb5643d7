"""Backups: which folders are packed into archives, where these go, and how long they stay."""

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.near_words import near
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.store_settings import Model, PartError
from reshelve.schemas.verbs import ArchiveFormat

PROJECT = "{project}"
EXCLUDED = ("*/Cache/*", "*/Temp/*", "*/.DS_Store", "*/Thumbs.db")
"""What programs make anew by themselves: not backed up, unless `exclude` says otherwise."""

Schedule = Literal["hourly", "daily", "weekly", "off"]
_PART = re.compile(r"[^{}]+\Z")
_SPAN = re.compile(r"(?:(\d{1,5})y)?(?:(\d{1,5})m)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?\Z")


def span_of(text: str) -> tuple[int, int, int, int]:
    """Return the years, months, days and hours of a span such as `1y6m`, `14d` or `2d12h`. Raises ValueError."""
    found = _SPAN.match(text)
    if not text or found is None:
        raise ValueError("a span is made of years, months, days and hours, in this order: 1y6m, 14d, 2d12h")
    years, months, days, hours = (int(part or 0) for part in found.groups())
    return years, months, days, hours


def _span(text: str) -> str:
    span_of(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        likely = near(text, available_timezones())
        raise ValueError(f"there is no time zone {text[:100]!r} on this system; there is {likely or 'Europe/Berlin'}") from None
    return text


def _place(at: str) -> str:
    store, colon, rel = at.partition(":")
    parts = rel.split("/") if rel else []
    if not colon or not store:
        raise ValueError(f"a location, as in work:{PROJECT}")
    if parts.count(PROJECT) > 1 or any(part in ("", ".", "..") or not (part == PROJECT or _PART.match(part)) for part in parts):
        raise ValueError(f"a location without empty parts, {PROJECT} in it once at most, as a whole folder name")
    return at


Place = Annotated[
    str,
    AfterValidator(_place),
    Field(title="location, perhaps with {project}", description="a location, perhaps with {project}: work:{project}/Backups"),
]
Span = Annotated[str, AfterValidator(_span), Field(title="span", description="years, months, days, hours: 1y6m, 14d, 2d12h")]
Zone = Annotated[str, AfterValidator(_zone), Field(title="time zone", description="a time zone: Europe/Berlin")]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Keep(Model):
    """Which archives of one kind to keep: those that at least one of these keeps. Default: all."""

    keep_last: Annotated[Count | None, Field(description="This many of the latest.", examples=[3])] = None
    keep_hourly: Annotated[Count | None, Field(description="The last of each of this many hours that have one.", examples=[48])] = (
        None
    )
    keep_daily: Annotated[Count | None, Field(description="The last of each of this many days that have one.", examples=[7])] = None
    keep_weekly: Annotated[Count | None, Field(description="The last of each of this many weeks that have one.", examples=[4])] = (
        None
    )
    keep_monthly: Annotated[
        Count | None, Field(description="The last of each of this many months that have one.", examples=[12])
    ] = None
    keep_yearly: Annotated[Count | None, Field(description="The last of each of this many years that have one.", examples=[5])] = (
        None
    )
    keep_within: Annotated[Span | None, Field(description="All taken within this time before the latest one.", examples=["2d"])] = (
        None
    )


class Backups(Model):
    """One set of backups: the projects in a folder, or one folder."""

    of: Annotated[
        Place,
        Field(description="The folder to back up; with `{project}`, each folder in that position.", examples=["work:{project}"]),
    ]
    projects: Annotated[list[GlobText], Field(description="Which folder names are projects.", examples=[["b*"]])] = ["*"]
    except_: Annotated[list[GlobText], Field(alias="except", description="Which folder names are not.", examples=[["_*"]])] = []
    to: Annotated[
        Place | None,
        Field(
            description="The folder for the archives. Default: `Backups` in the folder that is backed up.",
            examples=["vault:{project}"],
        ),
    ] = None
    archive_storage_path: Annotated[
        Place | None,
        Field(description="The folder for the weekly archives. Default: the same as for the others.", examples=["attic:{project}"]),
    ] = None
    copies: Annotated[
        list[Place],
        Field(
            description="Where each archive is also copied: folders, or places in buckets.",
            examples=[["cloud:project_backups/{project}"]],
        ),
    ] = []
    format: Annotated[ArchiveFormat, Field(description="The format of the archives.", examples=["zip"])] = "tar.gz"
    exclude: Annotated[
        list[GlobText],
        Field(description="What is not backed up; replaces the built-in list.", examples=[["*/Cache/*", "*.tmp"]]),
    ] = list(EXCLUDED)
    keep: Annotated[
        dict[Kind, Keep],
        Field(description="Which archives to keep, by kind. Default: all.", examples=[{"daily": {"keep_daily": 7}}]),
    ] = {}
    schedule: Annotated[
        Schedule,
        Field(
            description="What `backup due` makes: `weekly`: one per week; `daily`: also a full one per day; `hourly`: "
            "also an incremental one per hour. A project's own `backup_schedule` overrides it.",
            examples=["hourly"],
        ),
    ] = "daily"

    @model_validator(mode="after")
    def _own_places(self) -> "Backups":
        if PROJECT in self.of:
            for name, place in (
                ("to", self.to),
                ("archive_storage_path", self.archive_storage_path),
                *(("copies", each) for each in self.copies),
            ):
                if place is not None and PROJECT not in place:
                    raise PartError(f"`{name}` needs {PROJECT}, as `of` has it: each project has a folder of its own", name)
            if not self.of.endswith(f"{PROJECT}"):
                raise PartError(f"`of` ends in {PROJECT}, as in work:{PROJECT}", "of")
        return self
