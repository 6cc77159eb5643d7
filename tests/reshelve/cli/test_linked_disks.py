"""A store whose path leads to its disk by a link: when the disk is away and something else stands there, that is noticed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.memory_folder import memory_folder
from tests.support.shellcalls import call


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A workspace of which `library` is a link to a folder on another file system; a film was filed there."""
    with memory_folder() as disk:
        if disk.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("needs two file systems")
        (tmp_path / "library").symlink_to(disk)
        (tmp_path / "inbox").mkdir()
        (tmp_path / "inbox/a.mkv").write_text("film")
        (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, library: {path: library}}\n")
        (tmp_path / "layout.yaml").write_text('version: 1\nfiles: {"library:a.mkv": {from: "inbox:a.mkv"}}\n')
        assert call(tmp_path, "apply", "--yes").code == 0
        assert (disk / "a.mkv").read_text() == "film"
        yield tmp_path


def test_another_folder_in_the_place_of_the_link_is_not_taken_for_the_disk(place: Path) -> None:
    link = place / "library"
    disk = link.readlink()
    link.unlink()
    link.mkdir()
    (place / "inbox/b.mkv").write_text("another")
    (place / "layout.yaml").write_text(
        'version: 1\nfiles: {"library:a.mkv": {from: "inbox:a.mkv"}, "library:b.mkv": {from: "inbox:b.mkv"}}\n'
    )
    for command in (["plan"], ["apply", "--yes"], ["doctor"]):
        came = call(place, *command)
        assert came.code == 1 and "nother disk was at" in came.out + came.err, command
    assert list(link.iterdir()) == [] and "lost" not in call(place, "plan").err
    link.rmdir()
    link.symlink_to(disk)
    assert call(place, "apply", "--yes").code == 0 and (disk / "b.mkv").exists()


def test_a_link_that_leads_elsewhere_on_purpose_is_accepted_once(place: Path) -> None:
    link = place / "library"
    link.unlink()
    (place / "new").mkdir()
    link.symlink_to(place / "new")
    assert call(place, "plan").code == 1
    assert call(place, "doctor", "--accept", "library").code == 0
    (place / "inbox/b.mkv").write_text("another")
    (place / "layout.yaml").write_text('version: 1\nfiles: {"library:b.mkv": {from: "inbox:b.mkv"}}\n')
    assert call(place, "apply", "--yes").code == 0 and (place / "new/b.mkv").exists()


def test_another_path_in_the_workspace_is_another_folder(place: Path) -> None:
    (place / "shelf").mkdir()
    (place / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, library: {path: shelf}}\n")
    assert "another disk" not in call(place, "plan").err
