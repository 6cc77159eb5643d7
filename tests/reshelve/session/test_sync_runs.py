"""The ways of a sync, what one costs, and one that is killed."""

import pytest

from tests.support.syncpeople import People


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


def test_nothing_changed_costs_one_listing_and_reads_nothing(people: People) -> None:
    people.join("david")
    for number in range(30):
        people.write("david", f"{number}.mp4", str(number))
    people.sync("david")
    service = people.buckets.service("collab")
    calls, reads = service.calls, service.reads
    people.sync("david")
    assert (service.calls - calls, service.reads - reads) == (1, 0)


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
