"""Single files that a scan leaves alone: each by name and reason, with --full and in --json."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """version: 1
stores: {inbox: {path: inbox}, library: {path: library, reserve: 0}}
scan:
  inbox:
    exclude: ["*.log", "skip/"]
    rules:
      - {name: kept, when: {name: {glob: "kept*"}}, leave: true}
      - {name: films, when: {kind: movie, year: {known: true}}, place: "library:{{ title }} ({{ year }})/{{ filename }}"}
"""
LEFT = {
    "Film.1999.mkv.part": "unfinished_downloads",
    "Film.1999.mkv": "unfinished_downloads",
    "Thumbs.db": "system_files",
    "kept.mkv": "left_by_rule",
    "link.mkv": "links",
    "link.srt": "with_links",
    "run.log": "excluded",
    "skip/in.mkv": "excluded",
    "told.mkv": "left_as_told",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for folder in ("inbox/skip", "library"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (*LEFT, "Other.2001.mkv"):
        if name != "link.mkv":
            (tmp_path / "inbox" / name).write_text(name)
    (tmp_path / "inbox/link.mkv").symlink_to("Other.2001.mkv")
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "layout.yaml").write_text('version: 1\nleave: ["inbox:told.mkv"]\n')
    return tmp_path


def test_each_is_an_event_and_the_counts_are_of_them(place: Path) -> None:
    events = [json.loads(line) for line in call(place, "scan", "--json").out.splitlines()]
    left = {event["file"]: event["why"] for event in events if event["type"] == "left-alone"}
    assert left == {f"inbox:{name}": why for name, why in LEFT.items()}
    counts = events[-1]["counts"]
    assert Counter(left.values()) == {why: counts[why] for why in set(LEFT.values())}


def test_the_figures_add_up_and_are_the_same_in_text_and_json(place: Path) -> None:
    for name, content in (("Twin.2001.mkv", "Other.2001.mkv"), ("Twin.2001.nfo", "Other.2001.mkv"), ("note.txt", "?")):
        (place / "inbox" / name).write_text(content)
    (place / "library/Other (2001)").mkdir()
    (place / "library/Other (2001)/there.mkv").write_text("Other.2001.mkv")
    for command in (("scan",), ("organize", "inbox", "--into", "library")):
        events = call(place, *command, "--json").events
        counts = next(event["counts"] for event in events if event["type"] in ("scanned", "summary"))
        assert counts["files"] == sum(counts.values()) - counts["files"] > len(LEFT)
        came = call(place, *command)
        told = next(line for line in (came.out + came.err).splitlines() if line.startswith("Scanned "))
        files, *parts = [int(number) for number in re.findall(r"(?<!\()\b\d+", told)]
        assert files == counts["files"] == sum(parts), told
        left = next(line for line in (came.out + came.err).splitlines() if line.startswith("Left alone: "))
        assert parts[-1] == sum(int(number) for number in re.findall(r"\d+", left)), left


def test_each_is_named_with_full_and_only_counted_without(place: Path) -> None:
    brief, full = call(place, "scan").out, call(place, "scan", "--full").out
    assert "inbox:Thumbs.db" not in brief and "1 hidden or system file" in brief
    assert "  inbox:Thumbs.db (hidden or system file)\n" in full and "  inbox:kept.mkv (left by rule)\n" in full
    organized = call(place, "organize", "inbox", "--into", "other", "--full").out
    assert "inbox:Film.1999.mkv.part (unfinished download)" in organized


def test_what_cannot_be_compared_without_the_disks_is_named(place: Path) -> None:
    """A file in the library has the size of a new one: whether they are the same, only the disks tell."""
    (place / "library/Film.mkv").write_text("Other.2001.mkv")
    assert call(place, "observe", "-o", "inventory.ndjson").code == 0
    came = call(place, "scan", "--against", "inventory.ndjson", "--full")
    assert "inbox:Other.2001.mkv (file that could not be looked into)" in came.err + came.out
    events = call(place, "scan", "--against", "inventory.ndjson", "--json").events
    left = [event["file"] for event in events if event["type"] == "left-alone" and event["why"] == "not_observed"]
    assert left == ["inbox:Other.2001.mkv"] and events[-1]["counts"]["not_observed"] == 1
