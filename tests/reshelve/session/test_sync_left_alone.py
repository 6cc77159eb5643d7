"""What sync leaves alone: names that speak for a person, and keys that are no paths."""

import pytest

from tests.support.syncpeople import People


def planted(people: People, *names: str, content: bytes = b"planted") -> None:
    """Put objects into the project's part of the bucket as any program does."""
    from reshelve.executors.stores.doubles.memory_service import Version, etag_of

    for name in names:
        version = Version("", content=content, etag=etag_of([content]))
        people.buckets.service("collab").put(f"v-appydave/{people.project}/{name}", version, create=None)


def test_what_speaks_in_a_persons_name_comes_neither_down_nor_up(people: People) -> None:
    people.join("david", "jan")
    names = ["reshelve.yaml", "RESHELVE.local.yaml", "sub/.video-tools.env", ".git/hooks/post-checkout", "sub/.reshelve/catalog.db"]
    planted(people, *names, "draft.mp4")
    for name in names:
        people.write("david", f"mine/{name}", "of david")
    before = people.there()
    came = people.sync("jan")
    assert people.here("jan") == {"draft.mp4": "planted"} and came.err.count("never-shared") == 1 and "(in the bucket)" in came.err
    came = people.sync("david")
    assert "(here)" in came.err and people.there() == before
    assert "never-shared" in people.run("jan", "sync", "status").err
    people.sync("david", "--delete")
    people.sync("david", "--again")
    assert people.there() == before and set(people.here("jan")) == {"draft.mp4"}


@pytest.mark.parametrize("odd", ["/x.mp4", "a//b.mp4", "../x.mp4", "sub/", "./x.mp4", "sub/../../../etc/x"])
def test_an_odd_key_is_told_once_and_left_alone(people: People, odd: str) -> None:
    people.join("david", "jan")
    people.write("david", "a.mp4", "ten bytes!")
    people.sync("david")
    planted(people, odd, content=b"ten bytes?")
    people.write("david", "b.mp4", "other")
    came = people.sync("david")
    assert (came.out + came.err).count("odd-keys") == 1
    people.sync("jan")
    assert people.here("jan") == {"a.mp4": "ten bytes!", "b.mp4": "other"}
    for args in (("sync", "status"), ("sync",), ("sync", "status", "--all")):
        came = people.run("jan", *args)
        assert came.code == 0 and (came.out + came.err).count("odd-keys") == 1, args
        assert "comes down" not in came.out
