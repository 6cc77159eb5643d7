"""How fast files go into and out of a bucket, beside s5cmd, rclone and awscli, on one Ceph gateway of this machine. One command.

Every round is one run of every client after another, so that whatever else the machine does falls on all of them; the table shows
the median of the rounds, and of the rounds' own ratios to s5cmd. Ours is shown twice: without and with the half second in which
Python and boto3 start, which a plan pays once. It does all that a plan asks of the store: refuse to replace, hash twice, record,
compare what arrived; sync and compare what came. The others leave what came to the system's memory: s5cmd is shown with a sync too.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.s3_store import S3Store
from reshelve.schemas.inventory import Root
from tests.support.servers.ceph import Ceph
from tests.support.servers.service import Endpoint, program

MIB = 1 << 20
SIDE_BY_SIDE = 32
Sizes = tuple[int, int]


def lay(folder: Path, count: int, size: int) -> None:
    """Lay `count` files of `size` bytes."""
    folder.mkdir(parents=True)
    block = os.urandom(MIB)
    for number in range(count):
        with (folder / f"file{number:05d}").open("wb") as file:
            left = size
            while left > 0:
                file.write((number.to_bytes(8) + left.to_bytes(8) + block[16:])[: min(left, MIB)])
                left -= MIB


class Ours:
    """reshelve's own store."""

    name = "reshelve"

    def __init__(self, endpoint: Endpoint, work: Path) -> None:
        self._endpoint = endpoint
        self._work = work

    def available(self) -> bool:
        return True

    def up(self, folder: Path, bucket: str) -> None:
        self._run("up", folder, bucket)

    def down(self, folder: Path, bucket: str) -> None:
        self._run("down", folder, bucket)

    def _run(self, way: str, folder: Path, bucket: str) -> None:
        """In a process of its own, as every other client is, so that its memory is its own too."""
        command = [sys.executable, __file__, "--only", way, str(folder), bucket, self._endpoint.url, str(self._work / "catalog.db")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=keys(self._endpoint))
        memory, seconds = done.stdout.split()
        self.memory = max(getattr(self, "memory", 0), int(memory))
        self.moving = float(seconds)


def only(way: str, folder: str, bucket: str, url: str, catalog: str) -> None:
    """Move all files of a folder one way, as a plan's copies do; print the most memory used, in MiB, and the seconds of moving."""
    settings = BucketSettings(bucket, "", endpoint_url=url, region="us-east-1")
    store = S3Store(Root("bench", settings.address, kind="bucket"), settings, catalog=Path(catalog))
    store.reach()
    local = LocalStore(Root("folder", folder))
    if way == "up":
        names = sorted(local.names("") or ())
        move: Callable[[str], Any] = lambda name: store.upload(name, local, name, token="bench")  # noqa: E731
    else:
        names = [item.rel for item in store.walk().items]
        move = lambda name: store.copy_to(name, local, name)  # noqa: E731
    started = time.monotonic()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in pool.map(move, names):
            pass
    moving = time.monotonic() - started
    store.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, moving)


class Command:
    """Another client, by its command lines; FOLDER and BUCKET stand for the two ends."""

    def __init__(self, name: str, endpoint: Endpoint, up: list[str], down: list[str]) -> None:
        self.name = name
        self._endpoint = endpoint
        self._up, self._down = up, down

    def available(self) -> bool:
        return program(self._up[0]) is not None

    def up(self, folder: Path, bucket: str) -> None:
        self._run(self._up, folder, bucket)

    def down(self, folder: Path, bucket: str) -> None:
        self._run(self._down, folder, bucket)

    def _run(self, command: list[str], folder: Path, bucket: str) -> None:
        filled = [part.replace("FOLDER", str(folder)).replace("BUCKET", bucket) for part in command]
        subprocess.run([str(program(filled[0])), *filled[1:]], check=True, capture_output=True, env=keys(self._endpoint))


def clients(endpoint: Endpoint, work: Path) -> list[Any]:
    """Return every client that is installed, ours and s5cmd first."""
    rclone = [
        "rclone", "copy",
        "--config", str(work / "rclone.conf"), "--transfers", "16", "--s3-provider", "Ceph", "--s3-endpoint", endpoint.url,
        "--s3-access-key-id", endpoint.key, "--s3-secret-access-key", endpoint.secret,
    ]  # fmt: skip
    s5cmd = ["s5cmd", "--endpoint-url", endpoint.url, "cp"]
    aws = ["aws", "--endpoint-url", endpoint.url, "s3", "cp", "--recursive", "--quiet"]
    found = [
        Ours(endpoint, work),
        Command("s5cmd", endpoint, [*s5cmd, "FOLDER/*", "s3://BUCKET/"], [*s5cmd, "s3://BUCKET/*", "FOLDER/"]),
        Command("rclone", endpoint, [*rclone, "FOLDER", ":s3:BUCKET"], [*rclone, ":s3:BUCKET", "FOLDER"]),
        Command("awscli", endpoint, [*aws, "FOLDER", "s3://BUCKET"], [*aws, "s3://BUCKET", "FOLDER"]),
    ]
    return [each for each in found if each.available()]


def keys(endpoint: Endpoint) -> dict[str, str]:
    """Return an environment with the service's keys, and nothing else of this machine's AWS configuration."""
    given = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    nothing = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_REGION": "us-east-1"}
    return {**given, **nothing, "AWS_ACCESS_KEY_ID": endpoint.key, "AWS_SECRET_ACCESS_KEY": endpoint.secret}


def plain(endpoint: Endpoint) -> Any:
    """Return a client to make and clear buckets with."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=endpoint.url,
        region_name="us-east-1",
        aws_access_key_id=endpoint.key,
        aws_secret_access_key=endpoint.secret,
        config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
    )


def sync(folder: Path) -> None:
    """Bring what a folder holds to the disk, as ours does before it counts a file as there."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def cleared(client: Any, bucket: str) -> None:
    """Remove all objects of a bucket."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        found = [{"Key": each["Key"]} for each in page.get("Contents", ())]
        if found:
            client.delete_objects(Bucket=bucket, Delete={"Objects": found})


def measure(
    server: Ceph, endpoint: Endpoint, work: Path, sizes: Sizes, rounds: int, wanted: str
) -> tuple[dict[str, dict[str, list[float]]], int]:
    """Return seconds by way and client, and the most memory that ours used, in MiB."""
    count, size = sizes
    source = work / "source"
    lay(source, count, size)
    total = sum(each.stat().st_size for each in source.iterdir())
    client = plain(endpoint)
    bucket = f"bench-{count}"
    client.create_bucket(Bucket=bucket)
    seconds: dict[str, dict[str, list[float]]] = {"up": {}, "down": {}}
    each_client = [one for one in clients(endpoint, work) if one.name in wanted.split(",")]
    for _ in range(rounds):
        for one in each_client:
            target = work / "target"
            target.mkdir()
            for way, folder in (("up", source), ("down", target)):
                started = time.monotonic()
                getattr(one, way)(folder, bucket)
                whole = time.monotonic() - started
                seconds[way].setdefault(one.name, []).append(getattr(one, "moving", whole))
                if isinstance(one, Ours):
                    seconds[way].setdefault(f"{one.name}, its start included", []).append(whole)
                elif one.name == "s5cmd":
                    sync(folder)
                    seconds[way].setdefault(f"{one.name}, then synced", []).append(time.monotonic() - started)
            assert sum(each.stat().st_size for each in target.iterdir()) == total, one.name
            shutil.rmtree(target)
            cleared(client, bucket)
            server.collect()
    shutil.rmtree(source)
    return seconds, each_client[0].memory


def main() -> None:
    """Start a gateway, measure, and print the tables."""
    if sys.argv[1:2] == ["--only"]:
        only(*sys.argv[2:])
        return
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--store", choices=["memstore", "bluestore"], default="memstore", help="where Ceph keeps its objects")
    options.add_argument("--work", type=Path, help="a folder on the file system to measure (default: a temporary one)")
    options.add_argument("--clients", default="reshelve,s5cmd,rclone,awscli")
    options.add_argument("--shape", choices=["small", "large", "both"], default="both")
    chosen = options.parse_args()
    shapes = {"small": ("2,000 x 100 KiB", (2000, 100 << 10), "files/s"), "large": ("1 x 2 GiB", (1, 2 << 30), "MB/s")}
    with tempfile.TemporaryDirectory(prefix="reshelve-bench-", dir=chosen.work) as name:
        work = Path(name)
        server = Ceph(work / "ceph", chosen.store)
        (work / "ceph").mkdir()
        try:
            endpoint = server.start()
            for shape, (title, sizes, unit) in shapes.items():
                if chosen.shape in (shape, "both"):
                    show(title, sizes, unit, *measure(server, endpoint, work, sizes, chosen.rounds, chosen.clients))
        finally:
            server.stop()


def show(title: str, sizes: Sizes, unit: str, seconds: dict[str, dict[str, list[float]]], memory: int) -> None:
    """Print one table."""
    amount = sizes[0] if unit == "files/s" else sizes[0] * sizes[1] / 1e6
    print(f"\n{title} (median of {len(seconds['up']['reshelve'])} paired runs; reshelve's memory at most {memory} MiB)\n")
    print(f"| client | up, {unit} | beside s5cmd | down, {unit} | beside s5cmd |")
    print("| --- | --- | --- | --- | --- |")
    for name in seconds["up"]:
        cells = []
        for way in ("up", "down"):
            mine, theirs = seconds[way][name], seconds[way].get("s5cmd", [])
            ratio = statistics.median(b / a for a, b in zip(mine, theirs, strict=False)) if theirs else 0
            cells += [f"{amount / statistics.median(mine):,.0f}", f"{ratio:.2f}"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
