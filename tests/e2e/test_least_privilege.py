"""The least-privilege policy, recorded: whatever reshelve does works with the printed rights alone, and each of them is needed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reshelve.planner.buckets.least_privilege_policy import policy_for
from reshelve.schemas.documents.workspace_files import load_workspace
from tests.support.buckets import ceph, fresh, gets_nowhere_beside, keys_of, raw
from tests.support.servers.ceph import user_without_rights
from tests.support.servers.ruled import Answer, Request, ruled
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import call

pytestmark = [pytest.mark.s3, pytest.mark.slow]
__all__ = ["ceph"]

BIG = 17 << 20
"""Bytes of a file that goes up in parts."""

WORKSPACE = """\
version: 1
stores:
  ssd: {{path: ssd, reserve: 0B}}
  s3:
    s3: {bucket}
    prefix: video/
    endpoint_url: {url}
    region: us-east-1
    patience: 5s
"""
RULES = """\
    lifecycle:
      rules:
        - {name: tidy, abort_uploads: 7d, expire_versions: 90d}
"""


@dataclass
class Recording:
    """What was asked of a bucket: the rights that AWS's reference of actions wants for it, and what was refused."""

    rights: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def heard(self, asked: Request, answer: Answer) -> None:
        """Take in a request and its answer."""
        self.rights |= set(rights_of(asked))
        if answer.status == 403:
            self.refused.append(asked.line)


def rights_of(asked: Request) -> Iterator[str]:
    """Yield the rights that a request needs, by the reference of actions of Amazon S3."""
    where = urlsplit(asked.path)
    query = parse_qs(where.query, keep_blank_values=True)
    key = where.path.lstrip("/").partition("/")[2]
    version = "Version" if "versionId" in query else ""
    about = next((name for name in _SUBRESOURCES if name in query), "")
    if not key:
        yield _OF_BUCKETS[asked.method, about]
        return
    match asked.method, about:
        case (("GET" | "HEAD"), ""):
            yield f"s3:GetObject{version}"
        case "GET", ("acl" | "tagging"):
            yield f"s3:GetObject{version}{about.capitalize()}"
        case "GET", "uploadId":
            yield "s3:ListMultipartUploadParts"
        case "DELETE", "uploadId":
            yield "s3:AbortMultipartUpload"
        case "DELETE", "":
            yield f"s3:DeleteObject{version}"
            if "if-match" in asked.headers:
                yield "s3:GetObject"
        case "PUT", "tagging":
            yield f"s3:PutObject{version}Tagging"
        case "POST", "restore":
            yield "s3:RestoreObject"
        case (("PUT" | "POST"), ("" | "uploads" | "uploadId")):
            yield "s3:PutObject"
        case _:
            raise AssertionError(f"what does it take to {asked.line}?")
    source = asked.headers.get("x-amz-copy-source", "")
    if source:
        versioned = "Version" if "versionId" in source else ""
        yield f"s3:GetObject{versioned}"
        if "uploadId" not in query:
            # A copy as a whole takes the tags along.
            yield f"s3:GetObject{versioned}Tagging"
            yield "s3:PutObjectTagging"
    if any(name.startswith("x-amz-grant") or name == "x-amz-acl" for name in asked.headers):
        yield "s3:PutObjectAcl"
    if "x-amz-tagging" in asked.headers:
        yield "s3:PutObjectTagging"


_SUBRESOURCES = ("acl", "tagging", "restore", "uploads", "uploadId", "versioning", "versions", "object-lock", "ownershipControls",
                 "lifecycle", "location", "policy")  # fmt: skip
_OF_BUCKETS = {
    ("GET", ""): "s3:ListBucket",
    ("HEAD", ""): "s3:ListBucket",
    ("GET", "versions"): "s3:ListBucketVersions",
    ("GET", "versioning"): "s3:GetBucketVersioning",
    ("GET", "uploads"): "s3:ListBucketMultipartUploads",
    ("GET", "object-lock"): "s3:GetBucketObjectLockConfiguration",
    ("GET", "ownershipControls"): "s3:GetBucketOwnershipControls",
    ("GET", "lifecycle"): "s3:GetLifecycleConfiguration",
    ("PUT", "lifecycle"): "s3:PutLifecycleConfiguration",
    ("DELETE", "lifecycle"): "s3:PutLifecycleConfiguration",
    ("GET", "location"): "s3:GetBucketLocation",
}


class Life:
    """All that is done with a bucket, by somebody: `owner` owns it and puts strangers' objects there."""

    def __init__(self, folder: Path, url: str, owner: Endpoint, bucket: str, rules: str = "") -> None:
        self.folder = folder
        self.bucket = bucket
        self.client = raw(owner)
        self.doomed: list[int] = []
        (folder / "reshelve.yaml").write_text(WORKSPACE.format(bucket=bucket, url=url) + rules)
        (folder / "ssd/project/notes").mkdir(parents=True)
        (folder / "ssd/big.mkv").write_bytes(os.urandom(BIG))
        for name in ("small.mkv", "copy.mkv", "project/cut.mov", "project/notes/idea.md"):
            (folder / "ssd" / name).write_text(name * 100)

    def lived(self, *, whole: bool) -> None:
        """Upload, pack, copy, move, change a class, let go of, take back and do again; `whole`: bring back and recover, too."""
        self.apply(
            "big.mkv: {from: 'ssd:big.mkv'}",
            "small.mkv: {from: 'ssd:small.mkv'}",
            "copy.mkv: {from: 'ssd:copy.mkv', transfer: copy}",
            "b40.tar.gz: {from: 'ssd:project/', pack: tar.gz}",
        )
        self.given("theirs.mkv")
        self.apply(
            "films/theirs.mkv: {from: 's3:theirs.mkv'}",
            "films/small.mkv: {from: 's3:small.mkv'}",
            "again.mkv: {from: 's3:copy.mkv', transfer: copy}",
            "copy.mkv: {class: STANDARD_IA}",
        )
        self.again()
        self.apply(absent="big.mkv", local=("back/small.mkv: {from: 's3:films/small.mkv'}", "back/b40/: {unpack: 's3:b40.tar.gz'}"))
        if whole:
            self.again()
            self.run("trash", "restore", "s3:big.mkv", "--yes")
            self.apply(absent="big.mkv")
            for how in ("--rollback", "--finish"):
                self.killed(how)
        self.run("trash", "empty", "--yes")

    def allow(self, user: str, *, read_only: bool = False) -> dict[str, Any]:
        """Let a user do what the policy of this workspace says, and return that."""
        stores = load_workspace(self.folder / "reshelve.yaml", {}).workspace.stores
        made = policy_for(stores, read_only=read_only, principals=[f"arn:aws:iam:::user/{user}"])
        self.client.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(made))
        return made

    def looked(self) -> None:
        """Plan and look at everything, and change nothing."""
        for key in ("theirs.mkv", "old.mkv"):
            self.given(key)
        entries = ("films/theirs.mkv: {from: 's3:theirs.mkv'}", "small.mkv: {from: 'ssd:small.mkv'}")
        self.lay(entries, "old.mkv", ("back/old.mkv: {from: 's3:old.mkv', transfer: copy}",))
        looks = ("plan", "status", "doctor", "cost", "trash list", "log", "observe -o seen.ndjson", "explain s3:old.mkv")
        said = [self.run(*look.split()) for look in looks]
        assert "cannot be read" not in said[0] and "can be brought back until ?" not in said[0]

    def apply(self, *entries: str, absent: str = "", local: tuple[str, ...] = ()) -> None:
        """Apply a layout of entries in the bucket, and of `local` ones."""
        self.lay(entries, absent, local)
        self.run("apply", "--yes")

    def lay(self, entries: tuple[str, ...], absent: str = "", local: tuple[str, ...] = ()) -> None:
        placed = [*(f"s3:{each}" for each in entries), *(f"ssd:{each}" for each in local)]
        lines = ["version: 1", "files:" if placed else "files: {}"]
        for each in placed:
            place, _, rest = each.partition(": ")
            lines.append(f'  "{place}": {rest}')
        lines += ["absent:", f'  - {{path: "s3:{absent}"}}'] if absent else []
        (self.folder / "layout.yaml").write_text("\n".join(lines) + "\n")

    def again(self) -> None:
        self.run("undo", "--yes")
        self.run("redo", "--yes")

    def run(self, *args: str) -> str:
        came = call(self.folder, *args)
        assert came.code == 0, (args, came.out, came.err)
        return came.out + came.err

    def killed(self, how: str) -> None:
        """Kill an upload in parts, and settle its run."""
        (self.folder / "ssd/late.mkv").write_bytes(os.urandom(BIG))
        self.lay(("late.mkv: {from: 'ssd:late.mkv'}",))
        began = subprocess.Popen([sys.executable, "-m", "reshelve", "apply", "--yes"], cwd=self.folder, stdout=subprocess.DEVNULL)
        self.doomed.append(began.pid)
        assert began.wait(timeout=120) == -signal.SIGKILL
        self.run("recover", how)
        assert (self.folder / "ssd/late.mkv").exists() == (how == "--rollback")

    def kills(self, asked: Request) -> None:
        """Kill who sends the second part of what is to be killed, once the first is there: a rule of the service's."""
        if self.doomed and "partNumber=2" in asked.path:
            os.kill(self.doomed.pop(), signal.SIGKILL)

    def given(self, key: str) -> None:
        """Put an object there as its owner does, with tags, which others may read."""
        self.client.put_object(
            Bucket=self.bucket,
            Key=f"video/{key}",
            Body=key.encode() * 1000,
            Tagging="kind=holiday",
            GrantRead='uri="http://acs.amazonaws.com/groups/global/AllUsers"',
        )


def test_a_whole_life_with_the_policy_alone(ceph: Endpoint, tmp_path: Path) -> None:
    """Somebody who has no right but the printed policy goes all the way, uses each of its rights, and gets nowhere beside it."""
    recording = Recording()
    allowed: set[str] = set()
    ann = user_without_rights(ceph, user := f"ann{os.getpid()}")
    with ruled(ann, changes=(recording.heard,)) as service, keys_of(ann):
        for versioned in (False, True):
            bucket = fresh(ceph, versioned=versioned)
            folder = tmp_path / f"versioned-{versioned}"
            folder.mkdir()
            life = Life(folder, service.endpoint.url, ceph, bucket, RULES if versioned else "")
            service.rules[:] = [life.kills]
            made = life.allow(user)
            raw(ceph).put_object(Bucket=bucket, Key="private/letter.txt", Body=b"not for ann")
            allowed |= {action for each in made["Statement"] for action in each["Action"]}
            life.lived(whole=versioned)
    assert recording.refused == []
    # Whether a bucket has grants is asked of every service, though some know no such right, so that no policy can name it.
    assert recording.rights - {"s3:GetBucketOwnershipControls"} == allowed
    gets_nowhere_beside(raw(ann), bucket, made)


@pytest.mark.parametrize("versioned", [False, True])
def test_who_may_only_look_is_told_everything(ceph: Endpoint, tmp_path: Path, versioned: bool) -> None:
    recording = Recording()
    bob = user_without_rights(ceph, user := f"bob{versioned:d}{os.getpid()}")
    with ruled(bob, changes=(recording.heard,)) as service, keys_of(bob):
        life = Life(tmp_path, service.endpoint.url, ceph, fresh(ceph, versioned=versioned), RULES if versioned else "")
        made = life.allow(user, read_only=True)
        life.looked()
    assert recording.refused == []
    allowed = {action for each in made["Statement"] for action in each["Action"]}
    assert recording.rights - {"s3:GetBucketOwnershipControls"} <= allowed
