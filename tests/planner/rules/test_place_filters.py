"""What holds of every place filter of our own: no value it is put to leads out of its place, fails unsaid, or works for ever."""

import pytest
from jinja2 import Environment

from reshelve.planner.rules.place_filters import FILTERS
from reshelve.planner.rules.place_templates import MissingFact, PlaceError, PlaceTemplate
from reshelve.planner.rules.template_bounds import Excess
from reshelve.planner.rules.template_sandbox import sandbox
from reshelve.schemas import locations

GOOD = {"date": "2024-05-17", "range_folder": "b63-video", "sanitize": "Alien: Covenant"}
"""What each filter is meant for."""
HOSTILE = [
    "../../etc/passwd", "/", "..", ".", "", " ", "a/b", "C:\\x", "NUL", "a\0b", "\x1b[31m", "\udce9", "-1", "0", "9" * 400,
    "b99999999999999999999", "x" * 5000, "{{ 7 * 7 }}", "%s%n", "2024-13-45", "É" * 300,
]  # fmt: skip
ODD = [None, True, -1, 0, 10**30, 1.5, float("nan"), [1, 2], ["../x"], {"a": 1}]


def test_every_filter_has_a_value_it_is_meant_for() -> None:
    assert GOOD.keys() == FILTERS.keys()


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_there_and_takes_no_name_of_jinja2(name: str) -> None:
    assert name in sandbox().filters and name not in Environment().filters
    made = PlaceTemplate(f"a:{{{{ value | {name} }}}}/x").render({"value": GOOD[name]})
    assert isinstance(made, str) and made.startswith("a:") and made.endswith("/x") and made != "a:/x"


@pytest.mark.parametrize("value", [*HOSTILE, *ODD], ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("name", FILTERS)
def test_whatever_it_is_put_to_it_fills_one_level_or_says_why_not(name: str, value: object) -> None:
    template = PlaceTemplate(f"a:top/{{{{ value | {name} }}}}/x")
    try:
        made = template.render({"value": value})
    except (PlaceError, MissingFact) as refused:
        assert str(refused)
        return
    assert isinstance(made, str)
    assert locations.fault(made) is None
    root, rel = locations.split(made)
    parts = rel.split("/")
    assert (root, parts[0], parts[-1]) == ("a", "top", "x")
    assert len(parts) == 3 and parts[1] not in ("", ".", "..")


@pytest.mark.parametrize("name", FILTERS)
def test_a_fact_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(MissingFact) as refused:
        PlaceTemplate(f"a:{{{{ value | {name} }}}}/x").render({})
    assert refused.value.name == "value"


@pytest.mark.parametrize("name", FILTERS)
def test_its_work_counts(name: str) -> None:
    def rendered(template: str) -> str:
        made = sandbox(work=2000).from_string(f"{{% for one in many %}}{template}{{% endfor %}}")
        return made.render(many=range(200), value=GOOD[name])

    assert rendered("{{ value }}") == GOOD[name] * 200
    with pytest.raises(Excess):
        rendered(f"{{{{ value | {name} }}}}")
