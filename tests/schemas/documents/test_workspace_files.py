"""A workspace is read with its overlay, its environment and its templates, and no title is ever taken for a number."""

from pathlib import Path

import pytest

from reshelve.schemas.documents.validation import format_document, kind_of, validate_document
from reshelve.schemas.documents.workspace_files import load_workspace, store_names
from reshelve.schemas.problems import ReshelveError

TEXT = """\
version: 1
stores:
  inbox: {path: "${HOME}/Downloads"}
  movies: {paths: {nas: /a, attic: /b}, reserve: 5GB}
scan:
  inbox:
    settle: 5m
    tidy: yes
    rules:
      - name: 1917
        when: {kind: movie, season: 8, job: "8", date: 3:10, size: {over: 1GB}, any: [{year: {known: true}}]}
        place: "movies:{{ title }}/{{ filename }}"
templates:
  t:
    dirs: [2024, 01, {No: [on]}]
    files: {x.json: {json: {a: 90, b: true, c: "90", d: [1.5, 007]}}}
    vars: {n: 3, s: "3"}
projects:
  - {name: 24, template: t, in: "movies/nas:"}
guards: {max_delete: 10%}
"""


def write(folder: Path, text: str = TEXT) -> Path:
    file = folder / "reshelve.yaml"
    file.write_text(text)
    return file


def test_types_come_from_the_schema(tmp_path: Path) -> None:
    loaded = load_workspace(write(tmp_path), {"HOME": "/home/me"})
    workspace = loaded.workspace
    assert workspace.stores["inbox"].path == "/home/me/Downloads"
    scan = workspace.scan["inbox"]
    assert scan.tidy is True and scan.rules[0].name == "1917"
    demands = scan.rules[0].when.demands
    assert (demands["season"], demands["job"], demands["date"]) == (8, "8", "3:10")
    template = workspace.templates["t"]
    assert template.dirs == ["2024", "01", {"No": ["on"]}]
    assert template.files["x.json"].json_ == {"a": 90, "b": True, "c": "90", "d": [1.5, "007"]}
    assert template.vars == {"n": 3, "s": "3"}
    assert workspace.projects[0].name == "24"


def test_lines_are_known(tmp_path: Path) -> None:
    loaded = load_workspace(write(tmp_path), {"HOME": "/home/me"})
    assert loaded.line(("scan", "inbox", "rules", 0)) == 10
    assert loaded.line(("scan", "inbox", "rules", 0, "place")) == 12
    assert loaded.line(("nothing",)) is None


def test_the_local_overlay_is_laid_over_stores_key_by_key(tmp_path: Path) -> None:
    file = write(tmp_path)
    own = "stores:\n  inbox: {path: /here, optional: true}\n  extra: {path: /e}\n  movies: {reserve: 1GB}\n"
    (tmp_path / "reshelve.local.yaml").write_text(own)
    stores = load_workspace(file, {}).workspace.stores
    assert stores["inbox"].path == "/here" and stores["inbox"].optional
    assert stores["movies"].reserve == "1GB" and stores["movies"].path is None and stores["movies"].paths
    assert stores["extra"].path == "/e"


BUCKET = "version: 1\nstores: {c: {s3: shared, prefix: p, region: eu-central-1, profile: david, versions: false}}\n"


def test_a_place_of_another_kind_in_the_overlay_takes_nothing_of_the_store(tmp_path: Path) -> None:
    file = write(tmp_path, BUCKET)
    local = tmp_path / "reshelve.local.yaml"
    local.write_text("stores: {c: {profile: jan}}\n")
    store = load_workspace(file, {}).workspace.stores["c"]
    assert (store.s3, store.prefix, store.region, store.profile, store.versions) == ("shared", "p", "eu-central-1", "jan", False)
    local.write_text("stores: {c: {path: /here}}\n")
    store = load_workspace(file, {}).workspace.stores["c"]
    assert (store.path, store.s3, store.profile, store.versions) == ("/here", None, None, True)
    assert store_names(file) == {"c": []}


def test_a_variable_that_the_overlay_replaces_need_not_be_set(tmp_path: Path) -> None:
    file = write(tmp_path, 'version: 1\nstores: {ssd: {path: "${SSD}", optional: true}}\n')
    (tmp_path / "reshelve.local.yaml").write_text('stores: {ssd: {path: "${MINE}/x"}}\n')
    store = load_workspace(file, {"MINE": "/m"}).workspace.stores["ssd"]
    assert store.path == "/m/x" and store.optional
    with pytest.raises(ReshelveError) as caught:
        load_workspace(file, {"SSD": "/s"})
    assert [(Path(p.path).name, p.code) for p in caught.value.problems] == [("reshelve.local.yaml", "workspace-variable")]


@pytest.mark.parametrize(
    ("own", "at", "code"),
    [
        ("inbox: {paht: /here}", "reshelve.local.yaml", "document-unknown-key"),
        ("inbox: {region: eu}", "reshelve.local.yaml", "document-value"),
        ("extra: {optional: true}", "reshelve.local.yaml", "workspace-store"),
        ("inbox: [a]", "reshelve.local.yaml", "document-type"),
        ("inbox: {reserve: much}", "reshelve.local.yaml", "document-value"),
    ],
)
def test_problems_of_the_overlay_lie_in_the_overlay(tmp_path: Path, own: str, at: str, code: str) -> None:
    file = write(tmp_path)
    local = tmp_path / "reshelve.local.yaml"
    local.write_text(f"stores:\n  {own}\n")
    with pytest.raises(ReshelveError) as caught:
        load_workspace(file, {"HOME": "/h"})
    assert [(Path(p.path).name, p.code) for p in caught.value.problems] == [(at, code)]
    assert caught.value.problems[0].where is None or caught.value.problems[0].where.line == 2
    assert kind_of(local) == "local"


def test_a_store_that_no_overlay_can_mend_is_told_of_the_workspace(tmp_path: Path) -> None:
    file = write(tmp_path, "version: 1\nstores: {a: {path: /x, reserve: much}}\n")
    (tmp_path / "reshelve.local.yaml").write_text("stores: {a: {path: /y}}\n")
    with pytest.raises(ReshelveError) as caught:
        load_workspace(file, {})
    assert [Path(p.path).name for p in caught.value.problems] == ["reshelve.yaml"]


def test_a_folder_of_templates(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "t.yaml").write_text("dirs: [Other]\n")
    (folder / "podcast.yaml").write_text("version: 1\ndirs: [Raw, 1]\n")
    file = write(tmp_path, TEXT + "templates_dir: templates\n")
    templates = load_workspace(file, {"HOME": "/h"}).workspace.templates
    assert templates["podcast"].dirs == ["Raw", "1"]
    assert templates["t"].description == "" and templates["t"].dirs[0] == "2024"
    (folder / "podcast.yaml").write_text("dir: [Raw]\n")
    with pytest.raises(ReshelveError) as caught:
        load_workspace(file, {"HOME": "/h"})
    assert [(Path(p.path).name, p.code) for p in caught.value.problems] == [("podcast.yaml", "document-unknown-key")]


def test_python_names_are_not_keys(tmp_path: Path) -> None:
    with pytest.raises(ReshelveError):
        load_workspace(write(tmp_path, TEXT.replace("in: ", "in_: ")), {"HOME": "/h"})


def test_formatting_keeps_comments_and_meaning(tmp_path: Path) -> None:
    file = write(tmp_path, "version: 1  \n# mine\t\nstores: {a: {path: /x}}\n\n\n")
    assert format_document(file) == "version: 1\n# mine\nstores: {a: {path: /x}}\n"
    kept = 'stores: {a: {path: /x}}\ntemplates:\n  t: {files: {x: {text: "a  \n   b"}}, description: d}\n'
    file.write_text(kept + "\n")
    assert format_document(file) in (kept, kept.replace("a  \n", "a\n"))
    block = "stores:\n  a:\n    path: |-\n      /x  \n      y"
    file.write_text(block)
    assert format_document(file) == block + "\n"


def test_formatting_a_layout_is_canonical(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text("leave: ['inbox:b', inbox:a]\nfiles: {tv:a.srt: {from: inbox:s, with: tv:elsewhere}}\n")
    once = format_document(file)
    assert once == (
        'version: 1\nfiles:\n  "tv:a.srt":\n    from: "inbox:s"\n    with: "tv:elsewhere"\nleave:\n  - "inbox:a"\n  - "inbox:b"\n'
    )
    file.write_text(once)
    assert format_document(file) == once


def test_a_layout_that_holds_values_is_a_layout(tmp_path: Path) -> None:
    """A workspace has `set:` too: it tells nothing of what a document is."""
    layout = tmp_path / "layout.yaml"
    layout.write_text('version: 1\nfiles:\n  "a:x": {from: "b:y"}\nset: {client: ACM}\n')
    assert kind_of(layout) == "layout"
    assert validate_document(layout, {}) == []
    layout.write_text('version: 1\nset: {client: ACM}\nfiles:\n  "a:x": {from: "b:y"}\n')
    assert format_document(layout).index("files:") < format_document(layout).index("set:")


def test_a_region_that_names_a_host_is_refused_at_its_line_in_each_document(tmp_path: Path) -> None:
    evil = "us-east-1.evil.example/#"
    main = "version: 1\nstores:\n  a: {path: in}\n  far:\n    s3: films\n"
    for told, local, line in (
        (f'{main}    region: "{evil}"\n', None, 6),
        (main, f'version: 1\nstores:\n  far: {{region: "{evil}"}}\n', 3),
        (f'{main}suggest: {{provider: bedrock, model: m, region: "{evil}"}}\n', None, 6),
    ):
        file = write(tmp_path, told)
        overlay = tmp_path / "reshelve.local.yaml"
        overlay.write_text(local or "version: 1\n")
        with pytest.raises(ReshelveError) as caught:
            load_workspace(file, {})
        [one] = caught.value.problems
        assert "a region is letters, digits and hyphens" in one.detail
        assert (one.severity, one.where and one.where.line) == ("error", line)
    with pytest.raises(ReshelveError) as caught:
        load_workspace(write(tmp_path, f'{main}    region: "${{PLACE}}"\n'), {})
    assert [one.code for one in caught.value.problems] == ["workspace-variable"]
