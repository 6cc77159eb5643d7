"""Two people change one file: both contents stay, whoever comes first."""

import os

import pytest

from tests.support.syncpeople import People


def test_both_edit_one_file_and_both_contents_are_with_both(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.sync("jan")
    people.write("david", "draft.mp4", "by david")
    people.write("jan", "draft.mp4", "by jan")
    people.sync("jan")
    came = people.sync("david")
    assert "the one from jan" in came.out
    people.sync("jan")
    both = {"draft.mp4": "by jan", "draft-david.mp4": "by david"}
    assert people.here("david") == people.here("jan") == people.there() == both
    for name in ("david", "jan"):
        assert "nothing differs" in people.run(name, "sync").out


def test_both_add_one_name_at_the_same_moment(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", "by david")
    people.write("jan", "draft.mp4", "by jan")
    service = people.buckets.service("collab")

    def first(key: str) -> None:
        from reshelve.executors.stores.doubles.memory_service import Version, etag_of

        service.put(key, Version("", content=b"by jan", etag=etag_of([b"by jan"])), create=None)

    service.before_put = first
    came = people.run("david", "sync", "--yes")
    assert came.code == 3, "nothing else was to be done, so all of it was taken back"
    assert people.there() == {"draft.mp4": "by jan"}
    people.sync("david")
    assert people.here("david") == people.there() == {"draft.mp4": "by jan", "draft-david.mp4": "by david"}


@pytest.mark.parametrize("versioned", [True, False])
def test_an_upload_replaces_only_what_was_last_seen(people: People, versioned: bool) -> None:
    people.buckets.lay("" if versioned else "s3://collab unversioned\n")
    people.join("david", "jan")
    people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.write("david", "draft.mp4", "second")
    service = people.buckets.service("collab")
    from reshelve.executors.stores.doubles import memory_bucket
    from reshelve.executors.stores.doubles.memory_service import Version, etag_of

    real = memory_bucket.MemoryBucket.look
    went: list[str] = []

    def look(bucket: memory_bucket.MemoryBucket, rel: str) -> object:
        seen = real(bucket, rel)
        if rel.endswith("draft.mp4") and not went:
            went.append(rel)
            service.put(bucket.key(rel), Version("", content=b"by jan", etag=etag_of([b"by jan"])), create=None)
        return seen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_bucket.MemoryBucket, "look", look)
        people.run("david", "sync", "--yes")
    assert went
    if versioned:
        # What came between the look and the delete marker is in the bucket again.
        assert people.there() == {"draft.mp4": "by jan"}
        people.sync("david")
        assert people.there() == {"draft.mp4": "by jan", "draft-david.mp4": "second"}


def test_an_edit_of_the_same_size_and_time_is_seen(people: People) -> None:
    people.join("david", "jan")
    path = people.write("david", "draft.mp4", "first")
    people.sync("david")
    people.sync("jan")
    before = path.stat()
    path.write_text("other")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    people.sync("david")
    people.sync("jan")
    assert people.here("jan") == {"draft.mp4": "other"}


def test_the_halves_of_a_conflict_lose_nothing_either(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "by david")
    people.write("jan", "a.mp4", "by jan")
    people.sync("david", "up")
    people.sync("jan", "up")
    assert people.there() == {"a.mp4": "by david", "a-jan.mp4": "by jan"}
    assert people.here("jan") == {"a.mp4": "by jan"}
    people.sync("jan", "down")
    assert people.here("jan") == people.there()
    assert "nothing differs" in people.sync("jan").out


@pytest.mark.slow
def test_twelve_people_at_once_lose_nothing_where_conditions_are_ignored(people: People) -> None:
    people.buckets.service("collab").create_only = "versioned"
    names = [f"p{number:02}" for number in range(12)]
    people.join(*names)
    for name in names:
        people.write(name, f"{name}.mp4", name)
        people.write(name, "all.mp4", f"of {name}")
    for _ in range(2):
        for name in names:
            people.sync(name)
    everything = people.there()
    assert set(everything.values()) == {*names, *(f"of {name}" for name in names)}
    for name in names:
        assert people.here(name) == everything
    files = people.view()["files"]
    assert isinstance(files, list)
    assert len(files) == 24


def test_a_conflicting_copy_goes_up_before_the_name_changes_hands(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "by david")
    people.write("jan", "a.mp4", "by jan")
    people.sync("david")
    came = people.run("jan", "sync", "--dry-run", "--json")
    order = [event["op"] for event in came.events if event["type"] == "operation"]
    assert order == ["upload", "move", "download"]


def test_whose_file_kept_the_name_is_told_of_the_other(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "cut/draft.mp4", "david's")
    people.write("jan", "cut/draft.mp4", "jan's")
    people.sync("david")
    assert ", beside cut" not in people.sync("jan").out
    assert ", beside cut/draft.mp4" in people.sync("david").out
    told = people.run("david", "sync", "status").out.splitlines()
    assert [line.endswith(", beside cut/draft.mp4") for line in told if "=" in line] == [True, False], told
