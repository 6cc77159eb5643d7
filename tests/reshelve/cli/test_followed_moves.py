"""Files that were moved by hand after they were filed: `scan --follow` takes their places into the layout, as an edit to review."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call

WORKSPACE = """version: 1
stores: {inbox: {path: inbox}, library: {path: library}}
scan:
  inbox:
    on_conflict: keep-both
    rules:
      - {name: shows, when: {kind: episode}, place: "library:TV/{{ show }}/{{ filename }}"}
      - {name: films, when: {kind: movie}, place: "library:Movies/{{ title }} ({{ year }})/{{ filename }}"}
"""
FILES = (
    "Doctor.Who.S05E01.1080p.mkv", "Doctor.Who.S05E01.1080p.en.srt", "Doctor.Who.S05E02.1080p.mkv", "Heat.1995.1080p.mkv",
)  # fmt: skip


@pytest.fixture
def filed(tmp_path: Path) -> Path:
    for store in ("inbox", "library"):
        (tmp_path / store).mkdir()
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    for number, name in enumerate(FILES):
        path = tmp_path / "inbox" / name
        path.write_text(name * (number + 1))
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    assert call(tmp_path, "check").code == 0
    return tmp_path


def said(came: Came) -> str:
    return came.out + came.err


def rename_the_show(filed: Path) -> None:
    (filed / "library/TV/Doctor Who").rename(filed / "library/TV/Doctor Who (2005)")


def test_a_scan_follows_a_folder_that_was_renamed(filed: Path) -> None:
    rename_the_show(filed)
    told = said(call(filed, "check"))
    assert "reshelve scan --follow" in told, told
    assert "reshelve scan --follow" in said(call(filed, "health"))
    came = call(filed, "scan", "--follow")
    assert came.code == 0 and "3 entries follow files that were moved by hand:" in came.out, said(came)
    line = "library:TV/Doctor Who/Doctor.Who.S05E01.1080p.mkv -> library:TV/Doctor Who (2005)/Doctor.Who.S05E01.1080p.mkv"
    assert line in came.out, said(came)
    layout = (filed / "layout.yaml").read_text()
    assert "TV/Doctor Who/" not in layout and 'with: "library:TV/Doctor Who (2005)/Doctor.Who.S05E01' in layout, layout
    for command in (["check"], ["plan", "--detailed-exitcode"], ["scan"], ["health"]):
        came = call(filed, *command)
        assert came.code == 0 and "lost" not in said(came), said(came)
    (filed / "inbox/Doctor.Who.S05E03.1080p.mkv").write_text("next")
    assert call(filed, "scan").code == 0
    assert "library:TV/Doctor Who (2005)/Doctor.Who.S05E03" in (filed / "layout.yaml").read_text()


def test_a_scan_follows_what_the_catalog_was_told_of_and_other_disks(filed: Path) -> None:
    rename_the_show(filed)
    assert call(filed, "catalog", "update").code == 0
    shutil.copy2(filed / "library/Movies/Heat (1995)/Heat.1995.1080p.mkv", filed / "library/Heat.mkv")
    (filed / "library/Movies/Heat (1995)/Heat.1995.1080p.mkv").unlink()
    assert "4 entries follow" in call(filed, "scan", "--follow").out
    assert call(filed, "check").code == 0


def test_it_can_be_seen_before_it_is_written(filed: Path) -> None:
    rename_the_show(filed)
    before = (filed / "layout.yaml").read_text()
    printed = call(filed, "scan", "--follow", "-o", "-").out
    assert "TV/Doctor Who (2005)/" in printed and (filed / "layout.yaml").read_text() == before


def test_a_copy_is_followed_while_its_original_is_there(filed: Path) -> None:
    rules = filed / "reshelve.yaml"
    rules.write_text(rules.read_text().replace("on_conflict: keep-both", "transfer: copy"))
    (filed / "inbox/Alien.1979.mkv").write_text("alien")
    assert call(filed, "scan").code == 0 and call(filed, "apply", "--yes").code == 0
    (filed / "library/Movies/Alien (1979)").rename(filed / "library/Movies/Alien, the first")
    assert "1 entry follows" in call(filed, "scan", "--follow").out
    for command in (["check"], ["scan"], ["plan", "--detailed-exitcode"]):
        assert call(filed, *command).code == 0, command


def test_what_came_back_to_the_inbox_or_is_gone_is_not_followed(filed: Path) -> None:
    (filed / "library/TV/Doctor Who/Doctor.Who.S05E02.1080p.mkv").rename(filed / "inbox/Doctor.Who.S05E02.1080p.mkv")
    (filed / "library/Movies/Heat (1995)/Heat.1995.1080p.mkv").unlink()
    came = call(filed, "scan", "--follow")
    assert "moved by hand" not in came.out, said(came)
    assert "kept as lost: library:Movies/Heat (1995)/Heat.1995.1080p.mkv" in came.out, said(came)
    assert "1 move" in said(call(filed, "plan"))


def test_an_entry_with_another_target_says_where_its_file_was_filed(filed: Path) -> None:
    layout = filed / "layout.yaml"
    layout.write_text(layout.read_text().replace('"library:Movies/Heat (1995)/Heat', '"library:Movies/Michael Mann/Heat'))
    for command in ("plan", "check"):
        told = said(call(filed, command))
        assert "It was filed, and is at library:Movies/Heat (1995)/Heat.1995.1080p.mkv now." in told, told
        assert "put that into `from:`" in told, told
    assert "nothing to follow" not in said(call(filed, "scan", "--follow"))
    assert "Michael Mann" in layout.read_text(), "what a colleague asks for stays asked for"
