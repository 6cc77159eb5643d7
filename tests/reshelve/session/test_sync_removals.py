"""What is removed, renamed, cleaned up or undone on one side, and a side that is empty at once."""

import pytest

from tests.support.syncpeople import WORKSPACE, People


def test_clean_up_leaves_what_is_here_and_is_remembered(people: People) -> None:
    people.join("david", "jan", "ann")
    people.write("david", "draft.mp4", "first")
    people.write("david", "cut/b.wav", "sound")
    for name in ("david", "jan", "ann"):
        people.sync(name)
    people.run("david", "sync", "clean", "b63", "--yes")
    assert people.there() == {}
    assert set(people.here("david")) == {"draft.mp4", "cut/b.wav"}
    came = people.run("jan", "sync", "status", "b63")
    assert "removed from the bucket by david" in came.out
    assert "david removed 2 files from the bucket" in people.sync("jan").out
    assert "david (you) removed 2 files" in people.sync("david").out
    (people.folder / "ann/.reshelve/sync/staging.json").unlink()
    people.sync("ann")
    assert people.there() == {}
    people.write("jan", "draft.mp4", "an edit is stronger")
    people.sync("jan")
    assert people.there() == {"draft.mp4": "an edit is stronger"}
    people.sync("david", "--again")
    assert people.there() == {"draft.mp4": "an edit is stronger", "cut/b.wav": "sound"}


def test_what_an_undo_brings_back_is_still_told_of_who_put_it_there(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "one")
    people.run("david", "sync", "--yes")
    people.run("david", "sync", "clean", "b63", "--yes")
    people.run("david", "undo", "--yes")
    for person in ("david", "jan"):
        assert "draft.mp4" in (said := people.run(person, "sync", "status", "b63").out) and "from david" in said


def test_a_side_that_was_emptied_is_refused_until_somebody_says_what_is_meant(people: People) -> None:
    people.join("david", "jan")
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        people.write("david", name, name)
    people.sync("david")
    people.sync("jan")
    away = people.staging("jan").rename(people.folder / "away")
    came = people.run("jan", "sync", "--yes", "--delete")
    assert came.code == 7
    assert "emptied" in came.err
    assert len(people.there()) == 3
    away.rename(people.staging("jan"))
    service = people.buckets.service("collab")
    for key in list(service.keys):
        if key.endswith(".mp4"):
            del service.keys[key]
    came = people.run("jan", "sync", "--yes")
    assert came.code == 7
    assert "nobody's record" in came.err
    people.sync("jan", "--again")
    assert len(people.there()) == 3


def test_an_emptied_bucket_can_be_let_be(people: People) -> None:
    people.join("david", "jan")
    for name in ("a.mp4", "b.mp4"):
        people.write("david", name, name)
    people.sync("david")
    people.sync("jan")
    service = people.buckets.service("collab")
    for key in list(service.keys):
        if key.endswith(".mp4"):
            del service.keys[key]
    came = people.run("david", "sync", "clean", "b63", "--yes")
    assert came.code == 0, came.err
    assert "nothing differs" in people.sync("david").out
    assert "nothing differs" in people.sync("jan").out
    assert people.there() == {}


def test_a_bucket_that_cannot_be_listed_is_never_taken_for_empty(people: People) -> None:
    people.join("david")
    for name in ("a.mp4", "b.mp4"):
        people.write("david", name, name)
    people.sync("david")
    from reshelve.executors.stores.doubles import memory_bucket

    def refuse(*_: object) -> None:
        raise OSError(13, "access is denied (ListBucket)", "s3://collab")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_bucket.MemoryBucket, "list_all", refuse)
        came = people.run("david", "sync", "--yes", "--delete")
    assert came.code == 1
    assert "A side of the sync is not available" in came.err
    assert len(people.here("david")) == len(people.there()) == 2


def test_who_loses_the_base_loses_nothing(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.write("david", "same.mp4", "same")
    people.sync("david")
    people.sync("jan")
    people.write("jan", "draft.mp4", "by jan")
    people.sync("jan")
    people.write("david", "draft.mp4", "by david")
    (people.folder / "david/.reshelve/sync/staging.json").write_text("{")
    people.sync("david")
    assert people.here("david") == {"draft.mp4": "by jan", "draft-david.mp4": "by david", "same.mp4": "same"}


def test_an_undo_takes_what_was_known_back_too(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.sync("jan")
    people.write("david", "draft.mp4", "second")
    people.sync("david")
    assert people.run("david", "undo", "--yes").code == 0
    assert people.there() == {"draft.mp4": "first"}
    assert people.here("david") == {"draft.mp4": "second"}
    # It is held, and said, as long as nobody edits it or asks for it.
    for _ in range(3):
        came = people.sync("david")
        assert "held-back" in came.err and people.there() == {"draft.mp4": "first"}
    assert "nothing differs" in people.run("jan", "sync").out
    people.sync("david", "--again")
    assert people.here("david") == people.there() == {"draft.mp4": "second"}
    people.sync("jan")
    assert people.run("jan", "undo", "--yes").code == 0
    assert people.here("jan") == {"draft.mp4": "first"}
    for _ in range(3):
        assert "held-back" in people.sync("jan").err and people.here("jan") == {"draft.mp4": "first"}
    assert people.run("jan", "release").code == 0
    people.sync("jan")
    assert people.here("jan") == {"draft.mp4": "second"}


def test_removed_here_stays_in_the_bucket_unless_told(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "a")
    people.write("david", "b.mp4", "b")
    people.sync("david")
    people.sync("jan")
    (people.staging("david") / "a.mp4").unlink()
    people.sync("david")
    assert set(people.there()) == {"a.mp4", "b.mp4"}
    people.sync("david", "--delete")
    assert set(people.there()) == {"b.mp4"}
    came = people.run("jan", "sync", "status", "b63")
    assert "removed from the bucket by david" in came.out
    people.sync("jan")
    assert set(people.there()) == {"b.mp4"}
    assert set(people.here("jan")) == {"a.mp4", "b.mp4"}


def test_a_rename_is_no_new_upload(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    people.sync("jan")
    (people.staging("david") / "a.mp4").rename(people.staging("david") / "b.mp4")
    came = people.run("david", "sync", "--yes", "--json")
    done = [event for event in came.events if event["type"] == "operation"]
    assert [event["op"] for event in done] == ["move"]
    came = people.run("jan", "sync", "--yes", "--json")
    assert [event["op"] for event in came.events if event["type"] == "operation"] == ["move"]
    assert people.here("jan") == people.there() == {"b.mp4": "a"}


def test_an_edit_after_an_undo_is_new_and_other_files_go_on(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.sync("jan")
    assert people.run("david", "undo", "--yes").code == 0
    assert people.there() == {} and people.here("david") == {"draft.mp4": "first"}
    people.write("david", "other.mp4", "other")
    came = people.sync("david")
    assert "held-back" in came.err and people.there() == {"other.mp4": "other"}
    people.write("david", "draft.mp4", "an edit")
    assert "held-back" not in people.sync("david").err
    assert people.there() == {"draft.mp4": "an edit", "other.mp4": "other"}


def test_a_rename_that_was_taken_back_is_held_too(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.write("david", "other.mp4", "other")
    people.sync("david")
    (people.staging("david") / "draft.mp4").rename(people.staging("david") / "final.mp4")
    people.sync("david")
    assert people.run("david", "undo", "--yes").code == 0
    assert people.there() == {"draft.mp4": "first", "other.mp4": "other"}
    for _ in range(2):
        assert "held-back" in people.sync("david").err and "draft.mp4" in people.there()
    people.sync("david", "--again")
    assert "final.mp4" in people.there()


@pytest.mark.parametrize("edited", [False, True])
def test_a_clean_up_stops_for_what_may_be_only_in_the_bucket(people: People, edited: bool) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.sync("jan")
    people.write("jan", "draft.mp4" if edited else "more.mp4", "by jan")
    people.sync("jan")
    before = people.there()
    came = people.run("david", "sync", "clean", "b63", "--yes")
    assert came.code == 7 and "error[only-there]" in came.err and "--only-copy" in came.err and people.there() == before
    assert "Plan" not in came.out
    came = people.run("david", "sync", "clean", "b63", "--dry-run")
    assert came.code == 0 and "warning[only-there]" in came.err
    assert people.run("david", "sync", "clean", "b63", "--yes", "--only-copy").code == 0 and people.there() == {}


def test_status_of_an_emptied_side_is_an_error(people: People) -> None:
    people.join("david")
    for name in ("a.mp4", "b.mp4"):
        people.write("david", name, name)
    people.sync("david")
    for name in ("a.mp4", "b.mp4"):
        (people.staging("david") / name).unlink()
    came = people.run("david", "sync", "status")
    assert came.code == 1 and "error[side-emptied]" in came.err


def test_a_second_machine_of_one_person_hears_who_cleaned_up(people: People) -> None:
    people.join("david")
    (people.folder / "laptop" / people.project).mkdir(parents=True)
    (people.folder / "laptop" / "reshelve.yaml").write_text(WORKSPACE.format(more=", user: david"))
    people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.sync("laptop")
    assert people.run("david", "sync", "clean", "b63", "--yes").code == 0
    for _ in range(2):
        assert "david (you) removed 1 file from the bucket; it stays here" in people.sync("laptop").out
    assert people.there() == {} and people.here("laptop") == {"draft.mp4": "first"}
