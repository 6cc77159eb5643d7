"""Until when what goes out of sight in a bucket can be brought back: as the bucket's own rules say."""

import errno
from typing import Any

import pytest

from reshelve.planner.buckets.trash_expiry import with_expiry
from reshelve.schemas.operations import AnyOperation, Configure, Trash
from tests.planner.buckets.test_lifecycle_rules import Bucket, document

DAY = 86400 * 10**9
NOW = 20_000 * DAY
"""2024-10-04."""


def rule(prefix: str = "", **rest: Any) -> dict[str, Any]:
    return {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": prefix}, **rest}


VERSIONS = {"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}


def until(document: Any, away: str = "marker", *more: AnyOperation) -> str:
    trash = Trash("s3:a/x.mkv", 100, 1, 2, away=away)  # type: ignore[arg-type]
    found, _ = with_expiry([trash, *more], {"s3": Bucket("s3", document, "video")}, NOW)
    assert isinstance(found[0], Trash)
    return found[0].undoable


@pytest.mark.parametrize(
    ("told", "undoable"),
    [
        (rule(**VERSIONS), "until 2025-01-02"),
        (rule("video/a/", **VERSIONS), "until 2025-01-02"),
        (rule("video/b/", **VERSIONS), "yes"),
        (rule(**VERSIONS, Expiration={"Days": 3}), "until 2025-01-02"),
        (rule(Expiration={"Days": 3}), "yes"),
        ({**rule(**VERSIONS), "Status": "Disabled"}, "yes"),
        (rule(NoncurrentVersionExpiration={"NoncurrentDays": 90, "NewerNoncurrentVersions": 2}), "yes"),
        ({**rule(**VERSIONS), "Filter": {"And": {"Prefix": "video/", "ObjectSizeGreaterThan": 99}}}, "until 2025-01-02"),
        ({**rule(**VERSIONS), "Filter": {"And": {"Prefix": "video/", "ObjectSizeGreaterThan": 100}}}, "yes"),
        ({**rule(**VERSIONS), "Filter": {"ObjectSizeLessThan": 100}}, "yes"),
        ({**rule(**VERSIONS), "Filter": {"Tag": {"Key": "a", "Value": "b"}}}, "yes"),
    ],
)
def test_under_a_delete_marker(told: dict[str, Any], undoable: str) -> None:
    assert until(document(told)) == undoable


@pytest.mark.parametrize(
    ("told", "undoable"),
    [
        (rule("video/.reshelve-trash/", Expiration={"Days": 30}), "until 2024-11-03"),
        (rule(Expiration={"Days": 30}), "until 2024-11-03"),
        (rule(Expiration={"Date": "2024-12-01T00:00:00+00:00"}), "until 2024-12-01"),
        (rule("video/a/", Expiration={"Days": 30}), "yes"),
        (rule(**VERSIONS), "yes"),
    ],
)
def test_in_the_trash_prefix(told: dict[str, Any], undoable: str) -> None:
    assert until(document(told), "copy") == undoable


def test_the_first_of_several_rules_counts() -> None:
    sooner = rule("video/", NoncurrentVersionExpiration={"NoncurrentDays": 10})
    assert until(document(rule(**VERSIONS), sooner)) == "until 2024-10-14"


def test_what_the_plan_itself_makes_of_the_rules_counts() -> None:
    change = Configure("s3", "lifecycle", "", document(rule(**VERSIONS)))
    assert until("", "marker", change) == "until 2025-01-02"


@pytest.mark.parametrize("trouble", [PermissionError(13, "is denied"), OSError(errno.EBUSY, "the service failed")])
def test_where_the_rules_cannot_be_read_nothing_is_claimed_and_that_is_said(trouble: OSError) -> None:
    assert until(trouble) == "unknown"
    trashes: list[AnyOperation] = [Trash(f"s3:{name}", 1, 1, 1, away="marker") for name in "ab"]
    _, (said,) = with_expiry(trashes, {"s3": Bucket("s3", trouble)}, NOW)
    assert (said.code, said.severity, said.path) == ("expiry-unknown", "note", "s3")
    assert str(trouble.strerror) in said.detail


def test_a_service_without_rules_keeps_what_goes() -> None:
    assert until(OSError(errno.EOPNOTSUPP, "the service has no lifecycle rules")) == "yes"
    assert until("") == "yes"
    trash = Trash("s3:a", 1, 1, 1, away="marker")
    assert with_expiry([trash], {"s3": Bucket("s3", document(rule(**VERSIONS)))}, 0) == ([trash], [])
