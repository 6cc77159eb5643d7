"""Objects of archive classes by the real command line: asked for, waited for, and brought back, on real services."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.bucket_desk import BIG, KINDS, Desk
from tests.support.buckets import ceph, keys_of, moto, rclone
from tests.support.servers.ruled import Answer, Request, refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]


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
