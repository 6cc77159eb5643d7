"""Projects: folders and files by a template, the shipped trees exact, and nothing outside the project."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from reshelve.planner.scanners.project_scanner import LaidOut, lay_out
from reshelve.planner.scanners.project_templates import SHIPPED, shipped
from reshelve.schemas.layout import Entry
from reshelve.schemas.project_settings import Template
from reshelve.schemas.workspace import Workspace
from tests.support.readers import NOW_NS
from tests.support.scanning import cite


def laid(*projects: dict[str, Any], before: dict[str, Entry] | None = None, **templates: Any) -> LaidOut:
    stores = {"projects": {"path": "/stores/projects"}}
    space = Workspace.model_validate(
        {"stores": stores, "projects": [{"in": "projects:", **each} for each in projects], "templates": templates}
    )
    return lay_out(space, cite, NOW_NS, before)


def tree(result: LaidOut, top: str) -> set[str]:
    """Return every folder below `top` that the layout comes to."""
    found = set()
    for place in result.dirs:
        parts = place.removeprefix(f"{top}/").split("/")
        found |= {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
    return found


@pytest.mark.parametrize(("template", "count", "tops"), [("standard_video", 38, 5), ("documentary", 19, 4)])
def test_the_shipped_trees(template: str, count: int, tops: int) -> None:
    found = tree(laid({"name": "p", "template": template}), "projects:p")
    assert len(found) == count
    assert len([path for path in found if "/" not in path]) == tops
    assert ("04_Exports/Final_Delivery/Archive" in found) == (template == "standard_video")


def test_shipped_templates_are_listed_and_load() -> None:
    assert all(shipped(name).description for name in SHIPPED)


def test_the_project_file() -> None:
    config = json.loads(
        laid({"name": "b63", "client": "Acme", "created": "2026-03-01"}).files["projects:b63/project_config.json"].content or ""
    )
    assert config["project_info"] == {
        "name": "b63",
        "type": "standard_video",
        "client": "Acme",
        "created_date": "2026-03-01",
        "status": "active",
        "version": "1.0",
    }
    assert config["settings"]["backup_schedule"] == "daily"
    assert config["settings"]["archive_after_days"] == 90
    assert config["settings"]["auto_organize"] is True
    assert config["team"] == {"project_manager": "", "editor": "", "colorist": "", "audio_engineer": ""}


def test_the_naming_convention_is_the_project_types_own() -> None:
    files = laid({"name": "a"}, {"name": "b", "template": "documentary"}).files
    conventions = [json.loads(entry.content or "")["settings"]["naming_convention"]["pattern"] for entry in files.values()]
    assert len(conventions) == len(set(conventions)) == 2


def test_a_projects_vars_change_its_file() -> None:
    project = {"name": "a", "vars": {"editor": "Ada", "archive_after_days": "30", "auto_organize": "false"}}
    config = json.loads(laid(project).files["projects:a/project_config.json"].content or "")
    assert config["team"]["editor"] == "Ada"
    assert config["settings"]["archive_after_days"] == 30
    assert config["settings"]["auto_organize"] is False
    assert config["project_info"]["client"] is None


def test_a_project_without_a_date_keeps_the_one_it_was_given_first() -> None:
    first = laid({"name": "a"}).files
    assert json.loads(first["projects:a/project_config.json"].content or "")["project_info"]["created_date"] == "2027-01-15"
    entry = Entry(content=(first["projects:a/project_config.json"].content or "").replace("2027-01-15", "2020-02-02"))
    again = laid({"name": "a"}, before={"projects:a/project_config.json": entry}).files["projects:a/project_config.json"]
    assert again.content == entry.content


def test_the_three_forms_of_a_tree() -> None:
    forms = {"dirs": {"Raw": {"Cam": [], "Sound": {}}, "Edit": ["v1", "v2", {"Old": ["a"]}], "Out/{{ project.name }}": None}}
    assert laid({"name": "p", "template": "own"}, own=forms).dirs == [
        "projects:p/Edit/Old/a",
        "projects:p/Edit/v1",
        "projects:p/Edit/v2",
        "projects:p/Out/p",
        "projects:p/Raw/Cam",
        "projects:p/Raw/Sound",
    ]


@pytest.mark.parametrize(
    ("project", "top"),
    [
        ({"name": "b63", "client": "Acme"}, "projects:b63"),
        ({"name": "b63", "in": "projects:2026/"}, "projects:2026/b63"),
        ({"name": "a/../b: c?"}, "projects:a-..-b - c"),
        ({"name": ".."}, "projects:_"),
        ({"name": "NUL"}, "projects:NUL_"),
        ({"name": "b", "client": "A/C", "vars": {"folder": "{{ project.client }}_{{ project.name }}"}}, "projects:A-C_b"),
        ({"name": "b", "vars": {"folder": "{{ project.client or 'own' }}/{{ project.name }}"}}, "projects:own/b"),
        ({"name": "b", "vars": {"folder": "../../{{ project.name }}"}}, "projects:_/_/b"),
    ],
)
def test_the_projects_folder(project: dict[str, Any], top: str) -> None:
    assert laid({**project, "template": "own"}, own={"dirs": []}).dirs == [top]


def test_an_unknown_template_falls_back_and_is_said() -> None:
    result = laid({"name": "p", "template": "documentry"})
    assert len(tree(result, "projects:p")) == 38
    assert [(problem.code, problem.severity, problem.hint) for problem in result.problems] == [
        ("unknown-template", "warning", "Did you mean `documentary`?")
    ]


def test_a_workspaces_own_template_wins_over_the_shipped_one() -> None:
    assert laid({"name": "p"}, standard_video={"dirs": ["only"]}).dirs == ["projects:p/only"]


@pytest.mark.parametrize("text", ["{{ vars.take }}", "{{ project.name", "{{ ''.__class__.__mro__ }}", "{{ 1 / 0 }}"])
def test_a_template_that_cannot_be_filled_in_is_a_problem(text: str) -> None:
    for template in ({"dirs": [text]}, {"files": {"a.txt": {"text": text}}}, {"files": {"a.json": {"json": {"x": [text]}}}}):
        result = laid({"name": "p", "template": "own"}, {"name": "q", "template": "fine"}, own=template, fine={"dirs": ["d"]})
        assert [problem.code for problem in result.problems] == ["bad-template"]
        assert "projects:q/d" in result.dirs


def test_texts_and_typed_json() -> None:
    files = {
        "notes/{{ project.name }}.txt": {"text": "for {{ project.client }}: {{ vars.n }}\n"},
        "x.json": {"json": ["{{ vars.n }}", "n{{ vars.n }}", 3]},
    }
    made = laid({"name": "p", "template": "own"}, own={"files": files, "vars": {"n": 7}}).files
    assert made["projects:p/notes/p.txt"].content == "for : 7\n"
    assert json.loads(made["projects:p/x.json"].content or "") == [7, "n7", 3]


def test_two_projects_of_one_folder_are_said() -> None:
    result = laid({"name": "p"}, {"name": "p", "template": "documentary"})
    assert [problem.code for problem in result.problems] == ["project-twice"]
    assert result.files["projects:p/project_config.json"].because == "project p, template standard_video"


def test_the_folder_and_the_place_of_a_project_may_hold_every_value() -> None:
    own = {"vars": {"folder": "{{ client }} - {{ name }} {{ crew }}", "crew": "A"}, "dirs": ["raw"]}
    workspace = Workspace.model_validate(
        {
            "stores": {"projects": {"path": "/stores/projects"}},
            "set": {"season": "S1"},
            "projects": [{"name": "p", "client": "Big/Co", "template": "own", "in": "projects:{{ season }}/{{ client }}"}],
            "templates": {"own": own},
        }
    )
    result = lay_out(workspace, cite, NOW_NS, given={"season": "S2"})
    assert result.dirs == ["projects:S2/Big-Co/Big-Co - p A/raw"]
    assert result.homes == {"projects:S2/Big-Co/Big-Co - p A": "p"}


@pytest.mark.parametrize(
    "tree",
    [
        {"dirs": ["../../evil"]},
        {"dirs": {"a": {"..": ["b"]}}},
        {"dirs": [{"a": ["b/../../c"]}]},
        {"dirs": ["/etc"]},
        {"dirs": ["a\\..\\b"]},
        {"files": {"../x": {"text": ""}}},
    ],
)
def test_a_path_that_leads_out_of_the_project_is_an_error(tree: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="leads out of the project"):
        Template.model_validate(tree)


def test_dots_within_a_name_lead_nowhere() -> None:
    assert Template.model_validate({"dirs": ["a..b", ".hidden", "{{ project.name }}/v1.0"]})
