"""The facts that lie inside files, by medium, and the levels of quality."""

import re

_MOVING = ["duration", "width", "height", "quality", "hdr", "video_codec", "audio_codec", "audio_languages", "subtitle_languages"]

INSIDE: dict[str, frozenset[str]] = {
    "video": frozenset([*_MOVING, "captured", "camera"]),
    "audio": frozenset(["duration", "audio_codec", "artist", "album_artist", "author", "album", "title", "disc", "track", "year"]),
    "image": frozenset(["width", "height", "captured", "camera", "seed", "model", "prompt_id"]),
}
"""The facts that a file of each medium may tell of itself."""

FACTS: frozenset[str] = frozenset().union(*INSIDE.values())
"""All of them: a scan opens no file unless something asks for one of these."""

TAGS = frozenset({"artist", "album_artist", "author", "album", "title", "disc", "track", "year"})
"""What a sound file says of itself before its name does."""

_LINES = re.compile(r"(\d{3,4})[pi]", re.IGNORECASE)


def level(width: int, height: int) -> str:
    """Return the level, SD, HD or 4K, of a picture of so many pixels, upright or not, black bars cut off or not."""
    longer, shorter = max(width, height), min(width, height)
    if longer >= 3600 or shorter >= 2000:
        return "4K"
    return "HD" if longer >= 1200 or shorter >= 700 else "SD"


def level_of(quality: str) -> str:
    """Return the level of a quality as names write it ("2160p" is 4K, "1080p" HD, "576i" SD); any other word as it is."""
    found = _LINES.fullmatch(quality)
    return level(int(found[1]) * 16 // 9, int(found[1])) if found else quality
