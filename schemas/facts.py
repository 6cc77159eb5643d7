"""Facts: what is known of one item, each a plain value under a well-known name."""

from typing import Any, Literal

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


FactValue = Any
"""Text, a number, a truth value, or a list of these."""
