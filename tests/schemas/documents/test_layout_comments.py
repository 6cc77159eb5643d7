"""Comments of a layout are people's words: no scan, fmt or review takes them away."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reshelve.schemas.documents.layout_comments import collect
from reshelve.schemas.documents.layout_files import _parse_part, _quick, format_layout, load_layout, parse_layout, save_layout
from reshelve.schemas.layout import Entry, Layout, Review

WRITTEN = """# ours, since 2019
version: 1
# folders first
dirs:
  # for the cut
  - "projects:a/Cut"
  # end of dirs
files:
  # the best one
  "tv:a.mkv":
    # from the old disk
    from: "inbox:a.mkv"
    size: 5
    # the end of a
  # about b #2
  "tv:b #1.mkv":
    from: "inbox:b # x.mkv"
  # the end of files
absent:
  # rendered twice
  - {path: "inbox:r.mp4", size: 3}
review:
  # ask Anna
  - {from: "inbox:x.bin"}
leave:
  # never
  - "inbox:k.iso"
tidy:
  # junk
  inbox: [".DS_Store"]
# the end
"""


WORDS = ["first", "all of them", "it's b", *("in the margin", "a", "said"), "about from", "it has a number"]
WORDS += ["inside facts", "d", "why"]


def comments(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.lstrip().startswith("#"))


def test_in_the_canonical_form_all_stay_where_they_are() -> None:
    assert format_layout(WRITTEN.encode(), "layout.yaml").splitlines() == WRITTEN.splitlines()


def test_what_people_write_is_brought_into_it_once_and_for_all() -> None:
    text = """---  # first
files:   # all of them
    'tv:b': {from: 'inbox:b'}   # it's b
# in the margin
    "tv:a":   # a
        note: |  # said
            # no comment
            text # nor this
        # about from
        from: inbox:a#1   # it has a number
        facts:
            title: "x"
            # inside facts
            year: 1999
dirs: [ 'tv:c # no',   # d
  'tv:d' ]
review:
- from: inbox:q
  # why
  because: "no # idea"
"""
    made = format_layout(text.encode(), "layout.yaml")
    assert comments(made) == sorted(f"# {one}" for one in WORDS)
    assert parse_layout(made.encode(), "f") == parse_layout(text.encode(), "f")
    assert format_layout(made.encode(), "f") == made
    lines = [line.strip() for line in made.splitlines()]
    assert lines[lines.index('from: "inbox:b"') - 1] == "# it's b"
    assert lines[lines.index("# about from") + 2].startswith("from:")


def test_a_layout_with_comments_stays_quick_to_read() -> None:
    assert _quick(io.BytesIO(WRITTEN.encode()), "f") is not None
    trailing = 'files:\n  "tv:a":\n    from: "inbox:a"  # here\n'
    assert _quick(io.BytesIO(format_layout(trailing.encode(), "f").encode()), "f") is not None


def test_saving_keeps_them_with_the_file_they_are_about(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(WRITTEN)
    layout = load_layout(file)
    entry = layout.files.pop("tv:a.mkv")
    layout.files["tv:new/a.mkv"] = entry
    layout.files["tv:x/x.bin"] = Entry(source="inbox:x.bin")
    layout.review = [Review("inbox:new.bin")]
    layout.leave = []
    layout.absent = []
    layout.tidy = {}
    save_layout(layout, file)
    text = file.read_text()
    assert load_layout(file) == layout
    lines = [line.strip() for line in text.splitlines()]
    assert lines[lines.index('"tv:new/a.mkv":') - 1] == "# the best one"
    assert lines[lines.index('"tv:x/x.bin":') - 1] == "# ask Anna"
    assert '# about "inbox:k.iso", which is no longer here:' in lines and lines[-1] != "# never" and "# never" in lines
    assert set(comments(WRITTEN)) <= set(comments(text))
    save_layout(layout, file)
    assert file.read_text() == text


ODD = 'ask "Ann" # 2\nor Bo: \x1b[31m \u202e'
NOTED = [Review("inbox:a.mkv", note=ODD), Review("inbox:b.mkv", note="mine"), Review("inbox:c.mkv")]


@pytest.mark.parametrize("more", ["", "# ours\n"])
def test_the_note_of_an_undecided_file_that_is_left_becomes_a_comment(tmp_path: Path, more: str) -> None:
    file = tmp_path / "layout.yaml"
    save_layout(Layout(review=NOTED), file)
    file.write_text(more + file.read_text())
    left = Layout(review=NOTED[1:2], leave=["inbox:a.mkv", "inbox:b.mkv", "inbox:c.mkv"])
    for _ in range(2):
        save_layout(left, file)
        text = file.read_text()
        assert '  # note: "ask \\"Ann\\" # 2\\nor Bo: \\u001b[31m \\u202e"\n  - "inbox:a.mkv"\n  - "inbox:b.mkv"\n' in text
        assert load_layout(file) == left and text.count("# note:") == 1 and text.startswith(more or "version")
        assert _quick(io.BytesIO(text.encode()), "f") is not None
    save_layout(Layout(leave=left.leave), file)
    assert '  # note: "mine"\n  - "inbox:b.mkv"\n  - "inbox:c.mkv"\n' in file.read_text()


@pytest.mark.parametrize("main", [True, False])
def test_a_note_follows_its_file_to_another_file_of_the_layout(tmp_path: Path, main: bool) -> None:
    folder = tmp_path / "layout"
    folder.mkdir()
    if main:
        save_layout(Layout(leave=["inbox:z.mkv"]), folder / "layout.yaml")
    save_layout(Layout(review=NOTED), folder / "a.yaml")
    layout = load_layout(folder)
    layout.leave.append("inbox:b.mkv")
    layout.review = [item for item in layout.review if item.source != "inbox:b.mkv"]
    save_layout(layout, folder)
    assert sorted(load_layout(folder).leave) == sorted(layout.leave) and load_layout(folder).review == layout.review
    assert '  # note: "mine"\n  - "inbox:b.mkv"\n' in (folder / "layout.yaml").read_text()
    assert "mine" not in (folder / "a.yaml").read_text()


@given(st.lists(st.tuples(st.integers(0, len(WRITTEN.splitlines())), st.integers(0, 6)), max_size=8))
def test_the_quick_way_and_the_sure_one_agree(places: list[tuple[int, int]]) -> None:
    lines = WRITTEN.splitlines()
    for number, (at, indent) in enumerate(places):
        lines.insert(at, f"{' ' * indent}# c{number}" if number % 3 else "")
    text = "\n".join(lines).replace('  "tv:b #1.mkv":', f'  ? "tv:b{"x" * 950}"\n  :').encode()
    part = _parse_part(text, "f")
    if part.quick:
        assert collect(text, part.layout, quick=True) == collect(text, part.layout, quick=False)


def test_names_with_a_number_sign_are_no_comments(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    layout = Layout(files={"tv:a #1.mkv": Entry(source="inbox:# a.mkv", facts={"title": "a # b"})}, leave=["inbox:# x"])
    save_layout(layout, file)
    before = file.read_text()
    save_layout(layout, file)
    assert file.read_text() == before and load_layout(file) == layout


@given(st.lists(st.tuples(st.integers(0, len(WRITTEN.splitlines())), st.integers(0, 6)), max_size=8))
def test_wherever_a_comment_stands_it_is_kept(places: list[tuple[int, int]]) -> None:
    lines = WRITTEN.splitlines()
    for number, (at, indent) in enumerate(places):
        lines.insert(at, f"{' ' * indent}# c{number}")
    text = "\n".join(lines)
    made = format_layout(text.encode(), "f")
    assert comments(made) == comments(text)
    assert format_layout(made.encode(), "f") == made


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_line_ends(end: str) -> None:
    text = f"dirs:{end or chr(10)}  - a:b{end or chr(10)}# last{end}"
    assert format_layout(text.encode(), "f") == 'version: 1\ndirs:\n  - "a:b"\n# last\n'
