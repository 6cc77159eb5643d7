"""The result of a check as JUnit XML: what viewers count, and what they name cases by."""

from dataclasses import replace
from xml.etree import ElementTree

from reshelve.planner.check import CheckResult, Drift
from reshelve.planner.rules.policies import Violation
from reshelve.schemas.problems import Problem, Severity, Where
from reshelve.views.check_junit import check_junit

SUITE = {"name", "tests", "failures", "errors", "skipped", "time"}
CASE = {"name", "classname", "time", "file", "line"}
"""The attributes of `junit-10.xsd` that are used; `testsuites` has no `skipped` there."""


def broken(policy: str, target: str, line: int, severity: Severity = "error") -> Violation:
    return Violation(policy, Problem("policy", "Violated.", "<no> year.", target, "Do it.", Where("l.yaml", line, 3), severity))


BAD = CheckResult(
    drift=[
        Drift("tv:\ufffe\x01.mkv", "pending", "would move"),
        Drift("tv:a.mkv", "blocked", "cannot move", Where("l.yaml", 2, 3), "Free it."),
        Drift("tv:a.mkv", "lost", "gone"),
    ],
    violations=[
        broken("years", "movies:x.mkv", 9),
        broken("years", "movies:y.mkv", 12),
        broken("plain", "movies:x.mkv", 9, "warning"),
    ],
    unsound=[
        Problem("one", "First.", path="l.yaml", where=Where("l.yaml", 3, 7)),
        Problem("two", "Second.", path="l.yaml", where=Where("l.yaml", 4, 7), severity="warning"),
    ],
    problems=[Problem("store-unavailable", "Away.", path="tv/2", where=Where("w.yaml", 5, 3))],
    satisfied=7,
    policies=("named", "years", "plain"),
)


def junit(result: CheckResult) -> ElementTree.Element:
    return ElementTree.fromstring("\n".join(check_junit(result, documents=["w.yaml", "l.yaml"])).encode())


def cases(result: CheckResult, suite: str) -> dict[str, ElementTree.Element]:
    found = junit(result).findall(f"testsuite[@name='{suite}']/testcase")
    assert len({case.get("name") for case in found}) == len(found)
    return {case.get("name", ""): case for case in found}


def test_counts_are_those_of_the_cases_and_all_attributes_are_known() -> None:
    for result in (BAD, replace(BAD, looked=False, drift=[]), CheckResult(), CheckResult(looked=False)):
        top = junit(result)
        assert top.keys() == ["name", "tests", "failures", "errors", "time"]
        for element in (top, *top):
            under = list(element.iter("testcase"))
            assert element.get("tests") == str(len(under))
            assert element.get("failures") == str(sum(case.find("failure") is not None for case in under))
        for suite in top:
            assert set(suite.keys()) == SUITE
            assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))
            for case in suite:
                assert CASE >= set(case.keys()) >= {"name", "classname", "time"}
                assert case.get("classname") == f"reshelve.{suite.get('name')}"


def test_each_document_and_each_policy_is_a_case_also_if_it_passes() -> None:
    documents = cases(BAD, "documents")
    assert {name: [each.tag for each in case] for name, case in documents.items()} == {
        "w.yaml": [],
        "l.yaml": ["failure", "system-out"],
    }
    policies = cases(BAD, "policies")
    assert {name: [each.tag for each in case] for name, case in policies.items()} == {
        "named": [],
        "years": ["failure"],
        "plain": ["system-out"],
    }
    assert (policies["years"].get("file"), policies["years"].get("line")) == ("l.yaml", "9")
    failure = policies["years"][0]
    assert failure.get("message") == "movies:x.mkv: Violated. <no> year. (and 1 more)"
    assert (failure.text or "").splitlines() == [
        "l.yaml:9: movies:x.mkv: Violated. <no> year. Do it.",
        "l.yaml:12: movies:y.mkv: Violated. <no> year. Do it.",
    ]


def test_what_is_said_twice_of_one_entry_is_one_case() -> None:
    drift = cases(BAD, "drift")
    assert list(drift) == ["tv/2", "tv:\\ufffe\\x01.mkv", "tv:a.mkv", "entries as desired"]
    failure = drift["tv:a.mkv"][0]
    assert (failure.get("type"), failure.get("message")) == ("blocked", "tv:a.mkv: cannot move (and 1 more)")
    assert (failure.text or "").splitlines() == ["l.yaml:2: tv:a.mkv: cannot move. Free it.", "tv:a.mkv: gone"]
    assert drift["entries as desired"].findtext("system-out") == "7 entries as desired"


def test_without_the_stores_nothing_is_said_of_what_stands_in_them() -> None:
    drift = cases(CheckResult(looked=False), "drift")
    assert {name: case[0].tag for name, case in drift.items()} == {"the stores were not looked at": "skipped"}


def test_an_optional_store_that_is_away_is_skipped_and_not_passed() -> None:
    away = Problem("store-unavailable", "Away.", path="tv", severity="note")
    told = cases(CheckResult(problems=[away]), "drift")["tv"]
    assert [(each.tag, each.get("message")) for each in told] == [("skipped", "tv: Away."), ("system-out", None)]
