"""How soon `GET /status` is answered beside a running apply: asked so many times a second, whatever became of the one before."""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.episodes import workspace
from tests.support.serving import Server, served


class Answers:
    """What came: seconds from the moment that a request was due, so that waiting for a free connection counts, and statuses."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.statuses: dict[int, int] = {}
        self._lock = threading.Lock()

    def add(self, seconds: float, status: int) -> None:
        """Take note of an answer."""
        with self._lock:
            self.seconds.append(seconds)
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def share(self, part: float) -> float:
        """Return the seconds that this part of all answers took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def ask(server: Server, path: str, rate: int, stopping: threading.Event, connections: int) -> Answers:
    """Ask at a steady rate over some connections until told to stop."""
    answers, begin = Answers(), time.monotonic()
    host = server.address.removeprefix("http://")

    def one(number: int) -> None:
        wire = http.client.HTTPConnection(host, timeout=60)
        turn = number
        while not stopping.is_set():
            due = begin + turn / rate
            time.sleep(max(0.0, due - time.monotonic()))
            wire.request("GET", path, headers={"Authorization": f"Bearer {server.token}"})
            answer = wire.getresponse()
            answer.read()
            answers.add(time.monotonic() - due, answer.status)
            turn += connections
        wire.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def applied(server: Server, stopping: threading.Event, told: list[str]) -> None:
    """Plan, apply, wait for the run's end, and a second more."""
    digest = server.ask("POST", "/plans", {}).json["digest"]
    began = time.monotonic()
    run = server.ask("POST", f"/plans/{digest}/apply", {}).json["run"]
    while (state := server.ask("GET", f"/runs/{run}").json["state"]) == "under way":
        time.sleep(0.25)
    told.append(f"{state} in {time.monotonic() - began:.1f} s")
    stopping.set()


def printed(what: str, answers: Answers) -> None:
    """Print the figures of answers, in milliseconds."""
    shares = ", ".join(f"p{part * 100:g} {answers.share(part) * 1000:.1f} ms" for part in (0.5, 0.9, 0.99, 1.0))
    print(f"{what}: {len(answers.seconds):,} answers {json.dumps(answers.statuses)}: {shares}")


def main() -> None:
    """Make a workspace, ask for its status alone for some seconds, then while all of it is applied."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--alone", type=float, default=5.0, help="seconds to ask before the run")
    parser.add_argument("--path", default="/api/files/status")
    parser.add_argument("--log", action="store_true", help="with a log of the workspace")
    asked = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory() as place:
        folder = workspace(Path(place), asked.files)
        if asked.log:
            with (folder / "reshelve.yaml").open("a") as file:
                file.write("\nlog: {}\n")
        with served(folder) as server:
            server.ask("GET", "/status")
            stopping = threading.Event()
            threading.Timer(asked.alone, stopping.set).start()
            printed("alone", ask(server, asked.path, asked.rate, stopping, asked.connections))
            stopping, told = threading.Event(), []
            running = threading.Thread(target=applied, args=(server, stopping, told))
            running.start()
            printed("beside a plan and its run", ask(server, asked.path, asked.rate, stopping, asked.connections))
            running.join()
            print("the run:", *told)
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
