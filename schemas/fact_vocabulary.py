"""The facts reshelve itself finds: what each means, what it holds, an example, and its values where they are a closed set."""

from typing import Literal, get_args

from reshelve.schemas.facts import MediaKind
from reshelve.schemas.quick_dataclasses import dataclass

Holds = Literal["text", "number", "seconds", "date", "list", "yes"]
"""What a fact holds; "number" is a whole number, "seconds" a length of time, "date" ISO 8601 text, "yes" the value true."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one fact."""

    holds: Holds
    meaning: str
    example: str
    values: tuple[str, ...] = ()


DEVICES = ("action", "camera", "drone", "phone", "recorder", "screen")
"""What a clip may have been recorded with."""

MEDIA = ("audio", "document", "image", "other", "subtitle", "video")
"""The values of the attribute `media`."""

FACTS: dict[str, Known] = {
    "kind": Known("text", "what a file is", "episode", get_args(MediaKind)),
    "title": Known("text", "the title of a film, track or book; for an episode, its show's", "Heat"),
    "year": Known("number", "when a film, album or book came out; for an episode, its show's year", "1995"),
    "show": Known("text", "the show of an episode", "The Wire"),
    "show_year": Known("number", "the year in a show's name", "2019"),
    "season": Known("number", "the season of an episode; 0 for specials", "2"),
    "episodes": Known("list", "the numbers of the episodes in a file", "[5, 6]"),
    "episode_title": Known("text", "the title of an episode", "All Due Respect"),
    "date": Known("date", "the day of a daily show or a clip, as its name says", "2015-11-15"),
    "part": Known("number", "which part of a film or episode a file is", "1"),
    "quality": Known("text", "SD, HD or 4K, or the word in the name; `quality: 4K` matches 2160p too", "1080p"),
    "channel": Known("text", "the channel in front of a title", "BBC"),
    "extra": Known("text", "what kind of extra a file is", "trailer"),
    "disc_folder": Known("text", "the disc, or its folder, that a file belongs to", "BDMV"),
    "anidb": Known("text", "the id of a show or film at AniDB", "4563"),
    "imdb": Known("text", "the id of a show or film at IMDb", "tt0113277"),
    "tmdb": Known("text", "the id of a show or film at TMDB", "949"),
    "tvdb": Known("text", "the id of a show at TheTVDB", "79126"),
    "artist": Known("text", "the artist of a track", "Nina Simone"),
    "album_artist": Known("text", "the artist of the album", "Nina Simone"),
    "album": Known("text", "the album of a track", "Pastel Blues"),
    "disc": Known("number", "which disc of an album or audiobook a file is on", "2"),
    "track": Known("number", "the number of a track or chapter", "3"),
    "author": Known("text", "the author of a book", "Ann Leckie"),
    "language": Known("text", "the language of a subtitle, as a code", "en"),
    "camera": Known("text", "the camera, from its naming pattern or from the file's metadata", "gopro"),
    "device": Known("text", "what a clip was recorded with", "drone", DEVICES),
    "reel": Known("text", "the reel of a cinema camera's clip", "A001"),
    "clip": Known("text", "the number of a clip, as written in its name", "0042"),
    "generated": Known("yes", "whether the name is that of a generated file", "true"),
    "job": Known("text", "the job that generated a file", "legacy_1700000000"),
    "timestamp": Known("text", "the digits of the time in a generated file's name", "1700000000"),
    "counter": Known("number", "the counter of a generated file's name", "1"),
    "duration": Known("seconds", "the playing time", "5400"),
    "width": Known("number", "the width in pixels", "1920"),
    "height": Known("number", "the height in pixels", "1080"),
    "hdr": Known("text", "the HDR format", "HDR10"),
    "video_codec": Known("text", "the video codec", "hevc"),
    "audio_codec": Known("text", "the audio codec", "flac"),
    "audio_languages": Known("list", "the languages spoken", "[en, de]"),
    "subtitle_languages": Known("list", "the languages of the subtitles inside", "[en]"),
    "captured": Known("date", "when a picture or clip was taken", "2026-01-31T14:05:00"),
    "seed": Known("number", "the seed a picture was generated from", "12345"),
    "model": Known("text", "the model that generated a picture", "sdxl_base"),
    "download_category": Known("text", "the category of a file's download, as its client says", "tv"),
    "download_tags": Known("list", "the tags or labels of a file's download, as its client says", "[keep]"),
    "prompt_id": Known("text", "the prompt's id in the tool that generated a picture", "8f2c"),
}
"""Every fact that names, folders and files themselves can tell. A rule may use others only where `set:` or the rule gives them."""

OFTEN_MEANT = {
    "codec": "video_codec", "directory": "path", "episode": "episodes", "extension": "ext", "file": "name", "filename": "name",
    "filesize": "size", "folder": "path", "format": "ext", "lang": "language", "length": "duration", "modified": "age",
    "resolution": "quality", "series": "show", "suffix": "ext", "type": "kind",
}  # fmt: skip
"""What people write for a name of ours that is not like it in letters."""
OFTEN_MEANT_VALUES = {
    "book": "audiobook", "comedy": "standup", "docu": "documentary", "film": "movie", "films": "movie", "photo": "image",
    "picture": "image", "series": "episode", "show": "episode", "song": "music", "track": "music", "tv": "episode", "uhd": "4K",
}  # fmt: skip
"""What people write for a value of ours that is not like it in letters."""
