"""The reference says what the program does: pages are generated, nothing is left out, and their examples hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reshelve import api
from reshelve.opening.organize_setting import PRESETS
from reshelve.planner.rules.condition_matching import ATTRIBUTES, Matcher
from reshelve.planner.rules.place_filters import FILTERS
from reshelve.planner.rules.place_templates import OFFERED, PlaceTemplate
from reshelve.reference import environment_page, events_page, rules_page
from reshelve.reference.pages import FOLDER, PAGES, text_of, unused
from reshelve.reference.schema_keys import definition, example_of
from reshelve.schemas.conditions import EVERYTHING, Condition
from reshelve.schemas.documents.json_schemas import NAMES, schema_for
from reshelve.schemas.documents.typed_values import typed
from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.workspace import Workspace
from tests.support.shellcalls import call

ROOT = Path(__file__).resolve().parents[3]
SHELL = ("cli", "examining", "opening", "session", "views")
WRITTEN = ("workspace", "local", "template", "layout", "prices", "assets")
"""The documents that people write."""
ON = {
    "workspace": ("workspace", "rules", "templates"),
    "local": ("workspace",),
    "template": ("templates",),
    "layout": ("layout", "rules"),
}
"""The pages of a document, where it is not the page `documents`."""


def definitions(document: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("", *schema_for(document).get("$defs", ())):
        yield name, definition(document, name)


def sources(*parts: str) -> Iterator[ast.AST]:
    for part in parts:
        for path in sorted((ROOT / part).rglob("*.py")):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", PAGES)
def test_committed_is_generated(name: str) -> None:
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == text_of(name), "run: make docs-reference"


@pytest.mark.parametrize("name", PAGES)
def test_all_that_is_generated_stands_on_its_page(name: str) -> None:
    assert unused(name) == set()


def test_nothing_else_is_committed() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.md" for name in PAGES}


@pytest.mark.parametrize("document", NAMES)
def test_every_key_of_every_document_stands_on_a_page(document: str) -> None:
    told = "\n".join((FOLDER / f"{page}.md").read_text(encoding="utf-8") for page in ON.get(document, ("documents", "rules")))
    for name, found in definitions(document):
        for key in found.get("properties", {}):
            assert f"- `{key}` (" in told or f"| `{key}` " in told, f"{document} {name}.{key}"


@pytest.mark.parametrize("document", WRITTEN)
def test_every_key_that_people_write_says_what_it_means_by_an_example_that_holds(document: str) -> None:
    defs = schema_for(document).get("$defs", {})
    for name, found in definitions(document):
        for key, schema in found.get("properties", {}).items():
            if name == "Facts":
                continue
            assert schema.get("description") or "$ref" in schema, f"{document} {name}.{key} says nothing"
            example = example_of(schema)
            if example is None:
                assert "$ref" in str(schema) or "const" in schema, f"{document} {name}.{key} has no example"
            else:
                Draft202012Validator({**schema, "$defs": defs}).validate(example)


def test_facts_are_told_in_the_layout_as_on_their_page() -> None:
    assert definition("layout", "Facts")["properties"].keys() <= FACTS.keys()


def test_every_attribute_value_and_filter_has_words() -> None:
    assert rules_page.ASKED.keys() == ATTRIBUTES
    assert rules_page.USED.keys() == OFFERED
    assert rules_page.FILTERED.keys() == FILTERS.keys()


@pytest.mark.parametrize(
    "example", [*(told for _, told in rules_page.ASKED.values()), *(f"{n}: {k.example}" for n, k in FACTS.items())]
)
def test_examples_of_demands_can_be_asked(example: str) -> None:
    Matcher(Condition.model_validate(yaml.safe_load(example) if "date" not in example and "captured" not in example else {}))


@pytest.mark.parametrize("example", [told for _, told in rules_page.FILTERED.values()])
def test_examples_of_filters_are_places(example: str) -> None:
    assert PlaceTemplate(f"library:{example}").names


def test_every_event_is_told() -> None:
    types = {
        value.value
        for node in sources(*(f"reshelve/{part}" for part in SHELL))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
    }
    assert types == events_page.EVENTS.keys()


def test_every_variable_is_told() -> None:
    asked = {
        node.args[0].value
        for node in sources(*(f"reshelve/{part}" for part in SHELL), "planner", "executors", "schemas")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and ast.unparse(node.func.value).endswith("environ")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked <= environment_page.VARIABLES.keys()


def blocks() -> Iterator[tuple[str, str]]:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for text in re.findall(r"^```yaml\n(# \S+\n.*?)```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            yield page.relative_to(ROOT).as_posix(), text


@pytest.mark.parametrize(("page", "text"), [*blocks()], ids=lambda value: value.partition("\n")[0])
def test_yaml_on_the_pages_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, text: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    name = text.partition("\n")[0].removeprefix("# ")
    known = ("reshelve.yaml", "reshelve.local.yaml", "layout.yaml", "prices.yaml", "assets.yaml")
    assert name in known or name.startswith("templates/"), page
    around = "stores: {inbox: {path: in}, library: {path: out}, ssd: {path: ssd}, s3: {s3: my-archive}}\ntemplates_dir: templates\n"
    (tmp_path / "templates").mkdir()
    (tmp_path / "reshelve.yaml").write_text(around, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    came = call(tmp_path, "validate", *([] if name.startswith("templates/") else [name]))
    assert came.code == 0, f"{page}\n{came.out}{came.err}"
    assert "warning" not in came.out + came.err, f"{page}\n{came.out}{came.err}"


def test_the_conditions_of_presets_are_written_as_a_person_writes_them() -> None:
    """What the page shows in `{ }` is read as what the preset itself says: truth values and numbers are not in quotes."""
    shown = text_of("presets")
    assert "{known: true}" in shown and not re.search(r'known: "', shown)
    written = re.findall(r"^- [\w-]+, when `(\{.*?\})`: ", shown, re.MULTILINE)
    rules = [rule for name in PRESETS for rule in api.open_organize(".", preset=name).workspace.scan["library"].rules]
    wanted = [rule.when for rule in rules if rule.when != EVERYTHING]
    assert len(written) == len(wanted)
    for text, when in zip(written, wanted, strict=True):
        scan = f"scan: {{library: {{rules: [{{name: x, leave: true, when: {text}}}]}}}}"
        document = f"version: 1\nstores: {{library: {{path: .}}}}\n{scan}\n"
        assert document_rules(document) == [when]


def document_rules(document: str) -> list[Condition]:
    schema = schema_for("workspace")
    workspace = Workspace.model_validate(typed(read(document.encode(), "x"), schema, schema), by_alias=True, by_name=False)
    return [rule.when for rule in workspace.scan["library"].rules]
