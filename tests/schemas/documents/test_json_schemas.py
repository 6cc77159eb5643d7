"""The committed JSON Schemas are the models' own."""

import pytest
from jsonschema import Draft202012Validator

from reshelve.schemas.documents.json_schema_making import made_schema, text_of
from reshelve.schemas.documents.json_schemas import NAMES, file_of, schema_for


@pytest.mark.parametrize("name", NAMES)
def test_committed_is_generated(name: str) -> None:
    assert file_of(name).read_text(encoding="utf-8") == text_of(name), "run: make schemas"
    assert schema_for(name) == made_schema(name)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema(name: str) -> None:
    schema = schema_for(name)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] and schema["$schema"].endswith("2020-12/schema")


def test_nothing_else_is_committed() -> None:
    assert {*file_of(NAMES[0]).parent.iterdir()} == {file_of(name) for name in NAMES}
