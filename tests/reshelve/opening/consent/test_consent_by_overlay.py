"""Whose word the overlay of this machine is."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.models import endpoint, telling
from tests.support.shellcalls import call
from tests.support.shellplaces import lay
from tests.support.strangers import TOKEN, elsewhere


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *args], cwd=folder, check=True, capture_output=True)


def test_the_overlay_is_this_users_word_while_git_does_not_track_it(folder: Path) -> None:
    with endpoint(telling({})) as server:
        lay(folder)
        own = folder / "reshelve.local.yaml"
        url = f"{elsewhere(server)}/v1"
        own.write_text(f"suggest: {{provider: openai, model: tiny, base_url: '{url}', key_env: GITHUB_TOKEN, always: true}}\n")
        came = call(folder, "scan", "--suggest")
        assert came.code == 7 and "is in no repository" in came.err
        git(folder, "init", "-q")
        assert call(folder, "scan", "--suggest").code == 0 and server.keys == [f"Bearer {TOKEN}"]
        call(folder, "cache", "clear")
        assert call(folder, "scan").code == 0 and len(server.requests) == 2
        own.chmod(0o666)
        came = call(folder, "scan", "--suggest")
        assert came.code == 7 and "written by everybody" in came.err
        own.chmod(0o644)
        git(folder, "add", "reshelve.local.yaml")
        came = call(folder, "scan", "--suggest")
        assert came.code == 7 and "tracked by git" in came.err and "reshelve.local.yaml" in came.err
        assert "Suggestions are off" in call(folder, "scan").out and len(server.requests) == 2
        git(folder, "rm", "-q", "--cached", "reshelve.local.yaml")
        assert call(folder, "scan", "--suggest").code == 0


STORES = """version: 1
stores: {inbox: {path: inbox}, lib: {path: lib}}
"""


@pytest.mark.parametrize("way", ["unpack", "move", "copy", "write"])
def test_an_overlay_that_a_run_brought_is_not_this_users_word(folder: Path, tmp_path: Path, way: str) -> None:
    """Also where a .gitignore keeps git from it, as sync writes one."""
    with endpoint(telling({})) as server:
        url = f"{elsewhere(server)}/v1"
        said = f"suggest: {{provider: openai, model: tiny, base_url: '{url}', key_env: GITHUB_TOKEN, always: true}}\n"
        bait = folder / "lib" / "theirs"
        lay(folder / "inbox" / "theirs")
        (folder / "lib").mkdir(parents=True)
        (folder / "inbox" / "theirs" / "reshelve.local.yaml").write_text(said)
        if way == "unpack":
            with tarfile.open(folder / "inbox" / "theirs.tar.gz", "w:gz") as archive:
                archive.add(folder / "inbox" / "theirs", ".")
            entry = '"lib:theirs/": {unpack: "inbox:theirs.tar.gz"}'
        elif way == "write":
            lay(bait)
            entry = f'"lib:theirs/reshelve.local.yaml": {{content: {json.dumps(said)}}}'
        else:
            entry = f'"lib:theirs/": {{from: "inbox:theirs/", transfer: {way}}}'
        (folder / "reshelve.yaml").write_text(STORES)
        (folder / "layout.yaml").write_text(f"version: 1\nfiles: {{{entry}}}\n")
        git(folder, "init", "-q")
        assert call(folder, "apply", "--yes").code == 0
        (bait / ".gitignore").write_text("*\n")
        git(folder, "add", "-A")
        came = call(bait, "scan", "--suggest")
        assert came.code == 7 and "put there by a run" in came.err and not server.requests
        assert call(bait, "scan").code == 0 and not server.requests
        # A file of one's own elsewhere is, and consent can be given.
        assert call(bait, "trust", "--yes").code == 0
        assert call(bait, "scan", "--suggest").code == 0 and server.requests


def test_a_run_that_cannot_note_what_it_brings_does_not_begin(folder: Path, tmp_path: Path) -> None:
    (folder / "inbox").mkdir(parents=True)
    (folder / "lib").mkdir()
    (folder / "inbox" / "reshelve.local.yaml").write_text("version: 1\n")
    (folder / "reshelve.yaml").write_text(STORES)
    (folder / "layout.yaml").write_text('version: 1\nfiles: {"lib:RESHELVE.local.yaml": {from: "inbox:reshelve.local.yaml"}}\n')
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "reshelve").write_text("in the way")
    came = call(folder, "apply", "--yes")
    assert came.code == 1 and "brought-not-noted" in came.err and (folder / "inbox" / "reshelve.local.yaml").exists()


def test_an_overlay_beside_a_link_to_the_workspace_is_looked_at_where_it_lies(folder: Path, tmp_path: Path) -> None:
    mine = lay(tmp_path / "mine")
    git(mine, "init", "-q")
    (mine / "reshelve.local.yaml").write_text("stores: {}\n")
    with endpoint(telling({})) as server:
        folder.mkdir()
        (folder / "reshelve.yaml").symlink_to(mine / "reshelve.yaml")
        url = f"{elsewhere(server)}/v1"
        text = f"suggest: {{provider: openai, model: tiny, base_url: '{url}', key_env: GITHUB_TOKEN}}\n"
        (folder / "reshelve.local.yaml").write_text(text)
        assert call(folder, "scan", "--suggest").code == 7 and server.requests == []
