"""`class:` of a store holds for what comes into it from another one, also by the service itself, and is taken back with that."""

from pathlib import Path

import pytest

from tests.support.bucket_desk import Desk
from tests.support.buckets import keys_of, moto
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["moto"]


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize("of_source", ["STANDARD", "GLACIER_IR"])
def test_what_comes_from_another_store_gets_the_class_of_its_store(
    tmp_path: Path, moto: Endpoint, versioned: bool, of_source: str
) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, versioned=versioned)
        with (tmp_path / "reshelve.yaml").open("a") as file:
            file.write(
                f"  cold: {{s3: {desk.bucket}, prefix: cold, region: us-east-1, endpoint_url: '{moto.url}', class: STANDARD_IA}}\n"
            )
        for name in ("a", "b", "c", "d"):
            desk.client.put_object(Bucket=desk.bucket, Key=f"video/{name}.mkv", Body=name.encode(), StorageClass=of_source)
        desk.layout(
            'files:\n  "cold:a.mkv": {from: "archive:a.mkv"}\n  "cold:b.mkv": {from: "archive:b.mkv", transfer: copy}\n'
            '  "cold:c.mkv": {from: "archive:c.mkv", class: ONEZONE_IA}\n  "archive:films/d.mkv": {from: "archive:d.mkv"}\n'
        )
        said = desk.run("apply", "--yes")
        assert said.count("STANDARD_IA") == 2 and said.count("ONEZONE_IA") == 1, said

        def classes() -> list[str]:
            keys = desk.keys()
            heads = (desk.client.head_object(Bucket=desk.bucket, Key=key) for key in keys)
            return [head.get("StorageClass", "STANDARD") for head in heads]

        assert desk.keys() == ["cold/a.mkv", "cold/b.mkv", "cold/c.mkv", "video/b.mkv", "video/films/d.mkv"]
        assert classes() == ["STANDARD_IA", "STANDARD_IA", "ONEZONE_IA", of_source, of_source]
        assert not desk.plan()["changes"]
        desk.run("undo", "--yes")
        assert desk.keys() == [f"video/{name}.mkv" for name in ("a", "b", "c", "d")]
        assert classes() == [of_source] * 4
        desk.run("redo", "--yes")
        assert classes() == ["STANDARD_IA", "STANDARD_IA", "ONEZONE_IA", of_source, of_source]
