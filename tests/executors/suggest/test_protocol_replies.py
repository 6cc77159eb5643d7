"""What an endpoint answered, in the forms in which servers say it."""

from typing import Any

import pytest

from reshelve.executors.suggest.protocol_replies import error_within, message_in


@pytest.mark.parametrize("error", [{"error": {"message": "too busy"}}, [{"error": "too busy"}], {"detail": [{"msg": "too busy"}]}])
def test_the_words_of_an_error_are_found_in_each_form(error: Any) -> None:
    assert message_in(error) == "too busy"


def test_an_error_nested_without_end_says_nothing() -> None:
    error: Any = "words"
    for _ in range(5_000):
        error = {"error": error}
    assert message_in(error) == ""
    assert error_within(error) == ("", False)
