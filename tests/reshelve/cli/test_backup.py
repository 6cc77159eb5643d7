"""`backup`: archives made by a plan, verified, copied, and removed by rule."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.backups import archives, backup_desk, declare, files, in_bucket, inside, put, rows, run, tree
from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import call


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return backup_desk(tmp_path)


def test_a_full_backup_holds_all_but_what_is_excluded_and_itself(desk: Path) -> None:
    declare(desk)
    for name in ("Cache/x", "a/Cache/b/y", "Temp/x", ".DS_Store", "a/.DS_Store", "Thumbs.db"):
        put(desk, f"b63/{name}", "no")
    put(desk, "b63/a/Cached", "yes")
    came = run(desk, "b63")
    (made,) = archives(desk)
    assert made.name.startswith("daily_2") and made.name.endswith(".tar.gz")
    assert inside(made) == {*(f"f{number}" for number in range(10)), "a/Cached"}
    assert f"main/b63: {made.name}, 11 files. Verified." in came.out
    run(desk)
    assert [inside(path) for path in archives(desk)] == [inside(made)] * 2
    assert archives(desk)[1].name == made.name.replace(".tar.gz", "_2.tar.gz")
    assert call(desk, "undo", "--yes").code == 0
    assert archives(desk) == [made]


def test_an_incremental_holds_what_changed_and_there_is_none_of_nothing(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", format: zip')
    run(desk)
    assert "nothing changed" in run(desk, "--kind", "incremental").out
    assert len(archives(desk)) == 1
    put(desk, "b63/f1", "one")
    put(desk, "b63/f2", "two")
    (desk / "work/b63/f3").unlink()
    run(desk, "--kind", "incremental")
    assert inside(archives(desk)[-1]) == {"f1", "f2"}
    assert "nothing changed" in run(desk, "--kind", "incremental").out


def test_what_mtimes_do_not_tell_is_told(desk: Path) -> None:
    declare(desk)
    edited = desk / "work/b63/f1"
    old = put(desk, "elsewhere/old", "from elsewhere")
    os.utime(old, (0, 0))
    run(desk, "b63")
    times = edited.stat()
    edited.write_text("x")
    os.utime(edited, ns=(times.st_atime_ns, times.st_mtime_ns))
    old.rename(desk / "work/b63/moved-in")
    (desk / "work/b63/f5").chmod(0o600)
    run(desk, "b63", "--kind", "incremental")
    assert inside(archives(desk)[-1]) == {"f1", "f5", "moved-in"}


def test_retention_leaves_the_newest_and_what_it_builds_on(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", keep: {daily: {keep_last: 2}, incremental: {keep_last: 1}}')
    for number in range(4):
        put(desk, "b63/f0", f"again {number}")
        run(desk)
    names = [path.name for path in archives(desk)]
    assert len(names) == 2
    put(desk, "b63/f0", "more")
    run(desk, "--kind", "incremental")
    run(desk)
    run(desk)
    assert [path.name for path in archives(desk)][:2] == [names[1], archives(desk)[1].name]
    assert len(archives(desk)) == 4
    assert "builds on it" in run(desk, "list").out


def test_an_archive_that_is_damaged_or_unknown_counts_for_nothing(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", keep: {daily: {keep_last: 1}}')
    run(desk)
    (first,) = archives(desk)
    (desk / ".reshelve/backups/main/b63.json").unlink()
    assert "not verified" in run(desk, "list").out
    run(desk)
    assert len(archives(desk)) == 2
    run(desk, "verify")
    second = archives(desk)[1]
    content = bytearray(second.read_bytes())
    content[len(content) // 2] ^= 255
    second.write_bytes(content)
    assert "damaged" in call(desk, "backup", "verify").out
    assert call(desk, "backup", "verify").code == 1
    assert call(desk, "backup", "restore", "b63", "--to", "work:back", "--yes").code == 0
    assert first.exists() and second.exists()


def test_copies_are_verified_and_one_that_fails_spoils_nothing(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", copies: ["vault:{project}"], keep: {daily: {keep_last: 1}}')
    run(desk)
    (made,) = archives(desk)
    assert archives(desk, "vault/b63")[0].read_bytes() == made.read_bytes()
    (desk / "vault").rename(desk / "gone")
    put(desk, "b63/f0", "more")
    came = run(desk, code=1)
    assert "not-copied" in came.err
    (second,) = archives(desk)
    assert second.name != made.name
    assert [row["state"] for row in rows(desk, "list")] == ["verified"]
    (desk / "gone").rename(desk / "vault")
    put(desk, "b63/f0", "and more")
    run(desk)
    assert [path.read_bytes() for path in archives(desk, "vault/b63")] == [path.read_bytes() for path in archives(desk)]


def test_weekly_archives_go_where_they_are_stored(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", archive_storage_path: "vault:weekly/{project}"')
    run(desk, "--kind", "weekly")
    (made,) = archives(desk, "vault/weekly/b63")
    assert "_week_" in made.name
    assert not (desk / "work/b63/Backups").exists()
    run(desk, "restore", "b63", "--to", "work:back")
    assert tree(desk / "work/back") == tree(desk / "work/b63")


def test_backups_of_others_are_not_backed_up_whatever_their_folder_is_called(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", projects: [b63], to: "work:b64/{project}"')
    put(desk, "b64/own", "x")
    run(desk)
    with (desk / "reshelve.yaml").open("a") as settings:
        settings.write('  other: {of: "work:b64"}\n')
    run(desk, "other")
    assert inside(archives(desk, "work/b64/Backups")[0]) == {"own"}


def test_a_project_says_its_own_schedule(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", schedule: weekly')
    put(desk, "b63/project_config.json", '{"settings": {"backup_schedule": "off"}}')
    put(desk, "b64/x", "x")
    run(desk, "due")
    assert not archives(desk)
    assert len(archives(desk, "work/b64/Backups")) == 1
    assert "Nothing is due." in run(desk, "due").out
    put(desk, "b63/project_config.json", '{"settings": {"backup_schedule": "often"}}')
    assert "project-setting" in run(desk, "due").err
    assert len(archives(desk)) == 1


def test_what_cannot_be_packed_is_told_and_the_rest_is_backed_up(desk: Path) -> None:
    declare(desk)
    (desk / "work/b63/out").symlink_to("/etc/passwd")
    os.mkfifo(desk / "work/b63/pipe")
    came = run(desk)
    assert came.err.count("not-backed-up") == 2
    assert len(inside(archives(desk)[0])) == 10


def test_names_that_are_none_and_workspaces_without_backups(desk: Path) -> None:
    declare(desk)
    assert call(desk, "backup", "b99", "--yes").code == 64
    (desk / "reshelve.yaml").write_text("version: 1\nstores: {work: {path: work}}\n")
    assert call(desk, "backup", "--yes").code == 1


def test_copies_in_a_bucket_are_kept_listed_verified_and_restored_from(desk: Path) -> None:
    buckets = CaseBuckets()
    with buckets.served():
        declare(desk, 'of: "work:{project}", format: zip, copies: ["cloud:project_backups/{project}"]')
        in_bucket(desk, "{s3: bucket, region: us-east-1}")
        put(desk, "b63/f1", "one")
        run(desk)
        put(desk, "b63/f1", "again")
        run(desk, "--kind", "incremental")
        names = [path.name for path in archives(desk)]
        service = buckets.service("bucket")
        assert sorted(key for key in service.keys) == [f"project_backups/b63/{name}" for name in names]
        for path in archives(desk):
            path.unlink()
        assert {row["folder"] for row in rows(desk, "list")} == {"cloud:project_backups/b63"}
        run(desk, "restore", "b63", "--to", "work:back")
        assert tree(desk / "work/back") == tree(desk / "work/b63")
        assert {row["state"] for row in rows(desk, "verify")} == {"verified"}


@pytest.mark.slow
def test_a_bucket_that_does_not_answer_spoils_nothing_here(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    declare(desk, 'of: "work:{project}", copies: ["cloud:{project}"]')
    in_bucket(desk, "{s3: bucket, region: us-east-1, endpoint_url: 'http://127.0.0.1:9'}")
    came = run(desk, code=1)
    assert "not-copied" in came.err and "Verified." in came.out
    assert [row["state"] for row in rows(desk, "list")] == ["verified"]


def test_a_whole_store_and_names_that_are_no_text(desk: Path) -> None:
    declare(desk, 'of: "work:"')
    odd = os.fsdecode(b"caf\xe9")
    put(desk, f"{odd}/x", "x")
    put(desk, "b63/[a]*?", "globs")
    run(desk)
    put(desk, f"{odd}/x", "again")
    (desk / "work/b63/[a]*?").unlink()
    run(desk, "--kind", "incremental")
    run(desk, "restore", "main", "--to", "vault:back")
    assert tree(desk / "vault/back") == tree(desk / "work")
    declare(desk, 'of: "work:{project}"')
    run(desk, odd)
    put(desk, f"{odd}/x", "and again")
    run(desk, odd, "--kind", "incremental")
    run(desk, "restore", odd, "--to", "vault:odd")
    assert tree(desk / "vault/odd") == {"x": "and again"}


LOST = 'of: "work:{project}", to: "vault:{project}"'


def test_a_folder_that_is_gone_comes_back_from_its_archives(desk: Path) -> None:
    declare(desk, LOST)
    run(desk)
    put(desk, "b63/f1", "again")
    run(desk, "--kind", "incremental")
    before = tree(desk / "work/b63")
    shutil.rmtree(desk / "work/b63")
    assert {(row["of"], row["state"]) for row in rows(desk, "list")} == {("main/b63", "verified")}
    assert [row["state"] for row in rows(desk, "verify")] == ["verified", "verified"]
    shutil.rmtree(desk / ".reshelve/backups")
    assert [row["state"] for row in rows(desk, "list")] == ["not verified", "not verified"]
    assert [row["state"] for row in rows(desk, "verify")] == ["verified", "verified"]
    run(desk, "restore", "b63", "--to", "vault:back")
    assert tree(desk / "vault/back") == before
    run(desk, "restore", "main/b63", "--to", "work:b63")
    assert tree(desk / "work/b63") == before
    assert "folder-gone" not in run(desk).err


def test_a_folder_that_is_gone_is_told_and_no_archive_of_it_is_made_or_goes(desk: Path) -> None:
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 3}}}}, schedule: hourly")
    put(desk, "b64/x", "x")
    for _ in range(3):
        run(desk)
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 1}}}}, schedule: hourly")
    shutil.rmtree(desk / "work/b63")
    there = set(archives(desk, "vault/b63"))
    came = run(desk)
    assert "warning[folder-gone]" in came.err and "reshelve backup restore main/b63 --to work:b63" in came.err
    assert "error[folder-gone]" in run(desk, "b63", code=1).err
    assert "folder-gone" in run(desk, "due").err
    assert set(archives(desk, "vault/b63")) == there and len(archives(desk, "vault/b64")) == 2
    kept = [event["kept"] for event in rows(desk, "list") if event["of"] == "main/b63"]
    assert len(kept) == 3 and kept.count(["its folder is gone"]) == 2
    came = call(desk, "health")
    assert came.code == 0 and "work:b63: The folder of a project is gone." in came.out
    declare(desk, f"{LOST}, except: [b63]")
    assert {row["of"] for row in rows(desk, "list")} == {"main/b64"}
    assert "is gone" not in call(desk, "health").out


def test_a_folder_that_is_gone_with_its_archives_comes_back_from_a_copy(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", copies: ["vault:copies/{project}/all"]')
    run(desk)
    before = tree(desk / "work/b63")
    shutil.rmtree(desk / "work/b63")
    assert {row["folder"] for row in rows(desk, "list")} == {"vault:copies/b63/all"}
    run(desk, "restore", "b63")
    assert tree(desk / "work/b63") == before


def test_archives_of_another_set_are_no_lost_project(desk: Path) -> None:
    declare(desk, LOST)
    with (desk / "reshelve.yaml").open("a") as settings:
        settings.write('  other: {of: "vault:of/{project}", to: "vault:{project}"}\n')
    (desk / "vault/of").mkdir()
    run(desk, "main")
    shutil.rmtree(desk / "work/b63")
    (desk / "vault/notes").mkdir()
    assert {row["of"] for row in rows(desk, "list")} == {"main/b63"}
    run(desk, "restore", "b63", "--to", "vault:back")


def test_of_a_store_that_is_away_every_archive_stays(desk: Path) -> None:
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 3}}}}")
    run(desk)
    run(desk)
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 1}}}}")
    (desk / "work").rename(desk / "away")
    there = set(archives(desk, "vault/b63"))
    said = run(desk, "due", code=1).err
    assert "store-unavailable" in said and "folder-gone" not in said
    assert set(archives(desk, "vault/b63")) == there
    run(desk, "restore", "b63", "--to", "vault:back")
    assert len(files(desk / "vault/back")) == 10
