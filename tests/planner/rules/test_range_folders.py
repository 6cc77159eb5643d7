"""Range folders, by a table; and as a filter of place templates."""

import pytest

from reshelve.planner.rules.place_templates import PlaceError, PlaceTemplate
from reshelve.planner.rules.range_folders import range_folder

TABLE = """
b40                b00-b49
b40-old-project    b00-b49
b00                b00-b49
b49                b00-b49
b50                b50-b99
b63-flivideo       b50-b99
b7                 b00-b49
b07                b00-b49
b99                b50-b99
b100               b100-b149
b150               b150-b199
b1200-late         b1200-b1249
B40                B00-B49
v12 trailer        v00-v49
proj099            proj050-proj099
012                000-049
012-legacy         000-049
12                 00-49
7                  00-49
250                250-299
0075_old           0050-0099
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_the_table(line: str) -> None:
    name, folder = line.rsplit(maxsplit=1)
    assert range_folder(name.strip()) == folder


def test_other_sizes() -> None:
    assert range_folder("b40", 100) == "b00-b99"
    assert range_folder("b140", 100) == "b100-b199"
    assert range_folder("b40", 10) == "b40-b49"
    assert range_folder("b7", 1000) == "b000-b999"


@pytest.mark.parametrize("name", ["", "project", "-b40", "_40"])
def test_a_name_without_an_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="does not begin with a project id"):
        range_folder(name)


def test_it_is_a_filter_of_places() -> None:
    place = PlaceTemplate("archive:{{ project | range_folder }}/{{ project }}.tar.gz")
    assert place.render({"project": "b40-old-project", "filename": "x"}) == "archive:b00-b49/b40-old-project.tar.gz"
    with pytest.raises(PlaceError, match="project id"):
        place.render({"project": "old", "filename": "x"})
