"""An object that is put at a key between the last look and the removal stays, where the service compares what it removes."""

from collections.abc import Callable

import pytest

from reshelve.executors.stores.s3.matching_deletes import delete_seen
from reshelve.schemas.inventory import object_ino
from tests.support.buckets import fresh, keys_of, moto, raw, store_of
from tests.support.servers.ruled import Answer, Request, Rule, refusal, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]


def just_before_removal(happens: Callable[[], object]) -> Rule:
    """Let something happen once, as the first removal is asked for."""
    left = [1]

    def rule(asked: Request) -> Answer | None:
        if asked.method == "DELETE" and left:
            left.pop()
            happens()
        return None

    return rule


def content(endpoint: Endpoint, bucket: str) -> bytes:
    return raw(endpoint).get_object(Bucket=bucket, Key="a")["Body"].read()


@pytest.mark.parametrize("versioned", [False, True])
def test_what_comes_between_the_look_and_the_removal_stays(moto: Endpoint, versioned: bool) -> None:
    bucket = fresh(moto, versioned=versioned)
    put = lambda body: raw(moto).put_object(Bucket=bucket, Key="a", Body=body)["ETag"]  # noqa: E731
    ino = object_ino(put(b"seen").strip('"'))
    with ruled(moto, just_before_removal(lambda: put(b"theirs"))) as service, keys_of(moto):
        store = store_of(service.endpoint, bucket, "")
        act = store.hide if versioned else store.remove
        with pytest.raises(OSError, match="was changed as it was to be removed"):
            act("a", ino)
        assert content(moto, bucket) == b"theirs"
        with pytest.raises(OSError, match="was changed as it was to be removed"):
            act("a", ino)
        act("a")
        assert store.look("a") is None


def test_a_removal_whose_answer_was_lost_is_done(moto: Endpoint) -> None:
    bucket = fresh(moto)
    raw(moto).put_object(Bucket=bucket, Key="a", Body=b"seen")
    gone = just_before_removal(lambda: raw(moto).delete_object(Bucket=bucket, Key="a"))
    with ruled(moto, gone) as service, keys_of(moto):
        store_of(service.endpoint, bucket, "").remove("a")
    with pytest.raises(Exception, match="NoSuchKey"):
        content(moto, bucket)


@pytest.mark.parametrize(("status", "code"), [(501, "NotImplemented"), (400, "InvalidArgument"), (412, "PreconditionFailed")])
def test_a_service_that_refuses_the_condition_is_asked_without(moto: Endpoint, status: int, code: str) -> None:
    bucket = fresh(moto)
    raw(moto).put_object(Bucket=bucket, Key="a", Body=b"seen")
    unknown = lambda asked: refusal(status, code) if "if-match" in asked.headers else None  # noqa: E731
    with ruled(moto, unknown) as service, keys_of(moto):
        store_of(service.endpoint, bucket, "").remove("a")
        asked = [each for each in service.seen if each.method == "DELETE"]
        assert ["if-match" in each.headers for each in asked] == [True, False]
    with pytest.raises(Exception, match="NoSuchKey"):
        content(moto, bucket)


def test_a_conflict_is_tried_again_and_never_without_the_condition(moto: Endpoint) -> None:
    bucket = fresh(moto)
    etag = raw(moto).put_object(Bucket=bucket, Key="a", Body=b"seen")["ETag"].strip('"')
    conflict = lambda asked: refusal(409, "ConditionalRequestConflict") if asked.method == "DELETE" else None  # noqa: E731
    with ruled(moto, conflict) as service, keys_of(moto):
        store = store_of(service.endpoint, bucket, "")
        with pytest.raises(OSError, match="ConditionalRequestConflict"):
            delete_seen(store.bucket, "a", etag)
        asked = [each for each in service.seen if each.method == "DELETE"]
        assert len(asked) >= 3 and all("if-match" in each.headers for each in asked)
    assert content(moto, bucket) == b"seen"


def test_the_probe_tells_whether_the_service_compares(moto: Endpoint) -> None:
    unknown = lambda asked: refusal(501, "NotImplemented") if "if-match" in asked.headers else None  # noqa: E731
    always = lambda asked: refusal(412, "PreconditionFailed") if "if-match" in asked.headers else None  # noqa: E731
    for rules, compares in (((), True), ((unknown,), False), ((always,), False)):
        with ruled(moto, *rules) as service, keys_of(moto):
            store = store_of(service.endpoint, fresh(moto), "")
            assert store.capabilities(probe=True).conditional_delete is compares
