"""What a bad document is answered with: every problem, at its exact place, and quickly however hostile the document is."""

import time
from pathlib import Path

import pytest

from reshelve.schemas.documents.layout_checks import Fault
from reshelve.schemas.documents.layout_files import parse_layout, problems_of
from reshelve.schemas.documents.schema_diagnostics import problems, violations
from reshelve.schemas.documents.validation import validate_document
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.documents.yaml_reader import MOST
from reshelve.schemas.problems import Problem, ReshelveError


def shown(problems: list[Problem]) -> str:
    lines = []
    for p in problems:
        assert p.where is not None and p.hint
        lines.append(f"{p.where.line}:{p.where.column} {p.code}: {p.detail} [{p.hint}]")
    return "\n".join(lines)


def problems_in(text: str | bytes) -> list[Problem]:
    with pytest.raises(ReshelveError) as caught:
        parse_layout(text.encode() if isinstance(text, str) else text, "layout.yaml")
    return caught.value.problems


def cases() -> dict[str, tuple[str, str]]:
    """Return (document, problems) by name: `=== name`, the document, `--- problems`, a line a problem."""
    found = {}
    for part in Path(__file__).with_name("bad_layouts.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        name, _, rest = part.partition("\n")
        document, _, expected = rest.partition("--- problems\n")
        found[name] = (document, expected.rstrip("\n"))
    return found


LAYOUTS = cases()


@pytest.mark.parametrize("case", LAYOUTS)
def test_layout(case: str) -> None:
    text, expected = LAYOUTS[case]
    found = problems_in(text)
    assert shown(found) == expected
    lines = text.split("\n")
    for problem in found:
        assert problem.where is not None and problem.where.source == lines[problem.where.line - 1]


HOSTILE = {
    "brackets": (b"[" * 1_000_000, "yaml-depth"),
    "braces": (b"{a: " * 500_000, "yaml-depth"),
    "dashes": (b"- " * 500_000, "yaml-depth"),
    "anchor bomb": (b"a: &a [x]\n" + b"".join(b"b%d: [*a, *a]\n" % n for n in range(5000)), "yaml-anchor"),
    "tag": (b"a: !!python/object/apply:os.system [x]\n", "yaml-tag"),
    "nul": (b"files:\n  a\x00: b\n", "yaml-character"),
    "not utf-8": (b"files:\n  tv:caf\xe9: {from: inbox:a}\n", "yaml-not-utf8"),
    "utf-16": ("files: {}".encode("utf-16"), "yaml-not-utf8"),
    "two documents": (b"leave: []\n---\nleave: []\n", "yaml-documents"),
    "key that is a list": (b"? [a]\n: b\n", "yaml-key"),
    "tab": (b"files:\n\t- a\n", "yaml-syntax"),
    "unclosed": (b'files:\n  "tv:a\n', "yaml-syntax"),
    "empty": (b"# nothing\n", "yaml-empty"),
    "list": (b"[]\n", "document-type"),
    "one long line": (b"files: " + b"x" * 2_000_000, "document-type"),
    "all bad": (b"files:\n" + b"".join(b"  tv:%d: {form: a}\n" % n for n in range(5000)), "document-more"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_documents_end_in_problems_quickly(case: str) -> None:
    text, code = HOSTILE[case]
    began = time.process_time()
    found = problems_in(text)
    assert code in {p.code for p in found}
    assert len(found) <= 1001
    assert all(len(p.where.source) <= 1000 for p in found if p.where)
    assert time.process_time() - began < 5


def test_no_more_is_worded_than_is_shown() -> None:
    many = {f"k{number}": 1 for number in range(3 * MOST)}
    assert len(violations("workspace", (), many)) == MOST + 1
    assert len(violations("workspace", (), {"version": 1, "k": 1})) < 3


WORKSPACE = """\
version: 1
stores:
  inbox: {path: "${NOWHERE}/x"}
  movies: {paths: [/a, /b], reserv: 1GB}
  9x: {path: /z}
scan:
  inbx:
    settle: 5 fortnights
    rules:
      - {name: a, when: {year: {known: true, foo: 1}}, place: "moves:{{ title }}"}
      - {name: b, absent: true, leave: true}
projects:
  - {name: p, in: "movies/3:"}
policies: [{name: x, requires: {}}]
"""


def test_workspace(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text(WORKSPACE)
    with pytest.raises(ReshelveError) as caught:
        load_workspace(file, {})
    found = [(p.where.line, p.where.column, p.code) for p in caught.value.problems if p.where]
    assert found == [
        (3, 17, "workspace-variable"),
        (4, 29, "document-unknown-key"),
        (5, 3, "document-name"),
        (7, 3, "workspace-store"),
        (8, 13, "document-value"),
        (10, 46, "document-unknown-key"),
        (10, 63, "workspace-store"),
        (11, 40, "document-value"),
        (13, 19, "workspace-store"),
        (14, 12, "document-missing-key"),
        (14, 22, "document-unknown-key"),
    ]
    assert [p.hint for p in caught.value.problems][3] == "did you mean inbox?"
    assert validate_document(file, {}) == caught.value.problems


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    assert [p.code for p in validate_document(tmp_path / "none.yaml", {})] == ["document-missing"]
    assert [p.code for p in validate_document(tmp_path / "none.json", {})] == ["document-missing"]


@pytest.mark.parametrize("text", ["\u202eversion: 1\n", "version: 1\nfiles: {'tv:a': {from: 'in:a', \u202ehash: x}}\n"])
def test_what_turns_writing_around_is_told_escaped(text: str) -> None:
    with pytest.raises(ReshelveError) as refused:
        parse_layout(text.encode(), "layout.yaml")
    told = "".join(problem.summary + problem.detail + problem.hint for problem in refused.value.problems)
    assert "\u202e" not in told and "\\u202e" in told


@pytest.mark.parametrize(
    ("item", "hint"),
    [
        ("in:c.mkv", 'write {path: "in:c.mkv"}'),
        ("c.mkv", "write {path: c.mkv}"),
        ("path:in:c.mkv", "a key's colon is followed by a space: write path: in:c.mkv"),
    ],
)
def test_text_in_place_of_a_map_with_one_needed_key_is_told_that_key(tmp_path: Path, item: str, hint: str) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(f"version: 1\nabsent:\n- {item}\n")
    (problem,) = problems_of(file)
    assert (problem.code, problem.hint) == ("document-type", hint)


@pytest.mark.parametrize(
    ("block", "hint"),
    [
        ('lookup: {providers: [tmdb], base_url: "http://h:1/3"}', 'write it as in base_url: {tmdb: "http://localhost:8080/3"}'),
        ("lookup: {providers: [tmdb], base_url: 'tmdb:http://h'}", "a key's colon is followed by a space: write tmdb: http://h"),
        ("lookup: {providers: [tmdb], key_env: KEY}", "write it as in key_env: {tmdb: MY_TMDB_KEY}"),
        (
            'after: {films: "http://h:1"}',
            'write it as in films: {kind: jellyfin, token_env: JELLYFIN_KEY, url: "http://nas.local:8096"}',
        ),
        ("after: {films: plex}", "write {kind: plex}"),
        ("hooks: {map: /data}", "write it as in map: {/srv/media: /data}"),
    ],
)
def test_text_in_place_of_a_map_is_answered_with_an_example_of_that_map(tmp_path: Path, block: str, hint: str) -> None:
    (tmp_path / "reshelve.yaml").write_text(f"version: 1\nstores: {{a: {{path: a}}}}\n{block}\n")
    with pytest.raises(ReshelveError) as caught:
        load_workspace(tmp_path / "reshelve.yaml", {})
    assert [problem.hint for problem in caught.value.problems] == [hint]


def test_a_fault_about_a_piece_of_a_text_stands_at_that_piece() -> None:
    text = b'rules:\n- place: "lib:{{ a }}/{{ b:2 }}"\n- place: >-\n    lib:x/\n    {{ b:2 }}\n- place: gone\n'
    found = [Fault(("rules", number, "place"), "c", "s", "d", piece="{{ b:2 }}") for number in range(3)]
    assert [(one.where.line, one.where.column) for one in problems(found, text, "f") if one.where] == [(2, 23), (5, 5), (6, 10)]
