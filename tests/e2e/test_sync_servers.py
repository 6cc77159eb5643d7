"""Sync on real services: two people with state of their own, one bucket, their day as the guide tells it."""

import json
import os
import urllib.request
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from types import MappingProxyType

import pytest
from botocore.exceptions import ClientError

from tests.support.buckets import ceph, fresh, keys_of, moto, raw, rclone
from tests.support.servers.ceph import user_without_rights
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import Came, call

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]

WORKSPACE = """\
version: 1
stores:
  work: {{path: .}}
  collab: {{s3: {bucket}, endpoint_url: {url}, region: us-east-1{more}}}
sync:
  staging: {{here: "work:{{project}}/s3-staging", there: "collab:v-appydave/{{project}}", user: {user}}}
"""
LARGE = 12 << 20


def joined(folder: Path, endpoint: Endpoint, bucket: str, more: str = "") -> None:
    for user in ("david", "jan"):
        staging = folder / user / "b63-flivideo/s3-staging"
        staging.mkdir(parents=True)
        text = WORKSPACE.format(bucket=bucket, url=endpoint.url, user=user, more=more)
        (folder / user / "reshelve.yaml").write_text(text)


def staging(folder: Path, user: str) -> Path:
    return folder / user / "b63-flivideo/s3-staging"


def here(folder: Path, user: str) -> dict[str, bytes]:
    top = staging(folder, user)
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def _went(folder: Path, *args: str) -> Came:
    came = call(folder, *args)
    assert came.code == 0, (args, came.out, came.err)
    assert "not-noted" not in came.err
    return came


def lived(folder: Path, users: Mapping[str, Endpoint] = MappingProxyType({})) -> None:
    """Live a day: a large draft out and back, both edit it, a rename, and the clean-up; as `users`, or as the environment says."""

    def went(place: Path, *args: str) -> Came:
        user = users.get(place.relative_to(folder).parts[0])
        with keys_of(user) if user is not None else nullcontext():
            return _went(place, *args)

    draft = os.urandom(LARGE)
    (staging(folder, "david") / "draft.mp4").write_bytes(draft)
    went(folder / "david", "sync", "b63", "--yes")
    went(folder / "jan" / "b63-flivideo", "sync", "--yes")
    assert here(folder, "jan") == {"draft.mp4": draft}
    (staging(folder, "jan") / "audio.wav").write_bytes(b"an audio edit")
    (staging(folder, "jan") / "draft.mp4").write_bytes(b"by jan")
    (staging(folder, "david") / "draft.mp4").write_bytes(b"by david")
    went(folder / "jan", "sync", "--yes")
    came = went(folder / "david", "sync", "--yes")
    assert "the one from jan" in came.out
    went(folder / "jan", "sync", "--yes")
    both = {"draft.mp4": b"by jan", "draft-david.mp4": b"by david", "audio.wav": b"an audio edit"}
    assert here(folder, "david") == here(folder, "jan") == both
    (staging(folder, "jan") / "audio.wav").rename(staging(folder, "jan") / "music.wav")
    went(folder / "jan", "sync", "--yes")
    went(folder / "david", "sync", "--yes")
    assert set(here(folder, "david")) == {"draft.mp4", "draft-david.mp4", "music.wav"}
    for user in ("david", "jan"):
        assert "nothing differs" in went(folder / user, "sync").out
    came = went(folder / "jan/b63-flivideo", "sync", "status", "--all")
    assert "b63-flivideo  3 files here, 3 files in the bucket  in sync" in came.out
    came = went(folder / "jan", "sync", "status", "b63")
    assert "in sync; last sync" in came.out
    assert "by david" in came.out
    assert went(folder / "jan", "sync", "link", "b63/music.wav").out.startswith("http")
    went(folder / "david", "sync", "clean", "b63", "--yes")
    came = went(folder / "jan", "sync", "--yes")
    assert "david removed 3 files from the bucket" in came.out and "nothing differs" in came.out
    assert len(here(folder, "jan")) == 3


ODD = (
    "plain.mp4", "with space.mp4", "ünï cödé.mp4", "e\u0301.mp4", "100% #1+2&3?.mp4", "a'b\"c.mp4", "-dash.mp4",
    "sub dir/x;y=z.mov", "back\\slash.mp4", "*star[1].mp4",
)  # fmt: skip


def test_a_link_opens_the_file_whatever_it_is_called(ceph: Endpoint, tmp_path: Path) -> None:
    joined(tmp_path, ceph, fresh(ceph))
    top = staging(tmp_path, "david")
    for name in ODD:
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(name)
    with keys_of(ceph):
        _went(tmp_path / "david", "sync", "--yes")
        for name in ODD:
            address = _went(tmp_path / "david", "sync", "link", "--", f"b63/{name}").out.strip()
            assert "X-Amz-Signature" in address, "signed as every service and key takes it"
            with urllib.request.urlopen(address, timeout=10) as answer:
                assert answer.read().decode() == name


@pytest.mark.parametrize("versioned", [True, False])
@pytest.mark.parametrize("service", ["ceph", "moto"])
def test_a_day(request: pytest.FixtureRequest, tmp_path: Path, service: str, versioned: bool) -> None:
    endpoint: Endpoint = request.getfixturevalue(service)
    bucket = fresh(endpoint, versioned=versioned)
    joined(tmp_path, endpoint, bucket)
    with keys_of(endpoint):
        lived(tmp_path)
    keys = {each["Key"] for each in raw(endpoint).list_objects_v2(Bucket=bucket).get("Contents", ())}
    assert {key for key in keys if ".reshelve-" not in key} == {"v-appydave/b63-flivideo/metadata.json"}


@pytest.mark.parametrize("versioned", [True, False])
def test_a_day_with_the_printed_policy_alone(ceph: Endpoint, tmp_path: Path, versioned: bool) -> None:
    """Two people with no right but the policy of both live the day, and neither writes the other's record."""
    users = {name: user_without_rights(ceph, f"{name}{os.getpid()}{versioned:d}") for name in ("david", "jan")}
    bucket = fresh(ceph, versioned=versioned)
    joined(tmp_path, ceph, bucket)
    told = [f"--person={name}=arn:aws:iam:::user/{name}{os.getpid()}{versioned:d}" for name in users]
    policy = call(tmp_path / "david", "s3", "policy", *told).out
    raw(ceph).put_bucket_policy(Bucket=bucket, Policy=policy)
    lived(tmp_path, users)
    record = {"Bucket": bucket, "Key": "v-appydave/b63-flivideo/.reshelve-sync/david.json"}
    jan = raw(users["jan"])
    assert json.loads(jan.get_object(**record)["Body"].read())["user"] == "david"
    for forbidden in (lambda: jan.put_object(**record, Body=b"{}"), lambda: jan.delete_object(**record)):
        with pytest.raises(ClientError, match="AccessDenied"):
            forbidden()
    raw(users["david"]).put_object(**record, Body=b"{}")


def test_a_day_where_conditions_are_ignored(rclone: Endpoint, tmp_path: Path) -> None:
    bucket = fresh(rclone)
    joined(tmp_path, rclone, bucket, ", accept_race: true")
    with keys_of(rclone):
        lived(tmp_path)
