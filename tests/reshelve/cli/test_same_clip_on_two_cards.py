"""One clip on two cards: one copy suffices, both cards count as copied, and both can be emptied."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WHEN = 1_700_000_000


def card(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / "card" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (WHEN, WHEN))
    (folder / "lib").mkdir()


def organize(folder: Path, *args: str) -> Came:
    return call(folder, "organize", "card", "--into", "lib", "--preset", "video", "--set", "project=Shoot", "--yes", *args)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "lib").rglob("*") if path.is_file())


@pytest.mark.parametrize("cards", [("A", "B"), ("CAM_A", "CAM_B")])
def test_it_is_copied_once_told_and_both_cards_can_be_emptied(tmp_path: Path, cards: tuple[str, str]) -> None:
    first, second = cards
    own = {f"{first}/DCIM/C0002.MP4": "a's own", f"{second}/DCIM/C0003.MP4": "b's own"}
    card(tmp_path, {f"{each}/DCIM/C0001.MP4": "the clip" for each in cards} | own)
    came = organize(tmp_path)
    assert came.code == 0 and kept(tmp_path) == ["C0001.MP4", "C0002.MP4", "C0003.MP4"]
    assert "3 to file, 1 duplicate" in came.out
    told = f"inbox:{second}/DCIM/C0001.MP4: the same content as library:Shoot/02_Raw_Media/Video/Camera_A/C0001.MP4"
    assert told in came.out, came.out
    again = organize(tmp_path)
    assert "Nothing to do" in again.out and told in again.out
    assert organize(tmp_path, "--empty").code == 0
    assert not [path for path in (tmp_path / "card").rglob("*.MP4") if ".reshelve-trash" not in str(path)]


def test_what_travels_with_it_has_to_be_there_too(tmp_path: Path) -> None:
    both = {f"{each}/DCIM/C0001.MP4": "the clip" for each in ("CAM_A", "CAM_B")}
    card(tmp_path, both | {"CAM_B/DCIM/C0001M01.XML": "only here"})
    assert organize(tmp_path).code == 0
    assert kept(tmp_path) == ["C0001.MP4", "C0001.MP4", "C0001M01.XML"]


def test_other_content_or_another_name_is_another_clip(tmp_path: Path) -> None:
    card(tmp_path, {"CAM_A/C0001.MP4": "clip one", "CAM_B/C0001.MP4": "clip two", "CAM_B/C0009.MP4": "clip one"})
    assert organize(tmp_path).code == 0
    assert kept(tmp_path) == ["C0001.MP4", "C0001.MP4", "C0009.MP4"]


def test_what_no_camera_named_is_copied_to_each_of_its_places(tmp_path: Path) -> None:
    card(tmp_path, {f"{each}/{name}": "the same" for each in ("a", "b") for name in ("cover.jpg", "readme.txt")})
    place = "{name: all, when: {path: {regex: '(?P<top>[^/]+)/.*'}}, place: 'lib:{{ top }}/{{ filename }}'}"
    (tmp_path / "reshelve.yaml").write_text(
        f"version: 1\nstores: {{card: {{path: card}}, lib: {{path: lib}}}}\nscan: {{card: {{transfer: copy, rules: [{place}]}}}}\n"
    )
    assert call(tmp_path, "scan").code == 0 and call(tmp_path, "apply", "--yes").code == 0
    assert kept(tmp_path) == ["cover.jpg", "cover.jpg", "readme.txt", "readme.txt"]
