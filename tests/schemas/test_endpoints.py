"""URLs of documents: one reading of which host they name, and none of what is secret in them shown."""

import pytest
from pydantic import ValidationError

from reshelve.schemas.endpoints import Endpoint, endpoint, region
from reshelve.schemas.store_settings import LocalStore, Store
from reshelve.schemas.suggest_settings import Suggest


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "shown"),
    [
        ("https://api.openai.com/v1", "https", "api.openai.com", 443, "https://api.openai.com"),
        ("http://LocalHost:11434/v1/", "http", "localhost", 11434, "http://localhost:11434"),
        ("http://[::1]:9000", "http", "[::1]", 9000, "http://[::1]:9000"),
        ("http://host:80", "http", "host", 80, "http://host"),
        ("https://host:80/a%20b", "https", "host", 80, "https://host:80"),
    ],
)
def test_which_host_a_url_names(url: str, scheme: str, host: str, port: int, shown: str) -> None:
    found = endpoint(url)
    assert found == Endpoint(scheme, host, port) and str(found) == shown


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "host",
            "//host",
            "ftp://host",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://host:0",
            "https://host:65536",
        ),
        *("https://me@host", "https://me:secret@host", "https://host/?k=secret", "https://host/#secret", "https://host/x@secret"),
        *("https://good.example\\@evil.example/", "https://good.example\\.evil.example", "https://ho st/", "https://host/\tx"),
        *(
            "https://host\n",
            " https://host",
            "https://ho\u0430t/",
            "https://host／path",
            "https://[::1",
            "HTTPS://host",
            "https://h:1:2",
        ),
    ],
)
def test_what_is_no_plain_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="is written https://host:port/path") as refused:
        endpoint(url)
    assert "secret" not in str(refused.value) and "evil" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.0.3", "[::1]"])
def test_this_machine(host: str) -> None:
    assert endpoint(f"http://{host}:1").loopback


@pytest.mark.parametrize(
    "host",
    [
        *("0.0.0.0", "127.1", "2130706433", "0x7f000001", "127.0.0.01", "[::ffff:127.0.0.1]", "[::]", "localhost."),
        *("localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "host.docker.internal", "a.localhost"),
    ],
)
def test_what_is_not_surely_this_machine(host: str) -> None:
    assert not endpoint(f"http://{host}:1").loopback


@pytest.mark.parametrize(
    "host",
    [
        *("s3.amazonaws.com", "s3.eu-west-1.amazonaws.com", "s3-us-west-2.amazonaws.com", "s3.dualstack.us-east-1.amazonaws.com"),
        *("s3-fips.us-gov-west-1.amazonaws.com", "s3-accelerate.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"),
        *("s3-fips.dualstack.us-east-1.amazonaws.com", "bedrock-runtime.eu-west-1.amazonaws.com", "s3-external-1.amazonaws.com"),
    ],
)
def test_what_aws_answers_itself(host: str) -> None:
    assert endpoint(f"https://{host}").aws and not endpoint(f"http://{host}").aws and not endpoint(f"https://{host}:8443").aws


@pytest.mark.parametrize(
    "host",
    [
        *("ec2-1-2-3-4.compute-1.amazonaws.com", "x.execute-api.us-east-1.amazonaws.com", "s3-evil-1.us-east-1.elb.amazonaws.com"),
        *("evilamazonaws.com", "s3.amazonaws.com.evil.example", "bucket.s3.amazonaws.com", "s3.us-east-1.evil.amazonaws.com"),
        *("s3-website-us-east-1.amazonaws.com", "minio.example"),
    ],
)
def test_what_customers_of_aws_answer_is_not_awss(host: str) -> None:
    assert not endpoint(f"https://{host}").aws


@pytest.mark.parametrize("name", ["eu-central-1", "us-gov-west-1", "auto", "garage", "RegionOne", "default", "a", "z" * 63])
def test_regions(name: str) -> None:
    assert region(name) == name
    assert Store.model_validate({"s3": "films", "region": name}).region == name
    assert Suggest.model_validate({"provider": "bedrock", "model": "m", "region": name}).region == name


@pytest.mark.parametrize(
    "name",
    [
        *("us-east-1.evil.example/#", "evil.example#", "me@evil.example", "evil.example", "us-east-1/", "us-east-1:443", "us east"),
        *("", "-us", "us-", "1234", "us-east-1\n", "us_east", "\uff45u-west-1", "z" * 64, "$", "${}", "${lower case}"),
    ],
)
def test_what_a_host_name_could_not_hold_is_no_region(name: str) -> None:
    """It becomes a part of the host to which requests are signed. What is said repeats nothing: it may come from a variable."""
    for kind, other in ((Store, {"s3": "films"}), (LocalStore, {}), (Suggest, {"provider": "bedrock", "model": "m"})):
        with pytest.raises(ValidationError, match="a region is letters, digits and hyphens") as caught:
            kind.model_validate({**other, "region": name})
        [wrong] = caught.value.errors()
        assert wrong["loc"] == ("region",) and (len(name) < 4 or name not in wrong["msg"])


def test_variables_in_a_region_are_filled_in_of_stores_alone() -> None:
    assert LocalStore.model_validate({"region": "${REGION}"}).region == "${REGION}"
    with pytest.raises(ValidationError):
        LocalStore.model_validate({"region": "${REGION}.evil.example/#"})
    with pytest.raises(ValidationError):
        Suggest.model_validate({"provider": "bedrock", "model": "m", "region": "${REGION}"})
