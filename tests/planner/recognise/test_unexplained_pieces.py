"""A serial number is a word of a title like any other: it leaves nothing over that would make a reading uncertain."""

import pytest

from reshelve import api


@pytest.mark.parametrize("name", ["Show.000123.S01E02.1080p.mkv", "Film.0000123.1999.1080p.mkv"])
def test_a_serial_number_is_a_word_of_the_title(name: str) -> None:
    reading = api.parse(name)
    assert reading.certain
    assert reading.facts["title"] == name.replace(".", " ")[: len(str(reading.facts["title"]))]
