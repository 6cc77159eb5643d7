"""Tracks, chapters and clips: how scene albums, books and recorders write who, what and which."""

from typing import Any

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser

READ = NameRecogniser().read
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("The_Lanterns-Blue_Hours-2004-GRP/01-the_lanterns-intro.mp3", {"artist": "The Lanterns", "title": "intro", "track": 1}),
    ("The_Lanterns-Blue_Hours-2CD-2004-GRP/203-the_lanterns-tide.mp3", {"disc": 2, "track": 3, "title": "tide"}),
    ("VA-Night_Sounds-2CD-2010-GRP/101-the_lanterns-tide.mp3", {"artist": "the lanterns", "album": "Night Sounds", "disc": 1}),
    ("The Lanterns - Blue Hours - 2004/01 - Intro.mp3", {"artist": "The Lanterns", "album": "Blue Hours", "year": 2004}),
    ("Music/The Lanterns/1999/1999 - 01 - Party.mp3", {"artist": "The Lanterns", "album": "1999", "track": 1}),
    ("Audiobooks/Ursula Hart/The Salt Road/12 - The Storm.mp3", {"author": "Ursula Hart", "title": "The Salt Road", "track": 12}),
    ("Audiobooks/Ann Oak/Valley Series/2. The Mill/04.mp3", {"author": "Ann Oak", "title": "The Mill", "track": 4}),
    ("The Salt Road by Ursula Hart.m4b", {"author": "Ursula Hart", "title": "The Salt Road"}),
    ("Stand by Me.m4b", {"title": "Stand by Me"}),
    ("The Salt Road - U.K. Hart.m4b", {"author": "U.K. Hart", "title": "The Salt Road"}),
    ("U.K. Hart - The Salt Road.m4b", {"author": "U.K. Hart", "title": "The Salt Road"}),
    ("Audiobooks/Ursula Hart/The Salt Road.m4b", {"author": "Ursula Hart", "title": "The Salt Road"}),
    ("Audiobooks/The Salt Road/The Salt Road.m4b", {"author": None, "title": "The Salt Road"}),
    ("Audiobooks/The Salt Road/Part 2.m4b", {"author": None}),
    ("Audiobooks/Fantasy/The Salt Road.m4b", {"author": None, "title": "The Salt Road"}),
    ("Hörbücher/Ursula Hart/The Salt Road/001.mp3", {"author": "Ursula Hart", "title": "The Salt Road", "track": 1}),
    ("Livres audio/Ursula Hart/The Salt Road/001.mp3", {"author": "Ursula Hart", "title": "The Salt Road"}),
    ("nas/Audiobooks/Ursula Hart/01 - The Salt Road/01.mp3", {"author": "Ursula Hart", "title": "The Salt Road"}),
    ("Downloads/Ursula Hart/Book 2 - The Salt Road/Chapter 1.mp3", {"author": "Ursula Hart", "title": "The Salt Road"}),
    ("Die Zwei/Folge 001 - Der Turm/01.mp3", {"kind": "music", "artist": "Die Zwei", "album": "Folge 001 - Der Turm"}),
    ("Hörspiele/Die Zwei/Folge 1 - Der Turm/01.mp3", {"author": "Die Zwei", "title": "Folge 1 - Der Turm", "track": 1}),
    ("Downloads/Folge 001 - Der Turm/01.mp3", {"artist": None}),
    ("Die Zwei/Die Zwei 001 - Der Turm.mp3", {"artist": "Die Zwei", "title": "Der Turm"}),
    ("Die Zwei/Die Zwei 001 - Der Turm/02.mp3", {"artist": "Die Zwei", "album": "001 - Der Turm"}),
    ("Hörspiele/Die Zwei/01 - Der Turm.mp3", {"kind": "audiobook", "author": None, "title": "Der Turm"}),
    ("Ursula Hart - Die Straße (Hörbuch)/01 Kapitel.mp3", {"author": "Ursula Hart", "title": "Die Straße"}),
    ("Ursula Hart - Die Straße (ungekürzt)/01.mp3", {"author": "Ursula Hart", "title": "Die Straße", "track": 1}),
    ("Blink 182 - Dam.mp3", {"artist": "Blink 182"}),
    ("Kooha-2023-03-14-10-11-12.webm", {"kind": "other", "device": "screen", "date": "2023-03-14"}),
    ("My Game 3_14_2023 10_11_12 AM.mp4", {"kind": "other", "device": "screen"}),
    ("Blackmagic Pocket_1_2023-03-14_1011_C0042.mov", {"kind": "other", "clip": "C0042", "date": "2023-03-14"}),
    ("SDC10042.AVI", {"kind": "other", "device": "camera"}),
    ("Recording (3).m4a", {"kind": "other", "device": "recorder"}),
    ("voice_20230314_101112.m4a", {"kind": "other", "device": "recorder", "date": "2023-03-14"}),
]


@pytest.mark.parametrize(("name", "facts"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_name_says(name: str, facts: dict[str, Any]) -> None:
    told = READ(name).facts
    assert {fact: told.get(fact) for fact in facts} == facts


DISCS = [
    ("disk2/Music/The Lanterns/Tides/01 - Sea.flac", None),
    ("disk2/Music/The Lanterns/Tides/Disc 1/01 Sea.mp3", 1),
    ("CD2/Music/The Lanterns/Tides/01 Sea.mp3", None),
    ("Disc 3/Music/The Lanterns/Tides/CD 2/Side A/01 Sea.mp3", 3),
    ("volume1/disk2/Tides/01 Sea.mp3", None),
    ("Music/CD 2/Tides/01 Sea.mp3", None),
    ("CD 2/The Lanterns - Tides/01 Sea.mp3", None),
    ("Music/The Lanterns/CD 2/Tides/01 Sea.mp3", 2),
    ("Music/The Lanterns/Tides/CD 2/Bonus/01 Sea.mp3", 2),
    ("CD 2/01 Sea.mp3", 2),
    ("disk1/Audiobooks/Ann Oak/The Mill/01.mp3", None),
    ("disk1/Audiobooks/Ann Oak/The Mill/Disc 02/01.mp3", 2),
]


@pytest.mark.parametrize(("name", "disc"), DISCS, ids=[row[0] for row in DISCS])
def test_only_folders_around_an_album_name_its_disc(name: str, disc: int | None) -> None:
    assert READ(name).facts.get("disc") == disc


def _album(artist: str | None, album: str | None, year: int | None = None) -> dict[str, Any]:
    return {"album_artist": artist, "album": album, "year": year}


ALBUMS = [
    ("VA - Night Sounds (2017)/03 - The Lanterns - Tide.mp3", _album("Various Artists", "Night Sounds", 2017)),
    ("VA-Night_Sounds-2CD-2010-GRP/101-the_lanterns-tide.mp3", _album("Various Artists", "Night Sounds", 2010)),
    ("Music/Various Artists/Night 5/01 - The Lanterns - Tide.mp3", _album("Various Artists", "Night 5")),
    ("Music/VA/Night 5/01 - The Lanterns - Tide.mp3", _album("VA", "Night 5")),
    ("Music/Compilations/Hits/01 Tide.mp3", _album("Compilations", "Hits")),
    ("Music/Soundtracks/The Mill/01 - The Lanterns - Tide.mp3", _album("Soundtracks", "The Mill")),
    ("in/Various/Trance/CD 1/01 - The Lanterns - Tide.mp3", _album("Various Artists", "Trance")),
    ("in/Various/Stuff/The Lanterns - Tide.mp3", _album(None, None)),
    ("Various Artists/Greatest (1999)/The Lanterns - Tide.mp3", _album("Various Artists", "Greatest", 1999)),
    ("Sampler/Rock 2000/01 - The Lanterns - Tide.mp3", _album("Various Artists", "Rock 2000")),
    ("Music/Various Artists/The Lanterns - Tide.mp3", _album("Various Artists", None)),
    ("Various Artists/The Lanterns - Tide.mp3", _album(None, None)),
    ("Music/The Lanterns/Tides/01 Sea.mp3", _album(None, "Tides")),
    ("The Lanterns - Tides/02 - The Lanterns feat. Ann Oak - Sea.mp3", _album("The Lanterns", "Tides")),
    ("The Lanterns (ft. Ann Oak) - Sea.mp3", _album("The Lanterns", None)),
    ("Feat - Sea.mp3", _album(None, None)),
    ("Left Feature - Sea.mp3", _album(None, None)),
]


@pytest.mark.parametrize(("name", "facts"), ALBUMS, ids=[row[0] for row in ALBUMS])
def test_whose_an_album_is(name: str, facts: dict[str, Any]) -> None:
    told = READ(name).facts
    assert {fact: told.get(fact) for fact in facts} == facts
