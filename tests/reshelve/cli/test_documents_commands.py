"""`init`, `validate`, `fmt`, `schema` and `parse`: documents and names, without stores."""

import json
import os
from pathlib import Path

import pytest

from reshelve.opening.organize_setting import PRESETS
from tests.support.shellcalls import call

UNSORTED = 'version: 1\nfiles:\n  "tv:b.mkv": {from: "inbox:b.mkv"}\n  "tv:a.mkv": {from: "inbox:a.mkv"}\n'


@pytest.mark.parametrize("preset", PRESETS)
def test_init_writes_a_sound_workspace_once(tmp_path: Path, preset: str) -> None:
    assert call(tmp_path, "init", "--preset", preset).code == 0
    text = (tmp_path / "reshelve.yaml").read_text()
    assert "${" not in text and "inbox: {path: inbox}" in text
    assert call(tmp_path, "validate").code == 0
    again = call(tmp_path, "init")
    assert again.code == 1 and "workspace-exists" in again.err
    assert (tmp_path / "reshelve.yaml").read_text() == text


def test_init_makes_the_folder(tmp_path: Path) -> None:
    assert call(tmp_path, "init", "new/media").code == 0
    assert (tmp_path / "new" / "media" / "reshelve.yaml").exists()


def test_validate_names_every_problem_with_its_line(tmp_path: Path) -> None:
    entries = '  "tv:a": {from: "inbox:a", tranfer: copy}\n  "tv:../b": {from: "inbox:b"}\n'
    (tmp_path / "layout.yaml").write_text(f"version: 1\nfiles:\n{entries}")
    came = call(tmp_path, "validate", "layout.yaml")
    assert came.code == 1
    assert "layout.yaml:3:" in came.err and "layout.yaml:4:" in came.err and "transfer" in came.err
    events = call(tmp_path, "validate", "--json", "layout.yaml").events
    assert [event["type"] for event in events] == ["version", "problem", "problem", "summary"]


def test_validate_tells_of_rules_whatever_else_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text(
        """version: 1
stores: {inbox: {path: inbox, foo: 1}, library: {path: library}}
set: {project: null}
scan:
  inbox:
    rules:
      - {name: films, when: {kind: movie, yeer: {known: true}}, place: "library:{{ title }}/{{ filename }}"}
      - {name: broken, plaec: "library:x", when: {siz: {over: 3}}}
      - {name: ours, when: {project: x}, place: "library:{{ titel }}/{{ filename }}"}
"""
    )
    came = call(tmp_path, "validate", "--json", "reshelve.yaml")
    found = [(event["where"]["line"], event["code"]) for event in came.events if event["type"] == "problem"]
    assert came.code == 1 and found == sorted(found)
    assert found == [
        (2, "document-unknown-key"),
        (7, "rule-name"),
        (8, "document-unknown-key"),
        (8, "rule-name"),
        (9, "rule-name"),
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for command in ("validate", "fmt"):
        came = call(tmp_path, command, "nothing.yaml")
        assert came.code == 1 and "no-file" in came.err


def test_fmt_check_changes_nothing_and_fmt_settles_it(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(UNSORTED)
    refused = call(tmp_path, "fmt", "--check", "layout.yaml")
    assert refused.code == 1 and "not-formatted" in refused.err and refused.out == "Not formatted: 1 of 1 document.\n"
    assert file.read_text() == UNSORTED
    assert "changed: layout.yaml" in call(tmp_path, "fmt", "layout.yaml").out
    assert file.read_text().index("tv:a.mkv") < file.read_text().index("tv:b.mkv")
    assert call(tmp_path, "fmt", "--check", "layout.yaml").out == "1 document is formatted already.\n"


def test_schemas_are_printed(tmp_path: Path) -> None:
    assert json.loads(call(tmp_path, "schema", "layout").out)["$schema"].startswith("https://json-schema.org")
    came = call(tmp_path, "schema", "layouts")
    assert came.code == 64 and "workspace" in came.err


def test_parse_prints_what_scripts_rely_on(tmp_path: Path) -> None:
    name = "Nordlys.S01E02E03.Home.mkv"
    line = json.loads(call(tmp_path, "parse", "--json", name).out)
    assert list(line)[:8] == ["name", "kind", "title", "show", "year", "season", "episodes", "date"]
    assert (line["name"], line["kind"], line["title"], line["season"], line["episodes"]) == (name, "episode", "Nordlys", 1, [2, 3])
    assert line["certain"] is True and line["date"] is None
    assert "season" in call(tmp_path, "parse", name).out


def test_parse_reads_names_from_a_pipe_whatever_bytes_they_hold(tmp_path: Path) -> None:
    came = call(tmp_path, "parse", piped="Heat.1995.mkv\n\ncaf\udce9.mkv\r\n")
    kinds = [(event["name"], event["kind"]) for event in came.events]
    assert kinds[0] == ("Heat.1995.mkv", "movie")
    assert kinds[1][0] == "caf\udce9.mkv" and len(kinds) == 2


def test_lines_longer_than_one_look_at_the_pipe_come_whole() -> None:
    from io import BytesIO

    from reshelve.cli.commands.parse import _batches

    lines = [b"a" * 300_000, b"b", b"", b"c" * 600_000]
    assert [name for batch in _batches(BytesIO(b"\n".join(lines))) for name in batch] == [line.decode() for line in lines if line]


@pytest.mark.parametrize("name", ["layout", "layout.yaml"])
def test_a_layout_of_several_files_is_judged_as_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    folder = tmp_path / name
    folder.mkdir()
    (folder / "a.yaml").write_text('version: 1\nfiles:\n  "tv:a.mkv": {from: "inbox:a.mkv"}\n  "tv:a.srt": {from: "inbox:a.srt"}\n')
    (folder / "b.yaml").write_text('version: 1\nfiles:\n  "tv:b.srt": {from: "inbox:b.srt", with: "tv:a.mkv"}\n')
    sound = call(tmp_path, "validate")
    assert sound.code == 0 and "3 documents are sound." in sound.out
    (folder / "b.yaml").write_text('version: 1\nfiles:\n  "tv:a.mkv": {from: "inbox:b.mkv"}\n')
    came = call(tmp_path, "validate")
    assert came.code == 1 and came.err.count("layout-target-twice") == 1 and "b.yaml:3:" in came.err
    before = [file.read_bytes() for file in sorted(folder.iterdir())]
    formatted = call(tmp_path, "fmt")
    assert formatted.code == 1 and "layout-target-twice" in formatted.err
    assert [file.read_bytes() for file in sorted(folder.iterdir())] == before


def test_check_tells_what_validate_tells_of_a_layout(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    for name in ("inbox", "tv"):
        (tmp_path / name).mkdir()
    (tmp_path / "inbox" / "a.mkv").write_text("a")
    layout = tmp_path / "layout.yaml"
    layout.write_text('version: 1\nfiles:\n  "tv:a.mkv": {from: "inbox:a.mkv"}\nleave: ["inbox:a.mkv"]\n')
    for args in (("validate",), ("check",), ("check", "--offline")):
        assert "layout-contradiction" in call(tmp_path, *args).err + call(tmp_path, *args).out, args
    layout.write_text('version: 1\nfiles:\n  "tv:a.mkv": {from: "inbox:a.mkv"}\n  "tv:a.mkv/b.mkv": {from: "inbox:b.mkv"}\n')
    for args in (("validate",), ("check",), ("check", "--offline")):
        came = call(tmp_path, *args)
        assert came.code == 1 and "a file is to be a folder" in came.err + came.out, args
    layout.write_text('version: 1\nabsent: [{path: "inbox:a.mkv", mtime: yesterday}]\n')
    for args in (("validate",), ("check", "--offline")):
        came = call(tmp_path, *args)
        assert came.code == 1 and "bad-time" in came.err + came.out, args


@pytest.mark.parametrize("misspelt", ["lvl: error", "nmae: x"])
@pytest.mark.parametrize("names", [("name: one, ", "name: two, "), ("", "")])
def test_two_items_each_with_a_misspelt_key_are_not_called_alike(tmp_path: Path, misspelt: str, names: tuple[str, str]) -> None:
    rules = "".join(f"      - {{{name}leave: true, {misspelt}}}\n" for name in names)
    policies = "".join(f"  - {{{name}require: {{kind: movie}}, {misspelt}}}\n" for name in names)
    (tmp_path / "reshelve.yaml").write_text(
        f"version: 1\nstores: {{inbox: {{path: inbox}}}}\nscan:\n  inbox:\n    rules:\n{rules}policies:\n{policies}"
    )
    came = call(tmp_path, "validate")
    assert came.code == 1 and "document-unknown-key" in came.err and "name-twice" not in came.err


def test_one_name_twice_is_told_beside_a_misspelt_key(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text(
        "version: 1\nstores: {inbox: {path: inbox}}\npolicies:\n"
        "  - {name: one, require: {kind: movie}, lvl: error}\n  - {name: one, require: {kind: movie}}\n"
    )
    assert "name-twice" in call(tmp_path, "validate").err


@pytest.mark.parametrize("name", ["layout.yaml", "reshelve.local.yaml", "assets.yaml"])
def test_validate_names_a_document_that_is_no_file(tmp_path: Path, name: str) -> None:
    assert call(tmp_path, "init", "--preset", "plex").code == 0
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    came = call(tmp_path, "validate")
    assert came.code == 1 and "It is a pipe." in came.err, came
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("gone")
    came = call(tmp_path, "validate")
    assert came.code == 1 and "document-missing" in came.err, came
