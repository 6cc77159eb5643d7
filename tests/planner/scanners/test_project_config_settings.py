"""What a project says in its project_config.json: whether files come into it unasked, and what they are called there."""

from typing import Any

import pytest

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.scanners.project_config_settings import ProjectSettings, heed
from reshelve.schemas.layout import Entry
from tests.support.readers import TreeReader, readers

CONFIG = "project_config.json"


class Configs:
    """Reads the settings it was given, by path."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self.asked: list[str] = []

    def settings(self, root: str, rel: str) -> Any:
        self.asked.append(f"{root}:{rel}")
        found = self._settings[rel]
        if isinstance(found, str):
            raise ValueError(found)
        return found


def world(told: dict[str, Any], coming: dict[str, Entry] | None = None) -> tuple[ProjectSettings, Configs, TreeReader]:
    library = TreeReader("library", {**dict.fromkeys(told, "{}"), "demo/raw/here.mp4": "h"})
    inbox = TreeReader("inbox", {"clip.MP4": "one"})
    configs = Configs(told)
    return ProjectSettings(readers(inbox, library), configs, coming), configs, inbox


def proposal(inbox: TreeReader, target: str, content_type: str = "drone") -> Proposal:
    item = inbox.stat("clip.MP4")
    assert item is not None
    return Proposal("inbox", inbox, Bundle(item), "inbox:clip.MP4", target, "rule a", "copy", "fail", content_type=content_type)


def test_the_nearest_config_above_counts_and_is_read_once() -> None:
    settings, configs, _ = world({CONFIG: {"auto_organize": False}, f"demo/{CONFIG}": {"auto_organize": True}})
    assert [settings.shut(f"library:demo/raw/{name}") for name in "ab"] == ["", ""]
    assert settings.shut("library:other/new/a") == settings.shut("library:b") != ""
    assert configs.asked == [f"library:{CONFIG}", f"library:demo/{CONFIG}"]


def test_a_config_that_this_layout_writes_counts_as_well() -> None:
    coming = {f"library:new/{CONFIG}": Entry(content='{"settings": {"auto_organize": false}}')}
    settings, _, _ = world({}, coming)
    assert "auto_organize" in settings.shut("library:new/raw/a.mp4")
    assert not settings.shut("library:demo/raw/a.mp4")


@pytest.mark.parametrize("wish", ["false", 0, 1, [], {}])
def test_what_is_neither_true_nor_false_is_told_and_lets_nothing_in(wish: object) -> None:
    settings, _, _ = world({f"demo/{CONFIG}": {"auto_organize": wish}})
    assert settings.shut("library:demo/a") and settings.shut("library:demo/b")
    assert [problem.path for problem in settings.problems] == [f"library:demo/{CONFIG}"]


def test_a_config_that_cannot_be_read_lets_nothing_in() -> None:
    settings, _, _ = world({f"demo/{CONFIG}": "it is not JSON"})
    assert "it is not JSON" in settings.shut("library:demo/a")


def test_without_the_switch_everything_goes_as_before() -> None:
    settings, _, inbox = world({f"demo/{CONFIG}": {"auto_organize": None}})
    through, review = heed([proposal(inbox, "library:demo/clip.MP4")], settings)
    assert (through[0].target, review, settings.problems) == ("library:demo/clip.MP4", [], [])


def test_what_is_kept_out_says_where_it_would_go() -> None:
    settings, _, inbox = world({f"demo/{CONFIG}": {"auto_organize": False}})
    through, review = heed([proposal(inbox, "library:demo/raw/clip.MP4")], settings)
    assert not through
    assert review[0].source == "inbox:clip.MP4"
    assert f"library:demo/{CONFIG}" in (review[0].because or "")
    assert review[0].suggestion is not None and review[0].suggestion.to == "library:demo/raw/clip.MP4"


@pytest.mark.parametrize(
    ("convention", "made"),
    [
        ({"pattern": "[project_code]_[content_type]_[sequence_number]", "project_code": "X"}, "X_drone_000.mp4"),
        ({"pattern": "[sequence_number]-[original_name]", "sequence_number": 5}, "00000-clip.mp4"),
        ({"pattern": "[original_name] [content_type]"}, "clip drone.mp4"),
        ({"pattern": "a/../[original_name]/[content_type]"}, "a-..-clip-drone.mp4"),
        ({"pattern": "[project_code]_[original_name]", "project_code": "a/b:c"}, "a-b-c_clip.mp4"),
    ],
)
def test_a_convention_names_what_comes_in(convention: dict[str, Any], made: str) -> None:
    settings, _, inbox = world({f"demo/{CONFIG}": {"naming_convention": convention}})
    through, review = heed([proposal(inbox, "library:demo/raw/clip.MP4")], settings)
    one = through[0]
    assert not review
    assert (one.open.numbered(0) if one.open else one.target) == f"library:demo/raw/{made}"


@pytest.mark.parametrize(
    "convention",
    [
        "words",
        {},
        {"pattern": ""},
        {"pattern": "[camera]"},
        {"pattern": "[]"},
        {"pattern": "[sequence_number][sequence_number]"},
        {"pattern": "[sequence_number]", "sequence_number": 0},
        {"pattern": "[sequence_number]", "sequence_number": "3"},
        {"pattern": "[project_code]"},
        {"pattern": "[timestamp]", "timestamp": 3},
        {"pattern": "."},
        {"pattern": "a" * 200},
        {"pattern": ".[original_name]"},
        {"pattern": "../[original_name]"},
    ],
)
def test_a_convention_that_cannot_name_is_told_and_its_files_wait(convention: object) -> None:
    settings, _, inbox = world({f"demo/{CONFIG}": {"naming_convention": convention}})
    through, review = heed([proposal(inbox, "library:demo/raw/clip.MP4")], settings)
    assert not through and "naming_convention" in (review[0].because or "")
    assert [problem.code for problem in settings.problems] == ["project-setting"]


def test_only_what_a_rule_knows_the_kind_of_and_leaves_its_name_is_named() -> None:
    settings, _, inbox = world({f"demo/{CONFIG}": {"naming_convention": {"pattern": "[content_type]"}}})
    same = [
        proposal(inbox, "library:demo/clip.MP4", ""),
        proposal(inbox, "library:demo/ACM_1.mp4"),
        proposal(inbox, "library:clip.MP4"),
    ]
    through, _ = heed(same, settings)
    assert [one.target for one in through] == ["library:demo/clip.MP4", "library:demo/ACM_1.mp4", "library:clip.MP4"]
