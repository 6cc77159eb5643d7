"""What stands in `s3:` of a store: the name of a bucket, and of what people put there instead, which keys it belongs to."""

import pytest
from pydantic import ValidationError

from reshelve.schemas.store_settings import Store

ACCESS_POINT = "arn:aws:s3:eu-central-1:123456789012:accesspoint/films"
OUTPOST = "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01ac5d28a6a232904/accesspoint/films"
EVERYWHERE = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"


@pytest.mark.parametrize("name", ["films", "my.films-2_x", "Films", "Old_Bucket", "${BUCKET}", ACCESS_POINT, OUTPOST, EVERYWHERE])
def test_names(name: str) -> None:
    assert Store.model_validate({"s3": name}).s3 == name


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("s3://films", "s3: films"),
        ("s3://films/video/", "s3: films, prefix: video"),
        ("films/video", "s3: films, prefix: video"),
        ("arn:aws:s3:::films", "s3: films"),
        ("arn:aws-cn:s3:::films/video/new", "s3: films, prefix: video/new"),
        ("https://films.s3.amazonaws.com", "s3: films"),
        ("https://my.films.s3.eu-central-1.amazonaws.com/video/", "s3: my.films, prefix: video"),
        ("https://films.s3-eu-west-1.amazonaws.com", "s3: films"),
        ("https://s3.eu-central-1.amazonaws.com/films/video", "s3: films, prefix: video"),
        ("http://nas.local:9000/films", "s3: films, endpoint_url: http://nas.local:9000"),
        ("https://s3.example.org/films/video/", "s3: films, prefix: video, endpoint_url: https://s3.example.org"),
    ],
)
def test_addresses_are_told_by_the_keys_they_belong_to(name: str, keys: str) -> None:
    with pytest.raises(ValidationError, match="give the bucket its own key") as caught:
        Store.model_validate({"s3": name})
    assert f"give the bucket its own key ({keys})" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        *("s3://", "s3:films", "gs://films", "C:\\films", "https://s3.example.org", "my films", "films:", "ümlaut"),
        "arn:aws:s3:us-east-1.evil.example/:123456789012:accesspoint/films",
        "arn:aws:s3:us-east-1:evil.example/#:accesspoint/films",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/films.evil.example/",
        "arn:aws:s3-outposts:evil.example#:123456789012:outpost/op-1/accesspoint/films",
        "arn:aws.evil.example#:s3:us-east-1:123456789012:accesspoint/films",
    ],
)
def test_what_is_none(name: str) -> None:
    with pytest.raises(ValidationError, match="is not the name of a bucket"):
        Store.model_validate({"s3": name})


def test_a_directory_bucket_is_refused() -> None:
    """Its ETags are no MD5s though they look like them, and its listings have no order (API reference: ListObjectsV2)."""
    with pytest.raises(ValidationError, match="is a directory bucket"):
        Store.model_validate({"s3": "films--use1-az4--x-s3"})


def test_no_secret_of_an_address_is_repeated_in_what_is_said() -> None:
    with pytest.raises(ValidationError) as caught:
        Store.model_validate({"s3": "https://jan:hunter2@nas.local/films?X-Amz-Signature=feedbeef"})
    (wrong,) = caught.value.errors()
    assert "hunter2" not in wrong["msg"] and "feedbeef" not in wrong["msg"]
    assert "(s3: films, endpoint_url: https://nas.local)" in wrong["msg"]
