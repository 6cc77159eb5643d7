"""A card is emptied by content: whatever rules and names filed its files, each goes of which the target has a copy."""

import os
from pathlib import Path

from tests.support.shellcalls import Came, call

CLIPS = {"DCIM/C0001.MP4": "one", "DCIM/C0002.MP4": "two", "DCIM/C0002M01.XML": "of two", "odd.bnp": "nobody files this", "nil": ""}


def card(folder: Path) -> Path:
    for name, text in CLIPS.items():
        path = folder / "card" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "card"


def empty(folder: Path, *args: str) -> Came:
    return call(folder, "organize", "card", "--into", "lib", "--empty", "--yes", *args)


def left(folder: Path) -> list[str]:
    found = (path for path in (folder / "card").rglob("*") if path.is_file() and ".reshelve" not in str(path))
    return sorted(str(path.relative_to(folder / "card")) for path in found)


def test_names_of_its_own_and_another_preset_do_not_matter(tmp_path: Path) -> None:
    card(tmp_path)
    (tmp_path / "lib/mine").mkdir(parents=True)
    (tmp_path / "lib/mine/ACM_1.mp4").write_text("one")
    (tmp_path / "lib/mine/ACM_2.xml").write_text("of two")
    came = empty(tmp_path)
    assert came.code == 0 and left(tmp_path) == ["DCIM/C0002.MP4", "nil", "odd.bnp"], came.out + came.err
    assert "3 files stay:" in came.out and "  inbox:DCIM/C0002.MP4: library has no copy of it" in came.out
    assert "inbox:nil: it is empty" in came.out and "to review" not in came.out
    assert came.out.count("library has a copy") == 1, came.out
    assert call(tmp_path, "undo", "--yes").code == 0 and left(tmp_path) == sorted(CLIPS)


def test_a_hard_link_is_no_copy_and_a_library_inside_loses_nothing(tmp_path: Path) -> None:
    source = card(tmp_path)
    (source / "lib").mkdir()
    (tmp_path / "lib").symlink_to(source / "lib")
    os.link(source / "DCIM/C0001.MP4", source / "lib/linked.mp4")
    (source / "lib/a.mp4").write_text("two")
    (source / "lib/b.mp4").write_text("two")
    came = empty(tmp_path)
    assert "inbox:DCIM/C0001.MP4: it is a hard link to library:linked.mp4, not a copy" in came.out, came.out + came.err
    assert {"lib/a.mp4", "lib/b.mp4", "lib/linked.mp4", "DCIM/C0001.MP4"} <= set(left(tmp_path))
    assert "DCIM/C0002.MP4" not in left(tmp_path)


def test_a_copy_that_changed_is_none(tmp_path: Path) -> None:
    card(tmp_path)
    assert call(tmp_path, "organize", "card", "--into", "lib", "--preset", "video", "--yes").code == 0
    (copy,) = (tmp_path / "lib").rglob("C0001.MP4")
    copy.write_text("six")
    came = empty(tmp_path, "--preset", "video")
    assert "inbox:DCIM/C0001.MP4: library has no copy of it" in came.out and "DCIM/C0001.MP4" in left(tmp_path)
    assert "DCIM/C0002.MP4" not in left(tmp_path)


def test_a_misspelt_folder_is_told_and_not_taken_for_one_without_copies(tmp_path: Path) -> None:
    card(tmp_path)
    (tmp_path / "library").mkdir()
    came = call(tmp_path, "organize", "card", "--into", "libary", "--empty", "--yes")
    assert came.code == 1 and "error[no-copies]" in came.err and "Did you mean" in came.err and "library" in came.err, came
    assert len(left(tmp_path)) == len(CLIPS) and not (tmp_path / "libary").exists()


def test_whose_trash_is_emptied_is_said_where_a_workspace_calls_its_folders_otherwise(tmp_path: Path) -> None:
    card(tmp_path)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/mine.mp4").write_text("one")
    empty(tmp_path)
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/reshelve.yaml").write_text("version: 1\nstores: {sony: {path: ../card}}\n")
    listed = call(tmp_path / "ws", "trash", "list").out
    assert " sony:DCIM/C0001.MP4" in listed
    told = call(tmp_path / "ws", "trash", "empty", "--run", listed.split()[0], answers="no\n")
    named = f"What was organized from {tmp_path}/card into {tmp_path}/lib: `inbox:` is {tmp_path}/card."
    assert told.code == 7 and named in told.out, told.out
