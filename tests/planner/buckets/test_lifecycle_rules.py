"""Lifecycle rules: declared on a store, diffed against the bucket, and planned; those of others stay."""

import json
from typing import Any

import pytest

from reshelve.planner.buckets.lifecycle_rules import canonical, changes, configurations, wanted
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.observing.saved_inventory import InventoryReader
from reshelve.schemas.inventory import Listing, Root
from reshelve.schemas.layout import Layout
from reshelve.schemas.store_settings import Lifecycle, Store

DEEP = {"name": "deep", "move": {"DEEP_ARCHIVE": "180d"}}
OTHERS = {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}


class Bucket(InventoryReader):
    """A bucket root with a lifecycle document."""

    def __init__(self, key: str, document: str | OSError = "", prefix: str = "", bucket: str = "b", kind: Any = "bucket") -> None:
        super().__init__(Listing(Root(key, f"s3://{bucket}/{prefix}".rstrip("/"), f"s3:aws/{bucket}", kind=kind)))
        self.document = document

    def read_document(self, what: str) -> str:
        assert what == "lifecycle"
        if isinstance(self.document, OSError):
            raise self.document
        return self.document


def store(*rules: dict[str, Any], only: bool = False, prefix: str = "") -> Store:
    return Store.model_validate({"s3": "b", "prefix": prefix, "lifecycle": {"rules": rules, "only": only}})


def document(*rules: dict[str, Any]) -> str:
    return canonical({"Rules": list(rules)})


def rules_of(text: str) -> list[dict[str, Any]]:
    return list(json.loads(text)["Rules"])


def test_a_declared_rule_becomes_the_services_own() -> None:
    told = store(
        {"name": "deep", "prefix": "b00-b49/", "move": {"DEEP_ARCHIVE": "1y", "GLACIER": "6months"}, "over": "128KiB"},
        {"name": "clean", "abort_uploads": "7d", "expire_versions": "90d", "expire": "10y"},
        prefix="video",
    )
    (made,), problems = configurations({"s3": told}, {"s3": Bucket("s3", prefix="video")})
    assert problems == [] and (made.root, made.what, made.before) == ("s3", "lifecycle", "")
    assert rules_of(made.after) == [
        {
            "ID": "reshelve-s3-clean@video/",
            "Status": "Enabled",
            "Filter": {"Prefix": "video/"},
            "Expiration": {"Days": 3650},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        {
            "ID": "reshelve-s3-deep@video/",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "video/b00-b49/", "ObjectSizeGreaterThan": 131072}},
            "Transitions": [{"Days": 180, "StorageClass": "GLACIER"}, {"Days": 365, "StorageClass": "DEEP_ARCHIVE"}],
        },
    ]
    assert made.because == (
        "lifecycle of s3: + reshelve-s3-clean@video/ (expires after 3650 d, versions expire after 90 d, "
        "uploads given up after 7 d), + reshelve-s3-deep@video/ (GLACIER after 180 d, DEEP_ARCHIVE after 365 d, "
        "objects over 131 kB)"
    )
    assert made.after == canonical(json.loads(made.after))


def test_rules_of_others_stay_unless_only_these_are_wanted() -> None:
    (kept,), _ = configurations({"s3": store(DEEP)}, {"s3": Bucket("s3", document(OTHERS))})
    assert [rule["ID"] for rule in rules_of(kept.after)] == ["logs", "reshelve-s3-deep"]
    (alone,), _ = configurations({"s3": store(DEEP, only=True)}, {"s3": Bucket("s3", document(OTHERS))})
    assert [rule["ID"] for rule in rules_of(alone.after)] == ["reshelve-s3-deep"]
    assert "- logs (expires after 30 d)" in alone.because


def test_applied_it_is_no_change_however_the_service_writes_it() -> None:
    told = {"s3": store(DEEP)}
    (made,), _ = configurations(told, {"s3": Bucket("s3", document(OTHERS))})
    assert configurations(told, {"s3": Bucket("s3", made.after)}) == ([], [])
    ours = {**rules_of(made.after)[1], "Prefix": "", "NoncurrentVersionTransitions": []}
    del ours["Filter"]
    assert configurations(told, {"s3": Bucket("s3", json.dumps({"Rules": [ours, OTHERS]}))}) == ([], [])


def test_a_changed_and_a_dropped_rule() -> None:
    (first,), _ = configurations({"s3": store(DEEP, {"name": "old", "expire": "9d"})}, {"s3": Bucket("s3")})
    (second,), _ = configurations({"s3": store({**DEEP, "move": {"DEEP_ARCHIVE": "365d"}})}, {"s3": Bucket("s3", first.after)})
    assert list(changes(second.before, second.after)) == [
        "~ reshelve-s3-deep (DEEP_ARCHIVE after 180 d becomes DEEP_ARCHIVE after 365 d)",
        "- reshelve-s3-old (expires after 9 d)",
    ]
    (none,), _ = configurations({"s3": store()}, {"s3": Bucket("s3", second.after)})
    assert none.after == ""
    assert wanted("s3", Lifecycle(rules=[]), "", "") == ""


def test_two_stores_of_one_bucket_build_on_each_other() -> None:
    told = {"a": store(DEEP), "b": store(DEEP, prefix="x")}
    made, _ = configurations(told, {"a": Bucket("a"), "b": Bucket("b", prefix="x")}, 5)
    assert [each.needs for each in made] == [(), (5,)] and made[1].before == made[0].after
    assert [rule["Filter"]["Prefix"] for rule in rules_of(made[1].after)] == ["", "x/"]


VERSIONS = {"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}
TIDY = {"name": "tidy", "expire_versions": "90d"}


@pytest.mark.parametrize(
    ("one", "other"),
    [(("s3", "video", TIDY), ("s3", "three", DEEP)), (("s3", "", TIDY), ("s3", "video", {**TIDY, "expire_versions": "9d"})),
     (("s3", "", {**TIDY, "name": "deep-x"}), ("s3-deep", "", {**DEEP, "name": "x"})), (("a", "x@y", TIDY), ("a", "y", TIDY)),
     (("a", "p" * 1000, TIDY), ("a", "p" * 1001, TIDY))],
)  # fmt: skip
@pytest.mark.parametrize("only", [False, True])
def test_no_store_takes_anothers_rule_also_of_another_workspace(one: Any, other: Any, only: bool) -> None:
    text = ""
    for name, prefix, rule in (one, other):
        (made,), _ = configurations({name: store(rule, only=only)}, {name: Bucket(name, text, prefix)})
        text = made.after
    assert len(rules_of(text)) == 2 and all(len(rule["ID"]) <= 255 for rule in rules_of(text))
    for name, prefix, rule in (one, other):
        assert configurations({name: store(rule, only=only)}, {name: Bucket(name, text, prefix)}) == ([], [])
    (none,), _ = configurations({other[0]: store()}, {other[0]: Bucket(other[0], text, other[1])})
    assert len(rules_of(none.after)) == 1, "and what is not declared any more goes alone"
    assert configurations({one[0]: store(one[2])}, {one[0]: Bucket(one[0], none.after, one[1])}) == ([], [])


def test_a_rule_of_the_same_place_without_its_prefix_in_the_id_gets_it() -> None:
    before = document({"ID": "reshelve-s3-tidy", "Status": "Enabled", "Prefix": "video/", **VERSIONS})
    (made,), _ = configurations({"s3": store(TIDY)}, {"s3": Bucket("s3", before, "video")})
    assert [rule["ID"] for rule in rules_of(made.after)] == ["reshelve-s3-tidy@video/"]
    (made,), _ = configurations({"s3": store(TIDY)}, {"s3": Bucket("s3", before, "three")})
    assert len(rules_of(made.after)) == 2


def test_a_change_of_what_a_rule_covers_names_it() -> None:
    (first,), _ = configurations({"s3": store({**DEEP, "prefix": "raw/"})}, {"s3": Bucket("s3")})
    (second,), _ = configurations({"s3": store(DEEP)}, {"s3": Bucket("s3", first.after)})
    assert "DEEP_ARCHIVE after 180 d, below raw/ becomes DEEP_ARCHIVE after 180 d, in the whole bucket" in second.because


def test_rules_that_cannot_be_read_are_said_and_left() -> None:
    made, (problem,) = configurations({"s3": store(DEEP)}, {"s3": Bucket("s3", PermissionError(13, "access denied"))})
    assert made == [] and problem.code == "lifecycle-unread" and "access denied" in problem.detail
    saved = InventoryReader(Listing(Root("s3", "s3://b", "f", kind="bucket")))
    assert configurations({"s3": store(DEEP)}, {"s3": saved})[1][0].severity == "warning"
    gone = InventoryReader(Listing(Root("s3", "s3://b", "f", available=False, kind="bucket")))
    assert configurations({"s3": store(DEEP)}, {"s3": gone}) == ([], [])


def test_a_plan_configures_unless_it_is_about_a_part() -> None:
    readers = {"s3": Bucket("s3")}
    stores = {"s3": store(DEEP)}
    plan = make_plan(Layout(), readers, PlanRequest(stores=stores))
    assert [operation.op for operation in plan.operations] == ["configure"] and plan.roots.keys() == {"s3"}
    assert make_plan(Layout(), readers, PlanRequest(stores=stores, only=("s3:a",))).operations == []


@pytest.mark.parametrize(
    "rule",
    [{"name": "x"}, {"name": "x", "move": {"GLACIER": "36h"}}, {"name": "x", "expire": "0d"}, {"name": "x y", "expire": "1d"},
     {"name": "x", "abort_uploads": "1d", "over": "1MB"}],
)  # fmt: skip
def test_rules_that_cannot_be(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"rule|days|pattern|size"):
        store(rule)
