"""Tiers, lifecycle rules and the least-privilege policy on real services: what was applied is no change when looked at again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reshelve.planner.buckets.least_privilege_policy import policy_for
from tests.support.buckets import ceph, fresh, keys_of, moto, raw
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import call

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto"]

WORKSPACE = """\
version: 1
stores:
  ssd: {{path: ssd, reserve: 0B}}
  s3:
    s3: {bucket}
    prefix: video/
    endpoint_url: {url}
    region: us-east-1
    lifecycle:
      rules:
        - {{name: tidy, abort_uploads: 7d, expire_versions: 90d}}
        - {{name: old, prefix: tmp/, expire: 30d}}
{more}
tiers:
  videos:
    order:
      ssd: {{at: "ssd:{{project}}"}}
      s3: {{at: "s3:{{range}}/{{project}}", form: tar.gz, class: STANDARD}}
      deep: {{at: "s3:{{range}}/{{project}}", form: tar.gz, class: DEEP_ARCHIVE}}
    moves:
      - {{from: ssd, to: [s3], after: 180d}}
      - {{from: s3, to: [deep], after: 365d}}
"""
# moto forgets the size a rule has, so this one has none.
DEEP = "        - {name: deep, move: {DEEP_ARCHIVE: 365d}}"
OTHERS = {"ID": "others", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}


def laid(folder: Path, endpoint: Endpoint, bucket: str, more: str = "") -> None:
    (folder / "reshelve.yaml").write_text(WORKSPACE.format(bucket=bucket, url=endpoint.url, more=more))
    for name, text in (("cut.mov", "heavy" * 1000), ("notes/idea.md", "light")):
        path = folder / "ssd" / "b40-old" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1_600_000_000, 1_600_000_000))


def events(folder: Path, *args: str) -> list[dict[str, Any]]:
    came = call(folder, *args, "--json")
    assert came.code == 0, (came.out, came.err)
    return came.events


def went(folder: Path, endpoint: Endpoint, bucket: str, more: str = "") -> None:
    """Bring a project into a bucket, with its rules beside somebody else's, look again, and take it back."""
    client = raw(endpoint)
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [OTHERS]})
    laid(folder, endpoint, bucket, more)
    with keys_of(endpoint):
        assert call(folder, "scan").code == 0
        planned = [event for event in events(folder, "plan") if event["type"] == "operation"]
        assert {event["op"] for event in planned} == {"pack", "trash", "rmdir", "configure"}
        events(folder, "apply", "--yes")
        rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert {"others", "reshelve-s3-tidy@video/", "reshelve-s3-old@video/"} <= {rule["ID"] for rule in rules}
        assert [event for event in events(folder, "plan") if event["type"] == "operation"] == []
        assert call(folder, "scan").code == 0
        assert [event for event in events(folder, "plan") if event["type"] == "operation"] == []
        (project,) = [event for event in events(folder, "manifest") if event["type"] == "project"]
        s3 = project["storage"]["s3"]
        assert (s3["bucket"], s3["key"], s3["tier"]) == (bucket, "video/b00-b49/b40-old.tar.gz", "STANDARD")
        assert project["storage"]["ssd"] == {"exists": False}
        (now,) = [event for event in events(folder, "cost") if event["type"] == "scenario"]
        assert now["lines"][0]["objects"] == 1 and now["lines"][0]["bytes"] == s3["size_bytes"]
        events(folder, "undo", "--yes")
        rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert [rule["ID"] for rule in rules] == ["others"]
    assert (folder / "ssd" / "b40-old" / "notes" / "idea.md").read_text() == "light"


@pytest.mark.parametrize("versioned", [False, True])
def test_on_moto(moto: Endpoint, tmp_path: Path, versioned: bool) -> None:
    went(tmp_path, moto, fresh(moto, versioned=versioned), DEEP)


@pytest.mark.parametrize("versioned", [False, True])
def test_on_ceph(ceph: Endpoint, tmp_path: Path, versioned: bool) -> None:
    went(tmp_path, ceph, fresh(ceph, versioned=versioned))


def test_a_service_takes_the_policy(ceph: Endpoint, moto: Endpoint) -> None:
    from reshelve.schemas.store_settings import Store

    for endpoint in (ceph, moto):
        bucket = fresh(endpoint)
        rules = {"rules": [{"name": "x", "expire": "9d"}]}
        store = Store.model_validate({"s3": bucket, "prefix": "video/", "endpoint_url": endpoint.url, "lifecycle": rules})
        made = policy_for({"s3": store}, principals=["arn:aws:iam::123456789012:user/jan"])
        client = raw(endpoint)
        client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(made))
        kept = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
        assert len(kept["Statement"]) == 3
