"""A question that a service did not answer is no "no": it is asked again, or the command says what it could not learn."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.stores.s3 import open_bucket
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.store_settings import Store
from tests.support.buckets import fresh, keys_of, moto, store_of
from tests.support.servers.ruled import refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]


def opened(endpoint: Endpoint, name: str, **declared: Any) -> S3Store:
    return open_bucket(
        Store(s3=name, endpoint_url=endpoint.url, region="us-east-1", **{"patience": "2s", **declared}),
        Root("archive", f"s3://{name}", kind="bucket"),
    )


def problem(endpoint: Endpoint, name: str) -> Problem:
    with pytest.raises(ReshelveError) as caught:
        opened(endpoint, name)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(503, "SlowDown", "busy"), (500, "InternalError", "service-failed"), (403, "AccessDenied", "versions-unknown")],
)
def test_whether_versions_are_kept_is_not_guessed(moto: Endpoint, status: int, code: str, kind: str) -> None:
    name = fresh(moto, versioned=True)
    with ruled(moto, refuses(r"GET .*\?versioning", status, code)) as service, keys_of(moto):
        found = problem(service.endpoint, name)
        assert found.code == kind
        assert found.hint
        if kind == "versions-unknown":
            assert "GetBucketVersioning" in found.detail
            assert "versions: false" in found.hint


def test_one_failure_of_the_question_costs_nothing(moto: Endpoint) -> None:
    name = fresh(moto, versioned=True)
    with ruled(moto, refuses(r"GET .*\?versioning", 503, "SlowDown", times=2)) as service, keys_of(moto):
        assert opened(service.endpoint, name).root.versioned


def test_a_service_that_knows_no_versions_keeps_none(moto: Endpoint) -> None:
    name = fresh(moto)
    for status, code in ((501, "NotImplemented"), (405, "MethodNotAllowed"), (400, "UnsupportedOperation")):
        with ruled(moto, refuses(r"GET .*\?versioning", status, code)) as service, keys_of(moto):
            assert not opened(service.endpoint, name).root.versioned


def test_versions_false_is_the_dear_way_by_choice(moto: Endpoint) -> None:
    name = fresh(moto, versioned=True)
    with ruled(moto, refuses(r"GET .*\?versioning", 403, "AccessDenied")) as service, keys_of(moto):
        store = opened(service.endpoint, name, versions=False)
        assert not store.root.versioned
        assert not store.capabilities().versioned
        assert not [line for line in service.lines() if "versioning" in line]


@pytest.mark.parametrize("what", [r"PUT .*probe-", r"POST .*probe-.*restore", r"HEAD .*probe-", r"GET .*probe-"])
def test_what_could_not_be_tried_out_is_not_remembered_as_a_no(moto: Endpoint, tmp_path: Path, what: str) -> None:
    """The service is busy while it is tried out: the command refuses, and the next one finds what there really is."""
    name = fresh(moto)
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, catalog=tmp_path / "catalog.db", patience=0.5)
        service.rules.append(refuses(what, 503, "ServiceUnavailable"))
        with pytest.raises(OSError, match="slow down"):
            store.capabilities()
        service.rules.clear()
        found = store.capabilities()
        assert (found.create_only, found.storage_classes, found.restore) == ("enforced", True, True)
        store.close()


def test_what_may_not_be_tried_out_is_unknown(moto: Endpoint, tmp_path: Path) -> None:
    name = fresh(moto)
    with ruled(moto, refuses(r"POST .*probe-.*restore", 403, "AccessDenied")) as service, keys_of(moto):
        store = store_of(service.endpoint, name, catalog=tmp_path / "catalog.db")
        assert list(store.capabilities().unknown) == ["restore"]
        store.close()
        service.rules.clear()
        again = store_of(service.endpoint, name, catalog=tmp_path / "catalog.db")
        assert list(again.capabilities().unknown) == []
        again.close()
