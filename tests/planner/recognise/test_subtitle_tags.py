"""A subtitle by itself is read as what it is of, whatever languages and flags its name ends in, in whatever order."""

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser

READ = NameRecogniser().read


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Two.Moons.2015{}.srt", None),
        ("Two.Moons.2015{}.en.srt", "en"),
        ("Two.Moons.2015{}.forced.en.srt", "en"),
        ("Two.Moons.2015{}.en.forced.srt", "en"),
        ("Two.Moons.2015{}.eng.sdh.ass", "en"),
        ("Two.Moons.2015{}.pt-BR.srt", "pt"),
    ],
)
@pytest.mark.parametrize("part", ["", ".CD1"])
def test_a_subtitle_of_a_film(name: str, language: str | None, part: str) -> None:
    video, subtitle = READ(f"Two.Moons.2015{part}.avi"), READ(name.format(part))
    assert subtitle.certain == video.certain is True
    assert subtitle.facts.get("language") == language
    assert {**subtitle.facts, "language": None} == {**video.facts, "language": None}


@pytest.mark.parametrize("name", ["Heat (1995){}.srt", "1917 (2019){}.srt"])
@pytest.mark.parametrize("chain", ["", ".en", ".forced", ".en.sdh", ".en.forced", ".CD1", ".CD1.de"])
def test_the_names_that_players_look_for_are_certain(name: str, chain: str) -> None:
    assert READ(name.format(chain)).certain
