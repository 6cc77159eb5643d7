"""What every part of a session is given: what the session works on, and its clock."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from reshelve.opening.wiring import Setting
from reshelve.planner.observing.identity import nanoseconds
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Workspace


@dataclass(slots=True)
class Context:
    """The setting and the clock of one session. Its parts share it, because a run or a new rule can change the setting."""

    setting: Setting
    now: Callable[[], datetime]

    @property
    def workspace(self) -> Workspace:
        """The workspace as declared."""
        return self.setting.workspace

    @property
    def has_buckets(self) -> bool:
        """Whether any store is a bucket."""
        return any(store.s3 is not None for store in self.workspace.stores.values())

    @property
    def zone(self) -> tzinfo | None:
        """The zone that days and hours are meant in; None is the system's own."""
        return ZoneInfo(self.workspace.zone) if self.workspace.zone else None

    def now_ns(self) -> int:
        """Return the time now, in nanoseconds since 1970."""
        return nanoseconds(self.now())
