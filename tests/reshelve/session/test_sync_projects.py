"""What is shared of which project, by whom, and what is told of it."""

from tests.support.syncpeople import WORKSPACE, People


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


def test_status_is_events_too(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    came = people.run("jan", "sync", "status", "--all", "--json")
    (project,) = [event for event in came.events if event["type"] == "sync-project"]
    assert project["state"] == "differs"
    assert project["differences"] == [{"name": "a.mp4", "what": "download", "uploaded_by": "david"}]
    assert project["last_by"] == "david"


def test_a_link_lasts_a_week_at_most(people: People) -> None:
    people.join("david")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    assert people.run("david", "sync", "link", "a.mp4", "--expires", "7d").out.startswith("https://")
    assert people.run("david", "sync", "link", "b63/a.mp4", "--expires", "8d").code == 64
    assert people.run("david", "sync", "link", "b63/b.mp4").code == 1


def test_a_link_is_found_by_name_by_short_name_and_by_path(people: People) -> None:
    people.join("david")
    for name in ("a.mp4", "cut/b.mp4"):
        people.write("david", name, name)
    other = people.folder / "david/b64-other/s3-staging"
    other.mkdir(parents=True)
    (other / "a.mp4").write_text("other")
    people.sync("david")
    wanted = "https://memory.invalid/v-appydave/b63-flivideo/cut/b.mp4"
    for file in ("cut/b.mp4", "b63/cut/b.mp4", "b63-flivideo/cut/b.mp4", "b63-flivideo/s3-staging/cut/b.mp4"):
        assert people.run("david", "sync", "link", file).out.startswith(wanted), file
    for inside, file in (
        ("", "cut/b.mp4"),
        ("", "s3-staging/cut/b.mp4"),
        ("s3-staging/cut", "b.mp4"),
        ("s3-staging", "../s3-staging/cut/b.mp4"),
    ):
        came = people.run(f"david/b63-flivideo/{inside}", "sync", "link", file)
        assert came.out.startswith(wanted), (inside, file, came.err)
    came = people.run("david", "sync", "link", "a.mp4")
    assert came.code == 1 and "b63-flivideo/a.mp4, b64-other/a.mp4." in came.err
    for file in ("cut/c.mp4", "b63/cut/c.mp4", "metadata.json", "b63/metadata.json", "b63/.reshelve-sync/david.json", "/", "."):
        came = people.run("david", "sync", "link", file)
        assert came.code in (1, 64) and not came.out, file


def test_nobody_is_given_a_link_to_what_is_archived(people: People) -> None:
    people.join("david")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    people.buckets.service("collab").keys["v-appydave/b63-flivideo/a.mp4"][-1].storage_class = "GLACIER"
    came = people.run("david", "sync", "link", "b63/a.mp4")
    assert came.code == 1 and "error[archived]" in came.err and not came.out


def test_a_project_that_is_only_in_the_bucket_comes_by_its_short_name(people: People) -> None:
    people.join("david")
    people.write("david", "a.mp4", "a")
    people.sync("david")
    (people.folder / "jan").mkdir()
    (people.folder / "jan/reshelve.yaml").write_text(WORKSPACE.format(more=", user: jan"))
    people.sync("jan", "down", "b63")
    assert people.here("jan") == {"a.mp4": "a"}
