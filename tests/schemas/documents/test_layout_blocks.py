"""What a plan would block is told of a layout by itself, where the layout alone tells it."""

from pathlib import Path

import pytest

from reshelve.schemas.documents.layout_checks import AwsStore, ObjectStore
from reshelve.schemas.documents.layout_files import problems_of

STORES = {"inbox": [], "lib": ["a", "b"], "aws": AwsStore(), "minio": ObjectStore()}


def told(folder: Path, text: str) -> list[tuple[str, int, str]]:
    path = folder / "layout.yaml"
    path.write_text("version: 1\n" + text)
    return [(each.code, each.where.line if each.where else 0, each.hint) for each in problems_of(path, STORES)]


@pytest.mark.parametrize("mtime", ["yesterday", "2026-13-45T99:00:00Z"])
def test_a_time_that_is_none(mtime: str, tmp_path: Path) -> None:
    found = told(tmp_path, f'absent:\n  - path: "inbox:a"\n    mtime: {mtime}\n')
    assert found == [("bad-time", 4, "write it as 2026-09-01T10:00:00Z")]


@pytest.mark.parametrize("rel", [".reshelve/trash/a", ".reshelve-x/a", ".Reshelve/a"])
def test_a_reserved_target(rel: str, tmp_path: Path) -> None:
    found = told(tmp_path, f'files:\n  "lib/a:{rel}": {{from: "inbox:a"}}\n')
    assert found == [("bad-location", 3, "name another place")]


def test_a_class_of_what_is_no_object_and_one_that_is_misspelt(tmp_path: Path) -> None:
    entry = 'files:\n  "{}:a": {{from: "inbox:a", class: STANDARD_IAA}}\n'
    assert told(tmp_path, entry.format("lib")) == [("no-class", 3, "leave out `class`")]
    assert told(tmp_path, entry.format("aws")) == [("no-class", 3, "did you mean STANDARD_IA?")]
    assert told(tmp_path, entry.format("minio")) == []


def test_what_is_sound_stays_so(tmp_path: Path) -> None:
    text = 'files:\n  "lib:.a/b": {from: "inbox:.b"}\n  "aws:a": {from: "inbox:c", class: GLACIER}\n'
    text += 'absent: [{path: "inbox:z", mtime: 2026-01-31T14:05:00.5Z}]\n'
    assert told(tmp_path, text) == []
