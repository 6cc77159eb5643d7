"""Somebody who may use one prefix only, and is told "denied" of every free key in it: all works, or the missing right is named."""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_least_privilege import Life
from tests.support.buckets import ceph, fresh, keys_of, raw
from tests.support.servers.ceph import user_without_rights
from tests.support.servers.ruled import Answer, Request, Ruled, ruled
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import call

pytestmark = [pytest.mark.s3, pytest.mark.slow]
__all__ = ["ceph"]

COUNT = itertools.count()


def only_by_prefix(made: dict[str, Any]) -> dict[str, Any]:
    """Return a policy that lets its user list with the prefix named, and never without: free keys then look forbidden."""
    (listing,) = (each for each in made["Statement"] if "Condition" in each)
    listing["Condition"] = {"StringLike": listing["Condition"]["StringLikeIfExists"]}
    return made


@pytest.fixture
def refused() -> list[str]:
    """What was refused."""
    return []


@pytest.fixture
def service(ceph: Endpoint, refused: list[str]) -> Iterator[Ruled]:
    """Ceph, as somebody without any right asks it."""
    user = f"pat{next(COUNT)}of{os.getpid()}"

    def heard(asked: Request, answer: Answer) -> None:
        refused.extend([asked.line] if answer.status == 403 else [])

    with ruled(user_without_rights(ceph, user), changes=(heard,)) as between, keys_of(between.endpoint):
        between.endpoint.extra["user"] = user
        yield between


@pytest.mark.parametrize("versioned", [False, True])
def test_all_works_below_the_prefix(ceph: Endpoint, service: Ruled, refused: list[str], tmp_path: Path, versioned: bool) -> None:
    life = Life(tmp_path, service.endpoint.url, ceph, bucket := fresh(ceph, versioned=versioned))
    service.rules[:] = [life.kills]
    made = only_by_prefix(life.allow(service.endpoint.extra["user"]))
    life.client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(made))
    life.lived(whole=versioned)
    assert any(line.startswith("HEAD") for line in refused), "free keys were to look forbidden"


@pytest.mark.parametrize("versioned", [False, True])
def test_what_people_share_below_a_prefix(ceph: Endpoint, service: Ruled, tmp_path: Path, versioned: bool) -> None:
    bucket = fresh(ceph, versioned=versioned)
    life = Life(tmp_path, service.endpoint.url, ceph, bucket)
    made = only_by_prefix(life.allow(service.endpoint.extra["user"]))
    life.client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(made))
    with (tmp_path / "reshelve.yaml").open("a") as file:
        file.write('sync:\n  all: {here: "ssd:{project}/notes", there: "s3:team/{project}", user: pat}\n')
    life.run("sync", "--yes")
    (tmp_path / "ssd/project/notes/idea.md").write_text("another idea")
    life.run("sync", "--yes")
    assert raw(service.endpoint).get_object(Bucket=bucket, Key="video/team/project/idea.md")["Body"].read() == b"another idea"


MISSING = {
    "s3:GetBucketVersioning": ["plan"],
    "s3:ListBucket": ["plan"],
    "s3:ListBucketMultipartUploads": ["apply", "--yes"],
    "s3:ListBucketVersions": ["apply", "--yes"],
    "s3:PutObject": ["apply", "--yes"],
}


@pytest.mark.parametrize("right", MISSING)
def test_a_missing_right_is_named_as_policies_name_it(ceph: Endpoint, service: Ruled, tmp_path: Path, right: str) -> None:
    life = Life(tmp_path, service.endpoint.url, ceph, bucket := fresh(ceph, versioned=True))
    made = only_by_prefix(life.allow(service.endpoint.extra["user"]))
    for each in made["Statement"]:
        each["Action"] = [action for action in each["Action"] if action != right]
    life.client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(made))
    life.lay(("big.mkv: {from: 'ssd:big.mkv'}",))
    came = call(tmp_path, *MISSING[right])
    assert came.code != 0, came.out
    assert f"let this user do {right}" in came.out + came.err
    assert (tmp_path / "ssd/big.mkv").exists()
