"""A state folder that came with links in it: nothing is written where they lead, and each command says what to do."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call

NAMES = [
    "catalog.db", "catalog.db-wal", "assets.db", "assets.db-wal",
    "disks.json", "disks.json.new", "declined.json", ".gitignore", ".reshelve.lock", "runs", "sync",
    "runs/000001-0123456789ab", "",
]  # fmt: skip
COMMANDS = ["scan", "apply --yes", "undo --yes", "status", "doctor", "log", "cache clear"]


def everything(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_where_a_link_leads(tmp_path: Path, name: str, kind: str) -> None:
    theirs, place = tmp_path / "theirs", tmp_path / "ws"
    for folder in (theirs, place / "inbox", place / "tv"):
        folder.mkdir(parents=True)
    (theirs / "folder").mkdir()
    (theirs / "folder" / "disks.json").write_text("{}")
    (theirs / "file").write_text('{"my": "own"}')
    (place / "inbox" / "a.txt").write_text("a")
    rules = 'scan: {inbox: {rules: [{name: f, place: "tv:{{ filename }}"}]}}\n'
    (place / "reshelve.yaml").write_text(f"version: 1\nstores: {{inbox: {{path: inbox}}, tv: {{path: tv}}}}\n{rules}")
    link = place / ".reshelve" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(theirs / kind, link)
    before = everything(theirs)
    for command in COMMANDS:
        came = call(place, *command.split())
        assert came.code in (0, 1, 4, 6), (command, came.out + came.err)
        assert "Traceback" not in came.out + came.err and "bug" not in came.out + came.err, (command, came.err)
    assert everything(theirs) == before
    if name in ("", "runs", "sync") and kind != "file":
        assert "state-link" in call(place, "scan").err + call(place, "apply", "--yes").err
        assert "is a link" in call(place, "doctor").out


def test_a_foreign_catalog_is_told_by_status_and_doctor(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}}\n")
    (tmp_path / ".reshelve").mkdir()
    (tmp_path / ".reshelve/catalog.db").symlink_to(tmp_path / "nowhere")
    assert "catalog-foreign" in call(tmp_path, "status").err and "catalog.db is a link" in call(tmp_path, "doctor").out
