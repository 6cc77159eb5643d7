"""rclone bisync, the usual way to keep a folder and a bucket alike: its command, and a history of people played with it."""

import os
import random
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.servers.rclone import Rclone
from tests.support.servers.service import Endpoint, program
from tests.support.syncworlds import Step, history

_NEEDS_RESYNC = "Must run --resync"


def bisync_command(endpoint: Endpoint, bucket: str, work: Path, *more: str) -> list[str]:
    """Return the command line of rclone bisync between `files` of a folder and a bucket, its state beside them."""
    where = ["--s3-provider", "Other", "--s3-endpoint", endpoint.url, "--s3-access-key-id", endpoint.key]
    where += ["--s3-secret-access-key", endpoint.secret, "--config", str(work / "none.conf"), "--workdir", str(work / "bisync")]
    return [str(program("rclone")), "bisync", str(work / "files"), f":s3:{bucket}/v", *where, *more]


class BisyncWorld:
    """The folders of people who share a bucket of rclone's own server, and what each let go of. `folder` is theirs alone."""

    def __init__(self, folder: Path, endpoint: Endpoint, bucket: Path, environ: Mapping[str, str]) -> None:
        self._folder, self._endpoint, self._bucket, self._environ = folder, endpoint, bucket, environ
        self.ever: set[str] = set()
        self.let_go: set[str] = set()

    def join(self, people: list[str]) -> None:
        """Begin as the manual says: each with a resync, and a file in it, for bisync refuses an empty side."""
        (self._bucket / "v").mkdir(parents=True)
        for name in people:
            (self._files(name)).mkdir(parents=True)
        (self._files(people[0]) / "there.txt").write_text("there")
        for name in people:
            self._run(name, "--resync")

    def do(self, step: Step, *, same_time: bool) -> None:
        """Do what a person did. A sync of any kind is a run of bisync, whole, with nobody else at it."""
        path = self._files(step.person) / step.name
        match step.what:
            case "add" if not path.exists():
                self._write(path)
            case "edit" if path.exists():
                self.let_go.add(path.read_text())
                before = path.stat()
                self._write(path)
                if same_time:
                    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            case "delete" if path.exists():
                self.let_go.add(path.read_text())
                path.unlink()
            case "rename" if path.exists() and not (to := self._files(step.person) / step.to).exists():
                to.parent.mkdir(exist_ok=True)
                path.rename(to)
            case "sync":
                self.sync(step.person)
            case _:
                pass

    def sync(self, person: str) -> None:
        """Run bisync; where it says that it has to be begun anew, do as it says. What else it refuses is left."""
        if _NEEDS_RESYNC in self._run(person):
            self._run(person, "--resync")

    def lost(self) -> set[str]:
        """Return the contents that nobody let go of and that stand nowhere."""
        files = (path for top in (self._folder, self._bucket) for path in top.rglob("*") if path.is_file())
        live = {path.read_text(errors="replace") for path in files if "bisync" not in path.relative_to(path.anchor).parts}
        return self.ever - live - self.let_go

    def _write(self, path: Path) -> None:
        content = f"{len(self.ever):06d}"
        self.ever.add(content)
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)

    def _files(self, person: str) -> Path:
        return self._folder / person / "files"

    def _run(self, person: str, *more: str) -> str:
        command = bisync_command(self._endpoint, self._bucket.name, self._folder / person, "--resilient", "--recover", *more)
        came = subprocess.run(command, env=dict(self._environ), capture_output=True, text=True, check=False)
        return came.stderr


def losing(count: int, folder: Path, seed: int = 0) -> list[int]:
    """Return which of `count` histories lose work when rclone bisync plays them, against rclone's own server.

    They are the same histories as reshelve's, made easier: no run is killed or meets another, nobody cleans the bucket, and
    nobody's memory of the last sync is lost.
    """
    server = Rclone(folder / "server")
    (folder / "server").mkdir(parents=True)
    endpoint = server.start()
    try:
        return [number for number in range(seed, seed + count) if _loses(number, folder, endpoint)]
    finally:
        server.stop()


def _loses(number: int, folder: Path, endpoint: Endpoint) -> bool:
    told = history(random.Random(number))
    environ = {"HOME": str(folder), "PATH": os.environ.get("PATH", "")}
    world = BisyncWorld(folder / f"{number}", endpoint, folder / "server" / "files" / f"shared-{number}", environ)
    people = [each.name for each in told.people]
    world.join(people)
    dice = random.Random(number)
    for step in told.steps:
        world.do(step, same_time=dice.random() < 0.25)
    for _ in range(2):
        for name in people:
            world.sync(name)
    return bool(world.lost())
