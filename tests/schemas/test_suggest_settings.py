"""The `suggest:` block and the closed form of an answer: what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from reshelve.schemas.suggest_settings import Suggest, dollars
from reshelve.schemas.suggestion_protocol import Answer, answer_schema


def test_the_block_of_the_design_and_what_holds_without_a_word() -> None:
    told = Suggest.model_validate({"provider": "openai", "model": "gpt-4o-mini", "base_url": None, "below": 0.7})
    assert (told.batch, told.below, told.always, told.budget.tokens, told.temperature) == (10, 0.7, False, 1_000_000, 0.0)


@pytest.mark.parametrize(
    "block",
    [
        {"provider": "openai"},
        {"provider": "bedrock", "region": "us-east-1"},
        {"provider": "recorded"},
        {"provider": "telepathy", "model": "x"},
        {"provider": "openai", "model": "x", "api_key": "sk-1"},
        {"provider": "openai", "model": "x", "base_url": "ftp://host/"},
        {"provider": "openai", "model": "x", "base_url": "https://me:secret@host/"},
        {"provider": "openai", "model": "x", "base_url": "https://host/?key=secret"},
        {"provider": "openai", "model": "x", "batch": 0},
        {"provider": "openai", "model": "x", "below": 1.1},
        {"provider": "openai", "model": "x", "rate": 0},
        {"provider": "openai", "model": "x", "timeout": "soon"},
        {"provider": "openai", "model": "x", "budget": {"money": "5 EUR"}},
        {"provider": "openai", "model": "x", "budget": {"tokens": -1}},
        {"provider": "openai", "model": "x", "prices": {"input": 1}},
        {"provider": "openai", "model": "x", "key_env": "sk-1"},
    ],
)
def test_what_is_refused(block: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Suggest.model_validate(block)


def test_money() -> None:
    assert dollars("5 USD") == 5 and dollars("0.25USD") == 0.25
    for text in ("5", "USD", "5 USD/month", "-1 USD"):
        with pytest.raises(ValueError, match="not an amount"):
            dollars(text)


def test_the_schema_asked_for_and_the_form_taken_name_the_same() -> None:
    schema = answer_schema(["films"])
    one = schema["properties"]["suggestions"]["items"]
    assert set(one["properties"]) == set(Answer.model_fields) == set(one["required"]) and one["additionalProperties"] is False
    whole = dict.fromkeys(one["properties"]) | {"file": 1, "confidence": 0.5, "reason": ""}
    assert Answer.model_validate(whole).facts() == {}
