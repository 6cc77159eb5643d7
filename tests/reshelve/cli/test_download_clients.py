"""Scans beside a download client: nothing of it is filed before it says so, and what it has stays where it has it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.hook_stub import SECRET, stub
from tests.support.shellcalls import call
from tests.support.watching import filed, watching, workspace

INFO = "/api/v2/torrents/info"


@pytest.fixture
def server() -> Iterator[Any]:
    with stub() as server:
        yield server


def lay(at: Path, server: Any, *names: str, rest: str = "", client: str = "") -> Path:
    workspace(at, rest=rest)
    with (at / "reshelve.yaml").open("a") as document:
        document.write(f"clients: {{qb: {{kind: qbittorrent, url: 'http://127.0.0.1:{server.server_port}'{client}}}}}\n")
    for name in names:
        (at / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (at / "in" / name).write_text(name)
    return at


def torrent(at: Path, name: str, state: str = "stalledUP", **more: Any) -> dict[str, Any]:
    return {"state": state, "save_path": f"{at}/in", "content_path": f"{at}/in/{name}", "size": 1, "total_size": 1, **more}


def trusted(at: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert call(at, "trust", "--yes").code == 0


def test_what_is_not_complete_is_left_and_what_is_complete_stays_for_its_client(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = lay(tmp_path / "w", server, "Heat (1995)/Heat (1995).mkv", "Alien (1979).mkv", "Tron (1982).mkv")
    server.bodies = {INFO: [torrent(at, "Heat (1995)", "downloading"), torrent(at, "Alien (1979).mkv")]}
    refused = call(at, "scan")
    assert refused.code == 7 and "reshelve trust" in refused.err and server.seen == []
    trusted(at, monkeypatch, tmp_path)
    came = call(at, "scan")
    assert came.code == 0 and "1 file that is being downloaded" in came.out
    assert "its download client says that it is not complete" in call(at, "explain", "inbox:Heat (1995)/Heat (1995).mkv").out
    assert call(at, "apply", "--yes").code == 0
    assert filed(at) == {"Alien (1979).mkv", "Tron (1982).mkv"}
    assert not (at / "in/Tron (1982).mkv").exists()
    one, other = os.stat(at / "in/Alien (1979).mkv"), os.stat(at / "films/Alien (1979)/Alien (1979).mkv")
    assert (one.st_ino, one.st_nlink) == (other.st_ino, 2)
    server.bodies[INFO][0]["state"] = "uploading"
    assert call(at, "file", "in/Heat (1995)").code == 0
    assert (at / "in/Heat (1995)/Heat (1995).mkv").exists() and "Heat (1995).mkv" in filed(at)
    # A client that lets go of a file leaves nothing to do about what is filed.
    server.bodies = {INFO: []}
    assert call(at, "scan").code == 0 and call(at, "plan").code == 0
    assert call(at, "undo", "--yes").code == 0 and (at / "in/Heat (1995)/Heat (1995).mkv").read_text()


def test_paths_that_no_system_knows_are_nowhere(tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = lay(tmp_path / "w", server, "Alien (1979).mkv", "Heat (1995).mkv")
    trusted(at, monkeypatch, tmp_path)
    odd = [torrent(at, f"{name}/Alien (1979).mkv") for name in ("a\0b", "\ud800", "\udcff", "a/" * 5000, "..", "\x1b[31m\n")]
    loose = torrent(at, "", hash="\ud800", content_path=f"{at}/in", save_path=f"{at}/in")
    server.bodies = {INFO: [*odd, torrent(at, "Heat (1995).mkv", "downloading")]}
    came = call(at, "scan")
    assert came.code == 0 and "1 file that is being downloaded" in came.out and "1 to file" in came.out
    server.bodies = {INFO: [loose]}
    came = call(at, "scan")
    assert came.code == 0 and "client-silent" in came.err and "no list of torrents" in came.err


def test_files_wait_while_a_client_does_not_answer(tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = lay(tmp_path / "w", server, "Alien (1979).mkv", client=", user: ana, password_env: PASSWORD")
    monkeypatch.setenv("PASSWORD", SECRET)
    trusted(at, monkeypatch, tmp_path)
    server.answer = (500, {})
    came = call(at, "scan")
    assert came.code == 0 and "client-silent" in came.err and "it answered 500" in came.err and SECRET not in came.err
    assert call(at, "apply", "--yes").code == 0 and filed(at) == set()
    told = call(at, "file", "in/Alien (1979).mkv", "--wait", "0s")
    assert told.code == 1 and "Its download client does not answer." in told.err


def test_only_downloads_of_a_category_are_filed_and_rules_may_ask_for_it(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = lay(tmp_path / "w", server, "Alien (1979).mkv", "Heat (1995).mkv", "Tron (1982).mkv", client=", categories: [films, keep]")
    document = at / "reshelve.yaml"
    kids = '      - {name: kids, when: {download_tags: keep, download_category: kids}, place: "films:Kids/{{ filename }}"}\n'
    document.write_text(document.read_text().replace("rules:\n", f"rules:\n{kids}"))
    server.bodies = {
        INFO: [
            torrent(at, "Alien (1979).mkv", category="games"),
            torrent(at, "Heat (1995).mkv", category="films"),
            torrent(at, "Tron (1982).mkv", category="kids", tags="x, keep"),
        ]
    }
    trusted(at, monkeypatch, tmp_path)
    assert "1 file of another download" in call(at, "scan").out
    assert "none of the `categories:`" in call(at, "explain", "inbox:Alien (1979).mkv").out
    kids_told = call(at, "explain", "inbox:Tron (1982).mkv").out
    assert "download_category" in kids_told and "the download client" in kids_told
    assert call(at, "apply", "--yes").code == 0
    assert (at / "films/Kids/Tron (1982).mkv").exists() and (at / "films/Heat (1995)/Heat (1995).mkv").exists()
    assert filed(at) == {"Heat (1995).mkv", "Tron (1982).mkv"}


def test_nothing_of_a_download_goes_to_the_trash(tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = lay(tmp_path / "w", server, "Heat.1995/Heat.1995.1080p.mkv", "Heat.1995/RARBG.txt", rest="junk: trash\n    tidy: true")
    server.bodies = {INFO: [torrent(at, "Heat.1995")]}
    trusted(at, monkeypatch, tmp_path)
    assert call(at, "scan").code == 0
    assert call(at, "apply", "--yes").code == 0
    assert (at / "in/Heat.1995/RARBG.txt").exists() and (at / "in/Heat.1995/Heat.1995.1080p.mkv").exists() and filed(at)


@pytest.mark.skipif(
    not os.path.isdir("/dev/shm") or os.stat("/dev/shm").st_dev == os.stat("/tmp").st_dev, reason="needs another file system"
)
def test_a_place_on_another_disk_is_refused_and_nothing_is_copied(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch, memory: Path
) -> None:
    at = lay(tmp_path / "w", server, "Alien (1979).mkv")
    document = at / "reshelve.yaml"
    document.write_text(document.read_text().replace("{path: films}", f"{{path: '{memory}'}}"))
    server.bodies = {INFO: [torrent(at, "Alien (1979).mkv")]}
    trusted(at, monkeypatch, tmp_path)
    assert call(at, "scan").code == 0
    came = call(at, "apply", "--yes")
    assert came.code == 1 and "cannot-hardlink" in came.out
    assert list(memory.iterdir()) == [] and (at / "in/Alien (1979).mkv").exists()


@pytest.fixture
def memory() -> Iterator[Path]:
    import shutil
    import tempfile

    made = Path(tempfile.mkdtemp(dir="/dev/shm"))
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (", user: ana", "needs `password_env`"),
        (", stores: [inboks]", "did you mean|not among the stores"),
        (", map: {in: /data}", "whole paths"),
    ],
)
def test_a_client_that_cannot_be_meant_is_told(tmp_path: Path, server: Any, client: str, said: str) -> None:
    at = lay(tmp_path / "w", server, client=client)
    came = call(at, "validate")
    assert came.code == 1 and any(each in came.err for each in said.split("|"))


@pytest.mark.skipif(sys.platform != "linux", reason="what changes in folders is told on Linux")
def test_a_watch_files_what_a_client_says_is_complete_though_nothing_changes_on_disk(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = lay(tmp_path / "w", server, "Heat (1995)/Heat (1995).mkv", "Tron (1982).mkv")
    server.bodies = {INFO: [torrent(at, "Heat (1995)", "moving")]}
    trusted(at, monkeypatch, tmp_path)
    with watching(at) as watch:
        watch.until(lambda: filed(at) == {"Tron (1982).mkv"})
        server.bodies = {INFO: [torrent(at, "Heat (1995)", "stalledUP")]}
        watch.until(lambda: filed(at) == {"Tron (1982).mkv", "Heat (1995).mkv"})
        assert watch.end() == 0
    assert (at / "in/Heat (1995)/Heat (1995).mkv").exists()


def test_file_takes_a_path_as_a_client_in_a_container_names_it(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = lay(tmp_path / "w", server, "Heat (1995)/Heat (1995).mkv", client=f", map: {{'{tmp_path}/w/in': /downloads}}")
    server.bodies = {INFO: [{**torrent(at, ""), "save_path": "/downloads", "content_path": "/downloads/Heat (1995)"}]}
    trusted(at, monkeypatch, tmp_path)
    assert call(at, "file", "/downloads/Heat (1995)").code == 0
    assert filed(at) == {"Heat (1995).mkv"} and (at / "in/Heat (1995)/Heat (1995).mkv").exists()


def test_files_of_two_downloads_are_complete_when_both_are(tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = lay(tmp_path / "w", server, "Heat (1995)/Heat (1995).mkv")
    server.bodies = {INFO: [torrent(at, "Heat (1995)"), torrent(at, "Heat (1995)/Heat (1995).mkv", "checkingUP")]}
    trusted(at, monkeypatch, tmp_path)
    assert call(at, "file", "in/Heat (1995)", "--wait", "0s").code == 1 and filed(at) == set()


def test_doctor_says_whether_a_client_answers_and_names_folders_as_they_are(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = lay(tmp_path / "w", server, "Heat (1995)/Heat (1995).mkv")
    assert "clients.qb: none; it would ask http://127.0.0.1" in call(at, "doctor").out and server.seen == []
    trusted(at, monkeypatch, tmp_path)
    server.bodies = {INFO: [torrent(at, "Heat (1995)", "moving")]}
    came = call(at, "doctor")
    assert came.code == 0 and "1 download, 1 in stores, 1 of them not complete" in came.out
    server.bodies = {INFO: [{**torrent(at, ""), "save_path": "/downloads", "content_path": "/downloads/Heat (1995)"}]}
    came = call(at, "doctor")
    assert came.code == 1 and "none is on this machine" in came.out and "`map:` in `clients.qb`" in came.out
    server.answer = (500, {})
    assert "it answered 500" in call(at, "doctor").out
