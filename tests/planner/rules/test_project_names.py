"""Short names of projects: which one is meant, and what is said where none or several are."""

import pytest

from reshelve.planner.rules.project_names import chosen

KNOWN = ("b63-flivideo", "b64-tour", "b65-tour", "c1")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("b63", ["b63-flivideo"]), ("B64-TOUR", ["b64-tour"]), ("b*", ["b63-flivideo", "b64-tour", "b65-tour"]), ("c1/", ["c1"])],
)
def test_one_is_meant(asked: str, found: list[str]) -> None:
    assert chosen([asked], KNOWN) == (found, [])


@pytest.mark.parametrize(
    ("asked", "known", "detail", "hint"),
    [
        ("b63-flivido", KNOWN, "", "Did you mean b63-flivideo?"),
        ("b63-fl", KNOWN, "", "Did you mean b63-flivideo?"),
        ("NRD", ("NORD_Fjord", "other"), "", "Did you mean NORD_Fjord?"),
        ("zzz", KNOWN, "Known projects: b63-flivideo, b64-tour, b65-tour, c1.", "Write the whole name, or its beginning."),
        (
            "zzz",
            [f"p{n:02}" for n in range(20)],
            "Known projects: p00, p01, p02, p03, p04, p05, p06, p07, ….",
            "Write the whole name, or its beginning.",
        ),
        ("zzz", (), "None is known here.", ""),
    ],
)
def test_none_is_meant_and_those_that_there_are_are_named(asked: str, known: list[str], detail: str, hint: str) -> None:
    found, [problem] = chosen([asked], known)
    assert (found, problem.code, problem.detail, problem.hint) == ([], "no-such-project", detail, hint)


def test_several_are_meant() -> None:
    found, [problem] = chosen(["b64", "c1", "tour"], [*KNOWN, "b64 tour"])[0], chosen(["b64"], [*KNOWN, "b64 tour"])[1]
    assert found == ["c1"]
    assert (problem.code, problem.detail) == ("project-unclear", "b64 tour, b64-tour.")


@pytest.mark.parametrize("asked", ["b", "B6", "b6/"])
def test_a_beginning_of_several_is_told_as_that_with_all_of_them(asked: str) -> None:
    found, [problem] = chosen([asked], [*KNOWN, "b70-lake"])
    begun = "b63-flivideo, b64-tour, b65-tour" + (", b70-lake" if asked == "b" else "")
    assert (found, problem.code, problem.detail, problem.hint) == ([], "project-unclear", f"{begun}.", "Write more of the name.")
