"""Which service it is is told by what is spoken to; bucket names are checked in our own words; no panic of a library gets out."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3 import open_bucket
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.store_settings import Store
from tests.support.buckets import fresh, keys_of, moto, raw, store_of
from tests.support.servers.service import Endpoint

__all__ = ["moto"]


def root(name: str) -> Root:
    return Root("archive", f"s3://{name}", kind="bucket")


@pytest.mark.s3
@pytest.mark.parametrize("by", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "profile"])
def test_an_endpoint_of_the_environment_or_profile_is_another_service(moto: Endpoint, tmp_path: Path, by: str) -> None:
    name = fresh(moto)
    config = tmp_path / "config"
    keys = f"[profile nas]\naws_access_key_id = {moto.key}\naws_secret_access_key = {moto.secret}\n"
    config.write_text(keys + (f"endpoint_url = {moto.url}\n" if by == "profile" else ""))
    given = {"AWS_CONFIG_FILE": str(config)} | ({} if by == "profile" else {by: moto.url})
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
