"""What goes wrong with a bucket, and what a person is told to do about it."""

import dataclasses
import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from reshelve.executors.stores.s3 import open_bucket
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.service_errors import BucketError, told
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.store_settings import Store
from tests.support.buckets import ceph, fresh, keys_of, moto
from tests.support.servers.loopback import serving
from tests.support.servers.service import Endpoint, free_port

__all__ = ["ceph", "moto"]


def problem(**declared: Any) -> Problem:
    """Open a bucket that cannot be opened, and return what is said of it."""
    given: dict[str, Any] = {"s3": "some-bucket", "region": "us-east-1", **declared}
    with pytest.raises(ReshelveError) as caught:
        open_bucket(Store(**given), Root("archive", f"s3://{given['s3']}", kind="bucket"))
    (found,) = caught.value.problems
    assert found.path == f"s3://{given['s3']}"
    assert found.detail
    assert found.hint
    return found


@contextmanager
def service_that_says(status: int, code: str, message: str = "", **headers: str) -> Iterator[str]:
    """Answer every request with one error, as S3 words it."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        extra: ClassVar[dict[str, str]] = headers

        def do_GET(self) -> None:
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Date", formatdate(usegmt=True))
            for name, text in {"Content-Length": str(len(body)), **self.extra}.items():
                self.send_header(name.replace("_", "-"), text)
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with serving(Answering) as url:
        yield url


def test_no_credentials(tmp_path: Path) -> None:
    with keys_of(Endpoint("", "", "")):
        import os

        del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        found = problem()
        assert found.code == "no-credentials"
        assert "AWS_PROFILE" in found.hint
        found = problem(profile="nobody")
        assert found.code == "no-profile"
        config = tmp_path / "config"
        config.write_text("[profile half]\naws_access_key_id = AKIA\n")
        os.environ["AWS_CONFIG_FILE"] = str(config)
        assert problem(profile="half").code == "no-credentials"


@pytest.mark.slow
def test_the_endpoint_is_down() -> None:
    with keys_of(Endpoint("")):
        url = f"http://127.0.0.1:{free_port()}"
        found = problem(endpoint_url=url)
        assert found.code == "endpoint-down"
        assert url in found.detail
        assert problem(endpoint_url="http://nowhere.invalid").code == "endpoint-down"


@pytest.mark.parametrize(
    ("status", "code", "kind", "hint"),
    [
        (400, "ExpiredToken", "expired-credentials", "aws sso login"),
        (403, "RequestTimeTooSkewed", "clock", "NTP"),
        (403, "InvalidAccessKeyId", "wrong-credentials", "key and secret"),
        (403, "SignatureDoesNotMatch", "wrong-credentials", "key and secret"),
        (403, "AccessDenied", "denied", "reshelve s3 policy"),
        (404, "NoSuchBucket", "no-bucket", "create-bucket"),
        (400, "InvalidBucketName", "bad-bucket-name", "`s3:`"),
        (400, "AuthorizationHeaderMalformed", "wrong-region", "`region:`"),
    ],
)
def test_what_services_say(status: int, code: str, kind: str, hint: str) -> None:
    """AWS's own words; those of the services at hand are below."""
    with service_that_says(status, code, "said so") as url, keys_of(Endpoint("")):
        found = problem(endpoint_url=url)
        assert found.code == kind
        assert hint in found.hint


@pytest.mark.parametrize(
    ("named", "command"),
    [
        ({}, ""),
        ({"region": "us-east-1"}, " --region us-east-1"),
        (
            {"region": "eu-1", "profile": "a b", "endpoint_url": "http://n"},
            " --profile 'a b' --endpoint-url http://n --region eu-1 --create-bucket-configuration LocationConstraint=eu-1",
        ),
    ],
)
def test_the_command_for_a_missing_bucket_makes_it_where_the_store_looks_for_it(named: dict[str, str], command: str) -> None:
    error = ClientError({"Error": {"Code": "NoSuchBucket"}, "ResponseMetadata": {"HTTPStatusCode": 404}}, "ListObjectsV2")  # type: ignore[typeddict-item]
    found = told(error, BucketSettings("films", **named), "s3://films")  # type: ignore[arg-type]
    assert isinstance(found, BucketError) and found.hint.endswith(f": aws s3api create-bucket --bucket films{command}")


def test_a_name_that_no_library_sends_is_told_as_that() -> None:
    error = ParamValidationError(report='Invalid bucket name "a b": Bucket name must match the regex')
    found = told(error, BucketSettings("a b"), "s3://a b")
    assert found.errno == errno.EINVAL
    assert found.strerror is not None and found.strerror.startswith("the service allows no bucket called a b")


@pytest.mark.parametrize(
    "name", ["My_Bucket", "films_2024", "Films", "ab", "a" * 64, "-films", "films.", "my..films", "192.168.5.4", "films-"]
)
def test_a_name_that_aws_gives_to_no_bucket_is_told_without_asking(name: str) -> None:
    """Whatever is asked here goes nowhere: nothing listens there, and that would be what is said."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    with keys_of(Endpoint(""), HTTPS_PROXY=nowhere, https_proxy=nowhere):
        found = problem(s3=name)
        assert found.code == "bad-bucket-name"
        assert f"AWS allows no bucket called {name}:" in found.detail
        assert problem(s3=name, path_style=True).code == "endpoint-down"
        assert problem(s3=name, endpoint_url=nowhere).code in ("endpoint-down", "bad-bucket-name")


@pytest.mark.parametrize("name", ["films", "a.b.c", "1films", "my-films-s3alias", "a" * 63])
def test_a_good_name_is_asked_for(name: str) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with keys_of(Endpoint(""), HTTPS_PROXY=nowhere, https_proxy=nowhere):
        assert problem(s3=name).code == "endpoint-down"


@pytest.mark.parametrize(
    ("operation", "message", "right"),
    [
        ("ListMultipartUploads", "", "s3:ListBucketMultipartUploads"),
        ("HeadObject", "", "s3:GetObject"),
        ("PutObject", "", "s3:PutObject"),
        ("PutObject", "User: arn:aws:iam::1:user/pat is not authorized to perform: kms:GenerateDataKey on resource: k",
         "kms:GenerateDataKey"),
        ("ListObjectsV2", "not authorized to perform: s3:ListBucket on resource: arn", "s3:ListBucket"),
    ],
)  # fmt: skip
def test_a_denial_names_the_right_as_policies_do(operation: str, message: str, right: str) -> None:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, operation)
    assert f"let this user do {right} on films" in str(told(error, BucketSettings("films"), "s3://films"))


def test_an_archive_tier_that_no_listing_tells_is_told_with_the_command_that_asks_for_it() -> None:
    error: Any = {
        "Code": "InvalidObjectState",
        "Message": "no",
        "StorageClass": "INTELLIGENT_TIERING",
        "AccessTier": "ARCHIVE_ACCESS",
    }
    found = told(ClientError({"Error": error}, "GetObject"), BucketSettings("some-bucket"), "s3://some-bucket/a b.mkv")
    assert isinstance(found, BlockingIOError)
    assert "archive tier of INTELLIGENT_TIERING" in found.strerror
    assert found.strerror.endswith("--restore-request '{}' --bucket some-bucket --key 'a b.mkv'")
    del error["AccessTier"]
    error["StorageClass"] = "GLACIER"
    assert "INTELLIGENT" not in told(ClientError({"Error": error}, "GetObject"), BucketSettings("b"), "s3://b/a").strerror


def test_another_region_is_named() -> None:
    with service_that_says(301, "PermanentRedirect", x_amz_bucket_region="eu-central-1") as url, keys_of(Endpoint("")):
        found = problem(endpoint_url=url)
        assert found.code == "wrong-region"
        assert "eu-central-1" in found.detail


@pytest.mark.s3
def test_real_services_that_do_not_know_these_keys(ceph: Endpoint, moto: Endpoint) -> None:
    for endpoint in (ceph, moto):
        name = fresh(endpoint)
        with keys_of(dataclasses.replace(endpoint, secret="wrong")):
            assert problem(s3=name, endpoint_url=endpoint.url).code == "wrong-credentials"
        with keys_of(dataclasses.replace(endpoint, key="AKIAUNKNOWN")):
            assert problem(s3=name, endpoint_url=endpoint.url).code == "wrong-credentials"
        with keys_of(endpoint):
            found = problem(s3="no-such-bucket-here", endpoint_url=endpoint.url)
            assert found.code == "no-bucket"
            assert "no-such-bucket-here" in found.hint


@pytest.mark.s3
def test_a_real_denial_names_what_was_denied(moto: Endpoint) -> None:
    name = fresh(moto)
    with keys_of(dataclasses.replace(moto, key=moto.extra["denied_key"], secret=moto.extra["denied_secret"])):
        found = problem(s3=name, endpoint_url=moto.url)
        assert found.code == "denied"
        assert "ListObjectsV2" in found.detail


def test_secrets_are_in_no_message() -> None:
    secret = "SECRETSECRETSECRET"
    with service_that_says(403, "AccessDenied") as url, keys_of(Endpoint("", "AKIAKEYKEY", secret)):
        assert secret not in json.dumps(dataclasses.asdict(problem(endpoint_url=url)))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_what_sends_on_to_another_address_is_not_followed(status: int) -> None:
    asked: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_HEAD = do_PUT = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    keys = Endpoint("", "AKIDEXAMPLE", "secret")
    with serving(Other) as other, keys_of(keys), service_that_says(status, "", location=f"{other}/") as url:
        found = problem(endpoint_url=url)
    assert asked == [] and found.code == ("wrong-region" if status == 301 else "sent-on") and "secret" not in found.detail
