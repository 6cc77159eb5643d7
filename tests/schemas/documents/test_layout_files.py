"""Layouts round-trip through both readers, and the quick reader never reads anything else than the strict one."""

import io
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reshelve.schemas.documents.layout_files import _Part, _quick, _strict, layout_lines, load_layout, parse_layout, save_layout
from reshelve.schemas.layout import Entry, Layout, written_names
from reshelve.schemas.problems import ReshelveError
from tests.support.documents_strategies import BITING, EVERY_FIELD, layouts
from tests.support.shares import examples

relaxed = settings(derandomize=True, max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))


def written(layout: Layout) -> bytes:
    return "".join(layout_lines(layout)).encode()


@pytest.mark.drawn
@relaxed
@given(layouts)
def test_round_trip_in_both_readers(layout: Layout) -> None:
    text = written(layout)
    assert parse_layout(text, "layout.yaml") == layout
    strict = _strict(text, "layout.yaml")
    assert not strict.refused
    assert strict.layout == layout
    assert written(strict.layout) == text


@pytest.mark.parametrize("name", [each.name for each in fields(Entry)])
def test_every_field_is_written_and_read_by_both_readers(name: str) -> None:
    entry = EVERY_FIELD[name]
    layout = Layout(files={"tv:a/" if entry.unpack else "tv:a": entry, "tv:main": Entry(source="inbox:main")})
    text = written(layout)
    assert getattr(entry, name) != getattr(Entry(), name)
    assert f"\n    {written_names(Entry)[name]}: ".encode() in text
    quick = _quick(io.BytesIO(text), "f")
    assert quick is not None
    assert quick.layout == layout == _strict(text, "f").layout == parse_layout(text, "f")


@pytest.mark.parametrize("bite", BITING)
def test_titles_stay_text(bite: str) -> None:
    layout = Layout(files={"tv:a": Entry(source="inbox:a", because=bite, facts={"kind": "episode", "show": bite, "job": bite})})
    text = written(layout)
    quick = _quick(io.BytesIO(text), "f")
    assert quick is not None
    assert quick.layout == layout == _strict(text, "f").layout


def test_unquoted_titles_stay_text() -> None:
    for title in ("No", "24", "1917", "1e3", "3:10", "2001-01-01", "0x1F", "yes", "1_000"):
        text = f"files:\n  tv:a:\n    from: inbox:a\n    facts: {{show: {title}, take: {title}}}\n".encode()
        facts = parse_layout(text, "f").files["tv:a"].facts
        assert facts is not None and facts["show"] == title
        assert facts["take"] == (int(title) if title in ("24", "1917") else title)


def agree(text: bytes) -> None:
    quick: _Part | None = _quick(io.BytesIO(text), "f")
    if quick is None:
        return
    strict = _strict(text, "f")
    assert not strict.refused
    assert strict.layout == quick.layout


PIECES = ['"', "'", ":", ": ", " ", "  ", "#", " #", "\\", "{", "}", "[", "]", ",", ", ", "- ", "? ", "\n", "null", "0", "~", "\t"]


@pytest.mark.drawn
@relaxed
@given(layouts, st.data())
def test_what_the_quick_reader_accepts_the_strict_one_reads_alike(layout: Layout, data: st.DataObject) -> None:
    lines = "".join(layout_lines(layout)).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        spot = data.draw(st.integers(0, len(line)))
        piece = st.sampled_from(PIECES)
        match data.draw(st.sampled_from(["insert", "delete", "twice", "drop", "swap"])):
            case "insert":
                lines[at] = line[:spot] + data.draw(piece) + line[spot:]
            case "delete":
                lines[at] = line[:spot] + line[spot + 1 :]
            case "twice":
                lines.insert(at, line)
            case "drop":
                lines[at] = data.draw(st.sampled_from(["", "    ", "# note", "    # note"]))
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
    agree("\n".join(lines).encode())


SHAPES = [
    'files:\n  "tv:a":\n    from: "inbox:a"\n    because: a\n      b\n',
    'files:\n  "tv:a":\n    size: 010\n    from: "inbox:a"\n',
    'files:\n  "tv:a":\n    from: "inbox:a" # x\n',
    'files:\n  "tv:a":\n    from: inbox:a\n\n    # x\n    note: a, b [c]\n',
    "files:\n  tv:a b.mkv:\n    from: inbox:a\n    size: 1_0\n",
    'files:\n  tv:a:\n    from: inbox:a\n    facts: {a:b: c, x: y:z, "q": 1}\n',
    "files:\n  tv:a:\n    from: inbox:a\n    facts: {job: y:z, take: -1, n: 1.50, t: true, z: null}\n",
    'leave:\n  - a:b\n  - "tv:x"\n  - inbox:y z\n',
    "version: 1\nfiles:\nleave:\n",
    '# hello\nversion: 1\ntidy:\n  inbox: [a, "b", null]\n',
    'files:\n  ? "tv:a"\n  :\n    from: "inbox:a"\n',
    'files:\n  ? "tv:a"\n  : from: "inbox:a"\n',
    'files:\n  "tv:a":\n    from: "inbox:\\ud83d\\ude00"\n',
    'files:\n  "tv:a":\n    from: "inbox:\\x41\\e"\n',
    'files:\n  "tv:a":\n    from: "inbox:a"\n  "tv:a":\n    from: "inbox:b"\n',
    f'files:\n  "tv:{"a" * 1100}":\n    from: "inbox:a"\n',
    f'leave:\n  - "tv:{"a" * 3000}"\n',
    'files:\n  "tv:a":\n    from: "inbox:LONG"\n    facts: {show: LONG}\n'.replace("LONG", "a" * 3000),
    'files:\n  "tv:a":\r\n    from: "inbox:a"\r\n',
    'files:\n  "tv:a":\n    from: "inbox:a"\n    transfer: copy\n    mark: "12345678"\n  "tv:b":\n    from: "inbox:b"\n',
]


@pytest.mark.parametrize("text", SHAPES)
def test_shapes_people_write_are_read_alike(text: str) -> None:
    quick = _quick(io.BytesIO(text.encode()), "f")
    try:
        strict = _strict(text.encode(), "f")
    except ReshelveError:
        assert quick is None
        return
    if quick is not None:
        assert quick.layout == strict.layout and not strict.refused


def test_hand_edits_in_the_shape_stay_quick() -> None:
    text = b"# mine\nfiles:\n  tv:Show/a.mkv:\n    note: keep, please\n    from: inbox:a.mkv\n\nleave:\n  - inbox:x.iso\n"
    assert _quick(io.BytesIO(text), "f") is not None


def test_save_is_whole_and_keeps_the_mode(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text("old")
    file.chmod(0o640)
    layout = Layout(leave=["inbox:a"])
    save_layout(layout, file)
    assert load_layout(file) == layout
    assert file.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["layout.yaml"]


def test_a_folder_is_merged_and_saved_where_things_were(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("files:\n  tv:a:\n    from: inbox:a\n")
    (tmp_path / "b.yaml").write_text("files:\n  tv:a.srt:\n    from: inbox:a.srt\n    with: tv:a\nleave: ['inbox:x']\n")
    layout = load_layout(tmp_path)
    assert sorted(layout.files) == ["tv:a", "tv:a.srt"]
    layout.files["tv:new"] = Entry(source="inbox:new")
    del layout.files["tv:a.srt"]
    before = (tmp_path / "a.yaml").read_text()
    save_layout(layout, tmp_path)
    assert (tmp_path / "a.yaml").read_text() == before
    assert (tmp_path / "b.yaml").read_text() == 'version: 1\nleave:\n  - "inbox:x"\n'
    assert list(load_layout(tmp_path / "layout.yaml").files) == ["tv:new"]
    assert load_layout(tmp_path) == layout


def test_entries_written_as_a_list_are_told_how_a_map_is_written() -> None:
    with pytest.raises(ReshelveError) as refused:
        parse_layout(b'version: 1\nfiles:\n  - {from: "inbox:a", to: "lib:b"}\n', "layout.yaml")
    assert [each.hint for each in refused.value.problems] == ['write it as in files: {"library:a.mkv": {from: "inbox:a.mkv"}}']


def test_one_target_in_two_files_is_a_problem(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(f"files:\n  tv:a:\n    from: inbox:{name}\n")
    with pytest.raises(ReshelveError) as caught:
        load_layout(tmp_path)
    (problem,) = caught.value.problems
    assert problem.code == "layout-target-twice"
    assert problem.where is not None and problem.where.file.endswith("b.yaml")
    assert (problem.where.line, problem.where.column) == (2, 3)


def test_text_that_is_no_unicode_is_written_replaced() -> None:
    layout = Layout(files={"tv%:%E9": Entry(source="inbox%:%E9", facts={"title": "Am\udce9lie"})})
    assert parse_layout(written(layout), "f").files["tv%:%E9"].facts == {"title": "Am\ufffdlie"}
