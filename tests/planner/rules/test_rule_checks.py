"""Rules are checked where they are written: each slip is told, nothing sound is, and rules that never get a turn are warned of."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.documents.rule_problems import rule_problems
from reshelve.planner.rules.rule_checks import rule_faults
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.facts import Facts
from reshelve.schemas.workspace import Workspace

PLACE = "lib:{{ filename }}"


def faults(*rules: dict[str, Any], **rest: Any) -> list[tuple[str, str, str]]:
    """Return (severity, code, hint) of what is wrong with these rules of one store."""
    named = [{"name": f"r{number}", **rule} for number, rule in enumerate(rules)]
    workspace = Workspace.model_validate(
        {"stores": {"inbox": {"path": "/i"}, "lib": {"path": "/l"}}, "scan": {"inbox": {"rules": named}}, **rest}
    )
    return [(severity, fault.code, fault.hint) for severity, fault in rule_faults(workspace)]


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        ("lib:{{ filename | sanitise }}", "did you mean | sanitize?"),
        ("lib:{{ filename | titel }}", "did you mean | title?"),
        ("lib:{{ filename | xyzzyplugh }}", "filters come after `|`, facts before it: reshelve help rules"),
        ("lib:{{ filename }", 'write it as in "library:{{ title }}/{{ filename }}"'),
    ],
)
def test_a_filter_that_is_not_known_is_told_with_what_may_be_meant(place: str, hint: str) -> None:
    assert faults({"place": place}) == [("error", "rule-place", hint)]


@pytest.mark.parametrize(
    ("when", "code", "hint"),
    [
        ({"knd": "movie"}, "rule-name", "did you mean kind?"),
        ({"any": [{"ext": "mkv"}, {"not": {"quailty": "4K"}}]}, "rule-name", "did you mean quality?"),
        ({"extension": ["mkv"]}, "rule-name", "did you mean ext?"),
        ({"kind": "movi"}, "rule-value", "did you mean movie?"),
        (
            {"kind": ["episode", "flim"]},
            "rule-value",
            f"known: {', '.join(sorted(FACTS['kind'].values))}",
        ),
        ({"all": [{"media": {"equals": "vidio"}}]}, "rule-value", "did you mean video?"),
        ({"device": {"in": ["drone", "fone"]}}, "rule-value", "did you mean phone?"),
        ({"season": {"over": "many"}}, "rule-number", "write a number"),
        ({"year": "soon"}, "rule-number", "write a number"),
        ({"size": {"over": "big"}}, "rule-bound", "write it as in 700MB"),
        ({"age": {"over": "long"}}, "rule-bound", "write it as in 12h or 30d"),
        ({"duration": "long"}, "rule-bound", "write it as in 12h or 30d"),
    ],
)
def test_a_slip_in_a_condition_is_told(when: dict[str, Any], code: str, hint: str) -> None:
    assert faults({"when": when, "place": PLACE}) == [("error", code, hint)]


@pytest.mark.parametrize(
    ("place", "code", "hint"),
    [
        ("lib:{{ titel }}", "rule-name", "did you mean title?"),
        ("lib:{% if seasn %}x{% endif %}{{ filename }}", "rule-name", "did you mean season?"),
        ("lib:{{ series }}/{{ filename }}", "rule-name", "did you mean show?"),
        ("lib:{{ title }/x", "rule-place", 'write it as in "library:{{ title }}/{{ filename }}"'),
        ("lib:{{ title | foo }}", "rule-place", "filters come after `|`, facts before it: reshelve help rules"),
        ("lib:../{{ filename }}", "rule-place", "write the folders below the store"),
        ("lib:a/./{{ filename }}", "rule-place", "write the folders below the store"),
    ],
)
def test_a_slip_in_a_place_is_told(place: str, code: str, hint: str) -> None:
    assert faults({"place": place}) == [("error", code, hint)]


def test_a_rule_is_told_all_that_is_wrong_with_it() -> None:
    found = faults({"when": {"knd": "x", "media": "vidio"}, "place": "lib:{{ titel }}"})
    assert [code for _, code, _ in found] == ["rule-name", "rule-value", "rule-name"]


def test_what_set_or_a_pattern_gives_is_known() -> None:
    day = {"path": {"regex": "(?P<day>[0-9]{8})"}}
    assert (
        faults({"when": {**day, "client": "acme"}, "place": "lib:{{ client }}/{{ day }}/{{ filename }}"}, set={"client": None})
        == []
    )
    assert [code for _, code, _ in faults({"when": day, "place": "lib:{{ dya }}"})] == ["rule-name"]


def test_policies_are_checked_too() -> None:
    policies = [{"name": "x", "when": {"kidn": "movie"}, "require": {"yer": {"known": True}}}]
    assert [hint for _, _, hint in faults(policies=policies)] == ["did you mean kind?", "did you mean year?"]


@pytest.mark.parametrize(
    "when",
    [
        {"media": "audio", "ext": "mkv"},
        {"size": {"over": "2GB", "under": "1GB"}},
        {"season": {"at_least": 3, "at_most": 2}},
        {"kind": "movie", "all": [{"kind": ["episode", "standup"]}]},
        {"ext": []},
        {"ext": "mkv", "not": {"media": "video", "all": [{"ext": "mkv"}]}, "media": "video"},
    ],
)
def test_a_rule_that_can_never_hold_is_warned_of(when: dict[str, Any]) -> None:
    assert [(severity, code) for severity, code, _ in faults({"when": when, "place": PLACE})] == [("warning", "rule-never")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"ext": "mkv"}),
        ({"media": "video"}, {"media": "video", "kind": "movie"}),
        ({"ext": ["mkv", "mp4"]}, {"ext": "MKV"}),
        ({"show": {"known": True}}, {"show": "The Wire"}),
        ({"not": {"kind": "movie"}}, {"not": {"kind": "movie"}, "ext": "mkv"}),
    ],
)
def test_a_rule_that_never_gets_a_turn_is_warned_of(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = faults({"when": before, "leave": True}, {"when": after, "place": PLACE})
    assert found == [("warning", "rule-shadowed", "move it above rule r0")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"media": "video", "kind": "movie"}, {"media": "video"}),
        ({"ext": "mkv"}, {"ext": ["mkv", "mp4"]}),
        ({"not": {"kind": "movie"}}, {"ext": "mkv"}),
        ({"any": [{"ext": "mkv"}, {"ext": "mp4"}]}, {"ext": "mkv", "kind": "movie"}),
        ({"size": {"over": "1GB"}}, {"size": {"over": "2GB"}}),
        ({"show": {"known": True}}, {"show": {"known": False}}),
        ({"ext": "mkv", "size": {"over": "1GB"}}, {"ext": "mkv"}),
    ],
)
def test_a_rule_that_may_get_a_turn_is_not(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert faults({"when": before, "leave": True}, {"when": after, "place": PLACE}) == []


def test_every_typed_fact_is_in_the_vocabulary() -> None:
    assert set(Facts.__annotations__) <= set(FACTS)


ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "file",
    [*sorted((ROOT / "reshelve" / "presets").glob("*.yaml")), *sorted((ROOT / "examples").glob("*/reshelve.yaml"))],
    ids=lambda file: f"{file.parent.name}-{file.stem}",
)
def test_nothing_is_wrong_with_what_is_shipped(file: Path, tmp_path: Path) -> None:
    environ = {"SOURCE": str(tmp_path), "INTO": str(tmp_path / "into"), "HOME": str(tmp_path)}
    loaded = load_workspace(file, environ, lambda wanted: None)
    assert rule_problems(loaded.workspace, file) == []
