"""What a sync costs beside rclone bisync, and whether large files come back whole from one that is killed. One command.

Four parts: a sync of many files of which none changed (seconds with the start, requests), `sync status --all` over many projects,
two people who add one name at the same moment, and large files there and back, killed at random. The defaults are small; the real
sizes are `--rounds 9 --trials 16 --size 1024 --kills 20`. Every service is on the loopback; requests are counted by a proxy before
it, in a run of their own that is not timed.
"""

import argparse
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.s3 import MIB, keys, lay
from tests.support.bisync import bisync_command
from tests.support.buckets import fresh
from tests.support.servers.keeper import SERVERS
from tests.support.servers.ruled import ruled
from tests.support.servers.service import Endpoint, program

WORKSPACE = """\
version: 1
stores:
  work: {{path: .}}
  collab: {{s3: {bucket}, endpoint_url: {url}, region: us-east-1, accept_race: {race}}}
sync:
  staging: {{here: "work:{{project}}/s3-staging", there: "collab:v-appydave/{{project}}", user: {user}}}
"""
PROJECT = "b63-flivideo"


class Person:
    """One person's folder on a service, and their commands."""

    def __init__(self, folder: Path, user: str, endpoint: Endpoint, bucket: str, *, race: bool) -> None:
        self.folder = folder / user
        self.memory = self.killed = 0
        self._environ = keys(endpoint) | {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
        self._given = {"user": user, "bucket": bucket, "race": str(race).lower()}
        self.staging.mkdir(parents=True)
        self.at(endpoint.url)

    @property
    def staging(self) -> Path:
        """What is shared of the one project."""
        return self.folder / PROJECT / "s3-staging"

    def in_bucket(self, bucket: str) -> None:
        """Share by way of another bucket from now on."""
        self._given["bucket"] = bucket
        self.at(self._url)

    def at(self, url: str) -> None:
        """Ask the service at another address from now on."""
        self._url = url
        (self.folder / "reshelve.yaml").write_text(WORKSPACE.format(url=url, **self._given))

    def run(self, *args: str, kill_after: float | None = None) -> float:
        """Run a command in a process of its own; return its seconds. One that is not killed has to end with 0."""
        command = [sys.executable, "-m", "reshelve", *args]
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=self.folder, env=self._environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said, _ = process.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.killed += 1
            return time.monotonic() - started
        if process.returncode:
            raise SystemExit(f"{' '.join(args)} ended with {process.returncode}:\n{said.decode(errors='replace')}")
        return time.monotonic() - started

    def begin(self, *args: str) -> subprocess.Popen[bytes]:
        """Begin a command, and leave it running. How it ends is the caller's matter."""
        command = [sys.executable, "-m", "reshelve", *args]
        return subprocess.Popen(command, cwd=self.folder, env=self._environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def measured(self, *args: str) -> float:
        """Run a command under `time`, and remember the most memory any took, in MiB."""
        timed = program("time")
        if timed is None:
            return self.run(*args)
        told = self.folder.parent / "memory.txt"
        command = [timed, "-f", "%M", "-o", str(told), sys.executable, "-m", "reshelve", *args]
        started = time.monotonic()
        subprocess.run(command, cwd=self.folder, env=self._environ, check=True, capture_output=True)
        self.memory = max(self.memory, int(told.read_text().split()[-1]) // 1024)
        return time.monotonic() - started


def bisync(endpoint: Endpoint, bucket: str, work: Path, environ: Mapping[str, str], *more: str) -> float:
    """Run rclone bisync between a folder and a bucket, and return its seconds."""
    started = time.monotonic()
    subprocess.run(bisync_command(endpoint, bucket, work, *more), env=dict(environ), check=True, capture_output=True)
    return time.monotonic() - started


def at_once(endpoint: Endpoint, work: Path, trials: int, files: int, *, race: bool) -> None:
    """Count how often a content is gone everywhere after two people add one name, and sync at the same moment; beside bisync."""
    lost = {"reshelve sync": 0, "rclone bisync": 0}
    for trial in range(trials):
        people = [Person(_made(work / f"{trial}-{user}"), user, endpoint, "", race=race) for user in ("david", "jan")]
        lost["reshelve sync"] += _lost_by_sync(endpoint, people, files)
        lost["rclone bisync"] += _lost_by_bisync(endpoint, [_made(work / f"{trial}-{side}") for side in "ab"], files)
    print(f"both add one name at once, {files} other files, {trials} trials; a content is gone everywhere in:")
    print("\n".join(f"- {name}: {count}" for name, count in lost.items()))
    print(f"bar: none by reshelve: {held(not lost['reshelve sync'])}")


def _lost_by_sync(endpoint: Endpoint, people: list[Person], files: int) -> bool:
    bucket = fresh(endpoint)
    for person in people:
        person.in_bucket(bucket)
    shutil.rmtree(people[0].staging)
    lay(people[0].staging, files, 64)
    for person in people:
        person.run("sync", "--yes")
    return _lost(
        [person.staging for person in people],
        lambda: [person.begin("sync", "--yes") for person in people],
        lambda: [person.begin("sync", "--yes").wait() for person in people],
    )


def _lost_by_bisync(endpoint: Endpoint, works: list[Path], files: int) -> bool:
    bucket, environ = fresh(endpoint), keys(endpoint)
    lay(works[0] / "files", files, 64)
    (works[1] / "files").mkdir()
    for work in works:
        bisync(endpoint, bucket, work, environ, "--resync")

    def begin(work: Path) -> subprocess.Popen[bytes]:
        command = bisync_command(endpoint, bucket, work)
        return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    folders = [work / "files" for work in works]
    return _lost(folders, lambda: [begin(work) for work in works], lambda: [begin(work).wait() for work in works])


def _lost(folders: list[Path], at_once: Callable[[], list[subprocess.Popen[bytes]]], in_turn: Callable[[], object]) -> bool:
    """Add one name with two contents in two folders, sync both at once, then in turn twice; say whether a content is gone."""
    contents = {f"by {number}".encode() for number, _ in enumerate(folders)}
    for number, folder in enumerate(folders):
        (folder / "new.wav").write_bytes(f"by {number}".encode())
    for process in at_once():
        process.wait()
    for _ in range(2):
        in_turn()
    return not contents <= {path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def unchanged(endpoint: Endpoint, work: Path, files: int, rounds: int, *, race: bool) -> None:
    """Measure a sync of files of which none changed, beside bisync of the same files in the same rounds."""
    david = Person(work, "david", endpoint, fresh(endpoint), race=race)
    shutil.rmtree(david.staging)
    lay(david.staging, files, 64)
    david.run("sync", "--yes")
    david.run("sync", "--yes")
    with ruled(endpoint) as between:
        david.at(between.endpoint.url)
        # What is remembered is bound to the address: the first sync there learns it, the second is the one that counts.
        david.run("sync", "--yes")
        between.seen.clear()
        david.run("sync", "--yes")
        requests = len(between.seen)
    david.at(endpoint.url)
    david.run("sync", "--yes")
    other = fresh(endpoint)
    lay(work / "files", files, 64)
    bisync(endpoint, other, work, keys(endpoint), "--resync")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(david.run("sync", "--yes"))
        theirs.append(bisync(endpoint, other, work, keys(endpoint)))
    ratio = statistics.median(mine / his for mine, his in zip(ours, theirs, strict=True))
    with ruled(endpoint) as between:
        bisync(between.endpoint, other, work, keys(endpoint), "--resync")
        between.seen.clear()
        bisync(between.endpoint, other, work, keys(endpoint))
        asked = len(between.seen)
    print(f"| no change, {files:,} files | {statistics.median(ours):.2f} s | {statistics.median(theirs):.2f} s | {ratio:.2f} |")
    print(f"| requests | {requests} | {asked} | {requests / asked:.2f} |\n")
    print(f"bars: at most 2 requests: {held(requests <= 2)}; at most half of bisync's time: {held(ratio <= 0.5)}")


def status(endpoint: Endpoint, work: Path, projects: int, rounds: int, *, race: bool) -> None:
    """Measure `sync status --all` over many projects."""
    david = Person(work, "david", endpoint, fresh(endpoint), race=race)
    for number in range(projects):
        folder = david.folder / f"c{number:03}-project" / "s3-staging"
        folder.mkdir(parents=True)
        for name in ("draft.mp4", "audio.wav"):
            (folder / name).write_text(f"{number} {name}")
    david.run("sync", "--yes")
    seconds = statistics.median(david.run("sync", "status", "--all") for _ in range(rounds))
    with ruled(endpoint) as between:
        david.at(between.endpoint.url)
        david.run("sync", "--yes")
        between.seen.clear()
        david.run("sync", "status", "--all")
        requests = len(between.seen)
    print(f"sync status --all, {projects} projects: {seconds:.2f} s, {requests} requests")
    print(f"bars: at most 1.5 s: {held(seconds <= 1.5)}; listed once: {held(requests == 1)}")


def there_and_back(endpoint: Endpoint, work: Path, sizes: tuple[int, int], kills: int, seed: int, *, race: bool) -> None:
    """Send large files to somebody and back, killed at random; hold that every byte came."""
    dice, (count, size) = random.Random(seed), sizes
    bucket = fresh(endpoint)
    david, jan = (Person(work, user, endpoint, bucket, race=race) for user in ("david", "jan"))
    shutil.rmtree(david.staging)
    lay(david.staging, count, size)
    wanted = sums(david.staging)
    # So short that each transfer is killed over and over, on a fast disk too, and yet goes on from where it was.
    longest = 1.5 + 2 * count * size / (400 * MIB) / max(1, kills // 2)
    for person in (david, jan):
        for _ in range(kills // 2):
            before = person.killed
            person.run("sync", "--yes", kill_after=dice.uniform(0.3, longest))
            if person.killed > before:
                person.run("recover")
        person.measured("sync", "--yes")
    for path in sorted(david.staging.iterdir()):
        path.unlink()
    shutil.rmtree(david.folder / ".reshelve" / "sync")
    david.measured("sync", "--yes")
    same = sums(jan.staging) == wanted == sums(david.staging)
    most, killed = max(david.memory, jan.memory), david.killed + jan.killed
    how = "SHA-256 equal" if same else "DIFFERS"
    print(f"there and back, {count} x {size // MIB:,} MiB, {killed} of {kills} killed: {how}, {most} MiB at most")
    print(f"bars: SHA-256 equal: {held(same)}; at most 200 MiB: {held(0 < most <= 200)}")
    if not same:
        raise SystemExit(1)


def held(it: bool) -> str:
    """Say whether a bar holds."""
    return "held" if it else "MISSED"


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name != ".gitignore":
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def main() -> None:
    """Start a service, measure, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--server", choices=sorted(SERVERS), default="ceph")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--projects", type=int, default=110)
    options.add_argument("--trials", type=int, default=4, help="how often two people add one name at once; 16 is the real number")
    options.add_argument("--beside", type=int, default=300, help="how many other files they have then")
    options.add_argument("--count", type=int, default=5, help="how many large files")
    options.add_argument("--size", type=int, default=32, help="their size in MiB; 1024 is the real one")
    options.add_argument("--kills", type=int, default=4, help="20 is the real number")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--work", type=Path, help="a folder on the file system to measure (default: a temporary one)")
    chosen = options.parse_args()
    race = chosen.server == "rclone"
    with tempfile.TemporaryDirectory(prefix="reshelve-bench-", dir=chosen.work) as name:
        work = Path(name)
        (work / "server").mkdir()
        server = SERVERS[chosen.server](work / "server")
        try:
            endpoint = server.start()
            print("| | reshelve sync | rclone bisync | ratio |\n| --- | --- | --- | --- |")
            unchanged(endpoint, _made(work / "unchanged"), chosen.files, chosen.rounds, race=race)
            status(endpoint, _made(work / "status"), chosen.projects, chosen.rounds, race=race)
            at_once(endpoint, _made(work / "at once"), chosen.trials, chosen.beside, race=race)
            sizes = chosen.count, chosen.size * MIB
            there_and_back(endpoint, _made(work / "large"), sizes, chosen.kills, chosen.seed, race=race)
        finally:
            server.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    os.umask(0o022)
    main()
