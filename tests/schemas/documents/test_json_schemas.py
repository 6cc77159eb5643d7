"""The committed JSON Schemas are the models' own."""

import pytest
from jsonschema import Draft202012Validator

from reshelve.schemas.documents.json_schemas import FOLDER, NAMES, schema_for, text_of


@pytest.mark.parametrize("name", NAMES)
def test_committed_is_generated(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == text_of(name), (
        "run: python -m reshelve.schemas.documents.json_schemas"
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema(name: str) -> None:
    schema = schema_for(name)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] and schema["$schema"].endswith("2020-12/schema")


def test_nothing_else_is_committed() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.schema.json" for name in NAMES}
