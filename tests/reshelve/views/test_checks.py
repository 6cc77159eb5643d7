"""The result of a check, in each form."""

import json
from collections.abc import Iterable
from dataclasses import replace

from reshelve.planner.check import CheckResult, Drift
from reshelve.planner.rules.policies import Violation
from reshelve.schemas.problems import Problem, Where
from reshelve.views.checks import EXAMPLES, check_github, check_json, check_text

BAD = CheckResult(
    drift=[Drift("tv:a,b: c.mkv", "lost", "100% gone\nfor good"), Drift("tv:\x01.mkv", "pending", "would move")],
    violations=[
        Violation(
            "years",
            Problem("policy", "A policy is violated.", "films have <no> year", "movies:x.mkv", "Do it.", severity="warning"),
        )
    ],
    unsound=[Problem("unknown-key", "Unknown key.", "d", where=Where("layout.yaml", 3, 7, "x: y"))],
    policies=("named", "years"),
    satisfied=7,
    pending=1,
)
GOOD = CheckResult(drift=[], violations=[], problems=[], satisfied=7, pending=0)


def test_text() -> None:
    assert list(check_text(GOOD)) == ["Check: 7 entries as desired, no drift."]
    assert list(check_text(CheckResult())) == ["Check: passed."]
    lines = list(check_text(BAD))
    assert "lost: tv:a,b: c.mkv: 100% gone\\x0afor good" in lines
    assert lines[-1] == "Check: 7 entries as desired, 2 drifted, 1 violation (1 warning), 1 problem."


def test_a_note_is_no_problem() -> None:
    noted = CheckResult(satisfied=3, problems=[Problem("fell-back", "A note.", severity="note"), Problem("lost", "Gone.")])
    assert list(check_text(noted))[-1] == "Check: 3 entries as desired, 0 drifted, 0 violations, 1 problem, 1 note."


def test_json() -> None:
    events = [json.loads(line) for line in check_json(BAD, reshelve="0.1.0", exit_code=2)]
    assert [event["type"] for event in events] == ["version", "problem", "violation", "drift", "drift", "summary"]
    figures = {"satisfied": 7, "pending": 1, "held": 0, "drift": 2, "violations": 1, "problems": 1}
    assert events[-1] == {"type": "summary", "exit": 2, **figures}


def test_github() -> None:
    lines = list(check_github(BAD, layout="layout.yaml"))
    assert lines[0] == "::error file=layout.yaml,line=3,col=7,title=unknown-key::Unknown key. d"
    assert lines[1] == "::warning file=layout.yaml,title=policy::movies:x.mkv: A policy is violated. films have <no> year. Do it."
    assert lines[2] == "::error file=layout.yaml,title=drift%2C lost::tv:a,b: c.mkv: 100%25 gone%0Afor good"


def test_an_annotation_is_read_as_sentences_and_names_its_file_once() -> None:
    where = Where("/home/a/layout.yaml", 7, 1, "<<<<<<<")
    problem = Problem("merge-conflict", "an unresolved merge conflict", "Both sides are here.", where.file, "keep one", where)
    (line, _) = check_github(CheckResult(problems=[problem]), layout="layout.yaml", spelt=lambda path: path.rpartition("/")[2])
    told = "an unresolved merge conflict. Both sides are here. keep one"
    assert line == f"::error file=layout.yaml,line=7,col=1,title=merge-conflict::{told}"


def test_without_the_stores_nothing_is_said_of_what_stands_in_them() -> None:
    assert list(check_text(CheckResult(looked=False))) == ["Check: passed; the stores were not looked at."]
    alone = CheckResult(violations=BAD.violations, looked=False)
    told = "Check: 1 violation (1 warning), 0 problems; the stores were not looked at."
    assert list(check_text(alone))[-1] == list(check_github(alone, layout="layout.yaml"))[-1] == told


def test_a_layout_that_is_not_there_is_named_once() -> None:
    gone = Problem("no-layout", "There is no layout.", "", "/home/a/layout.yaml")
    line = next(iter(check_github(CheckResult(problems=[gone]), layout="/home/a/layout.yaml")))
    assert line == "::error file=/home/a/layout.yaml,title=no-layout::There is no layout."


def test_a_target_is_named_once() -> None:
    moved = Drift("tv:a.mkv", "pending", "move inbox:b.mkv to tv:a.mkv")
    beside = Drift("tv:a", "pending", "move inbox:b.mkv to tv:a.mkv")
    told = list(check_text(CheckResult(drift=[moved, beside])))
    assert told[:2] == ["pending: move inbox:b.mkv to tv:a.mkv", "pending: tv:a: move inbox:b.mkv to tv:a.mkv"]


def test_violations_that_differ_only_in_their_entries_are_told_together() -> None:
    def broken(number: int, detail: str = "Policy years: no year.") -> Violation:
        where = Where("layout.yaml", number, 3, f'"movies:{number}":') if number < 5 else None
        return Violation("years", Problem("policy", "A policy is violated.", detail, f"movies:{number}", "Do it.", where))

    text = list(check_text(CheckResult(violations=[broken(1), broken(9), broken(2, "Policy 4k."), broken(4)])))
    together = [
        "error[policy]: A policy is violated. (3)",
        "  Policy years: no year.",
        "  --> layout.yaml:1:3  movies:1",
        "  --> movies:9",
    ]
    assert text[:6] == [*together, "  --> layout.yaml:4:3  movies:4", "  Do it."], text
    assert text[6:8] == ["", "error[policy]: A policy is violated."] and "  Policy 4k." in text


PLACES = {
    "movies:x.mkv": Where("layout.yaml", 9, 3),
    "tv:a,b: c.mkv": Where("layout.yaml", 4, 3),
    "tv/2": Where("a.yaml", 5, 7),
    "years": Where("/x/w.yaml", 8, 3),
}


def places(names: Iterable[str]) -> dict[str, Where]:
    return {name: PLACES[name] for name in names if name in PLACES}


def test_every_finding_stands_at_its_line_in_every_form() -> None:
    away = Problem("store-unavailable", "Away.", path="tv/2")
    placed = replace(BAD, problems=[away, Problem("other", "Of no root.", path="movies:x.mkv")]).placed(places, places, places)
    github = list(check_github(placed, layout="layout.yaml"))
    assert github[1] == "::error file=a.yaml,line=5,col=7,title=store-unavailable::tv/2: Away."
    assert github[2] == "::error file=layout.yaml,title=other::movies:x.mkv: Of no root."
    assert github[3].startswith("::warning file=layout.yaml,line=9,col=3,title=policy::movies:x.mkv: A policy is violated.")
    assert github[3].endswith(". The policy is in w.yaml, line 8.")
    assert github[4].startswith("::error file=layout.yaml,line=4,col=3,title=drift%2C lost::")
    assert github[5].startswith("::error file=layout.yaml,title=drift%2C pending::")
    text = list(check_text(placed))
    assert [line for line in text if "-->" in line] == [
        "  --> layout.yaml:3:7",
        "  --> a.yaml:5:7",
        "  --> movies:x.mkv",
        "  --> layout.yaml:9:3",
        "  --> layout.yaml:4:3",
    ]
    events = [json.loads(line) for line in check_json(placed, reshelve="0.1.0", exit_code=2)]
    assert [(event["type"], event["where"]["line"]) for event in events if event.get("where")] == [
        ("problem", 3),
        ("problem", 5),
        ("violation", 9),
        ("drift", 4),
    ]
    assert [event["policy"] for event in events if event["type"] == "violation"] == ["years"]


def test_a_policy_that_cannot_be_asked_stands_where_it_is_declared() -> None:
    faulty = CheckResult(violations=[Violation("b", Problem("bad-policy", "Faulty."))], policies=("a", "b"))
    (one,) = faulty.placed(places, places, lambda names: {list(names)[1]: Where("w.yaml", 8, 3)}).broken
    assert one.where == Where("w.yaml", 8, 3)


def test_what_is_left_out_of_the_text_is_counted_by_kind_and_its_lines_are_not_looked_for() -> None:
    asked: list[str] = []

    def asking(names: Iterable[str]) -> dict[str, Where]:
        asked.extend(names)
        return {}

    many = CheckResult(
        drift=[Drift(f"tv:{n}", "lost" if n % 3 else "pending", "d") for n in range(50)],
        violations=[Violation("a" if n < 30 else "b", Problem("policy", "Violated.", "d", f"tv:{n}")) for n in range(40)],
    )
    text = list(check_text(many.placed(asking, asking, asking, EXAMPLES)))
    assert "… and 20 more (10 policy a, 10 policy b); `--format json` lists them" in text
    assert "… and 30 more (20 lost, 10 pending); `--format json` lists them" in text
    assert len(asked) == 2 * EXAMPLES


def test_the_last_line_says_which_optional_stores_were_not_checked() -> None:
    away = [Problem("store-unavailable", "Away.", path=key, severity="note") for key in ("tv/2", "ssd")]
    result = CheckResult(problems=[*away, Problem("store-unavailable", "Away.", path="nas")], looked=True)
    assert list(check_text(result))[-1].endswith(", 1 problem, 2 notes; away, and not checked: tv/2, ssd.")
