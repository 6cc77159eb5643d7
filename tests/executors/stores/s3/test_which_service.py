"""Which service it is is told by what is spoken to; bucket names are checked in our own words; no panic of a library gets out."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3 import open_bucket
from reshelve.opening.store_folders import resolve
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.store_settings import Store
from reshelve.schemas.workspace import Workspace
from tests.support.buckets import fresh, keys_of, moto, raw, store_of
from tests.support.servers.ruled import Answer, ruled
from tests.support.servers.service import Endpoint

__all__ = ["moto"]


def root(name: str) -> Root:
    """Return what a workspace that names no endpoint tells of a bucket: that it is AWS's."""
    (found,) = resolve(Workspace(version=1, stores={"archive": Store(s3=name, region="us-east-1")}), Path("/"), {})
    assert found.fs == f"s3:amazonaws.com/{name}"
    return found


@pytest.mark.s3
@pytest.mark.parametrize("by", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "profile", "services"])
def test_an_endpoint_of_the_environment_or_profile_is_another_service(moto: Endpoint, tmp_path: Path, by: str) -> None:
    name = fresh(moto)
    config = tmp_path / "config"
    keys = f"[profile nas]\naws_access_key_id = {moto.key}\naws_secret_access_key = {moto.secret}\n"
    said = {
        "profile": f"endpoint_url = {moto.url}\n",
        "services": f"services = home\n[services home]\ns3 =\n  endpoint_url = {moto.url}\n",
    }
    config.write_text(keys + said.get(by, ""))
    given = {"AWS_CONFIG_FILE": str(config)} | ({} if by in said else {by: moto.url})
    with keys_of(moto, **given):
        store = open_bucket(Store(s3=name, region="us-east-1", profile="nas"), root(name))
        settings = store.bucket.settings
        assert settings.own_service and settings.by_path and settings.endpoint_url == moto.url
        assert store.root.fs == f"s3:{moto.url.removeprefix('http://')}/{name}"
        store.close()


def test_an_endpoint_without_a_scheme_is_named() -> None:
    with keys_of(Endpoint(""), AWS_ENDPOINT_URL="nas.local:9000"), pytest.raises(ReshelveError) as caught:
        open_bucket(Store(s3="some-bucket", region="us-east-1"), root("some-bucket"))
    (problem,) = caught.value.problems
    assert problem.code == "no-scheme" and "nas.local:9000" in problem.detail and "http" in problem.hint


@pytest.mark.parametrize("url", ["https://me:planted@nas.local:9000", "me:planted@nas.local:9000", "https://nas.local?key=planted"])
def test_an_endpoint_that_holds_a_secret_is_refused_and_not_repeated(url: str) -> None:
    with keys_of(Endpoint(""), AWS_ENDPOINT_URL=url), pytest.raises(ReshelveError) as caught:
        open_bucket(Store(s3="some-bucket", region="us-east-1"), root("some-bucket"))
    (problem,) = caught.value.problems
    assert (
        problem.code == "secret-in-endpoint" and "planted" not in f"{problem}{caught.value}" and "AWS_ENDPOINT_URL" in problem.hint
    )


@pytest.mark.parametrize("url", ["http://", "https://my nas:9000", "http://127.0.0.1:99999", "http://nas\\files"])
def test_an_endpoint_that_nobody_could_ask_is_told_as_that(url: str) -> None:
    with keys_of(Endpoint(""), AWS_ENDPOINT_URL_S3=url), pytest.raises(ReshelveError) as caught:
        open_bucket(Store(s3="some-bucket", region="us-east-1"), root("some-bucket"))
    (problem,) = caught.value.problems
    assert problem.code == "bad-endpoint" and "AWS_ENDPOINT_URL_S3" in problem.hint


@pytest.mark.parametrize(
    ("text", "code", "what"),
    [
        ("[profile nas]\nservices = nowhere\n", "bad-aws-config", "nowhere"),
        ("[profile nas\n", "bad-aws-config", "config"),
        ("[profile other]\n", "no-profile", "nas"),
    ],
)
def test_a_profile_that_cannot_be_used_is_no_matter_of_the_network(tmp_path: Path, text: str, code: str, what: str) -> None:
    (tmp_path / "config").write_text(text)
    with keys_of(Endpoint(""), AWS_CONFIG_FILE=str(tmp_path / "config")), pytest.raises(ReshelveError) as caught:
        open_bucket(Store(s3="some-bucket", region="us-east-1", profile="nas"), root("some-bucket"))
    (problem,) = caught.value.problems
    assert problem.code == code and what in problem.detail and "network" not in problem.hint


@pytest.mark.s3
@pytest.mark.parametrize("status", [200, 404])
def test_a_web_page_is_no_empty_bucket(moto: Endpoint, status: int) -> None:
    page = Answer(status, {"Content-Type": "text/html"}, b"<html><body>Please log in</body></html>")
    with ruled(moto, lambda _: page) as service, keys_of(moto), pytest.raises(ReshelveError) as caught:
        open_bucket(Store(s3="some-bucket", region="us-east-1", endpoint_url=service.endpoint.url), root("some-bucket"))
    (problem,) = caught.value.problems
    assert problem.code == "not-s3" and service.endpoint.url in problem.detail


@pytest.mark.s3
def test_a_web_page_in_the_middle_is_no_empty_listing(moto: Endpoint) -> None:
    name = fresh(moto)
    raw(moto).put_object(Bucket=name, Key="a", Body=b"x")
    with ruled(moto) as service, keys_of(moto):
        store = store_of(service.endpoint, name, "")
        service.rules.append(lambda _: Answer(200, {"Content-Type": "text/html"}, b"<html></html>"))
        for asked in (lambda: store.list_folder(""), lambda: list(store.list_all("")), lambda: store.look("a")):
            with pytest.raises(OSError, match="as S3 does"):
                asked()
        store.close()


class PanicException(BaseException):
    """What a panic of Rust comes as: no Exception."""


@pytest.mark.s3
def test_a_panic_of_the_fast_client_is_gone_round(moto: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import obstore

    def panic(*_: Any, **__: Any) -> Any:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr(obstore, "put", panic)
    monkeypatch.setattr(obstore, "get", panic)
    name = fresh(moto)
    (tmp_path / "f").write_bytes(b"content")
    folder = LocalStore(Root("folder", str(tmp_path)))
    with keys_of(moto):
        store = store_of(moto, name, "", accept_race=True)
        store.upload("f", folder, "f", token="t")
        assert raw(moto).get_object(Bucket=name, Key="f")["Body"].read() == b"content"
        store.copy_to("f", folder, "down")
        assert (tmp_path / "down").read_bytes() == b"content"
        store.close()
