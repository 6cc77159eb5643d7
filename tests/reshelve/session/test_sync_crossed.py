"""What crosses on its way: renames beside edits, names that change hands or case, a clean-up beside an upload, three people."""

import itertools

import pytest

from tests.support.syncpeople import People

ORDERS = list(itertools.permutations(("david", "jan", "ann")))


def _settled(people: People, *names: str, removed: str = "") -> dict[str, str]:
    """Sync everybody twice; hold that all sides are equal and nothing is left to do. Return what they hold.

    `removed` is a name that the first of them removed here alone: by the table that stays in the bucket.
    """
    for _ in range(2):
        for name in names:
            people.sync(name)
    for name in names:
        gone = {removed} if removed and name == names[0] else set()
        assert people.here(name) == {each: text for each, text in people.there().items() if each not in gone}, name
        assert "nothing differs" in people.run(name, "sync").out
    return people.there()


def _both_have(people: People, **files: str) -> None:
    people.join("david", "jan")
    for name, text in files.items():
        people.write("david", f"{name}.mp4", text)
    people.sync("david")
    people.sync("jan")


@pytest.mark.parametrize("first, second", [("david", "jan"), ("jan", "david")])
def test_one_renames_what_the_other_edits(people: People, first: str, second: str) -> None:
    _both_have(people, a="x")
    (people.staging("david") / "a.mp4").rename(people.staging("david") / "b.mp4")
    people.write("jan", "a.mp4", "y")
    people.sync(first)
    people.sync(second)
    assert _settled(people, "david", "jan") == {"a.mp4": "y", "b.mp4": "x"}


@pytest.mark.parametrize("first, second", [("david", "jan"), ("jan", "david")])
def test_both_rename_one_file_to_two_names(people: People, first: str, second: str) -> None:
    _both_have(people, a="x")
    for name, to in (("david", "b.mp4"), ("jan", "c.mp4")):
        (people.staging(name) / "a.mp4").rename(people.staging(name) / to)
    people.sync(first)
    people.sync(second)
    found = _settled(people, "david", "jan")
    assert set(found.values()) == {"x"} and {"b.mp4", "c.mp4"} <= set(found)


@pytest.mark.parametrize("first, second", [("david", "jan"), ("jan", "david")])
def test_a_file_is_renamed_to_a_name_just_freed(people: People, first: str, second: str) -> None:
    """And the other edits what stood there. What takes that name is sent, as an edit of it, and its old name stays."""
    _both_have(people, a="x", b="z")
    (people.staging("david") / "b.mp4").unlink()
    (people.staging("david") / "a.mp4").rename(people.staging("david") / "b.mp4")
    people.write("jan", "b.mp4", "by jan")
    people.sync(first)
    people.sync(second)
    found = _settled(people, "david", "jan", removed="a.mp4")
    assert {"x", "by jan"} <= set(found.values()), found


def test_a_file_is_renamed_to_a_name_freed_for_all(people: People) -> None:
    _both_have(people, a="x", b="z")
    (people.staging("david") / "b.mp4").unlink()
    people.sync("david", "--delete")
    (people.staging("david") / "a.mp4").rename(people.staging("david") / "b.mp4")
    service = people.buckets.service("collab")
    reads = service.reads
    people.sync("david")
    assert people.there() == {"b.mp4": "x"} and service.reads == reads, "the service renames it"
    people.sync("jan")
    for name in ("jan", "david"):
        assert "nothing differs" in people.sync(name).out
    # What stood there goes to Jan's trash; the old name stays with Jan, as whatever somebody removed does.
    assert people.here("david") == people.there() == {"b.mp4": "x"}
    assert people.here("jan") == {"a.mp4": "x", "b.mp4": "x"}


def test_two_files_change_names(people: People) -> None:
    _both_have(people, a="x", b="z")
    folder = people.staging("david")
    (folder / "a.mp4").rename(folder / "t.mp4")
    (folder / "b.mp4").rename(folder / "a.mp4")
    (folder / "t.mp4").rename(folder / "b.mp4")
    people.sync("david")
    assert _settled(people, "david", "jan") == {"a.mp4": "z", "b.mp4": "x"}


def test_a_chain_of_renames(people: People) -> None:
    _both_have(people, a="x", b="y", c="z")
    folder = people.staging("david")
    for name, to in (("c", "d"), ("b", "c"), ("a", "b")):
        (folder / f"{name}.mp4").rename(folder / f"{to}.mp4")
    people.sync("david")
    found = _settled(people, "david", "jan", removed="a.mp4")
    assert {found[name] for name in ("b.mp4", "c.mp4", "d.mp4")} == {"x", "y", "z"}


def test_a_rename_of_letters_alone(people: People) -> None:
    _both_have(people, draft="x")
    folder = people.staging("david")
    (folder / "draft.mp4").rename(folder / "Draft.mp4")
    people.sync("david")
    assert _settled(people, "david", "jan") == {"Draft.mp4": "x"}


def test_a_rename_of_letters_alone_beside_an_edit(people: People) -> None:
    _both_have(people, draft="x")
    folder = people.staging("david")
    (folder / "draft.mp4").rename(folder / "Draft.mp4")
    people.write("jan", "draft.mp4", "y")
    people.sync("jan")
    people.run("david", "sync", "--yes")
    people.run("jan", "sync", "--yes")
    contents = {*people.there().values(), *people.here("david").values(), *people.here("jan").values()}
    assert contents >= {"x", "y"}


def test_one_file_added_by_both_under_two_names(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "x")
    people.write("jan", "b.mp4", "x")
    people.sync("david")
    people.sync("jan")
    assert _settled(people, "david", "jan") == {"a.mp4": "x", "b.mp4": "x"}


@pytest.mark.parametrize("order", ORDERS)
def test_three_people_change_one_file(people: People, order: tuple[str, ...]) -> None:
    people.join("david", "jan", "ann")
    people.write("david", "a.mp4", "first")
    for name in ("david", "jan", "ann"):
        people.sync(name)
    for name in ("david", "jan", "ann"):
        people.write(name, "a.mp4", f"by {name}")
    for name in order:
        people.sync(name)
    found = _settled(people, "david", "jan", "ann")
    assert found["a.mp4"] == f"by {order[0]}"
    assert sorted(found.values()) == ["by ann", "by david", "by jan"]


@pytest.mark.parametrize("order", ORDERS)
def test_three_people_rename_edit_and_remove_one_file(people: People, order: tuple[str, ...]) -> None:
    people.join("david", "jan", "ann")
    people.write("david", "a.mp4", "x")
    people.write("david", "rest.mp4", "rest")
    for name in ("david", "jan", "ann"):
        people.sync(name)
    (people.staging("david") / "a.mp4").rename(people.staging("david") / "b.mp4")
    people.write("jan", "a.mp4", "by jan")
    (people.staging("ann") / "a.mp4").unlink()
    for name in order:
        people.sync(name, *(["--delete"] if name == "ann" else []))
    found = _settled(people, "david", "jan", "ann")
    assert {"x", "by jan", "rest"} <= set(found.values())


def test_a_clean_up_leaves_what_came_since_it_looked(people: People) -> None:
    """Jan edits one file and adds another while David says yes."""
    from reshelve.session.session_syncs import Syncs

    _both_have(people, a="x", b="z")
    people.write("jan", "a.mp4", "by jan")
    people.write("jan", "new.mp4", "new")
    real = Syncs.plan_clean_up

    def meanwhile(self: Syncs, look: object) -> object:
        plan = real(self, look)  # type: ignore[arg-type]
        with pytest.MonkeyPatch.context() as back:
            back.setattr(Syncs, "plan_clean_up", real)
            people.sync("jan")
        return plan

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Syncs, "plan_clean_up", meanwhile)
        came = people.run("david", "sync", "clean", "b63", "--yes")
    assert people.there()["a.mp4"] == "by jan" and people.there()["new.mp4"] == "new", (came.code, came.out, came.err)
    found = _settled(people, "david", "jan")
    assert found["a.mp4"] == "by jan" and found["new.mp4"] == "new"
    assert people.here("david")["b.mp4"] == people.here("jan")["b.mp4"] == "z"
