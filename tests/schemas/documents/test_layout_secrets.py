"""No free text of a layout, and of notes of assets, holds a secret: it is refused at its line, and masked in it."""

from pathlib import Path

import pytest

from reshelve.schemas.asset_notes import AssetNotes
from reshelve.schemas.documents.asset_files import parse_assets, save_notes, version_of
from reshelve.schemas.documents.layout_files import load_layout, parse_layout, problems_of
from reshelve.schemas.problems import ReshelveError

URL = "https://bob:hunter2@host/x"
KEY = "AKIAIOSFODNN7EXAMPLE"
ENTRY = 'version: 1\nfiles:\n  "lib:a.mkv":\n    from: "inbox:a.mkv"\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ENTRY + f'    because: "{KEY} {URL}"\n', 5),
        (ENTRY + f'    facts: {{kind: movie, title: "{KEY}"}}\n', 5),
        (ENTRY + f"    facts: {{kind: movie, episodes: [1], mine: ['{URL}']}}\n", 5),
        (ENTRY + f'    note: "{URL}"\n', 5),
        (ENTRY + '    note: "aws_secret_access_key: planted-hunter2"\n', 5),
        (f'version: 1\nabsent:\n  - path: "inbox:a"\n    because: "{URL}"\n', 4),
        (f'version: 1\nabsent:\n  - path: "inbox:a"\n    note: "{KEY} hunter2"\n', 4),
        (f'version: 1\nreview:\n  - from: "inbox:a"\n    because: "{URL}"\n', 4),
        (f'version: 1\nreview:\n  - from: "inbox:a"\n    note: "{URL}"\n', 4),
        (f'version: 1\nreview:\n  - from: "inbox:a"\n    suggestion: {{to: "lib:a", because: "{URL}"}}\n', 4),
        (f'version: 1\nset: {{project: "{URL}"}}\n', 2),
    ],
)
def test_a_secret_in_a_free_text_is_refused_at_its_line_and_not_repeated(text: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(ReshelveError) as refused:
        parse_layout(text.encode(), "layout.yaml")
    (problem,) = refused.value.problems
    assert problem.code == "document-secret" and problem.where is not None and problem.where.line == line
    assert KEY not in str(problem) and "bob" not in str(problem)
    folder = tmp_path / "layout"
    folder.mkdir()
    (folder / "a.yaml").write_text(text)
    assert [each.code for each in problems_of(folder)] == ["document-secret"]


def test_a_secret_that_lies_across_two_pieces_of_a_large_document_is_found(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    head = 'version: 1\nset: {project: "'
    path.write_text(head + "x" * ((1 << 20) - len(head) - 4) + f' {URL}"}}\n')
    assert [each.code for each in problems_of(path)] == ["document-secret"]


@pytest.mark.parametrize("said", ["sk-8 board and a long name for it", "mail bob@host", "https://host/a", "disk-1", "a success"])
def test_other_texts_are_no_secrets(said: str) -> None:
    assert parse_layout((ENTRY + f'    note: "{said}"\n').encode(), "layout.yaml").files["lib:a.mkv"].note == said


def test_a_sound_layout_loads(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text(ENTRY)
    assert "lib:a.mkv" in load_layout(path).files


def test_notes_of_assets_hold_no_secret(tmp_path: Path) -> None:
    text = f'version: 1\nassets:\n  {"a" * 64}:\n    note: "{URL}"\n'
    with pytest.raises(ReshelveError) as refused:
        parse_assets(text.encode(), "assets.yaml")
    assert [(p.code, p.where and p.where.line) for p in refused.value.problems] == [("document-secret", 4)]
    path = tmp_path / "assets.yaml"
    with pytest.raises(ReshelveError) as refused:
        save_notes(path, {"a" * 64: AssetNotes(note=KEY)}, version_of(path))
    assert refused.value.problems[0].code == "document-secret" and not path.exists()
