"""Facts: what is known of one item, each a plain value under a well-known name."""

from sys import intern
from typing import Any, Literal, cast

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

MediaKind = Literal["episode", "movie", "documentary", "standup", "audiobook", "music", "image", "other"]


@with_config(ConfigDict(extra="allow"))
class Facts(TypedDict, total=False):
    """What is known of one item. Names not listed here are allowed (a job, a take, a client) and hold text or numbers."""

    kind: MediaKind
    show: str
    show_year: int
    title: str
    episode_title: str
    season: int
    episodes: list[int]
    year: int
    date: str
    part: int
    quality: str
    duration: float
    width: int
    height: int
    hdr: str
    video_codec: str
    audio_codec: str
    audio_languages: list[str]
    subtitle_languages: list[str]
    captured: str
    seed: int
    model: str
    prompt_id: str
    camera: str
    artist: str
    album_artist: str
    album: str
    author: str
    track: int
    language: str
    download_category: str
    download_tags: list[str]


_OF_THE_FILE = frozenset(Facts.__annotations__) - {
    "kind", "show", "title", "season", "episodes", "year", "date", "part", "artist", "album", "author", "track",
}  # fmt: skip
"""What tells of a file rather than of what it is: plans and reports leave it out."""


def identifying(facts: Facts | None) -> Facts | None:
    """Return the facts that say what a file is, those of a person's own naming among them; None where there are none.

    Equal texts are one text: a show has hundreds of episodes.
    """
    if not facts or facts.keys().isdisjoint(_OF_THE_FILE):
        return facts or None
    found = {n: intern(v) if type(v) is str else v for n, v in facts.items() if n not in _OF_THE_FILE}
    return cast("Facts", found) or None


FactValue = Any
"""Text, a number, a truth value, or a list of these."""


def tells(value: object) -> bool:
    """Say whether a fact says anything: an empty text or list, as of a name without episodes, does not."""
    return value not in (None, "", [], ())
