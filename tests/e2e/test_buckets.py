"""The whole way into buckets and back by the real command line, on real services."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.buckets import ceph, fresh, keys_of, moto, raw, rclone
from tests.support.flipping import Flipping
from tests.support.servers.ruled import Answer, Request, refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]

BIG = 17 << 20
"""Bytes of the large file: more than one part."""


class Desk:
    """A workspace over a folder and one bucket of a service."""

    def __init__(self, folder: Path, endpoint: Endpoint, *, versioned: bool, more: str = "") -> None:
        self.folder = folder
        self.bucket = fresh(endpoint, versioned=versioned)
        self.client = raw(endpoint)
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        (folder / "reshelve.yaml").write_text(
            "version: 1\nstores:\n  inbox: {path: inbox}\n"
            f"  archive: {{s3: {self.bucket}, prefix: video, region: us-east-1, endpoint_url: '{endpoint.url}'{more}}}\n"
        )

    def layout(self, text: str) -> None:
        (self.folder / "layout.yaml").write_text(f"version: 1\n{text}")

    def run(self, *args: str, code: int = 0) -> str:
        """Run one command line in a process of its own."""
        environ = {**os.environ, "NO_COLOR": "1", "XDG_STATE_HOME": str(self.folder / ".state")}
        command = [sys.executable, "-m", "reshelve", *args]
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *args: str) -> "subprocess.Popen[bytes]":
        """Start one command line, to be killed."""
        environ = {**os.environ, "NO_COLOR": "1", "XDG_STATE_HOME": str(self.folder / ".state")}
        return subprocess.Popen([sys.executable, "-m", "reshelve", *args], cwd=self.folder, env=environ, stdout=subprocess.DEVNULL)

    def plan(self) -> dict[str, Any]:
        """Return the summary event of a plan."""
        summary: dict[str, Any] = json.loads(self.run("plan", "--json").splitlines()[-1])
        return summary

    def keys(self) -> list[str]:
        """Return the keys a stranger sees, reshelve's trash left out."""
        found = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return sorted(each["Key"] for each in found if ".reshelve-trash" not in each["Key"])

    def keys_all(self) -> list[str]:
        """Return all keys, of however many pages."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def body(self, key: str) -> bytes:
        found: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found

    def uploads(self) -> list[Any]:
        found: list[Any] = self.client.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        return found


KINDS = [("moto", False), ("moto", True), ("ceph", False), ("ceph", True), ("rclone", False)]


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0]}-{'versioned' if kind[1] else 'plain'}")
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    name, versioned = request.param
    endpoint: Endpoint = request.getfixturevalue(name)
    more = ", accept_race: true" if name == "rclone" else ""
    with keys_of(endpoint):
        yield Desk(tmp_path, endpoint, versioned=versioned, more=more)


def test_in_and_out_and_back(desk: Desk) -> None:
    content = {"a.mkv": os.urandom(BIG), "b.mkv": b"small", "c.srt": b"sub"}
    for name, text in content.items():
        (desk.inbox / name).write_bytes(text)
        os.utime(desk.inbox / name, ns=(1_500_000_000_000_000_007,) * 2)
    desk.layout(
        'files:\n  "archive:2026/a.mkv": {from: "inbox:a.mkv"}\n'
        '  "archive:2026/b.mkv": {from: "inbox:b.mkv", transfer: copy}\n  "archive:c.srt": {from: "inbox:c.srt"}\n'
    )
    desk.run("apply", "--yes", "--jobs", "2")
    assert desk.keys() == ["video/2026/a.mkv", "video/2026/b.mkv", "video/c.srt"]
    assert desk.body("video/2026/a.mkv") == content["a.mkv"]
    assert sorted(path.name for path in desk.inbox.iterdir()) == ["b.mkv"]
    assert not desk.uploads()
    second = desk.plan()
    assert (second["changes"], second["settled"]) == (False, 3)
    desk.run("check")
    desk.run("undo", "--yes")
    assert {path.name: path.read_bytes() for path in desk.inbox.iterdir() if path.is_file()} == content
    assert (desk.inbox / "a.mkv").stat().st_mtime_ns == 1_500_000_000_000_000_007
    assert desk.keys() == []
    desk.run("redo", "--yes")
    assert desk.keys() == ["video/2026/a.mkv", "video/2026/b.mkv", "video/c.srt"]
    assert desk.body("video/2026/a.mkv") == content["a.mkv"]
    desk.run("undo", "--yes")
    assert {path.name: path.read_bytes() for path in desk.inbox.iterdir() if path.is_file()} == content


def test_of_two_files_of_one_content_one_is_uploaded_and_the_other_goes(desk: Desk) -> None:
    with (desk.folder / "reshelve.yaml").open("a") as config:
        config.write('scan:\n  inbox:\n    rules: [{name: all, place: "archive:{{ filename }}"}]\n')
    for folder in ("one", "two"):
        (desk.inbox / folder).mkdir()
        (desk.inbox / folder / "a.mkv").write_bytes(b"the same" * 100)
    desk.run("scan")
    assert "1 file uploaded" in desk.run("apply", "--yes")
    assert desk.keys() == ["video/a.mkv"] and not list(desk.inbox.glob("*/a.mkv"))
    desk.run("scan")
    assert "Nothing to do" in desk.run("plan")
    desk.run("undo", "--yes")
    assert desk.keys() == [] and len(list(desk.inbox.glob("*/a.mkv"))) == 2


def test_two_objects_of_one_content_come_to_rest_in_the_next_run(desk: Desk) -> None:
    with (desk.folder / "reshelve.yaml").open("a") as config:
        config.write('scan:\n  archive:\n    rules: [{name: all, place: "inbox:{{ filename }}"}]\n')
    for folder in ("one", "two"):
        desk.client.put_object(Bucket=desk.bucket, Key=f"video/{folder}/a.mkv", Body=b"the same")
    assert "the next scan lets this one go to the trash" in desk.run("scan")
    desk.run("apply", "--yes")
    desk.run("scan")
    desk.run("apply", "--yes")
    desk.run("scan")
    assert "Nothing to do" in desk.run("plan")
    assert desk.keys() == [] and (desk.inbox / "a.mkv").read_bytes() == b"the same"


def test_within_and_out_of_sight(desk: Desk) -> None:
    for key in ("video/x.mkv", "video/y.mkv", "video/old.mkv"):
        desk.client.put_object(Bucket=desk.bucket, Key=key, Body=key.encode())
    desk.layout(
        'files:\n  "archive:films/x.mkv": {from: "archive:x.mkv"}\n  "archive:y2.mkv": {from: "archive:y.mkv", transfer: copy}\n'
        'absent:\n  - {path: "archive:old.mkv"}\n'
    )
    desk.run("apply", "--yes")
    assert desk.keys() == ["video/films/x.mkv", "video/y.mkv", "video/y2.mkv"]
    assert not desk.plan()["changes"]
    assert "archive:old.mkv" in desk.run("trash", "list")
    desk.run("undo", "--yes")
    assert desk.keys() == ["video/old.mkv", "video/x.mkv", "video/y.mkv"]
    assert desk.body("video/old.mkv") == b"video/old.mkv"
    desk.run("redo", "--yes")
    desk.run("trash", "restore", "archive:old.mkv", "--yes")
    assert desk.keys() == ["video/films/x.mkv", "video/old.mkv", "video/y.mkv", "video/y2.mkv"]
    desk.run("undo", "--yes")
    desk.run("trash", "empty", "--yes")
    assert desk.run("trash", "list").strip().endswith("Trash: 0 files, 0 B.")


def test_a_service_that_cannot_refuse_is_refused(tmp_path: Path, rclone: Endpoint) -> None:
    with keys_of(rclone):
        desk = Desk(tmp_path, rclone, versioned=False)
        (desk.inbox / "a.mkv").write_text("a")
        desk.layout('files:\n  "archive:a.mkv": {from: "inbox:a.mkv"}\n')
        assert "accept_race" in desk.run("apply", "--yes", code=1)
        assert (desk.inbox / "a.mkv").exists()
        assert desk.keys() == []


def test_what_is_archived_is_asked_for_and_comes_later(tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, versioned=True)
        desk.client.put_object(Bucket=desk.bucket, Key="video/x.mkv", Body=b"cold", StorageClass="DEEP_ARCHIVE")
        desk.layout('files:\n  "inbox:x.mkv": {from: "archive:x.mkv", transfer: copy}\n')
        desk.run("apply", "--yes")
        found = [desk.plan() for _ in range(8)]
        assert [plan for plan in found if plan["waiting"]]
        assert found[-1]["counts"] == {"download": 1}
        desk.run("apply", "--yes")
        assert (desk.inbox / "x.mkv").read_bytes() == b"cold"
        assert not desk.plan()["changes"]


def test_what_can_be_read_no_more_says_how_it_is_waited_for(tmp_path: Path, moto: Endpoint) -> None:
    """A thaw that expires at that very moment: nothing that was looked at before can tell."""
    with ruled(moto) as service, keys_of(moto):
        desk = Desk(tmp_path, service.endpoint, versioned=True)
        desk.client.put_object(Bucket=desk.bucket, Key="video/x.mkv", Body=b"cold")
        desk.layout('files:\n  "inbox:x.mkv": {from: "archive:x.mkv", transfer: copy}\n')
        service.rules.append(refuses("GET .*/x.mkv", 403, "InvalidObjectState"))
        said = desk.run("apply", "--yes", code=3)
        assert "error[archived]" in said and "is archived and has to be thawed first" in said
        assert "Make a new plan: it asks for the object. `reshelve apply --wait` waits until it can be read" in said


def test_what_is_spoilt_on_its_way_to_a_plan_is_the_networks_fault(tmp_path: Path, moto: Endpoint) -> None:
    """Whose archive stands there is told by its comment: until that came as it is, nothing is planned, and nobody blamed."""
    proxy = Flipping(moto.url)
    with keys_of(moto):
        desk = Desk(tmp_path, dataclasses.replace(moto, url=proxy.start()), versioned=False)
        (desk.inbox / "project").mkdir()
        (desk.inbox / "project/a.mov").write_text("film")
        desk.layout('files:\n  "archive:b40.tar.gz": {from: "inbox:project/", pack: tar.gz, transfer: copy}\n')
        desk.run("apply", "--yes")
        # As another program puts it there, which carries nothing along.
        content = desk.body("video/b40.tar.gz")
        raw(moto).put_object(Bucket=desk.bucket, Key="video/b40.tar.gz", Body=content)
        shutil.rmtree(tmp_path / ".reshelve")
        proxy.spot, proxy.spoils = 40, lambda line: line.startswith("GET") and "/b40.tar.gz" in line
        said = desk.run("plan", code=0)
        assert "was spoilt on its way here" in said and "Check the network, then run the command again." in said
        assert "read access" not in said and not desk.plan()["changes"]
        proxy.spoils = lambda line: False
        assert desk.plan()["settled"] == 1
        proxy.stop()


def test_without_keys_the_store_is_away_and_says_what_to_do(tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, versioned=False)
    (desk.inbox / "a.mkv").write_text("a")
    desk.layout('files:\n  "archive:a.mkv": {from: "inbox:a.mkv"}\n')
    with keys_of(Endpoint(moto.url, "", "", {})):
        said = desk.run("plan", code=1)
    assert "store-unavailable" in said
    assert "redentials" in said
    assert (desk.inbox / "a.mkv").exists()


def test_what_went_into_an_archive_class_comes_back(tmp_path: Path, moto: Endpoint) -> None:
    """In a bucket without versions: a copy is let go of while its source stands, what was moved is asked for and comes later."""
    with keys_of(moto):
        desk = Desk(tmp_path, moto, versioned=False, more=", class: DEEP_ARCHIVE")
        for name in ("a.mkv", "b.mkv"):
            (desk.inbox / name).write_text(name)
        desk.layout('files:\n  "archive:a.mkv": {from: "inbox:a.mkv", transfer: copy}\n  "archive:b.mkv": {from: "inbox:b.mkv"}\n')
        desk.run("apply", "--yes")
        assert "1 waiting for a thaw" in desk.run("undo", "--yes")
        assert desk.keys() == ["video/a.mkv", "video/b.mkv"]
        said = ""
        for _ in range(8):
            said = desk.run("undo", "--yes")
            if "Done" in said:
                break
        assert "inbox:a.mkv holds the same" in said
        assert {path.name: path.read_text() for path in desk.inbox.glob("*.mkv")} == {"a.mkv": "a.mkv", "b.mkv": "b.mkv"}
        assert desk.keys() == []
        desk.run("redo", "--yes")
        assert desk.keys() == ["video/a.mkv", "video/b.mkv"]
        assert [path.name for path in desk.inbox.glob("*.mkv")] == ["a.mkv"]


def test_who_uploaded_and_for_which_project_is_noted(tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, versioned=True, more=", uploaded_by: Zoë")
        (desk.inbox / "job").mkdir()
        for name in ("a.mkv", "job/b.mkv"):
            (desk.inbox / name).write_text(name)
        desk.layout(
            'files:\n  "archive:a.mkv": {from: "inbox:a.mkv", facts: {project: b63}}\n'
            '  "archive:job.zip": {from: "inbox:job/", pack: zip, class: STANDARD_IA, facts: {project_id: 7}}\n'
            '  "archive:note.txt": {content: "x"}\n'
        )
        desk.run("apply", "--yes")

        def noted(key: str) -> dict[str, str]:
            said = desk.client.head_object(Bucket=desk.bucket, Key=f"video/{key}")["Metadata"]
            return {name: said[name] for name in ("uploaded-by", "project-id") if name in said}

        assert noted("a.mkv") == {"uploaded-by": "Zo%C3%AB", "project-id": "b63"}
        assert noted("job.zip") == {"uploaded-by": "Zo%C3%AB", "project-id": "7"}
        assert noted("note.txt") == {"uploaded-by": "Zo%C3%AB"}
        desk.layout('files:\n  "archive:films/a.mkv": {from: "archive:a.mkv"}\n  "archive:job.zip": {class: GLACIER_IR}\n')
        desk.run("apply", "--yes")
        assert noted("films/a.mkv") == {"uploaded-by": "Zo%C3%AB", "project-id": "b63"}
        assert noted("job.zip") == {"uploaded-by": "Zo%C3%AB", "project-id": "7"}


def test_a_service_without_classes_is_asked_for_none(tmp_path: Path, rclone: Endpoint) -> None:
    with keys_of(rclone):
        desk = Desk(tmp_path, rclone, versioned=False, more=", accept_race: true")
        (desk.inbox / "a.mkv").write_text("a")
        entry = '  "archive:a.mkv": {from: "inbox:a.mkv", class: DEEP_ARCHIVE, transfer: copy}\n'
        desk.layout(f"files:\n{entry}")
        said = desk.run("apply", "--yes", code=1)
        assert "no-classes" in said and "classes: false" in said
        assert desk.keys() == []
        workspace = tmp_path / "reshelve.yaml"
        workspace.write_text(workspace.read_text().replace("accept_race: true", "accept_race: true, classes: false"))
        assert "no-classes" in desk.run("apply", "--yes")
        assert desk.keys() == ["video/a.mkv"]
        second = desk.plan()
        assert (second["changes"], second["settled"], second["problems"]) == (False, 1, 1)


_DYING = """
import os, signal, sys
from reshelve.executors.stores.s3 import server_copies as copying
copying.copy = lambda *args, **rest: os.kill(os.getpid(), signal.SIGKILL)
from reshelve.cli.entry import run
run(["apply", "--yes"])
"""


@pytest.mark.parametrize("how", ["--rollback", "--finish"])
def test_killed_while_a_copy_holds_its_key(tmp_path: Path, ceph: Endpoint, how: str) -> None:
    """Ceph cannot refuse a copy to a taken key, so an empty object takes it first; killed then, recover clears that."""
    with keys_of(ceph):
        desk = Desk(tmp_path, ceph, versioned=False)
        desk.client.put_object(Bucket=desk.bucket, Key="video/x.mkv", Body=b"x")
        desk.layout('files:\n  "archive:y.mkv": {from: "archive:x.mkv"}\n')
        environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path / ".state"), "PYTHONPATH": str(Path(__file__).parents[2])}
        died = subprocess.run([sys.executable, "-c", _DYING], cwd=tmp_path, env=environ, capture_output=True, check=False)
        assert died.returncode == -9, died.stderr
        assert desk.keys() == ["video/x.mkv", "video/y.mkv"]
        assert desk.body("video/y.mkv") == b""
        desk.run("recover", how)
        assert desk.keys() == (["video/x.mkv"] if how == "--rollback" else ["video/y.mkv"])
        assert desk.body(desk.keys()[0]) == b"x"


@pytest.mark.slow
def test_what_is_there_already_costs_only_the_listing(tmp_path: Path, ceph: Endpoint) -> None:
    """The second sync of many objects: from where they were sent, and from a machine that has to ask what is recorded with each."""
    many = int(os.environ.get("RESHELVE_OBJECTS", "2500"))
    asked: list[str] = []
    proxy = Flipping(ceph.url, cuts=lambda line: asked.append(line) or -1)  # type: ignore[func-returns-value]
    through = dataclasses.replace(ceph, url=proxy.start())
    with keys_of(ceph):
        desk = Desk(tmp_path, through, versioned=False)
        names = [f"{number:05d}.srt" for number in range(many)]
        for name in names:
            (desk.inbox / name).write_bytes(name.encode())
        desk.layout("files:\n" + "".join(f'  "archive:{name}": {{from: "inbox:{name}", transfer: copy}}\n' for name in names))
        desk.run("apply", "--yes")
        assert len(desk.keys_all()) == many
        pages = -(-many // 1000)
        asked.clear()
        assert desk.plan()["operations"] == 0
        # Pages, which may be a little short; and two more, by which the store is reached: is it there, does it keep versions.
        listings = [line for line in asked if "list-type=2" in line]
        assert len(asked) == len(listings) + 1 and pages + 1 <= len(listings) <= pages + 2 + pages // 10, asked
        shutil.rmtree(tmp_path / ".reshelve")
        asked.clear()
        assert desk.plan()["operations"] == 0
        heads = [line for line in asked if line.startswith("HEAD")]
        assert len(heads) <= many and len(asked) == len(heads) + len(listings) + 1
    proxy.stop()


def test_a_bucket_that_may_not_be_listed_is_nothing_to_mount(tmp_path: Path, moto: Endpoint) -> None:
    with ruled(moto) as service, keys_of(moto):
        desk = Desk(tmp_path, service.endpoint, versioned=False)
        (desk.inbox / "a.mov").write_bytes(b"a")
        desk.layout('files:\n  "archive:a.mov": {from: "inbox:a.mov"}\n')
        desk.run("plan")
        desk.run("apply", "--yes")
        service.rules.append(refuses(r"list-type=2", 403, "AccessDenied"))
        for command, code in (
            (("plan",), 1), (("undo", "--yes"), 1), (("doctor",), 1), (("health",), 2), (("trash", "list"), 0), (("check",), 1),
            (("observe", "-o", "seen.json"), 1), (("cost",), 1),
        ):  # fmt: skip
            said = desk.run(*command, code=code)
            assert "ListObjectsV2" in said, command
            assert "ount" not in said.replace("counts", ""), said
            assert "ut that right, then" in said, said
        service.rules[:] = [refuses("PUT .*/b.mov", 503, "SlowDown")]
        (desk.inbox / "b.mov").write_bytes(b"b")
        desk.layout('files:\n  "archive:b.mov": {from: "inbox:b.mov"}\n')
        started = desk.start("apply", "--yes")
        while not any("/b.mov" in line for line in service.lines("PUT")):
            time.sleep(0.05)
        started.kill()
        started.wait()
        service.rules[:] = [refuses(r"list-type=2", 403, "AccessDenied")]
        said = desk.run("recover", code=4)
        assert "ListObjectsV2" in said and "ut that right, then settle the run" in said and "reshelve recover" in said, said


@pytest.mark.parametrize("kind", [each for each in KINDS if each[0] != "rclone"], ids=lambda kind: f"{kind[0]}-{kind[1]}")
def test_a_class_change_that_was_taken_back_stands_in_no_way(
    tmp_path: Path, request: pytest.FixtureRequest, kind: tuple[str, bool]
) -> None:
    endpoint: Endpoint = request.getfixturevalue(kind[0])
    with keys_of(endpoint):
        desk = Desk(tmp_path, endpoint, versioned=kind[1])
        desk.client.put_object(Bucket=desk.bucket, Key="video/theirs.mov", Body=b"theirs", Tagging="job=b40")
        (desk.inbox / "ours.mov").write_bytes(b"ours")
        desk.layout(
            'files:\n  "archive:a/ours.mov": {from: "inbox:ours.mov"}\n  "archive:a/theirs.mov": {from: "archive:theirs.mov"}\n'
        )
        desk.run("apply", "--yes")
        desk.layout('files:\n  "archive:a/ours.mov": {class: STANDARD_IA}\n  "archive:a/theirs.mov": {class: STANDARD_IA}\n')
        desk.run("apply", "--yes")
        desk.run("undo", "--yes")
        desk.run("undo", "--yes")
        assert desk.keys() == ["video/theirs.mov"] and (desk.inbox / "ours.mov").read_bytes() == b"ours"
        assert desk.client.get_object_tagging(Bucket=desk.bucket, Key="video/theirs.mov")["TagSet"] == [
            {"Key": "job", "Value": "b40"}
        ]


def test_an_undo_that_waits_for_a_class_says_for_what(tmp_path: Path, moto: Endpoint) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, versioned=False)
        desk.client.put_object(Bucket=desk.bucket, Key="video/a.mov", Body=b"a")
        desk.layout('files:\n  "archive:a.mov": {class: DEEP_ARCHIVE}\n')
        desk.run("apply", "--yes")
        assert "Waiting for a thaw: archive:a.mov, asked for by this plan." in desk.run("undo", "--yes")


def test_a_download_that_never_comes_whole_costs_only_itself(tmp_path: Path, moto: Endpoint) -> None:
    def spoil(asked: Request, answer: Answer) -> None:
        if asked.method == "GET" and "/b.mov" in asked.path and answer.status in (200, 206):
            answer.body = b"x" * len(answer.body)

    with ruled(moto, changes=(spoil,)) as service, keys_of(moto):
        desk = Desk(tmp_path, service.endpoint, versioned=True)
        for name in "abc":
            desk.client.put_object(Bucket=desk.bucket, Key=f"video/{name}.mov", Body=name.encode() * 100)
        desk.layout("files:\n" + "".join(f'  "inbox:{name}.mov": {{from: "archive:{name}.mov"}}\n' for name in "abc"))
        said = desk.run("apply", "--yes", code=4)
        assert "Each archive, upload and download is for itself: if one fails, the others stay." in said
        assert "transfer" in said and "dmesg" not in said
        assert sorted(path.name for path in desk.inbox.iterdir() if path.suffix) == ["a.mov", "c.mov"]
        assert desk.keys() == ["video/b.mov"]


@pytest.mark.parametrize("how", ["--finish", "--rollback"])
@pytest.mark.parametrize("transfer", ["move", "copy"])
def test_an_archive_that_was_killed_before_it_got_its_class_is_not_done(
    tmp_path: Path, moto: Endpoint, how: str, transfer: str
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def kill(asked: Request) -> Answer | None:
        if "/p.tar.gz" not in asked.headers.get("x-amz-copy-source", "") or started[0].poll() is not None:
            return None
        started[0].kill()
        started[0].wait()
        return Answer(503)

    with ruled(moto, kill) as service, keys_of(moto):
        desk = Desk(tmp_path, service.endpoint, versioned=False)
        (desk.inbox / "p").mkdir()
        (desk.inbox / "p/a.mov").write_bytes(os.urandom(BIG))
        desk.layout(
            f'files:\n  "archive:p.tar.gz": {{from: "inbox:p/", pack: tar.gz, class: DEEP_ARCHIVE, transfer: {transfer}}}\n'
        )
        started.append(desk.start("apply", "--yes"))
        started[0].wait()
        head = desk.client.head_object(Bucket=desk.bucket, Key="video/p.tar.gz")
        assert head.get("StorageClass", "STANDARD") == "STANDARD", "it was killed in between"
        desk.run("recover", how)
        assert (desk.inbox / "p/a.mov").exists() == (how == "--rollback" or transfer == "copy")
        if how == "--rollback":
            assert desk.keys_all() == []
            return
        head = desk.client.head_object(Bucket=desk.bucket, Key="video/p.tar.gz")
        assert head["StorageClass"] == "DEEP_ARCHIVE" and head["Metadata"]["reshelve-hash"].startswith("xxh3:")
        assert desk.plan()["operations"] == 0
