"""Sync through the command line: people with folders and state of their own, and a bucket in memory that all of them see."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.schemas.locations import is_own
from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import Came, call

WORKSPACE = """\
version: 1
stores:
  work: {{path: .}}
  collab: {{s3: collab}}
sync:
  staging: {{here: "work:{{project}}/s3-staging", there: "collab:v-appydave/{{project}}"{more}}}
"""


class People:
    """Folders of several people, and what a person does in them."""

    def __init__(self, folder: Path, buckets: CaseBuckets) -> None:
        self.folder = folder
        self.buckets = buckets
        self.project = "b63-flivideo"

    def join(self, *names: str, more: str = "") -> None:
        for name in names:
            (self.folder / name / self.project).mkdir(parents=True)
            text = WORKSPACE.format(more=f", user: {name}{more}")
            (self.folder / name / "reshelve.yaml").write_text(text)

    def staging(self, person: str) -> Path:
        return self.folder / person / self.project / "s3-staging"

    def write(self, person: str, name: str, text: str) -> Path:
        path = self.staging(person) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def here(self, person: str) -> dict[str, str]:
        top = self.staging(person)
        files = (path for path in top.rglob("*") if path.is_file())
        return {path.relative_to(top).as_posix(): path.read_text() for path in files if path.name != ".gitignore"}

    def there(self) -> dict[str, str]:
        top = f"v-appydave/{self.project}/"
        found = self.buckets.service("collab").keys
        shared = {key.removeprefix(top): versions[-1] for key, versions in found.items() if key.startswith(top)}
        return {
            name: version.content.decode()
            for name, version in shared.items()
            if not version.marker and not is_own(name.partition("/")[0]) and name != "metadata.json"
        }

    def view(self) -> dict[str, object]:
        return json.loads(self.buckets.service("collab").keys[f"v-appydave/{self.project}/metadata.json"][-1].content)

    def run(self, person: str, *args: str) -> Came:
        with self.buckets.served():
            return call(self.folder / person, *args)

    def sync(self, person: str, *args: str) -> Came:
        came = self.run(person, "sync", *args, "--yes")
        assert came.code == 0, (came.out, came.err)
        return came


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    return People(tmp_path, CaseBuckets())


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
    people.sync("jan")
    (people.folder / "ann/.reshelve/sync/staging.json").unlink()
    people.sync("ann")
    assert people.there() == {}
    people.write("jan", "draft.mp4", "an edit is stronger")
    people.sync("jan")
    assert people.there() == {"draft.mp4": "an edit is stronger"}
    people.sync("david", "--again")
    assert people.there() == {"draft.mp4": "an edit is stronger", "cut/b.wav": "sound"}


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
    assert "cannot be read" in came.err
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
    people.sync("david")
    assert people.here("david") == people.there() == {"draft.mp4": "second"}
    people.sync("jan")
    assert people.run("jan", "undo", "--yes").code == 0
    assert people.here("jan") == {"draft.mp4": "first"}
    people.sync("jan")
    assert people.here("jan") == {"draft.mp4": "second"}


def test_up_and_down_are_halves_of_one_plan(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "a")
    people.write("jan", "b.mp4", "b")
    people.sync("jan", "up")
    people.sync("david", "up")
    assert people.here("david") == {"a.mp4": "a"}
    assert people.there() == {"a.mp4": "a", "b.mp4": "b"}
    people.sync("david", "down")
    people.write("david", "c.mp4", "c")
    people.sync("david", "down")
    assert people.here("david") == {"a.mp4": "a", "b.mp4": "b", "c.mp4": "c"}
    assert "c.mp4" not in people.there()


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


def test_junk_is_not_shared_and_git_leaves_the_folder_alone(people: People) -> None:
    people.join("david")
    (people.folder / "david/.git").mkdir()
    (people.folder / "david/.git/HEAD").write_text("ref: refs/heads/main\n")
    for name in ("a.mp4", ".DS_Store", "a.mp4:Zone.Identifier", "cut/Thumbs.db", "metadata.json"):
        people.write("david", name, name)
    people.sync("david")
    assert set(people.there()) == {"a.mp4"}
    assert (people.staging("david") / ".gitignore").read_text() == "*\n"
    assert "nothing differs" in people.sync("david").out


def test_a_file_still_being_written_is_left_for_the_next_time(people: People) -> None:
    people.join("david")
    people.write("david", "a.mp4", "a")
    path = people.write("david", "b.mp4", "half")
    with path.open("a") as file:
        file.write(" of it")
        came = people.sync("david")
        assert "b.mp4" in came.err
        assert set(people.there()) == {"a.mp4"}
    people.sync("david")
    assert people.there()["b.mp4"] == "half of it"


def test_the_view_tells_who_put_what_there_and_is_repaired(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    people.write("jan", "b.wav", "b")
    people.sync("jan")
    people.sync("david")
    view = people.view()
    assert (view["project_id"], view["repo"]) == ("b63-flivideo", "v-appydave")
    files = view["files"]
    assert isinstance(files, list)
    assert [(each["name"], each["uploaded_by"], len(each["md5"])) for each in files] == [
        ("a.mp4", "david", 32),
        ("b.wav", "jan", 32),
    ]
    service = people.buckets.service("collab")
    del service.keys["v-appydave/b63-flivideo/metadata.json"]
    people.sync("david")
    assert people.view() == view


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


def test_names_of_projects(people: People) -> None:
    people.join("david")
    for project in ("b63-flivideo", "b64-other", "b64-third", "c7"):
        path = people.folder / "david" / project / "s3-staging" / "a.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(project)
    came = people.run("david", "sync", "b64", "--dry-run")
    assert came.code == 64
    assert "b64-other, b64-third" in came.err
    came = people.run("david", "sync", "b9", "--dry-run")
    assert came.code == 64
    people.sync("david", "b64*")
    keys = {key.split("/")[1] for key in people.buckets.service("collab").keys}
    assert keys == {"b64-other", "b64-third"}
    people.sync("david", "C7")
    keys = {key.split("/")[1] for key in people.buckets.service("collab").keys}
    assert keys == {"b64-other", "b64-third", "c7"}


def test_nobody_shares_without_a_name(people: People) -> None:
    people.join("david")
    file = people.folder / "david/reshelve.yaml"
    file.write_text(file.read_text().replace(", user: david", ""))
    people.write("david", "a.mp4", "a")
    came = people.run("david", "sync", "--yes")
    assert came.code == 1
    assert "reshelve.local.yaml" in came.err
    (people.folder / "david/reshelve.local.yaml").write_text("version: 1\nsync: {staging: {user: dave}}\n")
    people.sync("david")
    files = people.view()["files"]
    assert isinstance(files, list)
    assert files[0]["uploaded_by"] == "dave"


def test_nothing_changed_costs_one_listing_and_reads_nothing(people: People) -> None:
    people.join("david")
    for number in range(30):
        people.write("david", f"{number}.mp4", str(number))
    people.sync("david")
    service = people.buckets.service("collab")
    calls, reads = service.calls, service.reads
    people.sync("david")
    assert (service.calls - calls, service.reads - reads) == (1, 0)


def test_status_is_events_too(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    came = people.run("jan", "sync", "status", "--all", "--json")
    (project,) = [event for event in came.events if event["type"] == "sync-project"]
    assert project["state"] == "differs"
    assert project["differences"] == [{"name": "a.mp4", "what": "download", "uploaded_by": "david"}]
    assert project["last_by"] == "david"


def test_a_conflicting_copy_goes_up_before_the_name_changes_hands(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "by david")
    people.write("jan", "a.mp4", "by jan")
    people.sync("david")
    came = people.run("jan", "sync", "--dry-run", "--json")
    order = [event["op"] for event in came.events if event["type"] == "operation"]
    assert order == ["upload", "move", "download"]


def test_a_link_lasts_a_week_at_most(people: People) -> None:
    people.join("david")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    assert people.run("david", "sync", "link", "a.mp4", "--expires", "7d").out.startswith("https://")
    assert people.run("david", "sync", "link", "b63/a.mp4", "--expires", "8d").code == 64
    assert people.run("david", "sync", "link", "b63/b.mp4").code == 1


def test_a_project_that_is_only_in_the_bucket_comes_by_its_short_name(people: People) -> None:
    people.join("david")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    (people.folder / "jan").mkdir()
    (people.folder / "jan/reshelve.yaml").write_text(WORKSPACE.format(more=", user: jan"))
    people.sync("jan", "down", "b63")
    assert people.here("jan") == {"a.mp4": "a"}


def test_a_sync_killed_between_its_effects_is_settled_and_nothing_is_sent_twice(people: People) -> None:
    from reshelve.session.session_syncs import Syncs

    people.join("david", "jan")
    people.write("david", "a.mp4", "by david")
    people.write("jan", "a.mp4", "by jan")
    people.sync("david")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Syncs, "settled", die)
        assert people.run("jan", "sync", "--yes").code == 130
    assert not (people.folder / "jan/.reshelve/sync").exists()
    assert people.here("jan") == people.there() == {"a.mp4": "by david", "a-jan.mp4": "by jan"}
    came = people.run("jan", "sync", "--yes", "--json")
    assert [event for event in came.events if event["type"] == "operation"] == []
    people.sync("david")
    assert people.here("david") == people.there()


def test_a_hundred_projects_are_one_listing(people: People) -> None:
    people.join("david")
    for number in range(100):
        path = people.folder / "david" / f"c{number:03}-x" / "s3-staging" / "a.mp4"
        path.parent.mkdir(parents=True)
        path.write_text(str(number))
    people.sync("david")
    service = people.buckets.service("collab")
    calls, reads = service.calls, service.reads
    came = people.run("david", "sync", "status", "--all")
    assert (service.calls - calls, service.reads - reads) == (1, 0)
    assert came.out.count("in sync; last sync") == 100
