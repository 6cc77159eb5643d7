"""`cleanup`: what is old goes to the trash by a plan, bundles whole; what is left alone stays; an undo brings all of it back."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import call

DAY = 86_400
YOUNG, OLD = 29, 31


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores:\n  out: {path: out}\n  lib: {path: lib}\n")
    for folder in ("out", "lib"):
        (tmp_path / folder).mkdir()
    return tmp_path


def put(desk: Path, files: dict[str, float]) -> None:
    """Make files of so many days."""
    import time

    now = time.time()
    for name, days in files.items():
        path = desk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (now - days * DAY, now - days * DAY))


def tree(desk: Path) -> set[str]:
    """Return what is there, folders ending in a slash, the trash and what is kept of runs left out."""
    found = [path for store in ("out", "lib") for path in (desk / store).rglob("*") if ".reshelve" not in str(path)]
    return {f"{path.relative_to(desk)}{'/' if path.is_dir() else ''}" for path in found}


def clean(desk: Path, *args: str) -> Any:
    came = call(desk, "cleanup", *args, "--yes")
    assert came.code == 0, came.err
    return came


def test_what_is_older_than_thirty_days_goes_with_the_folders_that_empties(desk: Path) -> None:
    put(desk, {"out/a/old.png": OLD, "out/a/b/old.mp4": OLD, "out/new.png": YOUNG, "lib/old.png": OLD})
    before = tree(desk)
    came = clean(desk, "out")
    assert came.out.splitlines()[0] == "Old enough to go: 2 files of 3, 28 B."
    assert tree(desk) == {"out/new.png", "lib/old.png"}
    assert call(desk, "cleanup", "out", "--yes").out.startswith("Nothing is old enough to go, of 1 file.")
    assert call(desk, "undo", "--yes").code == 0
    assert tree(desk) == before


def test_an_age_of_ones_own(desk: Path) -> None:
    put(desk, {"out/six.png": 6, "out/eight.png": 8})
    clean(desk, "out", "--older-than", "7d")
    assert tree(desk) == {"out/six.png"}


def test_files_that_belong_together_go_together_or_stay(desk: Path) -> None:
    put(desk, {"out/a.mkv": OLD, "out/a.srt": YOUNG, "out/b.mkv": YOUNG, "out/b.srt": OLD, "out/c.mkv": OLD, "out/c.srt": OLD})
    came = clean(desk, "out")
    assert tree(desk) == {"out/a.mkv", "out/a.srt", "out/b.mkv", "out/b.srt"}
    assert "2 old files stay with newer files that belong to them." in came.out


def test_what_a_scan_leaves_alone_stays(desk: Path) -> None:
    names = ("#recycle/x.png", "x.photoslibrary/y.jpg", ".git/z.png", "w.mp4.part", ".snapshots/1/v.png")
    put(desk, {f"out/{name}": OLD for name in names})
    before = tree(desk)
    clean(desk, "out", "--empty-folders")
    assert tree(desk) == before


def test_a_project_and_a_job_bound_it(desk: Path) -> None:
    put(desk, {
        "out/projects/kai/legacy_1/legacy_1_1_image.png": OLD,
        "out/projects/kai/legacy_2/legacy_2_1_image.png": OLD,
        "out/projects/mia/legacy_1/legacy_1_2_image.png": OLD,
        "out/legacy_1_7.png": OLD,
    })  # fmt: skip
    clean(desk, "--project", "Kai", "--job", "legacy_1")
    assert "out/projects/kai/legacy_1/" not in tree(desk) and "out/projects/kai/legacy_2/legacy_2_1_image.png" in tree(desk)
    clean(desk, "--job", "legacy_1")
    assert tree(desk) == {
        "out/projects/",
        "out/projects/kai/",
        *(f"out/projects/kai/legacy_2{end}" for end in ("/", "/legacy_2_1_image.png")),
    }


def test_a_folder_in_a_store_bounds_it(desk: Path) -> None:
    put(desk, {"out/in/x.png": OLD, "out/inside.png": OLD, "lib/in/x.png": OLD})
    clean(desk, "out:in")
    assert tree(desk) == {"out/inside.png", "lib/in/", "lib/in/x.png"}


def test_folders_that_were_empty_stay_unless_asked_for_and_come_back(desk: Path) -> None:
    put(desk, {"out/kept/x.png": YOUNG, "out/junk/.DS_Store": YOUNG})
    for folder in ("out/empty/deep/er", "out/kept/empty"):
        (desk / folder).mkdir(parents=True)
    before = tree(desk)
    clean(desk, "out")
    assert tree(desk) == before
    clean(desk, "out", "--exclude", "deep/", "--exclude", "empty/", "--exclude", "junk/", "--empty-folders")
    assert "out/kept/empty/" in tree(desk) and "out/junk/" in tree(desk)
    clean(desk, "out", "--empty-folders")
    assert tree(desk) == {"out/kept/", "out/kept/x.png"}
    assert call(desk, "undo", "--yes").code == 0
    assert tree(desk) == before


@pytest.mark.parametrize("named", ["./out", "out", "out/"])
def test_outside_a_workspace_a_folder_is_named_by_its_path(desk: Path, named: str) -> None:
    (desk / "reshelve.yaml").unlink()
    put(desk, {"out/a/old.png": OLD, "out/new.png": YOUNG})
    assert "There is no workspace here." in call(desk, "cleanup", "nowhere").err
    assert "one folder at a time" in call(desk, "cleanup", "out", "lib").err
    clean(desk, named)
    assert tree(desk) == {"out/new.png"}
    assert call(desk / "out", "undo", "--yes").code == 0
    assert tree(desk) == {"out/a/", "out/a/old.png", "out/new.png"}


def test_the_guard_of_the_workspace_holds_for_it(desk: Path) -> None:
    (desk / "reshelve.yaml").write_text("version: 1\nstores: {out: {path: out}}\nguards: {max_delete: 50%}\n")
    put(desk, {"out/a.png": OLD, "out/b.png": OLD, "out/c.png": YOUNG})
    before = tree(desk)
    assert call(desk, "cleanup", "out", "--yes").code not in (0, 1)
    assert tree(desk) == before
    clean(desk, "out", "--max-delete", "2")
    assert tree(desk) == {"out/c.png"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "Name a store or a folder"),
        (("nowhere",), "The workspace has out, lib."),
        (("out", "--older-than", "soon"), "is not an age"),
        (("/tmp/one", "/tmp/two"), "clean up one folder at a time"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_does(desk: Path, args: tuple[str, ...], said: str) -> None:
    came = call(desk, "cleanup", *args)
    assert came.code == 64 and said in " ".join(came.err.split())


BACKUPS = """version: 1
stores: {out: {path: .}, lib: {path: lib}}
backups:
  nightly: {of: "lib:{project}", copies: ["out:copies/{project}"]}
"""


def test_backups_projects_configs_and_the_workspaces_documents_are_nothing_old(desk: Path) -> None:
    (desk / "reshelve.yaml").write_text(BACKUPS)
    kept = ("lib/b63/Backups/daily_20200101.tar.gz", "copies/b63/daily_20200101.tar.gz", "lib/b63/project_config.json")
    documents = ("assets.yaml", "layout.yaml", "reshelve.local.yaml")
    put(desk, {**dict.fromkeys(kept, OLD), "lib/b63/Backups/notes.txt": OLD, "lib/b63/cut.mp4": OLD, "copies/daily.txt": OLD})
    for name in documents:
        (desk / name).write_text("version: 1\n")
        os.utime(desk / name, (0, 0))
    clean(desk, "out", "lib", "--max-delete", "100%")
    assert all((desk / name).exists() for name in (*kept, *documents))
    assert not any((desk / name).exists() for name in ("lib/b63/Backups/notes.txt", "lib/b63/cut.mp4", "copies/daily.txt"))


RULES = """version: 1
stores:
  out: {path: out}
  lib: {path: lib}
  s3: {s3: videos, lifecycle: {rules: [{name: tidy, expire_versions: 90d}]}}
"""


def test_a_clean_up_is_of_old_files_alone_and_its_run_has_its_name(desk: Path) -> None:
    (desk / "reshelve.yaml").write_text(RULES)
    (desk / "layout.yaml").write_text("version: 1\n")
    (desk / "other.yaml").write_text('version: 1\nabsent: [{path: "lib:x.png"}]\n')
    put(desk, {"out/old.png": OLD, "lib/x.png": OLD})
    with CaseBuckets().served():
        assert "configure" not in clean(desk, "out").out
        assert [run["command"] for run in call(desk, "log", "--json").events if run["type"] == "run"] == ["cleanup"]
        assert "1 configure" not in call(desk, "plan", "other.yaml").out, "another layout is about what it names"
        assert "1 configure" in call(desk, "plan").out


@pytest.mark.parametrize("command", ["cleanup", "duplicates"])
@pytest.mark.parametrize("named", ["out:nope", "out:a/nope", "s3:nope"])
def test_a_folder_that_is_in_no_root_of_its_store_is_refused(desk: Path, command: str, named: str) -> None:
    (desk / "reshelve.yaml").write_text(RULES)
    put(desk, {"out/a/old.png": OLD})
    buckets = CaseBuckets()
    buckets.lay("s3://videos/there/a.mkv\n")
    with buckets.served():
        came = call(desk, command, named)
        assert came.code == 64 and "There is no such folder." in came.err and named in came.err
        for there in ("out:a", "out:a/old.png", "s3:there", "out:"):
            assert call(desk, command, there, *(["--dry-run"] if command == "cleanup" else [])).code == 0


@pytest.mark.parametrize("named", ["out/a", "./out/a/", "{desk}/out/a", "a"])
def test_a_path_into_a_store_of_the_workspace_is_that_folder_of_the_store(desk: Path, named: str) -> None:
    put(desk, {"out/a/old.png": OLD, "out/b/old.png": OLD})
    here = desk / "out" if named == "a" else desk
    named = f"./{named}" if named == "a" else named.format(desk=desk)
    came = call(here, "cleanup", named, "--yes")
    assert came.code == 0 and tree(desk) == {"out/b/", "out/b/old.png"}
    assert "a/old.png" in call(desk, "trash", "list").out, "it is in the trash of the workspace"
    assert call(desk, "undo", "--yes").code == 0 and (desk / "out/a/old.png").exists()


def test_a_path_into_a_store_of_a_workspace_elsewhere_is_refused_with_the_way_to_clean_it(
    desk: Path, tmp_path_factory: Any
) -> None:
    put(desk, {"out/a/old.png": OLD})
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    came = call(elsewhere, "cleanup", str(desk / "out/a"), "--yes")
    assert came.code == 64 and f"reshelve -C {desk} cleanup out:a" in came.err
    assert "out/a/old.png" in tree(desk)


@pytest.mark.parametrize("named", [".", "{desk}"])
def test_a_folder_with_stores_in_it_is_refused(desk: Path, named: str) -> None:
    put(desk, {"out/a/old.png": OLD})
    came = call(desk, "cleanup", named.format(desk=desk), "--yes")
    assert came.code == 64 and "out, lib" in " ".join(came.err.split())
    assert "out/a/old.png" in tree(desk)


def test_what_only_puts_files_away_says_how_their_room_is_freed_however_it_is_asked_for(desk: Path) -> None:
    put(desk, {"out/old.png": OLD, "out/a.png": YOUNG, "out/b.png": YOUNG, "lib/c.png": YOUNG})
    assert "Free the space for good with: reshelve trash empty --run" in clean(desk, "out").out
    (desk / "layout.yaml").write_text('version: 1\nabsent: [{path: "out:a.png"}]\n')
    assert call(desk, "plan", "-o", "plan.json").code == 0
    assert "Free the space for good with" in call(desk, "apply", "plan.json", "--yes").out
    (desk / "layout.yaml").write_text('version: 1\nabsent: [{path: "out:b.png"}]\nfiles: {"out:c.png": {from: "lib:c.png"}}\n')
    assert "Free the space" not in call(desk, "apply", "--yes").out
