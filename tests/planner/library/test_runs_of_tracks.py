"""Which two folders around numbered tracks are an artist's and an album's."""

import pytest

from reshelve.planner.library.runs_of_tracks import settle_albums
from reshelve.planner.recognise.recogniser import NameRecogniser

TRACKS = ("01 Intro.flac", "02 Sea.flac", "03 End.flac")


def settled(folder: str, *names: str) -> set[tuple[object, object]]:
    readings = {f"{folder}/{name}": NameRecogniser().read(f"{folder}/{name}") for name in names}
    settle_albums(readings)
    return {(reading.facts.get("artist"), reading.facts.get("album")) for reading in readings.values()}


def test_an_artist_and_an_album() -> None:
    assert settled("Ann Oak/Kind Sea", *TRACKS) == {("Ann Oak", "Kind Sea")}
    assert settled("in/Ann Oak/1999 - Kind Sea/CD 1", *TRACKS) == {("Ann Oak", "Kind Sea")}


@pytest.mark.parametrize(
    "folder", ["Rock/Kind Sea", "Hard Rock/Kind Sea", "Music/Kind Sea", "in/Downloads/Kind Sea", "Kind Sea", "My Music/Kind Sea"]
)
def test_a_folder_of_nobody(folder: str) -> None:
    assert ("Ann Oak", "Kind Sea") not in settled(folder, *TRACKS)
    assert {artist for artist, _ in settled(folder, *TRACKS)} <= {None}


@pytest.mark.parametrize(
    "names",
    [
        TRACKS[:2],
        (*TRACKS, "05 Gap.flac"),
        (*TRACKS, "Loose.flac"),
        (*TRACKS, "04 - Bob - Other.flac"),
        ("01 A.mp3", "02 B.mp3", "03 C.mp3"),
    ],
)
def test_no_run_of_music(names: tuple[str, ...]) -> None:
    assert {album for _, album in settled("Ann Oak/Kind Sea", *names)} == {None}
