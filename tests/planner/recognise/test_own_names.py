"""Names of our own making, whose facts were written down before they were first read. Misses showed what to mend."""

from pathlib import Path

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.recognise.same_title import same_title

READ = NameRecogniser().read
LINES = Path(__file__).with_name("own_names.txt").read_text(encoding="utf-8").splitlines()[1:]


@pytest.mark.parametrize("line", LINES)
def test_what_a_name_says(line: str) -> None:
    kind, title, year, season, episodes, date, name = line.split("|", 6)
    facts = READ(name).facts
    assert facts["kind"] == {"tv": "episode", "movie": "movie"}[kind]
    assert same_title(str(facts["title"]), title)
    assert not year or str(facts.get("year")) == year
    assert not season or str(facts.get("season")) == season
    assert not episodes or ",".join(map(str, facts["episodes"])) == episodes
    assert not date or facts.get("date") == date
