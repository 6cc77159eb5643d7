"""Whose an album is: several artists, by the words that stand in the place of one, and an artist without the guests of a track."""

import re

VARIOUS = "Various Artists"
_SEVERAL = re.compile(
    r"(?:v[.]?a[.]?|various(?:[ ._]?artists?)?|samplers?|compilations?|diverse(?:[ ._]interpreten)?|"
    r"verschiedene[ ._](?:interpreten|künstler)|artistes[ ._](?:divers|variés)|"
    r"varios[ ._](?:artistas|intérpretes)|vários[ ._]artistas|artisti[ ._]vari)\Z",
    re.IGNORECASE,
)
_SOUNDTRACKS = re.compile(r"(?:original[ ._])?(?:soundtracks?|ost)\Z|filmmusik\Z|bandes?[ ._]originales?\Z", re.IGNORECASE)
_GUESTS = re.compile(r"(?<=\S)\s*(?<![^\W_])[(\[]?(?:feat(?:uring)?|ft)(?:[.]|(?=\s))\s*\S.*", re.IGNORECASE)


def of_several(name: str) -> str:
    """Return what albums of several artists are filed under, where a name stands for these; "" where it is somebody's own."""
    name = name.strip()
    if _SEVERAL.match(name):
        return VARIOUS
    return "Soundtracks" if _SOUNDTRACKS.match(name) else ""


def is_vague(name: str) -> bool:
    """Say whether a folder of several artists may as well be one of all sorts of things."""
    return name.strip().lower() in {"various", "diverse"}


def without_guests(artist: str) -> str:
    """Return the artist of a track without those it was played with: "Ann feat. Bob" is Ann's."""
    return _GUESTS.sub("", artist)
