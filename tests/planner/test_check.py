"""Check: drift is what a plan would do, or cannot."""

from typing import Any

from reshelve.planner.check import Drift, check
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.observing.observe import observe
from reshelve.planner.observing.saved_inventory import readers_from
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.workspace import Policy
from tests.support.readers import TreeReader, readers

POLICY = Policy.model_validate({"name": "year", "require": {"year": {"known": True}}})


def layout() -> Layout:
    return Layout(
        dirs=["tv:Empty"],
        files={
            "tv:Show/settled.mkv": Entry(source="inbox:settled.mkv", size=7),
            "tv:Show/pending.mkv": Entry(source="inbox:pending.mkv", size=7),
            "tv:Show/lost.mkv": Entry(source="inbox:lost.mkv", size=4),
            "tv:Show/changed.mkv": Entry(source="inbox:changed.mkv", size=999),
            "tv:Show/taken.mkv": Entry(source="inbox:taken.mkv", size=5),
        },
    )


def stores() -> dict[str, Any]:
    inbox = TreeReader("inbox", {"pending.mkv": b"pending", "changed.mkv": b"changed", "taken.mkv": b"taken"})
    tv = TreeReader("tv", {"Show/settled.mkv": b"settled", "Show/taken.mkv": b"other things"})
    return readers(inbox, tv)


def states(drift: list[Drift]) -> dict[str, str]:
    return {one.target: one.state for one in drift}


def test_each_entry_is_told_by_its_state() -> None:
    result = check(layout(), stores(), [], PlanRequest())
    assert states(result.drift) == {
        "tv:Empty": "pending",
        "tv:Show/pending.mkv": "pending",
        "tv:Show/lost.mkv": "lost",
        "tv:Show/changed.mkv": "changed",
        "tv:Show/taken.mkv": "blocked",
    }
    assert (result.satisfied, result.pending) == (1, 2)
    assert all(one.detail for one in result.drift)
    assert [one.target for one in result.drift] == sorted(one.target for one in result.drift)


def test_what_is_blocked_says_what_to_do() -> None:
    edited = Layout(files={"tv:Show/taken.mkv": Entry(source="inbox:gone.mkv", size=5)})
    [blocked] = check(edited, stores(), [], PlanRequest()).drift
    assert "it has 12 B, the layout says 5 B" in blocked.detail and blocked.hint.startswith("Correct `size` and `hash`")


def test_nothing_drifts_where_a_plan_is_empty() -> None:
    as_desired = Layout(files={"tv:Show/settled.mkv": Entry(source="inbox:settled.mkv", size=7)})
    assert not make_plan(as_desired, stores(), PlanRequest()).operations
    result = check(as_desired, stores(), [], PlanRequest())
    assert (result.drift, result.problems, result.satisfied) == ([], [], 1)


def test_what_an_absent_disk_keeps_from_being_known_is_an_error_whatever_else_is_there() -> None:
    away = TreeReader("tv/two", {}, available=False)
    result = check(
        Layout(files={"tv:Show/lost.mkv": Entry(source="inbox:lost.mkv", size=4)}),
        readers(TreeReader("inbox", {}), TreeReader("tv/one", {}), away),
        [],
        PlanRequest(),
    )
    assert {(one.code, one.severity, one.path) for one in result.problems} == {("store-unavailable", "error", "tv/two")}


def test_folders_on_the_way_and_names_in_passing_are_no_drift_of_their_own() -> None:
    swap = Layout(files={"tv:new/a": Entry(source="inbox:a", size=1), "inbox:x": Entry(source="inbox:y", size=1)})
    swap.files["inbox:y"] = Entry(source="inbox:x", size=2)
    inbox = TreeReader("inbox", {"a": b"1", "x": b"xx", "y": b"y"})
    result = check(swap, readers(inbox, TreeReader("tv")), [], PlanRequest())
    assert states(result.drift) == {"tv:new/a": "pending", "inbox:x": "pending", "inbox:y": "pending"}
    assert result.pending == 3


def test_offline_looks_at_documents_and_policies_alone() -> None:
    result = check(layout(), None, [POLICY], PlanRequest())
    assert (result.drift, len(result.violations)) == ([], 5)


def test_policies_are_told_once_beside_the_drift() -> None:
    result = check(layout(), stores(), [POLICY], PlanRequest(policies=(POLICY,)))
    assert len(result.violations) == 5
    assert not [problem for problem in result.problems if problem.code == "policy"]


def test_a_store_that_is_away_is_a_problem_and_nothing_in_it_drifts() -> None:
    away = readers(stores()["inbox"], TreeReader("tv", available=False))
    result = check(layout(), away, [], PlanRequest())
    assert [problem.code for problem in result.problems] == ["store-unavailable"]
    assert result.drift == []


def test_a_saved_inventory_gives_the_same_drift_and_unknown_where_content_decides() -> None:
    seen = observe(stores(), 1)
    result = check(layout(), readers_from(seen), [], PlanRequest(against=True))
    assert states(result.drift) == states(check(layout(), stores(), [], PlanRequest()).drift)
    twins = readers(TreeReader("inbox", {"same.mkv": b"same!"}), TreeReader("tv", {"same.mkv": b"same!"}))
    same = Layout(files={"tv:same.mkv": Entry(source="inbox:same.mkv", size=5)})
    unknown = check(same, readers_from(observe(twins, 1)), [], PlanRequest(against=True))
    assert [one.state for one in unknown.drift] == ["unknown"]


def test_a_disk_that_is_not_here_is_told_with_how_to_check_without() -> None:
    away = readers(TreeReader("inbox", {}, available=False), TreeReader("tv", {}))
    wanted = Layout(files={"tv:a.mkv": Entry(source="inbox:a.mkv", size=4)})
    (told,) = check(wanted, away, [], PlanRequest()).problems
    assert told.hint.splitlines()[-1] == "Documents and policies can be checked without the stores: reshelve check --offline"
    (told,) = check(wanted, away, [], PlanRequest(against=True)).problems
    assert "--offline" not in told.hint
