"""Policies: what every entry must keep, told from the layout alone."""

from typing import Any

import pytest

from reshelve.planner.rules.policies import violations
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.problems import Problem
from reshelve.schemas.workspace import Policy


def policy(name: str, require: dict[str, Any], when: dict[str, Any] | None = None, **rest: Any) -> Policy:
    return Policy.model_validate({"name": name, "when": when or {}, "require": require, **rest})


FILMS_HAVE_A_YEAR = policy("films-have-a-year", {"year": {"known": True}}, {"kind": "movie"})


def problems(layout: Layout, policies: list[Policy]) -> list[Problem]:
    found = violations(layout, policies)
    assert {one.policy for one in found} <= {policy.name for policy in policies}
    return [one.problem for one in found]


def test_an_entry_that_breaks_a_policy_is_named() -> None:
    layout = Layout(
        files={
            "movies:Heat (1995)/heat.mkv": Entry(source="inbox:a", facts={"kind": "movie", "title": "Heat", "year": 1995}),
            "movies:Alien/alien.mkv": Entry(source="inbox:b", facts={"kind": "movie", "title": "Alien"}),
            "tv:Show/e.mkv": Entry(source="inbox:c", facts={"kind": "episode", "show": "Show"}),
            "tv:Show/e.srt": Entry(source="inbox:d", beside="tv:Show/e.mkv"),
        }
    )
    (problem,) = problems(layout, [FILMS_HAVE_A_YEAR])
    assert (problem.code, problem.path, problem.severity) == ("policy", "movies:Alien/alien.mkv", "error")
    assert "films-have-a-year" in problem.detail
    assert "year known" in problem.detail


def test_the_level_and_the_message_are_the_policy_s_own() -> None:
    told = policy("short", {"size": {"under": "1GB"}}, level="warning", message="big files go to the archive")
    layout = Layout(files={"tv:big": Entry(source="inbox:a", size=2 * 10**9), "tv:small": Entry(content="x")})
    (problem,) = problems(layout, [told])
    assert (problem.path, problem.severity) == ("tv:big", "warning")
    assert problem.detail == "Policy short: big files go to the archive."


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ({"not": {"name": {"regex": "cam"}}}, "Policy p forbids: name like cam."),
        ({"name": {"regex": "^[a-z]+$"}}, "Policy p asks for: name like ^[a-z]+$."),
        ({"ext": "mkv", "not": {"name": {"regex": "cam"}}}, "Policy p asks for: ext mkv, not (name like cam)."),
    ],
)
def test_without_a_message_it_says_what_it_forbids_or_asks_for(require: dict[str, Any], said: str) -> None:
    (problem,) = problems(Layout(files={"tv:cam 1": Entry(source="inbox:a")}), [policy("p", require)])
    assert problem.detail == said


def test_names_and_stores_of_targets_can_be_asked() -> None:
    layout = Layout(files={"tv:Show/Season 01/e.mkv": Entry(source="inbox:a"), "tv:loose.MKV": Entry(source="inbox:b")})
    in_seasons = policy("in-seasons", {"path": {"glob": "*/Season*/*"}}, {"store": "tv", "ext": "mkv"})
    assert [problem.path for problem in problems(layout, [in_seasons])] == ["tv:loose.MKV"]


def test_what_an_entry_does_not_tell_meets_no_demand() -> None:
    layout = Layout(files={"tv:a": Entry(source="inbox:a")})
    for require in ({"size": {"under": "1GB"}}, {"size": {"over": 0}}, {"age": {"under": "1y"}}, {"year": 1999}):
        assert len(violations(layout, [policy("p", require)])) == 1
        assert violations(layout, [policy("p", {"size": {"known": False}}, require)]) == []


def test_a_policy_that_cannot_be_asked_is_a_problem_once() -> None:
    layout = Layout(files={f"tv:{count}": Entry(source=f"inbox:{count}") for count in range(3)})
    (problem,) = problems(layout, [policy("broken", {"size": {"over": "big"}})])
    assert problem.code == "bad-policy"
    assert "broken" in problem.detail


def test_problems_come_sorted() -> None:
    layout = Layout(files={target: Entry(source=f"inbox:{target}") for target in ("tv:c", "tv:a", "tv:b")})
    assert [problem.path for problem in problems(layout, [policy("p", {"year": 1})])] == ["tv:a", "tv:b", "tv:c"]
