"""The schedule: which of the workspace's own commands run by themselves, and when."""

import re
import shlex
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from reshelve.schemas.backup_settings import Zone
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.store_settings import Age, Model

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORMS = "hourly, hourly :15, daily 02:00, weekly sun 03:00, weekly mon,thu 03:00, monthly 1 05:00, or monthly last 05:00"
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_HOURLY = re.compile(r"hourly(?: :([0-5]\d))?\Z")
_DAILY = re.compile(rf"daily {_CLOCK}\Z")
_WEEKLY = re.compile(rf"weekly ([a-z]{{3}}(?:,[a-z]{{3}})*) {_CLOCK}\Z")
_MONTHLY = re.compile(rf"monthly (last|[1-9]|[12]\d|3[01]) {_CLOCK}\Z")


@dataclass(slots=True, frozen=True)
class Times:
    """When a job runs: every hour at `minute` (`hour` None), else at `hour`:`minute` of the days that `weekdays` and `day` allow.

    `weekdays` are numbers from 0, Monday; none are all. `day` is one of the month: 0 is any, -1 the last; one that a month does not
    have is its last.
    """

    hour: int | None
    minute: int
    weekdays: frozenset[int] = frozenset()
    day: int = 0


def times_of(text: str) -> Times:
    """Return what a `when` means. Raises ValueError."""
    plain = " ".join(text.lower().split())
    if found := _HOURLY.match(plain):
        return Times(None, int(found[1] or 0))
    if found := _DAILY.match(plain):
        return Times(int(found[1]), int(found[2]))
    if (found := _WEEKLY.match(plain)) and all(day in DAYS for day in found[1].split(",")):
        return Times(int(found[2]), int(found[3]), frozenset(DAYS.index(day) for day in found[1].split(",")))
    if found := _MONTHLY.match(plain):
        return Times(int(found[2]), int(found[3]), day=-1 if found[1] == "last" else int(found[1]))
    raise ValueError(f"times are written {_FORMS}")


def words_of(command: str) -> list[str]:
    """Return the words of a job's command, without a leading `reshelve`. Raises ValueError."""
    try:
        words = shlex.split(command)
    except ValueError:
        raise ValueError("a quote is not closed") from None
    words = words[1:] if words[:1] == ["reshelve"] else words
    if not words:
        raise ValueError("a command of reshelve, as in backup due --yes")
    return words


def _when(text: str) -> str:
    times_of(text)
    return text


def _command(text: str) -> str:
    words_of(text)
    return text


When = Annotated[str, AfterValidator(_when), Field(title="times", description=_FORMS)]
Command = Annotated[str, AfterValidator(_command), Field(title="command", description="a command of reshelve: backup due --yes")]
JobName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class Job(Model):
    """One job: a command of this workspace, and when it runs."""

    when: Annotated[When, Field(description=f"When it runs: {_FORMS}.", examples=["daily 02:00"])]
    command: Annotated[
        Command,
        Field(
            description="A reshelve command with its options; it is not passed to a shell. A command that asks needs `--yes`.",
            examples=["backup due --yes"],
        ),
    ]
    zone: Annotated[
        Zone | None, Field(description="The time zone of `when`. Default: the workspace's `zone`.", examples=["Europe/Berlin"])
    ] = None
    missed: Annotated[
        Literal["run once", "skip"],
        Field(description="What to do about times missed while no jobs could run: one run for all of them, or none."),
    ] = "run once"

    def zone_in(self, workspace: str | None) -> ZoneInfo | None:
        """Return the time zone it is meant in, its own or else that of the workspace; None is the system's."""
        name = self.zone or workspace
        return ZoneInfo(name) if name else None


class TrashSettings(Model):
    """When the trash is emptied automatically, and of what."""

    older_than: Annotated[Age, Field(description="Only what has been in the trash for longer.", examples=["30d"])]
    when: Annotated[When, Field(description=f"When it is emptied: {_FORMS}.", examples=["weekly sun 03:00"])] = "daily 03:30"

    @property
    def job(self) -> Job:
        """The job that empties it."""
        return Job(when=self.when, command=f"trash empty --older-than {self.older_than} --yes")
