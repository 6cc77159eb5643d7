"""What pictures look like: the same at another size, in another format and turned by a tag; another of another picture."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from reshelve.executors.metadata import picture_looks
from reshelve.executors.metadata.bounded_file import BoundedFile
from reshelve.executors.metadata.metadata_cache import MetadataCache
from reshelve.executors.metadata.metadata_reader import FileMetadata
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root


def scene(seed: int, size: tuple[int, int] = (600, 400)) -> Image.Image:
    """Return a picture of discs."""
    given = random.Random(seed)
    picture = Image.new("RGB", size, tuple(given.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(25):
        left, top, wide = given.randrange(size[0]), given.randrange(size[1]), given.randrange(30, 250)
        draw.ellipse((left, top, left + wide, top + wide), fill=tuple(given.randrange(256) for _ in range(3)))
    return picture


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def seen(content: bytes) -> dict[str, Any]:
    facts = picture_looks.read(BoundedFile(io.BytesIO(content), "picture", most=picture_looks.MOST, seconds=60))
    assert facts is not None
    return facts


def apart(one: bytes, other: bytes) -> int:
    return (int(seen(one)["look"], 16) ^ int(seen(other)["look"], 16)).bit_count()


@pytest.mark.parametrize("seed", range(8))
def test_what_leaves_a_picture_the_same_leaves_its_look(seed: int) -> None:
    picture = scene(seed)
    first = saved(picture, "PNG")
    others = {
        "smaller": saved(picture.resize((200, 133)), "PNG"),
        "a poor JPEG": saved(picture, "JPEG", quality=30),
        "WebP": saved(picture, "WEBP"),
        "TIFF": saved(picture, "TIFF"),
        "GIF": saved(picture, "GIF"),
        "brighter": saved(ImageEnhance.Brightness(picture).enhance(1.08), "PNG"),
    }
    assert {name: apart(first, other) for name, other in others.items() if apart(first, other) > 10} == {}


def test_pictures_that_are_not_the_same_differ_in_many_bits() -> None:
    contents = [saved(scene(seed), "JPEG") for seed in range(12)]
    assert min(apart(one, other) for at, one in enumerate(contents) for other in contents[:at]) > 32


def test_a_picture_that_a_tag_turns_is_seen_turned() -> None:
    picture = scene(1)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show it
    lying = saved(picture.rotate(90, expand=True), "JPEG", exif=exif)
    assert apart(saved(picture, "JPEG"), lying) <= 10
    assert (seen(lying)["width"], seen(lying)["height"]) == (600, 400)


def test_what_shows_through_is_white() -> None:
    clear, page = Image.new("RGBA", (100, 100), (0, 0, 0, 0)), Image.new("RGB", (100, 100), "white")
    for picture in (clear, page):
        ImageDraw.Draw(picture).ellipse((10, 30, 60, 90), fill="black")
    assert apart(saved(clear, "PNG"), saved(page, "PNG")) == 0


def test_more_pixels_than_one_should_decode_are_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_looks, "_MOST_PIXELS", 100_000)
    content = saved(scene(1), "PNG")
    assert picture_looks.read(BoundedFile(io.BytesIO(content), "p", most=1 << 20, seconds=60)) is None
    assert seen(saved(scene(1), "JPEG"))["width"] == 600, "a JPEG is decoded small"


def test_a_look_is_remembered_beside_what_a_picture_says(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(scene(1), "JPEG"))
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8 and no more")
    store = LocalStore(Root("a", str(tmp_path)))
    now = [0]
    opened: list[str] = []

    class Counted(LocalStore):
        def open(self, rel: str) -> Any:
            opened.append(rel)
            return super().open(rel)

    cache = MetadataCache(tmp_path / "catalog.db", now_ns=lambda: now[0])
    reader = FileMetadata({"a": Counted(store.root)}, cache, jobs=1)
    item, bad = store.stat("a.jpg"), store.stat("bad.jpg")
    assert item is not None
    assert bad is not None
    now[0] = item.ctime_ns + 10**12
    first = [reader.read("a", item, medium) for medium in ("image", "look", "image", "look")]
    assert first[:2] == first[2:]
    assert "look" in first[1]
    assert "look" not in first[0]
    assert reader.read("a", bad, "look") == {}
    reader.close()
    cache.close()
    if item.fs.partition(":")[0] != "tmpfs":
        assert opened == ["a.jpg", "a.jpg", "bad.jpg"]
