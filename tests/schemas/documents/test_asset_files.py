"""`assets.yaml`: one entry is written anew, and everything else stays as people left it."""

from pathlib import Path

import pytest

from reshelve.schemas.asset_notes import AssetBook, AssetNotes
from reshelve.schemas.documents.asset_files import load_assets, parse_assets, save_notes, version_of
from reshelve.schemas.problems import ReshelveError

A, B, C = "a" * 64, "b" * 64, "c" * 64
DOCUMENT = f"""# ours
version: 1   # of the format
assets:
  # about a
  {A}:
    tags: [No, "24"]   # two
    # the client's word
    status: approved

  # about b
  {B}: {{note: "it's: fine"}}
# the end
"""


def write(path: Path, text: str, changed: dict[str, AssetNotes]) -> str:
    path.write_bytes(text.encode())
    save_notes(path, changed, version_of(path))
    return path.read_bytes().decode()


def test_a_new_document_and_back(tmp_path: Path) -> None:
    path = tmp_path / "assets.yaml"
    assert load_assets(path) == AssetBook()
    notes = AssetNotes.model_validate(
        {
            "at": "lib:a, b.mkv",
            "size": 3,
            "tags": ["24", "No", "hero shot"],
            "note": 'two\nlines: "quoted" #1',
            "meta": {"fps": "25", "n": 25, "ok": True, "list": ["a", 1]},
            "uses": [{"project": "b63", "duration": 2.5, "date": "2026-11-26"}],
            "links": [{"to": B, "as": "proxy"}],
        }
    )
    save_notes(path, {A: notes}, version_of(path))
    save_notes(path, {B: AssetNotes()}, version_of(path))
    assert load_assets(path).assets == {A: notes, B: AssetNotes()}


def test_everything_else_stays(tmp_path: Path) -> None:
    text = write(tmp_path / "assets.yaml", DOCUMENT, {B: AssetNotes(tags=["x"]), C: AssetNotes(status="new")})
    assert text == DOCUMENT.replace(f'  {B}: {{note: "it\'s: fine"}}\n', f'  "{B}":\n    tags: [x]\n  "{C}":\n    status: new\n')


def test_comments_within_an_entry_stay_with_it(tmp_path: Path) -> None:
    text = write(tmp_path / "assets.yaml", DOCUMENT, {A: AssetNotes(tags=["x"])})
    assert "# about a\n  # the client's word\n" in text and "  # about b\n" in text and "# the end" in text
    assert parse_assets(text.encode(), "x").assets[A] == AssetNotes(tags=["x"])


@pytest.mark.parametrize("text", ["version: 1\n", "version: 1\nassets: {}\n", "version: 1\nassets:\n", "version: 1\r\nassets:\r\n"])
def test_an_empty_document_takes_an_entry(tmp_path: Path, text: str) -> None:
    written = write(tmp_path / "assets.yaml", text, {A: AssetNotes(tags=["x"])})
    assert parse_assets(written.encode(), "x").assets == {A: AssetNotes(tags=["x"])}
    assert ("\r\n" in written) == ("\r\n" in text)


def test_what_cannot_be_replaced_alone_is_left_and_told(tmp_path: Path) -> None:
    text = f"version: 1\nassets: {{{A}: {{tags: [x]}}, {B}: {{tags: [y]}}}}\n"
    with pytest.raises(ReshelveError) as refused:
        write(tmp_path / "assets.yaml", text, {A: AssetNotes(status="new")})
    assert refused.value.problems[0].code == "assets-by-hand"
    assert (tmp_path / "assets.yaml").read_text() == text


@pytest.mark.parametrize("entry", ["short: {}", f"{A}: {{tag: [x]}}", f"{A}: {{tags: ['a,b']}}", f"{A}: {{size: -1}}"])
def test_what_is_wrong_is_told_with_its_line(entry: str) -> None:
    with pytest.raises(ReshelveError) as refused:
        parse_assets(f"version: 1\nassets:\n  {entry}\n".encode(), "assets.yaml")
    assert refused.value.problems[0].where is not None and refused.value.problems[0].where.line == 3


def test_another_hand_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "assets.yaml"
    path.write_text(DOCUMENT)
    read = version_of(path)
    path.write_text(DOCUMENT + "# more\n")
    with pytest.raises(ReshelveError) as refused:
        save_notes(path, {A: AssetNotes()}, read)
    assert refused.value.problems[0].code == "document-changed"
