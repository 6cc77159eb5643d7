"""What files say of themselves in a scan: who asks for it, what is opened, and how it joins what names say."""

import sys
from collections.abc import Iterable
from typing import Any

import pytest

from reshelve.planner.metadata.joined_facts import merged
from reshelve.planner.metadata.media_facts import FACTS, INSIDE, level, level_of
from reshelve.planner.ports.file_facts import MetadataReader
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.rules.condition_matching import Matcher, Subject
from reshelve.planner.scan import ScanResult
from reshelve.schemas.conditions import Condition
from reshelve.schemas.inventory import Item
from reshelve.schemas.workspace import Workspace
from tests.support.readers import TreeReader
from tests.support.scanning import FILMS, Told, film, moves, reasons, scanned, workspace

SHORT = {"name": "short", "when": {"media": "video", "duration": {"under": "5m"}}, "place": "movies:Short/{{ filename }}"}
PHOTOS = {
    "name": "photos",
    "when": {"kind": "image"},
    "place": "movies:{{ captured | date('%Y') }}/{{ captured | date('%m') }}/{{ filename }}",
}
SONGS = {"name": "songs", "when": {"kind": "music"}, "place": "movies:{{ artist }}/{{ title }}"}


class Files:
    """A reader that knows what it was told of files by path, and remembers which were asked for."""

    def __init__(self, told: dict[str, dict[str, Any]] | None = None, media: Iterable[str] = ("video", "audio", "image")) -> None:
        self.media = frozenset(media)
        self.told = told or {}
        self.expected: list[str] = []
        self.asked: list[str] = []

    def expect(self, root_key: str, items: Iterable[tuple[Item, str]]) -> None:
        self.expected += [item.rel for item, _ in items]

    def read(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        self.asked.append(item.rel)
        return dict(self.told.get(item.rel, {}))


def told_of(*names: str, kind: str = "other", **facts: Any) -> Told:
    return Told({name: {"kind": kind, **facts} for name in names})


def seen(space: Workspace, told: Told, files: MetadataReader | None, *names: str) -> ScanResult:
    return scanned(space, TreeReader("inbox", {name: name.encode() for name in names}), told=told, metadata=files)


def test_a_condition_on_what_lies_inside() -> None:
    files = Files({"a.mkv": {"duration": 90.0}, "b.mkv": {"duration": 900.0}})
    result = seen(workspace(SHORT), told_of("a.mkv", "b.mkv"), files, "a.mkv", "b.mkv", "c.txt")
    assert moves(result) == {"inbox:a.mkv": "movies:Short/a.mkv"}
    assert files.asked == files.expected == ["a.mkv", "b.mkv"]
    assert result.layout.files["movies:Short/a.mkv"].because == "rule short, facts from metadata"
    assert (result.layout.files["movies:Short/a.mkv"].facts or {})["duration"] == 90.0


def test_a_place_by_the_day_of_a_photograph() -> None:
    files = Files({"a.jpg": {"captured": "2021-05-06T07:08:09+02:00", "camera": "X", "width": 1}})
    result = seen(workspace(PHOTOS), told_of("a.jpg", "b.jpg", kind="image"), files, "a.jpg", "b.jpg")
    assert moves(result) == {"inbox:a.jpg": "movies:2021/05/a.jpg"}
    assert reasons(result) == {"inbox:b.jpg": "rule photos: captured is not known"}
    assert "camera" not in (result.layout.files["movies:2021/05/a.jpg"].facts or {})


def test_nothing_is_opened_that_nobody_asks_for() -> None:
    files = Files()
    told = Told({"a.mkv": film("A"), "b.mp3": {"kind": "music"}, "c.jpg": {"kind": "image"}})
    seen(workspace(FILMS), told, files, "a.mkv", "b.mp3", "c.jpg")
    assert files.expected == files.asked == []


def test_a_rule_before_that_holds_spares_opening() -> None:
    files = Files()
    told = Told({"a.mkv": film("A"), "b.mkv": {"kind": "episode"}})
    seen(workspace(FILMS, SHORT), told, files, "a.mkv", "b.mkv")
    assert files.asked == ["b.mkv"]


def test_what_is_young_or_left_is_not_opened() -> None:
    files = Files()
    space = workspace(SHORT, settle="2y")
    seen(space, told_of("a.mkv"), files, "a.mkv")
    assert files.asked == []


def test_a_policy_asks_too() -> None:
    space = workspace(FILMS)
    policy = {"name": "sharp", "when": {"kind": "movie"}, "require": {"quality": ["HD", "4K"]}}
    space = Workspace.model_validate({**space.model_dump(by_alias=True, exclude_unset=True), "policies": [policy]})
    files = Files({"a.mkv": {"width": 1920, "height": 800}})
    told = Told({"a.mkv": film("A"), "b.mkv": {**film("B"), "quality": "1080p"}, "c.mkv": {"kind": "episode"}})
    result = seen(space, told, files, "a.mkv", "b.mkv", "c.mkv")
    assert files.asked == ["a.mkv"]
    assert (result.layout.files["movies:A (1999)/a.mkv"].facts or {})["quality"] == "HD"


@pytest.mark.parametrize("reader", [None, Files(media=["image"])], ids=["none", "pictures only"])
def test_what_nothing_reads_is_a_note_and_not_known(reader: Files | None) -> None:
    result = seen(workspace(SHORT), told_of("a.mkv", "b.mkv"), reader, "a.mkv", "b.mkv")
    assert [(each.code, each.severity, each.hint) for each in result.problems] == [
        ("metadata-not-read", "note", f"{sys.executable} -m pip install 'reshelve[media]'")
    ]
    assert "duration of video files" in result.problems[0].detail
    assert reasons(result)["inbox:a.mkv"] == "no rule matched"


def test_what_names_tell_is_never_missed() -> None:
    told = Told({"a.mp3": {"kind": "music", "artist": "Ann", "title": "One"}})
    result = seen(workspace(SONGS), told, None, "a.mp3")
    assert moves(result) == {"inbox:a.mp3": "movies:Ann/One"}
    assert result.problems == []


def test_tags_and_name_agree_or_it_is_for_a_person() -> None:
    told = Told(
        {
            "a.mp3": {"kind": "music", "title": "one"},
            "b.mp3": {"kind": "music", "artist": "Bob", "title": "Two"},
            "c.mp3": {"kind": "music", "artist": "Various", "title": "Three"},
        }
    )
    files = Files(
        {
            "a.mp3": {"artist": "Ann", "title": "One!"},
            "b.mp3": {"artist": "Ann", "title": "Two"},
            "c.mp3": {"artist": "Ann", "album_artist": "various"},
        }
    )
    result = seen(workspace(SONGS), told, files, "a.mp3", "b.mp3", "c.mp3")
    assert moves(result) == {"inbox:a.mp3": "movies:Ann/One!", "inbox:c.mp3": "movies:Various/Three"}
    assert reasons(result) == {"inbox:b.mp3": "rule songs: artist is not certain (artist: 'Ann' or 'Bob')"}


ALBUMS = {
    "name": "albums",
    "when": {"kind": "music"},
    "place": "movies:{{ artist }}/{{ album }}/{% if disc %}Disc {{ '%02d' % disc }}/{% endif %}{{ filename }}",
}


WHOSE = {
    "name": "whose",
    "when": {"kind": "music", "album_artist": {"known": True}},
    "place": "movies:{{ album_artist }}/{{ album }}/{{ filename }}",
}
ALBUM = {"name": "album", "when": {"kind": "music"}, "place": "movies:{{ artist }}/{{ album }}/{{ filename }}"}


def test_an_album_is_filed_under_its_own_artist() -> None:
    tags = {
        "in/1.mp3": {"artist": "Ann", "album_artist": "V.A.", "album": "Hits"},
        "in/2.mp3": {"artist": "Ann", "album_artist": "Bea", "album": "Songs"},
        "in/3.mp3": {"artist": "Ann feat. Bob", "album": "Songs"},
        "ANN - Songs/4.mp3": {"artist": "Ann ft. Bob", "album": "Songs"},
        "Ann - Songs/5.mp3": {"artist": "Ann", "album_artist": "Various", "album": "Songs"},
        "Music/Compilations/Songs/6.mp3": {"artist": "Ann", "album_artist": "Bea", "album": "Songs"},
        "Cid - Songs/7.mp3": {"artist": "Ann", "album_artist": "Bea", "album": "Songs"},
    }
    inbox = TreeReader("inbox", {name: name.encode() for name in tags})
    result = scanned(workspace(WHOSE, ALBUM), inbox, told=NameRecogniser(), metadata=Files(tags))
    assert moves(result) == {
        "inbox:in/1.mp3": "movies:Various Artists/Hits/1.mp3",
        "inbox:in/2.mp3": "movies:Bea/Songs/2.mp3",
        "inbox:in/3.mp3": "movies:Ann/Songs/3.mp3",
        "inbox:ANN - Songs/4.mp3": "movies:ANN/Songs/4.mp3",
        "inbox:Ann - Songs/5.mp3": "movies:Ann/Songs/5.mp3",
        "inbox:Music/Compilations/Songs/6.mp3": "movies:Compilations/Songs/6.mp3",
    }
    assert reasons(result) == {"inbox:Cid - Songs/7.mp3": "rule whose: album_artist is not certain (album_artist: 'Bea' or 'Cid')"}


def test_tags_tell_the_disc_of_an_album_of_several() -> None:
    tags = {
        "a/1.mp3": {"artist": "Ann", "album": "Two", "disc": 1},
        "b/1.mp3": {"artist": "Ann", "album": "Two", "disc": 2},
        "c/1.mp3": {"artist": "Ann", "album": "Half", "disc": 1, "discs": 2},
        "d/1.mp3": {"artist": "Ann", "album": "One", "disc": 1, "discs": 1},
        "e/1.mp3": {"artist": "Ann", "album": "Lone", "disc": 1},
        "CD2/1.mp3": {"artist": "Ann", "album": "Box", "disc": 1},
    }
    told = Told({name: {"kind": "music", **({"disc": 2} if name[0] == "C" else {})} for name in tags})
    assert moves(seen(workspace(ALBUMS), told, Files(tags), *tags)) == {
        "inbox:a/1.mp3": "movies:Ann/Two/Disc 01/1.mp3",
        "inbox:b/1.mp3": "movies:Ann/Two/Disc 02/1.mp3",
        "inbox:c/1.mp3": "movies:Ann/Half/Disc 01/1.mp3",
        "inbox:d/1.mp3": "movies:Ann/One/1.mp3",
        "inbox:e/1.mp3": "movies:Ann/Lone/1.mp3",
        "inbox:CD2/1.mp3": "movies:Ann/Box/Disc 02/1.mp3",
    }


def test_tracks_are_numbered_by_disc_and_track() -> None:
    place = "movies:{{ artist }}/{{ album }}/{{ seq }}.{{ ext }}"
    tags = {f"{name}.mp3": {"artist": "Ann", "album": "Two", "disc": disc, "track": track} for name, disc, track in (
        ("a", 2, 2), ("b", 2, 1), ("c", 1, 2), ("d", 1, 10),
    )}  # fmt: skip
    told = Told({name: {"kind": "music"} for name in tags})
    inbox = TreeReader("inbox", {name: name.encode() for name in tags})
    result = scanned(workspace({**ALBUMS, "place": place}), inbox, told=told, metadata=Files(tags))
    assert sorted((to, source) for source, to in moves(result).items()) == [
        ("movies:Ann/Two/001.mp3", "inbox:c.mp3"), ("movies:Ann/Two/002.mp3", "inbox:d.mp3"),
        ("movies:Ann/Two/003.mp3", "inbox:b.mp3"), ("movies:Ann/Two/004.mp3", "inbox:a.mp3"),
    ]  # fmt: skip


def test_nobody_misses_the_disc_that_a_name_does_not_tell() -> None:
    told = Told({"a.mp3": {"kind": "music", "artist": "Ann", "album": "One"}})
    result = seen(workspace(ALBUMS), told, Files(media=()), "a.mp3")
    assert moves(result) == {"inbox:a.mp3": "movies:Ann/One/a.mp3"}
    assert result.problems == []


def test_of_all_else_the_name_counts() -> None:
    named = Reading({"kind": "other", "camera": "gopro"}, {"kind": "file name", "camera": "file name"})
    joined = merged(named, {"camera": "HERO7", "width": 1280, "height": 720}, "video", frozenset({"camera", "quality"}))
    assert joined.facts == {"kind": "other", "camera": "gopro", "quality": "HD"}
    assert joined.sources == {"kind": "file name", "camera": "file name", "quality": "metadata"}
    assert named.facts == {"kind": "other", "camera": "gopro"}


def test_a_tag_that_agrees_settles_a_doubt() -> None:
    named = Reading({"kind": "music", "title": "One"}, {}, frozenset({"title"}))
    assert merged(named, {"title": "One"}, "audio", frozenset({"title"})).doubtful == frozenset()
    differs = merged(named, {"title": "Two"}, "audio", frozenset({"title"}))
    assert (differs.facts["title"], differs.doubtful, differs.alternatives) == ("Two", {"title"}, {"title": ["One"]})


def test_a_chapter_says_which_book_it_is_of() -> None:
    tags = {"title": "Chapter 1", "album": "The Book", "artist": "Writer", "track": 1}
    joined = merged(Reading({"kind": "audiobook"}, {}), tags, "audio", FACTS)
    assert joined.facts == {
        "kind": "audiobook",
        "author": "Writer",
        "title": "The Book",
        "artist": "Writer",
        "album": "The Book",
        "track": 1,
    }


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (3840, 2160, "4K"),
        (3840, 1600, "4K"),
        (2160, 3840, "4K"),
        (1920, 800, "HD"),
        (1080, 1920, "HD"),
        (1280, 534, "HD"),
        (960, 720, "HD"),
        (1024, 576, "SD"),
        (720, 576, "SD"),
        (0, 0, "SD"),
    ],
)
def test_levels(width: int, height: int, expected: str) -> None:
    assert level(width, height) == expected


@pytest.mark.parametrize(
    ("named", "asked", "holds"),
    [
        ("2160p", "4K", True),
        ("4K", "4k", True),
        ("1080p", "HD", True),
        ("1080p", "4K", False),
        ("576i", "SD", True),
        ("1080p", "1080p", True),
        ("HD", "1080p", False),
    ],
)
def test_a_level_is_asked_for_of_names_too(named: str, asked: str, holds: bool) -> None:
    subject = Subject(Item("a", "file", 1, 0, 0, 1, 1, 0, "fs"), "inbox", {"quality": named}, 0)
    assert Matcher(Condition.model_validate({"quality": asked})).holds(subject) is holds
    assert level_of("WEB") == "WEB"


def test_every_fact_is_some_medium_s() -> None:
    assert frozenset().union(*INSIDE.values()) == FACTS
    assert {"duration", "quality", "captured", "artist", "seed"} <= FACTS
