"""What files say of themselves, read from real ones: tiny, made on the spot, and broken in many ways."""

import io
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.executors.metadata import media_libraries
from reshelve.executors.metadata.bounded_file import BoundedFile
from reshelve.executors.metadata.media_libraries import Answer
from reshelve.executors.metadata.plain_values import camera, moment, seconds, text, whole, year
from reshelve.executors.metadata.video_files import facts_of
from tests.support import media
from tests.support.shares import examples

TAGS = {"artist": "Ann", "albumartist": "Ann & Co", "album": "Songs", "title": "One", "tracknumber": "3/12", "date": "1999-02-03"}
TOLD = {"artist": "Ann", "album_artist": "Ann & Co", "album": "Songs", "title": "One", "track": 3, "year": 1999}
SAMPLES = {
    "a.mp4": ("video", media.mp4(3)),
    "a.wav": ("audio", media.wav()),
    "a.flac": ("audio", media.flac(**TAGS)),
    "a.mp3": ("audio", media.mp3(**TAGS)),
    "a.m4a": ("audio", media.m4a(**TAGS)),
    "a.jpg": ("image", media.jpeg("2021:05:06 07:08:09", "NIKON CORPORATION", "NIKON D750")),
    "a.tif": ("image", media.tiff("2021:05:06 07:08:09", "Apple", "iPhone 12")),
    "a.png": ("image", media.png(prompt={"1": {"inputs": {"seed": 7}}})),
}


def ask(medium: str, content: bytes, name: str = "a", limit: float = 10) -> dict[str, Any]:
    return media_libraries.ask(medium, io.BytesIO(content), name, limit).facts


@pytest.mark.parametrize("made", [media.mp3, media.flac])
def test_a_compilation_of_nobody_is_of_various_artists(made: Callable[..., bytes]) -> None:
    assert ask("audio", made(artist="Ann", compilation="1"))["album_artist"] == "Various Artists"
    assert ask("audio", made(artist="Ann", albumartist="Bea", compilation="1"))["album_artist"] == "Bea"
    assert "album_artist" not in ask("audio", made(artist="Ann", compilation="0"))


def test_a_video() -> None:
    facts = ask("video", media.mp4(125.5, 3840, 2160, made_at=1_600_000_000))
    assert facts == {
        "duration": 125.5,
        "width": 3840,
        "height": 2160,
        "video_codec": "AVC",
        "captured": "2020-09-13T12:26:40+00:00",
    }


def test_a_video_whose_clock_was_never_set_was_captured_nobody_knows_when() -> None:
    assert "captured" not in ask("video", media.mp4(1))


def test_the_tracks_of_a_film() -> None:
    video = {"@type": "Video", "Format": "HEVC", "Width": "3840", "Height": "1600", "HDR_Format": "Dolby Vision / SMPTE ST 2086"}
    sound = [{"@type": "Audio", "Format": "E-AC-3", "Language": code} for code in ("en", "de-AT", "en", "")]
    texts = [{"@type": "Text", "Language": "fr"}]
    general = {"@type": "General", "Format": "Matroska", "Duration": "7200.1", "Encoded_Date": "2020-01-02 03:04:05 UTC"}
    assert facts_of([general, video, *sound, *texts]) == {
        "duration": 7200.1,
        "width": 3840,
        "height": 1600,
        "video_codec": "HEVC",
        "hdr": "Dolby Vision",
        "audio_codec": "E-AC-3",
        "audio_languages": ["en", "de"],
        "subtitle_languages": ["fr"],
    }


@pytest.mark.parametrize(
    ("told", "hdr"),
    [
        ({"HDR_Format": "SMPTE ST 2094 App 4"}, "HDR10+"),
        ({"HDR_Format": "SMPTE ST 2086", "HDR_Format_Compatibility": "HDR10"}, "HDR10"),
        ({"transfer_characteristics": "PQ"}, "HDR10"),
        ({"transfer_characteristics": "HLG"}, "HLG"),
        ({"transfer_characteristics": "BT.709"}, None),
    ],
)
def test_high_dynamic_range(told: dict[str, str], hdr: str | None) -> None:
    facts = facts_of([{"@type": "General", "Format": "Matroska"}, {"@type": "Video", **told}])
    assert facts is not None
    assert facts.get("hdr") == hdr


def test_a_phone_tells_when_where_it_was_and_what_it_is() -> None:
    extra = {"com_apple_quicktime_creationdate": "2021-06-01T10:00:00+0200", "com_apple_quicktime_make": "Apple"}
    extra["com_apple_quicktime_model"] = "iPhone 12"
    facts = facts_of([{"@type": "General", "Format": "MPEG-4", "Encoded_Date": "2022-01-02 03:04:05 UTC", "extra": extra}])
    assert facts == {"captured": "2021-06-01T10:00:00+02:00", "camera": "Apple iPhone 12"}


@pytest.mark.parametrize("content", [media.flac(3, **TAGS), media.mp3(**TAGS), media.m4a(4, **TAGS)], ids=["flac", "mp3", "m4a"])
def test_the_tags_of_a_song(content: bytes) -> None:
    facts = ask("audio", content)
    assert {name: facts[name] for name in TOLD} == TOLD
    assert facts["duration"] > 1


@pytest.mark.parametrize("made", [media.flac, media.mp3, media.m4a], ids=["flac", "mp3", "m4a"])
def test_the_disc_of_a_song(made: Callable[..., bytes]) -> None:
    def told(**tags: str) -> tuple[int | None, int | None]:
        facts = ask("audio", made(**tags))
        return facts.get("disc"), facts.get("discs")

    assert told(discnumber="2/3") == (2, 3)
    assert told(discnumber="2") == (2, None)
    assert told(title="x") == (None, None)


def test_how_many_discs_there_are_may_stand_by_itself() -> None:
    facts = ask("audio", media.flac(discnumber="1", disctotal="2"))
    assert (facts["disc"], facts["discs"]) == (1, 2)


def test_a_recording() -> None:
    assert ask("audio", media.wav(3)) == {"duration": 3.0, "audio_codec": "PCM"}


def test_a_photograph() -> None:
    taken = media.jpeg("2021:05:06 07:08:09", "NIKON CORPORATION", "NIKON D750", "+02:00")
    assert ask("image", taken) == {"width": 8, "height": 6, "captured": "2021-05-06T07:08:09+02:00", "camera": "NIKON D750"}
    raw = media.tiff("2021:05:06 07:08:09", "Apple", "iPhone 12")
    assert ask("image", raw) == {"width": 8, "height": 6, "captured": "2021-05-06T07:08:09", "camera": "Apple iPhone 12"}


def test_the_size_of_a_raw_file_s_thumbnail_is_not_the_picture_s() -> None:
    tags = [(254, 4, 1), (256, 4, 160), (257, 4, 120)]
    folder = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    assert ask("image", b"II*\0\x08\0\0\0" + folder + bytes(4)) == {}
    assert ask("image", b"II*\0\x08\0\0\0" + folder.replace(b"\xfe\0", b"\xff\0", 1) + bytes(4)) == {"width": 160, "height": 120}


def test_a_picture_of_more_pixels_than_anybody_should_decode_still_has_a_size() -> None:
    content = media.png()
    huge = content[:16] + (60_000).to_bytes(4, "big") * 2 + content[24:29]
    huge += zlib.crc32(huge[12:29]).to_bytes(4, "big") + content[33:]
    assert ask("image", huge) == {"width": 60_000, "height": 60_000}


def test_a_generated_picture() -> None:
    graph = {
        "3": {"class_type": "KSampler", "inputs": {"seed": ["9", 0], "model": ["4", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl.safetensors"}},
        "9": {"class_type": "Seed", "inputs": {"seed": 18446744073709551615}},
    }
    made = ask("image", media.png(prompt=graph, workflow={"extra": {"prompt_id": "b1-2"}}))
    assert made == {"width": 8, "height": 6, "seed": 18446744073709551615, "model": "sd_xl.safetensors", "prompt_id": "b1-2"}


@pytest.mark.parametrize("prompt", ["[" * 100_000, "{", "null", "[1]", '{"a": 1}', '{"a": {"inputs": {"seed": [[]]}}}'])
def test_a_graph_that_is_none_says_nothing(prompt: str) -> None:
    assert ask("image", media.png(prompt=prompt)) == {"width": 8, "height": 6}


@pytest.mark.drawn
@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_whatever_is_broken_is_only_not_known(name: str, data: st.DataObject) -> None:
    medium, content = SAMPLES[name]
    broken = bytearray(content[: data.draw(st.integers(0, len(content)))])
    for at in data.draw(st.lists(st.integers(0, max(len(broken) - 1, 0)), max_size=8)) if broken else ():
        broken[at] = data.draw(st.integers(0, 255))
    began = time.monotonic()
    assert isinstance(ask(data.draw(st.sampled_from([medium, "video", "audio", "image"])), bytes(broken), name), dict)
    assert time.monotonic() - began < 10


def test_headers_that_promise_more_than_there_is() -> None:
    id3 = b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"APIC\x7f\x7f\x7f\x7f\0\0"
    assert ask("audio", id3 + media.mp3(), "a.mp3").get("title") is None
    assert ask("video", b"\0\0\0\x01ftyp\x7f" + b"\xff" * 7 + media.mp4(), "a.mp4").get("width") in (None, 1920)


def test_a_bounded_file_ends_at_its_bounds() -> None:
    times = iter([0.0, 0.0, 0.0, 0.0, 9.0])
    file = BoundedFile(io.BytesIO(b"0123456789"), "a", most=6, seconds=5, clock=lambda: next(times))
    assert file.read(4) == b"0123"
    assert not file.exhausted
    assert (file.read(), file.exhausted) == (b"45", True)
    assert file.read(1) == b""
    assert (file.read(1), file.interrupted) == (b"", True)
    whole_file = BoundedFile(io.BytesIO(b"0123456789"), "a", most=10, seconds=5)
    assert (whole_file.read(100), whole_file.read(), whole_file.interrupted) == (b"0123456789", b"", False)
    with pytest.raises(OSError, match="negative"):
        whole_file.seek(-1)


def test_no_time_is_no_answer_and_none_to_keep() -> None:
    assert media_libraries.ask("video", io.BytesIO(media.mp4()), "a.mp4", -1) == Answer({}, lasting=False)


def test_values_of_strangers() -> None:
    assert text(" a\n\tb\x00\x1b[31m ") == "a b[31m"
    assert text("\ud800") is None
    assert len(text("x" * 10_000) or "") == 500
    assert (text(b"\xff"), text([]), text(["a"])) == ("�", None, "a")
    assert (whole("3/12"), whole([["4", 1]]), whole("x"), whole(-1), whole(1 << 64), whole("9" * 50)) == (
        3,
        None,
        None,
        None,
        None,
        999999999,
    )
    assert (seconds("1.23456"), seconds("nan"), seconds("inf"), seconds(-1), seconds(None)) == (1.235, None, None, None, None)
    assert (year("1999-01-01"), year("c. 1871"), year("99"), year(None)) == (1999, 1871, None, None)
    assert (moment("UTC 2020-01-02 03:04:05"), moment("0000:00:00 00:00:00")) == ("2020-01-02T03:04:05+00:00", None)
    assert (moment("1904-01-01 00:00:00 UTC"), moment("1970-01-01 00:00:00 UTC"), moment("x")) == (None, None, None)
    assert moment("2020:01:02 03:04:05", "nonsense") == "2020-01-02T03:04:05"
    assert (camera("Canon", "Canon EOS R"), camera("Apple", "iPhone"), camera("Sony", None)) == (
        "Canon EOS R",
        "Apple iPhone",
        None,
    )
