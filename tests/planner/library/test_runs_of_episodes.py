"""Episodes that the other files of their folder settle: what stays the same before every number is the show's name."""

import pytest

from reshelve.planner.library.runs_of_episodes import settle_runs
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.recogniser import NameRecogniser

NAMES = NameRecogniser()


def read(*rels: str) -> list[Reading]:
    readings = {rel: NAMES.read(rel) for rel in rels}
    settle_runs(readings)
    return [readings[rel] for rel in rels]


def run_of(name: str, *numbers: int) -> list[str]:
    return [name.format(number) for number in numbers]


@pytest.mark.parametrize(
    ("name", "show", "season"),
    [
        ("Anime/[Grp] Kagayaki no Michi - Ryoko - {:02d} (1080p) [0F1E2D3C].mkv", "Kagayaki no Michi - Ryoko", None),
        ("Anime/Kagayaki no Michi - Ryoko (2006) - S02E{:02d} - Storm.mkv", "Kagayaki no Michi - Ryoko", 2),
        ("Open.Road.Special.Cases.S03/Open.Road.Special.Cases.S03E{:02d}.mkv", "Open Road Special Cases", 3),
        ("Season 9/Open.Road.9x{:02d}.1984.mkv", "Open Road", 9),
    ],
)
def test_three_episodes_of_one_name_settle_it(name: str, show: str, season: int | None) -> None:
    for number, reading in enumerate(read(*run_of(name, 1, 2, 3)), 1):
        assert reading.certain
        facts = reading.facts
        assert (facts["show"], facts["title"], facts.get("season"), facts["episodes"]) == (show, show, season, [number])


@pytest.mark.parametrize(
    "name",
    [
        "Anime/[Grp] Kagayaki 2 - {:02d} (1080p).mkv",  # the second season, or a show called so
        "Open Road/Open Road OVA - S01E{:02d}.mkv",
        "Anime/[Grp] Kagayaki - Season Two - {:02d} (1080p).mkv",
    ],
)
def test_what_every_name_leaves_open_stays_open(name: str) -> None:
    assert not any(reading.certain for reading in read(*run_of(name, 1, 2, 3)))


def test_two_are_no_run_and_copies_are_one() -> None:
    name = "Anime/[Grp] Kagayaki no Michi - Ryoko - {:02d} (1080p).mkv"
    assert not any(reading.certain for reading in read(*run_of(name, 1, 2)))
    assert not any(reading.certain for reading in read(*run_of(name, 1, 2), *run_of(f"{name[:-4]} (1).mkv", 1, 2)))


def test_a_run_is_of_one_folder() -> None:
    folders = ["A", "B", "C"]
    assert not any(reading.certain for reading in read(*(f"{at}/[Grp] Kagayaki - Ryoko - {at:>02}.mkv" for at in folders)))


def test_what_the_folder_contradicts_stays_in_doubt() -> None:
    name = "Kagayaki/Season 1/Open Road - Ryoko - S02E{:02d} - Storm.mkv"
    assert not any(reading.certain for reading in read(*run_of(name, 1, 2, 3)))
