"""Known roots: by file system and folder first, by path second, and never two for one."""

import pytest

from reshelve.schemas.known_roots import know_roots, why_unknown
from reshelve.schemas.plan import PlanRoot

Roots = dict[str, PlanRoot]

THEN: Roots = {"tv": PlanRoot("/a/tv", "ext4:1", 7)}

KNOWN: dict[str, tuple[Roots, Roots, dict[str, str]]] = {
    "as it was": (THEN, THEN, {"tv": "tv"}),
    "moved": (THEN, {"tv": PlanRoot("/b/tv", "ext4:1", 7)}, {"tv": "tv"}),
    "mounted elsewhere, second of two mounts": (THEN, {"tv": PlanRoot("/b", "ext4:1@/b", 7)}, {"tv": "tv"}),
    "renamed": (THEN, {"shows": PlanRoot("/a/tv", "ext4:1", 7)}, {"tv": "shows"}),
    "exchanged names": (
        {"a": PlanRoot("/a", "ext4:1", 7), "b": PlanRoot("/b", "ext4:1", 8)},
        {"b": PlanRoot("/a", "ext4:1", 7), "a": PlanRoot("/b", "ext4:1", 8)},
        {"a": "b", "b": "a"},
    ),
    "exchanged folders": (
        {"a": PlanRoot("/a", "ext4:1", 7), "b": PlanRoot("/b", "ext4:1", 8)},
        {"a": PlanRoot("/a", "ext4:1", 8), "b": PlanRoot("/b", "ext4:1", 7)},
        {"a": "b", "b": "a"},
    ),
    "made anew at its path": (THEN, {"tv": PlanRoot("/a/tv", "ext4:1", 9)}, {"tv": "tv"}),
    "another folder": (THEN, {"tv": PlanRoot("/b/tv", "ext4:1", 9)}, {}),
    "another disk": (THEN, {"tv": PlanRoot("/a/tv", "ext4:2", 7)}, {}),
    "away, at its path": (THEN, {"tv": PlanRoot("/a/tv", "")}, {"tv": "tv"}),
    "away, at another path": (THEN, {"tv": PlanRoot("/b/tv", "")}, {}),
    "no number known, moved": ({"tv": PlanRoot("/a/tv", "ext4:1")}, {"tv": PlanRoot("/b/tv", "ext4:1", 7)}, {}),
    "no number known, renamed": ({"tv": PlanRoot("/a/tv", "ext4:1")}, {"shows": PlanRoot("/a/tv", "ext4:1", 7)}, {"tv": "shows"}),
    "numbers that do not last": ({"tv": PlanRoot("/a", "vfat:AB-CD", 1)}, {"tv": PlanRoot("/b", "vfat:AB-CD", 1)}, {}),
    "an id that names a port": ({"tv": PlanRoot("/a", "xfs:/dev/sdb1", 128)}, {"tv": PlanRoot("/b", "xfs:/dev/sdb1", 128)}, {}),
    "a port that changed": (
        {"tv": PlanRoot("/a", "xfs:/dev/sdb1", 128)},
        {"tv": PlanRoot("/a", "xfs:/dev/sdc1", 128)},
        {"tv": "tv"},
    ),
    "a bucket, renamed": (
        {"cold": PlanRoot("s3://b/video", "s3:amazonaws.com/b")},
        {"ice": PlanRoot("s3://b/video", "s3:amazonaws.com/b")},
        {"cold": "ice"},
    ),
    "a bucket of another service": (
        {"cold": PlanRoot("s3://b", "s3:amazonaws.com/b")},
        {"cold": PlanRoot("s3://b", "s3:minio:9000/b")},
        {},
    ),
    "another folder at the path of one that moved": (
        {"a": PlanRoot("/a", "ext4:1", 7), "b": PlanRoot("/b", "ext4:1", 8)},
        {"a": PlanRoot("/a", "ext4:1", 8)},
        {"b": "a"},
    ),
}


@pytest.mark.parametrize("what", KNOWN)
def test_roots_are_known_again(what: str) -> None:
    then, now, expected = KNOWN[what]
    found = know_roots(then, now)
    assert found.now == expected and not found.several
    assert found.others(then) == sorted(then.keys() - expected.keys())


def test_two_that_fit_are_both_named() -> None:
    now = {"one": PlanRoot("/mnt/a", "ext4:1", 7), "two": PlanRoot("/mnt/b", "ext4:1@/mnt/b", 7)}
    found = know_roots(THEN, now)
    assert not found.now and found.several == {"tv": ("one", "two")}
    told = why_unknown("tv", THEN["tv"], now, found.several["tv"], "try again")
    assert told.code == "store-ambiguous" and "one (/mnt/a) and two (/mnt/b)" in told.detail
