"""Where a name would go, and where its show or film is."""

from dataclasses import replace

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.whereabouts import Finder
from reshelve.schemas.problems import ReshelveError
from tests.support.readers import NOW_NS, TreeReader, readers
from tests.support.scanning import cite, workspace

EPISODES = {
    "name": "episodes",
    "when": {"kind": "episode"},
    "place": "tv:{{ show }}{% if show_year %} ({{ show_year }}){% endif %}/Season {{ '%02d' % season }}/{{ filename }}",
}
CLIPS = {"name": "clips", "when": {"camera": "dji"}, "place": "projects:clip_{{ seq }}.{{ ext }}"}
ROOTS = (
    TreeReader("tv/a", {"1923/": None, "24/": None, "The Office (UK)/": None, "The Office (US)/": None}, order=0),
    TreeReader("tv/b", {"Game of Thrones (2011) {tvdb-1}/": None}, order=1),
    TreeReader("projects"),
)
TABLE = [
    ("Game of Thrones", "", ["tv/b:Game of Thrones (2011) {tvdb-1}"]),
    (
        "game.of.thrones.s01e02.mkv",
        "tv:Game of Thrones (2011) {tvdb-1}/Season 01/game.of.thrones.s01e02.mkv",
        ["tv/b:Game of Thrones (2011) {tvdb-1}"],
    ),
    ("1923", "", ["tv/a:1923"]),
    ("24", "", ["tv/a:24"]),
    ("The.Office.S01E01.mkv", "", ["tv/a:The Office (UK)", "tv/a:The Office (US)"]),
    ("New.Show.S01E01.mkv", "tv:New Show/Season 01/New.Show.S01E01.mkv", []),
    ("DJI_0001.MP4", "projects:clip_{{ seq }}.MP4", []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "target", "homes"), TABLE)
def test_where(name: str, target: str, homes: list[str]) -> None:
    finder = Finder(workspace(EPISODES, CLIPS), readers(*ROOTS), NameRecogniser(), cite, NOW_NS)
    found = finder.find(name)
    assert (found.target, found.homes) == (target, homes)
    assert found.because


def test_a_rule_that_cannot_be_used_is_said() -> None:
    with pytest.raises(ReshelveError):
        Finder(workspace({**EPISODES, "place": "no location"}), readers(*ROOTS), NameRecogniser(), cite, NOW_NS)


def test_a_folder_on_a_root_that_is_away_is_told_apart() -> None:
    away = TreeReader("tv/b", available=False, order=1)
    away.root = replace(away.root, homes=("Game of Thrones (2011)", "Game of Thrones (2011)/Season 01", "1923"))
    finder = Finder(workspace(EPISODES), readers(ROOTS[0], away), NameRecogniser(), cite, NOW_NS)
    found = finder.find("game.of.thrones.s01e02.mkv")
    assert found.target == "tv:Game of Thrones (2011)/Season 01/game.of.thrones.s01e02.mkv"
    assert (found.homes, found.away) == ([], ["tv/b:Game of Thrones (2011)"])
    found = finder.find("1923")
    assert (found.homes, found.away) == (["tv/a:1923"], ["tv/b:1923"])
