"""Undo and redo put nothing out of sight in a bucket, or for one, that somebody rewrote since with all else of it kept."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.buckets import fresh, keys_of, moto, raw
from tests.support.servers.ruled import Request, ruled
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import Came, call

pytestmark = pytest.mark.s3
__all__ = ["moto"]

FILM = b"the film " * 600
STORIES = {
    "upload": ("local", 'files: {"a:n.mkv": {from: "local:f.mkv"}}'),
    "upload of a copy": ("local", 'files: {"a:n.mkv": {from: "local:f.mkv", transfer: copy}}'),
    "upload that replaces": ("local taken", 'files: {"a:taken.mkv": {from: "local:f.mkv", on_conflict: replace}}'),
    "download": ("object", 'files: {"local:n.mkv": {from: "a:f.mkv"}}'),
    "download that replaces": ("object", 'files: {"local:here.mkv": {from: "a:f.mkv", on_conflict: replace}}'),
    "between buckets": ("object", 'files: {"b:n.mkv": {from: "a:f.mkv"}}'),
    "copy between buckets": ("object", 'files: {"b:n.mkv": {from: "a:f.mkv", transfer: copy}}'),
    "pack": ("folder", 'files: {"a:p.tar.gz": {from: "local:p/", pack: tar.gz}}'),
    "to the trash": ("object", 'absent: [{path: "a:f.mkv"}]'),
}


class Desk:
    """A folder and two buckets, with what a story begins with; each thing that is in sight can be rewritten."""

    def __init__(self, folder: Path, endpoint: Endpoint, story: str, *, versioned: bool, apply: bool = True) -> None:
        laid, layout = STORIES[story]
        self.folder, self.client = folder, raw(endpoint)
        self.buckets = [fresh(endpoint, versioned=versioned) for _ in "ab"]
        (folder / "local/p").mkdir(parents=True)
        (folder / "local/here.mkv").write_bytes(b"was here" * 90)
        stores = "".join(
            f"  {name}: {{s3: {bucket}, region: us-east-1, endpoint_url: '{endpoint.url}'}}\n"
            for name, bucket in zip("ab", self.buckets, strict=True)
        )
        (folder / "reshelve.yaml").write_text(f"version: 1\nstores:\n  local: {{path: local, reserve: 0B}}\n{stores}")
        (folder / "layout.yaml").write_text(f"version: 1\n{layout}\n")
        if "local" in laid:
            (folder / "local/f.mkv").write_bytes(FILM)
        if "taken" in laid:
            self.client.put_object(Bucket=self.buckets[0], Key="taken.mkv", Body=b"taken" * 80)
        if laid == "object":
            self.client.put_object(Bucket=self.buckets[0], Key="f.mkv", Body=FILM, Metadata={"by": "others"})
        if laid == "folder":
            (folder / "local/p/x.mkv").write_bytes(FILM)
            (folder / "local/p/y.mkv").write_bytes(b"y" * 400)
        if apply:
            self.run("apply")

    def run(self, *args: str, code: int = 0) -> Came:
        came = call(self.folder, *args, "--yes")
        assert came.code == code, came.out + came.err
        return came

    def in_sight(self) -> Iterator[tuple[str, Callable[[], bytes], Callable[[bytes], object]]]:
        """Yield the name of each file and object in sight, how it is read, and how it is rewritten with all else kept."""
        for path in sorted((self.folder / "local").rglob("*")):
            if path.is_file() and not any(part.startswith(".reshelve") for part in path.parts):
                yield path.name, path.read_bytes, lambda content, path=path: _rewrite(path, content)
        for bucket in self.buckets:
            for each in self.client.list_objects_v2(Bucket=bucket).get("Contents", []):
                key = each["Key"]
                if not key.startswith(".reshelve"):
                    yield key, lambda b=bucket, k=key: self._get(b, k), lambda content, b=bucket, k=key: self._put(b, k, content)

    def _get(self, bucket: str, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def _put(self, bucket: str, key: str, content: bytes) -> None:
        head = self.client.head_object(Bucket=bucket, Key=key)
        self.client.put_object(Bucket=bucket, Key=key, Body=content, Metadata=head["Metadata"], ContentType=head["ContentType"])


def _rewrite(path: Path, content: bytes) -> None:
    before = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("steps", "versioned"),
    [(("undo",), True), (("undo", "redo"), False), (("undo", "redo"), True)],
    ids=["undo", "redo", "redo-versioned"],
)
@pytest.mark.parametrize("story", STORIES)
def test_what_was_rewritten_stays_in_sight(
    tmp_path: Path, moto: Endpoint, story: str, steps: tuple[str, ...], versioned: bool
) -> None:
    *before, last = steps
    number = 0
    with keys_of(moto):
        while True:
            desk = Desk(tmp_path / str(number), moto, story, versioned=versioned)
            for step in before:
                desk.run(step)
            things = list(desk.in_sight())
            if number >= len(things):
                break
            name, read, rewrite = things[number]
            content = bytes(byte ^ 1 for byte in read())
            rewrite(content)
            for more in ((), ("--partial",)):
                came = call(desk.folder, last, "--yes", *more)
                said = name, more, came.out + came.err
                assert came.code in (0, 1) and "Make a new plan" not in came.out + came.err, said
                assert content in [read() for _, read, _ in desk.in_sight()], said
            number += 1


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
@pytest.mark.parametrize("story", STORIES)
def test_what_nobody_touched_goes_back_and_forth(tmp_path: Path, moto: Endpoint, story: str, versioned: bool) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, story, versioned=versioned)
        left = sorted((name, read()) for name, read, _ in desk.in_sight() if not name.endswith(".tar.gz"))
        for _ in range(2):
            desk.run("undo")
            desk.run("redo")
            assert sorted((name, read()) for name, read, _ in desk.in_sight() if not name.endswith(".tar.gz")) == left


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
def test_a_redo_that_fails_leaves_the_object_that_was_there(tmp_path: Path, moto: Endpoint, versioned: bool) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, "upload that replaces", versioned=versioned)
        desk.run("undo")
        trash = tmp_path / "local/.reshelve-trash"
        if trash.exists():
            for below in sorted(trash.rglob("*"), reverse=True):
                below.unlink() if below.is_file() else below.rmdir()
            trash.rmdir()
        trash.write_text("in the way")
        came = call(tmp_path, "redo", "--yes")
        assert came.code not in (0, 2), came.out + came.err
        assert [(name, read()) for name, read, _ in desk.in_sight() if name == "taken.mkv"] == [("taken.mkv", b"taken" * 80)]


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
def test_of_a_download_that_is_gone_the_object_comes_back_alone(tmp_path: Path, moto: Endpoint, versioned: bool) -> None:
    with keys_of(moto):
        desk = Desk(tmp_path, moto, "download", versioned=versioned)
        (tmp_path / "local/n.mkv").unlink()
        desk.run("undo")
        assert ("f.mkv", FILM) in [(name, read()) for name, read, _ in desk.in_sight()]


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
@pytest.mark.parametrize("deed", ["removed", "rewritten"])
def test_a_downloaded_file_that_somebody_changes_keeps_its_object(
    tmp_path: Path, moto: Endpoint, deed: str, versioned: bool
) -> None:
    """At the first requests after it got its name: the object goes only while the file stands as it was downloaded."""
    for number in range(3):
        folder = tmp_path / str(number)
        with ruled(moto) as service, keys_of(moto):
            desk = Desk(folder, service.endpoint, "download", versioned=versioned, apply=False)
            film = folder / "local/n.mkv"
            since: list[str] = []

            def meddle(asked: Request, film: Path = film, since: list[str] = since, at: int = number) -> None:
                if since or film.exists():
                    since.append(asked.line)
                    if len(since) == at + 1:
                        film.unlink() if deed == "removed" else _rewrite(film, bytes(len(FILM)))

            service.rules.append(meddle)
            came = call(folder, "apply", "--yes")
            service.rules.clear()
            assert len(since) > number
            assert came.code != 0 and FILM in [read() for _, read, _ in desk.in_sight()], (since, came.out + came.err)


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
@pytest.mark.parametrize("deed", ["removed", "rewritten"])
def test_an_object_moves_only_while_its_copy_stands_as_it_was_made(
    tmp_path: Path, moto: Endpoint, deed: str, versioned: bool
) -> None:
    with ruled(moto) as service, keys_of(moto):
        desk = Desk(tmp_path, service.endpoint, "between buckets", versioned=versioned, apply=False)
        to = desk.buckets[1]
        done: list[str] = []

        def meddle(asked: Request) -> None:
            # The copy stands, and this is the first request after the one that made it.
            there = raw(moto).list_objects_v2(Bucket=to).get("Contents", [])
            if not done and [each["Size"] for each in there] == [len(FILM)]:
                done.append(asked.line)
                if deed == "removed":
                    raw(moto).delete_object(Bucket=to, Key="n.mkv")
                else:
                    head = raw(moto).head_object(Bucket=to, Key="n.mkv")
                    raw(moto).put_object(Bucket=to, Key="n.mkv", Body=bytes(len(FILM)), Metadata=head["Metadata"])

        service.rules.append(meddle)
        came = call(tmp_path, "apply", "--yes")
        service.rules.clear()
        assert done and came.code != 0, came.out + came.err
        assert FILM in [read() for _, read, _ in desk.in_sight()], (done, came.out + came.err)
