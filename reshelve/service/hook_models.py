"""What Sonarr and Radarr tell by their webhooks, as far as it says which files they touched, and what is answered."""

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import Word

Files = Annotated[list["HookFile"], Field(max_length=10_000)]


@dataclass(slots=True, frozen=True)
class HookFile:
    """A file of which a webhook tells: its path, as Sonarr or Radarr names it."""

    path: Word = ""


@dataclass(slots=True, frozen=True)
class HookSeries:
    """A show of which a webhook tells: the path of its folder, as Sonarr names it."""

    path: Word = ""


@dataclass(slots=True, frozen=True)
class HookMovie:
    """A film of which a webhook tells: the path of its folder, as Radarr names it."""

    folderPath: Word = ""  # noqa: N815 - their word


@dataclass(slots=True, frozen=True)
class HookTold:
    """A webhook of Sonarr or Radarr. Other keys than these are passed over, as each of their versions has others."""

    app: Literal["sonarr", "radarr"]
    eventType: Word  # noqa: N815 - their word
    series: HookSeries | None = None
    movie: HookMovie | None = None
    episodeFile: HookFile | None = None  # noqa: N815
    episodeFiles: Files = field(default_factory=list)  # noqa: N815
    renamedEpisodeFiles: Files = field(default_factory=list)  # noqa: N815
    movieFile: HookFile | None = None  # noqa: N815
    renamedMovieFiles: Files = field(default_factory=list)  # noqa: N815

    @property
    def paths(self) -> list[str]:
        """The path of each file that came or was renamed, each once; where an older version names none, of the show or film."""
        single = [one for one in (self.episodeFile, self.movieFile) if one is not None]
        several = [*self.episodeFiles, *self.renamedEpisodeFiles, *self.renamedMovieFiles]
        files = [one.path for one in (*single, *several)]
        folders = [self.series.path if self.series is not None else "", self.movie.folderPath if self.movie is not None else ""]
        return list(dict.fromkeys(filter(None, files))) or list(filter(None, folders))


@dataclass(slots=True, frozen=True)
class HookAnswered:
    """What came of a webhook: "filed", "left" (nothing was to be filed, or not for certain), "ignored" or, of a test, "ok".

    `files` are the locations at which files stand now; `run` is the run to undo, "" if nothing was done. `ignored` are paths in no
    store that is scanned, and `errors` events about what was left.
    """

    status: Literal["filed", "left", "ignored", "ok"]
    files: list[str] = field(default_factory=list)
    run: str = ""
    ignored: list[str] = field(default_factory=list)
    errors: list[dict[str, object]] = field(default_factory=list)
