"""Real download clients: two local peers and one torrent; nothing is filed too early, and seeding goes on."""

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.shellcalls import call
from tests.support.torrent_clients import PASSWORD, Qbittorrent, Transmission, missing, qbittorrent, torrent_of, transmission, until
from tests.support.watching import filed, workspace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}"),
    pytest.mark.skipif(sys.platform != "linux", reason="the clients are those of Debian"),
]

NAME = "Heat.1995.1080p"
FILM = f"{NAME}.mkv"
SIZE = 1_500_000
UNDER_WAY = "being (downloaded|written)|download client says that it is not complete|unfinished download"


class Scene:
    """A workspace whose inbox a client downloads into, and a torrent that another client has whole."""

    def __init__(self, at: Path) -> None:
        self.at = workspace(at / "w", settle="0s")
        self.seed = at / "seed"
        (self.seed / NAME).mkdir(parents=True)
        (self.seed / NAME / FILM).write_bytes(os.urandom(SIZE))
        (self.seed / NAME / f"{NAME}.en.srt").write_text("subtitles")
        self.torrent = torrent_of(self.seed / NAME, at)

    def client(self, kind: str, url: str) -> None:
        """Declare the client that downloads, and consent to asking it."""
        with (self.at / "reshelve.yaml").open("a") as document:
            document.write(f"clients: {{mine: {{kind: {kind}, url: '{url}', user: ana, password_env: PASSWORD}}}}\n")
        assert call(self.at, "trust", "--yes").code == 0

    def nothing_is_filed(self) -> None:
        """Look at what is there in every way, and see that nothing is filed."""
        came = call(self.at, "scan")
        assert came.code == 0 and re.search(UNDER_WAY, came.out), came
        assert call(self.at, "apply", "--yes").code == 0
        assert call(self.at, "watch", "--once").code == 0
        told = call(self.at, "file", f"in/{NAME}", "--wait", "0s")
        assert told.code == 1 and re.search(UNDER_WAY, told.err), told
        assert filed(self.at) == set()

    def is_filed(self) -> bool:
        """Say whether the film is filed, as one file with the client's."""
        made = self.at / f"films/Heat (1995)/{FILM}"
        return made.exists() and made.samefile(self.at / "in" / NAME / FILM)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PASSWORD", PASSWORD)
    yield Scene(tmp_path)


def added(tr: Transmission, torrent: Path, into: Path) -> None:
    tr.ask("-a", str(torrent), "-w", str(into))


def states(qb: Qbittorrent) -> dict[str, Any]:
    [one] = qb.torrents()
    return one


def test_qbittorrent_downloads_and_goes_on_seeding_what_is_filed(scene: Scene, tmp_path: Path) -> None:
    with qbittorrent(tmp_path / "qb") as qb, transmission(tmp_path / "tr", scene.seed) as tr:
        added(tr, scene.torrent, scene.seed)
        scene.client("qbittorrent", qb.url)
        torrent = qb.add(scene.torrent, scene.at / "in", dlLimit="100000", category="films")
        until(lambda: states(qb)["state"] == "stalledDL", "it waits for peers")
        qb.ask("torrents/addPeers", hashes=torrent, peers=f"127.0.0.1:{tr.peers}")
        until(lambda: (scene.at / "in" / NAME / FILM).exists(), "it begins")
        assert (scene.at / "in" / NAME / FILM).stat().st_size <= SIZE
        scene.nothing_is_filed()
        assert states(qb)["progress"] < 1
        qb.ask("torrents/setDownloadLimit", hashes=torrent, limit="0")
        until(lambda: states(qb)["progress"] == 1 and states(qb)["state"].endswith("UP"), "it is complete")
        assert call(scene.at, "file", f"in/{NAME}").code == 0
        assert scene.is_filed()
        qb.ask("torrents/recheck", hashes=torrent)
        until(lambda: "checking" in states(qb)["state"] or states(qb)["progress"] == 1, "it is checked")
        until(lambda: states(qb)["state"].endswith("UP") and "checking" not in states(qb)["state"], "it seeds")
        assert states(qb)["progress"] == 1
        # The other way round: what is filed is seeded, and a scan finds nothing to do.
        assert call(scene.at, "scan").code == 0
        assert call(scene.at, "plan").code == 0
        assert call(scene.at, "undo", "--yes").code == 0
        assert (scene.at / "in" / NAME / FILM).stat().st_size == SIZE and filed(scene.at) == set()


def test_qbittorrent_runs_file_when_a_torrent_is_complete(scene: Scene, tmp_path: Path) -> None:
    with qbittorrent(tmp_path / "qb") as qb, transmission(tmp_path / "tr", scene.seed) as tr:
        added(tr, scene.torrent, scene.seed)
        scene.client("qbittorrent", qb.url)
        program = f'{shlex.quote(str(script(tmp_path, scene)))} "%F"'

        qb.ask("app/setPreferences", json=json.dumps({"autorun_enabled": True, "autorun_program": program}))
        torrent = qb.add(scene.torrent, scene.at / "in")
        until(lambda: states(qb)["state"] == "stalledDL", "it waits for peers")
        qb.ask("torrents/addPeers", hashes=torrent, peers=f"127.0.0.1:{tr.peers}")
        until(scene.is_filed, "qBittorrent has it filed")


def test_transmission_runs_file_when_a_torrent_is_complete(scene: Scene, tmp_path: Path) -> None:
    done = script(tmp_path, scene, "$TR_TORRENT_DIR/$TR_TORRENT_NAME")
    settings = f'{{"script-torrent-done-enabled": true, "script-torrent-done-filename": "{done}"}}'
    (tmp_path / "tr").mkdir()
    (tmp_path / "tr/settings.json").write_text(settings)
    with qbittorrent(tmp_path / "qb") as qb, transmission(tmp_path / "tr", scene.at / "in") as tr:
        scene.client("transmission", tr.url)
        tr.ask("-d", "50")
        torrent = qb.add(scene.torrent, scene.seed)
        until(lambda: states(qb)["progress"] == 1, "the other has it")
        added(tr, scene.torrent, scene.at / "in")
        qb.ask("torrents/addPeers", hashes=torrent, peers=f"127.0.0.1:{tr.peers}")
        until(lambda: any((scene.at / "in" / NAME).glob("*")), "it begins")
        scene.nothing_is_filed()
        tr.ask("-D")
        until(scene.is_filed, "Transmission has it filed")
        assert "100%" in tr.ask("-l")


def script(at: Path, scene: Scene, path: str = "$1") -> Path:
    """Write the program that a client runs, and return it."""
    made, here = at / "done.sh", Path(__file__).parents[2]
    words = shlex.join([sys.executable, "-m", "reshelve", "-C", str(scene.at), "file"])
    environ = shlex.join([f"PYTHONPATH={here}", f"XDG_STATE_HOME={at / 'state'}", f"PASSWORD={PASSWORD}"])
    made.write_text(f'#!/bin/sh\nexec env {environ} {words} "{path}" >{shlex.quote(str(at / "done.log"))} 2>&1\n')
    made.chmod(0o755)
    return made
