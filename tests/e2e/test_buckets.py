"""The whole way into buckets and back by the real command line, on real services."""

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bucket_desk import BIG, KINDS, Desk
from tests.support.buckets import ceph, keys_of, moto, raw, rclone
from tests.support.flipping import Flipping
from tests.support.servers.ruled import Answer, Request, refuses, ruled
from tests.support.servers.service import Endpoint

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto", "rclone"]


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
