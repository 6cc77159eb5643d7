"""`archive` and `restore`: a project goes whole or not at all, archives give way to no less, and the newest whole copy returns."""

import os
import tarfile
from pathlib import Path

import pytest

from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import Came, call

WORKSPACE = """version: 1
stores: {work: {path: work}, light: {path: light}, ssd: {path: ssd}, arch: {path: arch}}
tiers:
  v:
    order:
      local: {at: "work:{project}"}
      light: {at: "light:{project}", form: light}
      ssd: {at: "ssd:{project}"}
      tar: {at: "arch:{project}", form: tar.gz}
    moves: [{from: local, to: [MOVES], after: 90d}]
"""
COLD = """version: 1
stores: {ssd: {path: ssd}, s3: {s3: videos}}
tiers:
  v:
    order:
      ssd: {at: "ssd:{project}"}
      s3: {at: "s3:{project}", form: tar.gz, class: STANDARD}
      deep: {at: "s3:{project}", form: tar.gz, class: DEEP_ARCHIVE}
    moves: [{from: ssd, to: [s3], after: 90d}]
"""
THEN = 1_700_000_000


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project of a film and a text, and four empty stores."""
    for store in ("work", "light", "ssd", "arch"):
        (tmp_path / store).mkdir()
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE.replace("MOVES", "ssd"))
    put(tmp_path, "work/b63-x/film.mp4", "the film", 0)
    put(tmp_path, "work/b63-x/edit.txt", "cut 1", 0)
    return tmp_path


def put(place: Path, name: str, text: str, day: int) -> None:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (THEN + day * 86400, THEN + day * 86400))


def done(place: Path, *args: str) -> Came:
    came = call(place, *args, "--yes")
    assert came.code == 0, came.err
    return came


def holds(place: Path) -> dict[str, str]:
    """Return what stands outside the trash, with what is in archives."""
    found = {}
    for path in sorted(place.rglob("*")):
        rel = str(path.relative_to(place))
        if ".reshelve" in rel or not path.is_file() or rel == "reshelve.yaml" or rel == "layout.yaml":
            continue
        if rel.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                for member in archive.getmembers():
                    if member.isfile():
                        content = archive.extractfile(member)
                        assert content is not None
                        found[f"{rel}!{member.name}"] = content.read().decode()
        else:
            found[rel] = path.read_text()
    return found


WHOLE = {"arch/b63-x.tar.gz!edit.txt": "cut 1", "arch/b63-x.tar.gz!film.mp4": "the film"}


def test_an_archive_is_not_replaced_by_one_that_holds_less(place: Path) -> None:
    done(place, "archive", "b63", "--to", "tar")
    assert holds(place) == WHOLE
    put(place, "work/b63-x/note.txt", "a note", 9)
    came = call(place, "archive", "b63", "--to", "tar", "--yes")
    assert came.code == 1 and "error[project-kept]" in came.err and "2 files" in came.err and "edit.txt, film.mp4" in came.err
    assert "--replace" in came.err and holds(place) == {**WHOLE, "work/b63-x/note.txt": "a note"}
    # Nor does a restore call the fragment the project; what the message says works.
    came = call(place, "restore", "b63", "--yes")
    assert came.code == 1 and "is there already" in came.err and "film.mp4" in came.err
    (place / "work/b63-x").rename(place / "work/aside")
    done(place, "restore", "b63")
    (place / "work/aside/note.txt").rename(place / "work/b63-x/note.txt")
    (place / "work/aside").rmdir()
    done(place, "archive", "b63", "--to", "tar")
    assert holds(place) == {**WHOLE, "arch/b63-x.tar.gz!note.txt": "a note"}


def test_an_archive_that_is_newer_than_the_folder_is_not_replaced(place: Path) -> None:
    done(place, "archive", "b63", "--to", "tar")
    put(place, "work/b63-x/film.mp4", "the film", 0)
    put(place, "work/b63-x/edit.txt", "cut 0", -9)
    came = call(place, "archive", "b63", "--to", "tar", "--yes")
    assert came.code == 1 and "edit.txt" in came.err and "film.mp4" not in came.err and WHOLE.items() <= holds(place).items()
    done(place, "archive", "b63", "--to", "tar", "--replace")
    assert holds(place) == {**WHOLE, "arch/b63-x.tar.gz!edit.txt": "cut 0"}
    assert "arch:b63-x.tar.gz" in call(place, "trash", "list").out


@pytest.mark.parametrize("day", [0, 5])
def test_a_zeroed_or_damaged_archive_is_no_reason_to_lose_it(place: Path, day: int) -> None:
    done(place, "archive", "b63", "--to", "tar")
    archive = place / "arch/b63-x.tar.gz"
    archive.write_bytes(b"\0" * archive.stat().st_size)
    put(place, "work/b63-x/film.mp4", "the film", day)
    came = call(place, "archive", "b63", "--to", "tar", "--yes")
    assert came.code == 1 and "cannot be read" in came.err and archive.exists() and (place / "work/b63-x/film.mp4").exists()


def test_what_was_edited_is_brought_to_a_folder_again_as_a_whole(place: Path) -> None:
    for day, text in ((1, "cut 2"), (2, "cut 3, longer")):
        done(place, "archive", "b63")
        assert list(holds(place)) == ["ssd/b63-x/edit.txt", "ssd/b63-x/film.mp4"]
        done(place, "restore", "b63")
        put(place, "work/b63-x/edit.txt", text, day)
    done(place, "archive", "b63")
    assert holds(place) == {"ssd/b63-x/edit.txt": "cut 3, longer", "ssd/b63-x/film.mp4": "the film"}
    # The other way round nothing goes: the folder has an older version than the tier.
    put(place, "work/b63-x/edit.txt", "cut 2", 1)
    put(place, "work/b63-x/film.mp4", "the film", 0)
    came = call(place, "archive", "b63", "--yes")
    assert came.code == 1 and "edit.txt" in came.err and (place / "work/b63-x/film.mp4").exists()


def test_a_project_goes_with_its_light_files_or_not_at_all(place: Path) -> None:
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("MOVES", "tar, light"))
    done(place, "archive", "b63")
    assert holds(place) == {**WHOLE, "light/b63-x/edit.txt": "cut 1"}
    done(place, "restore", "b63")
    put(place, "work/b63-x/edit.txt", "cut 2", 2)
    done(place, "archive", "b63")
    assert holds(place) == {**WHOLE, "arch/b63-x.tar.gz!edit.txt": "cut 2", "light/b63-x/edit.txt": "cut 2"}
    done(place, "restore", "b63")
    put(place, "light/b63-x/edit.txt", "cut 3, in the light copy", 3)
    before = holds(place)
    came = call(place, "archive", "b63", "--yes")
    assert came.code == 1 and "light" in came.err and "edit.txt" in came.err and holds(place) == before


def test_a_scan_leaves_a_project_whole_that_stands_otherwise_where_it_would_go(place: Path) -> None:
    put(place, "ssd/b63-x/edit.txt", "cut 0", -1)
    before = holds(place)
    came = call(place, "scan")
    assert came.code == 0 and "tier-differs" in came.err and "reshelve archive b63-x --to ssd" in came.err
    assert call(place, "apply", "--yes").code == 0 and holds(place) == before
    done(place, "archive", "b63-x", "--to", "ssd")
    assert holds(place) == {"ssd/b63-x/edit.txt": "cut 1", "ssd/b63-x/film.mp4": "the film"}


def test_a_plan_that_would_leave_part_of_a_project_leaves_all_of_it(place: Path) -> None:
    # The same size and time, another content: only the plan sees it.
    put(place, "ssd/b63-x/edit.txt", "cut 9", 0)
    put(place, "work/b64-y/clip.mov", "clip", 0)
    came = call(place, "archive", "b6*", "--yes")
    assert came.code == 1 and "project-kept" in came.err and "edit.txt" in came.err
    assert holds(place) == {
        "ssd/b63-x/edit.txt": "cut 9",
        "ssd/b64-y/clip.mov": "clip",
        "work/b63-x/edit.txt": "cut 1",
        "work/b63-x/film.mp4": "the film",
    }


def test_a_copy_that_cannot_be_made_is_not_told_as_one_that_was(place: Path) -> None:
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("MOVES", "ssd").replace("{path: ssd}", "{path: ssd, optional: true}"))
    (place / "ssd").rmdir()
    came = call(place, "archive", "b63", "--to", "ssd", "--yes")
    assert came.code == 1 and f"cannot be made: there is no folder {place}/ssd" in came.err, came.err
    assert "cannot be seen" not in came.err and "Until then it stays." in came.err


def test_the_newest_whole_copy_comes_back(place: Path) -> None:
    done(place, "archive", "b63")
    done(place, "restore", "b63")
    put(place, "work/b63-x/edit.txt", "cut 2, weeks of work", 8)
    done(place, "archive", "b63", "--to", "tar")
    came = done(place, "restore", "b63")
    assert "tar to local" in came.out and "ssd has less of it, or an older version" in came.out
    assert (place / "work/b63-x/edit.txt").read_text() == "cut 2, weeks of work"


def test_copies_of_which_none_holds_all_are_asked_about(place: Path) -> None:
    done(place, "archive", "b63", "--to", "tar")
    put(place, "ssd/b63-x/edit.txt", "cut 2", 3)
    came = call(place, "restore", "b63", "--yes")
    assert came.code == 1 and "error[copies-differ]" in came.err and "--from ssd | tar" in came.err
    assert "ssd (ssd:b63-x, 5 B) lacks 1 file" in came.err and not (place / "work/b63-x").exists()
    assert call(place, "restore", "b63", "--from", "nowhere", "--yes").code == 64
    done(place, "restore", "b63", "--from", "tar")
    assert (place / "work/b63-x/edit.txt").read_text() == "cut 1"
    # What the folder has older than another copy does not come over it.
    came = call(place, "restore", "b63", "--from", "ssd", "--yes")
    assert came.code == 1 and "edit.txt" in came.err and (place / "work/b63-x/edit.txt").read_text() == "cut 1"


def test_what_a_system_left_in_a_folder_is_no_copy(place: Path) -> None:
    done(place, "archive", "b63", "--to", "tar")
    for name in (".DS_Store", "Thumbs.db", "._edit.txt"):
        put(place, f"ssd/b63-x/{name}", "", 9)
    done(place, "restore", "b63")
    assert (place / "work/b63-x/film.mp4").exists()
    assert "ssd" not in call(place, "manifest").out.splitlines()[1]
    put(place, "work/b63-x/.DS_Store", "", 9)
    assert "already" in call(place, "restore", "b63").err


def test_a_restore_fills_in_what_a_folder_lacks(place: Path) -> None:
    done(place, "archive", "b63")
    put(place, "work/b63-x/edit.txt", "cut 2", 3)
    done(place, "restore", "b63")
    assert holds(place)["work/b63-x/edit.txt"] == "cut 2" and holds(place)["work/b63-x/film.mp4"] == "the film"


def test_a_restore_says_what_folder_is_in_its_way_though_it_is_no_copy(place: Path) -> None:
    done(place, "archive", "b63", "--to", "tar")
    (place / "work/b63-x/empty").mkdir(parents=True)
    put(place, "work/b63-x/.DS_Store", "", 9)
    came = call(place, "restore", "b63", "--yes")
    assert came.code == 1 and "error[project-kept]" in came.err and "a folder is at work:b63-x" in came.err
    assert "Rename or remove work:b63-x" in came.err and holds(place) == {**WHOLE, "work/b63-x/.DS_Store": ""}
    (place / "work/b63-x").rename(place / "work/aside")
    done(place, "restore", "b63")
    assert (place / "work/b63-x/film.mp4").exists()


def test_a_copy_that_is_kept_a_second_time_is_said_to_be_there(place: Path) -> None:
    put(place, "work/b64-y/clip.mov", "clip", 0)
    for tier in ("tar", "ssd"):
        came = done(place, "archive", "b63", "--to", tier, "--keep")
        assert "project-stays" not in came.err
        again = done(place, "archive", "b6*", "--to", tier, "--keep", "--dry-run")
        assert again.err.count("warning[project-stays]") == 1 and "--> b63-x" in again.err
        assert f"It is in {tier} already." in again.err
    done(place, "archive", "b63", "--to", "tar")
    assert (place / "arch/b63-x.tar.gz").exists() and not (place / "work/b63-x").exists()


def test_an_archive_in_a_colder_class_keeps_it_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "ssd").mkdir()
    (tmp_path / "reshelve.yaml").write_text(COLD)
    put(tmp_path, "ssd/b63-x/film.mp4", "the film", 0)
    with CaseBuckets().served():
        done(tmp_path, "archive", "b63", "--to", "deep", "--keep")
        came = done(tmp_path, "archive", "b63", "--to", "s3", "--keep")
        assert "It is in deep already, and keeps its class." in came.err
        came = done(tmp_path, "archive", "b63", "--to", "s3")
        assert "note[class-kept]" in came.err and "stays in deep; it does not become s3" in came.err
        assert not (tmp_path / "ssd/b63-x").exists()
        came = done(tmp_path, "archive", "b63", "--to", "s3")
        assert "It is in deep already, and keeps its class." in came.err and "Nothing to do" in came.out
        put(tmp_path, "ssd/b64-longer/film.mp4", "the film", 0)
        done(tmp_path, "archive", "b64", "--to", "deep")
        came = call(tmp_path, "restore", "--status")
        assert came.out.splitlines() == [
            "b63-x       deep  DEEP_ARCHIVE  archived",
            "b64-longer  deep  DEEP_ARCHIVE  archived",
        ]
