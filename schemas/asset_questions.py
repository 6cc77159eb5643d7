"""What can be asked of the catalog, and the answers."""

from dataclasses import field

from reshelve.schemas.asset_notes import AssetNotes
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Wanted:
    """Which files are asked for; "" asks for any."""

    project: str = ""
    job: str = ""
    tag: str = ""
    type: str = ""
    status: str = ""


@dataclass(slots=True, frozen=True)
class AssetPlace:
    """A file at its place, and the asset that it holds as far as its content is known.

    `id` is the beginning of its SHA-256, "" while that is unknown. `gone_at` "" while it stands there. `filed_at` is when a run
    brought it there, "" where none did. Times are ISO 8601 in UTC, sizes in bytes. `places` counts the places of its content.
    """

    location: str
    size: int
    type: str
    id: str = ""
    sha256: str = ""
    xxh3: str = ""
    project: str = ""
    job: str = ""
    status: str = "active"
    version: int = 1
    parent: str = ""
    tags: tuple[str, ...] = ()
    usage_count: int = 0
    note: str = ""
    metadata: str = ""
    facts: str = ""
    mtime_ns: int = 0
    filed_at: str = ""
    first_seen: str = ""
    last_seen: str = ""
    gone_at: str = ""
    in_trash: bool = False
    places: int = 1


@dataclass(slots=True, frozen=True)
class HistoryRow:
    """One operation of a settled run: what it did to which places, in which run, by whom and when. "" where there is no place."""

    id: int
    when: str
    who: str
    run: str
    command: str
    verb: str
    was: str
    now: str
    size: int


@dataclass(slots=True)
class AssetDetail:
    """All that is known of one asset, or of one file whose content is unknown."""

    places: list[AssetPlace]
    notes: AssetNotes | None = None
    links_from: list[tuple[str, str]] = field(default_factory=list)
    links_to: list[tuple[str, str]] = field(default_factory=list)
    history: list[HistoryRow] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """What the catalog holds. `oldest` and `newest` are modification times, ISO 8601 in UTC, "" without a file."""

    files: int = 0
    bytes: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    bytes_by_type: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    oldest: str = ""
    newest: str = ""
