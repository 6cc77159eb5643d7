"""What is asked, within which bounds, and what the rules make of the answers."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from reshelve.planner.scan import ScanResult
from reshelve.planner.suggest.budget import Purse, cost, expected, prices_of
from reshelve.planner.suggest.prompts import MOST, prompts_for
from reshelve.planner.suggest.questions import Place, Question
from reshelve.schemas.layout import Layout
from reshelve.schemas.suggest_settings import Prices, Suggest
from reshelve.schemas.suggestion_protocol import Estimate, Prompt, Reply, Unanswered
from tests.support.readers import TreeReader
from tests.support.scanning import Told, scanned
from tests.support.suggesting import Model, Scripted, knowing, suggesting

FILM: dict[str, Any] = {"kind": "movie", "title": "Xyz", "year": 1999, "confidence": 0.9, "reason": "a film"}


def scan(
    model: Model | Scripted,
    *names: str,
    told: Told | None = None,
    before: Layout | None = None,
    movies: TreeReader | None = None,
    **suggest: Any,
) -> ScanResult:
    rules = suggest.pop("rules", ())
    announce = suggest.pop("announce", None)
    inbox = TreeReader("inbox", {name: name for name in names})
    whoever = model if isinstance(model, Scripted) else Scripted(model)
    roots = (inbox, movies or TreeReader("movies"), TreeReader("tv"))
    return scanned(suggesting(*rules, **suggest), *roots, told=told, before=before, suggester=whoever, announce=announce)


def targets(result: ScanResult) -> dict[str, str]:
    return {str(entry.source): target for target, entry in result.layout.files.items()}


def codes(result: ScanResult) -> list[str]:
    return [problem.code for problem in result.problems]


# What is asked.


def test_ten_files_a_request_and_every_file_once() -> None:
    model = Scripted(knowing({}))
    result = scan(model, *(f"{n:03}.bin" for n in range(34)))
    assert [len(prompt.files) for prompt in model.asked] == [10, 10, 10, 4]
    assert sorted(name for prompt in model.asked for name in prompt.files) == [f"inbox:{n:03}.bin" for n in range(34)]
    assert result.suggested.requests == 4 and result.suggested.answered == 34


def test_what_rules_settle_and_what_a_rule_leaves_to_a_person_is_not_asked() -> None:
    told = Told(
        {"a.mkv": {"kind": "movie", "title": "A", "year": 1999}, "b.mkv": {"kind": "documentary"}, "c.mkv": {"kind": "standup"}}
    )
    model = Scripted(knowing({}))
    scan(model, "a.mkv", "b.mkv", "c.mkv", "clip1.mp4", "d.bin", told=told)
    assert [prompt.files for prompt in model.asked] == [("inbox:d.bin",)]


def test_thousands_of_files_in_bounded_prompts() -> None:
    names = [f"folder {n % 7}/{'very long name ' * 14}{n}.bin" for n in range(2000)]
    model = Scripted(knowing({}))
    scan(model, *names, budget={"tokens": 10**9})
    assert sum(len(prompt.files) for prompt in model.asked) == 2000 and len(model.asked) == 200
    assert max(prompt.size for prompt in model.asked) < MOST + 8000


def test_a_request_holds_fewer_files_where_they_are_large() -> None:
    questions = [Question(f"inbox:{n}", "", {"path": "x" * 5000}) for n in range(10)]
    made = [len(asked) for _, asked in prompts_for(questions, (), 10)]
    assert made == [4, 4, 2]


def test_a_question_tells_the_file_its_neighbours_and_the_places() -> None:
    told = Told({"x/Heat.mkv": {"kind": "movie", "title": "Heat"}}, {"x/Heat.mkv": {"kind"}})
    model = Scripted(knowing({}))
    scan(model, "x/Heat.mkv", "x/a.srt.bak", "x/b\n\u202e.bin", told=told)
    asked = json.loads(model.asked[0].user)
    assert [place["name"] for place in asked["places"]] == ["episodes", "films", "albums", "clips"]
    heat = next(one for one in asked["files"] if one["path"] == "x/Heat.mkv")
    assert (
        "known" not in heat
        and heat["guessed"] == {"kind": "movie", "title": "Heat"}
        and heat["folder_holds"] == "1 bak, 1 bin, 1 mkv"
    )
    assert heat["beside"] == ["a.srt.bak", "b\\x0a\\u202e.bin"]


# What the rules make of it.


def test_facts_go_through_the_rules() -> None:
    result = scan(knowing({"xyz.bin": FILM}), "xyz.bin")
    assert targets(result) == {"inbox:xyz.bin": "movies:Xyz (1999)/xyz.bin"}
    entry = result.layout.files["movies:Xyz (1999)/xyz.bin"]
    assert entry.because == "suggested by tiny: a film (0.90, rule films)"
    assert entry.facts == {"kind": "movie", "title": "Xyz", "year": 1999}
    assert result.layout.review == [] and result.suggested.filed == 1


def test_a_place_counts_where_no_rule_holds_and_not_where_one_does() -> None:
    said = {"a.bin": {"place": "clips", "confidence": 0.9}, "b.bin": {**FILM, "place": "clips"}}
    result = scan(knowing(said), "a.bin", "b.bin")
    assert targets(result) == {"inbox:a.bin": "movies:Clips/a.bin", "inbox:b.bin": "movies:Xyz (1999)/b.bin"}


def test_below_the_threshold_it_stands_beside_the_undecided() -> None:
    result = scan(knowing({"xyz.bin": {**FILM, "confidence": 0.69}}), "xyz.bin")
    assert result.layout.files == {}
    [item] = result.layout.review
    assert item.because == "no rule matched" and item.suggestion is not None
    assert (item.suggestion.to, item.suggestion.confidence) == ("movies:Xyz (1999)/xyz.bin", 0.69)
    assert item.suggestion.because == "suggested by tiny: a film (0.69, rule films)"
    assert targets(scan(knowing({"xyz.bin": {**FILM, "confidence": 0.69}}), "xyz.bin", below=0.6)) != {}


def test_places_that_give_numbers_give_them_to_what_was_suggested_too() -> None:
    numbered = {"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }}_{{ seq }}.{{ ext }}"}
    known = {"a.bin": FILM, "b.bin": FILM, "c.bin": {**FILM, "confidence": 0.1}}
    result = scan(knowing(known), "a.bin", "b.bin", "c.bin", rules=[numbered])
    assert targets(result) == {"inbox:a.bin": "movies:Xyz_001.bin", "inbox:b.bin": "movies:Xyz_002.bin"}
    assert [(item.source, item.suggestion) for item in result.layout.review] == [("inbox:c.bin", None)]


def test_what_the_name_says_beyond_doubt_stands() -> None:
    told = Told({"Gone.mkv": {"kind": "movie", "title": "Gone"}}, {})
    result = scan(knowing({"Gone.mkv": {**FILM, "kind": "audiobook", "title": "Other"}}), "Gone.mkv", told=told)
    assert targets(result) == {"inbox:Gone.mkv": "movies:Gone (1999)/Gone.mkv"}


def test_of_another_kind_it_has_none_of_the_facts_of_the_first() -> None:
    told = Told({"s 103.mkv": {"kind": "movie", "title": "s 103", "year": 1999}}, {"s 103.mkv": {"kind", "title"}})
    said = {"kind": "episode", "show": "Show", "season": 1, "episodes": [3], "confidence": 0.9}
    result = scan(knowing({"s 103.mkv": said}), "s 103.mkv", told=told)
    [(target, entry)] = result.layout.files.items()
    assert target == "tv:Show/Season 01/Show E03.mkv"
    assert entry.facts == {"kind": "episode", "show": "Show", "title": "Show", "season": 1, "episodes": [3], "year": 1999}


def test_a_suggestion_takes_nothing_away() -> None:
    movies = TreeReader("movies", {"Xyz (1999)/xyz.bin": "another"})
    result = scan(knowing({"xyz.bin": FILM}), "xyz.bin", movies=movies)
    assert targets(result) == {"inbox:xyz.bin": "movies:Xyz (1999)/xyz - version 2.bin"}
    assert result.layout.files["movies:Xyz (1999)/xyz - version 2.bin"].on_conflict == "fail"
    for kind in ("audiobook", "standup", "documentary"):
        told = scan(knowing({"xyz.bin": {"kind": kind, "confidence": 1.0}}), "xyz.bin")
        assert told.layout.files == {} and told.layout.absent == [] and told.layout.leave == []
        assert codes(told) == ["suggestion-dropped"]


# What is remembered.


def test_the_second_scan_asks_nothing_and_changes_nothing() -> None:
    model = Scripted(knowing({"xyz.bin": FILM, "low.bin": {**FILM, "confidence": 0.1}}))
    first = scan(model, "xyz.bin", "low.bin", "unknown.bin")
    asked = len(model.asked)
    second = scan(model, "xyz.bin", "low.bin", "unknown.bin", before=first.layout)
    assert len(model.asked) == asked == 1 and second.layout == first.layout
    assert second.suggested.remembered == 3 and second.suggested.requests == 0


def test_another_size_or_another_rule_is_another_question() -> None:
    model = Scripted(knowing({"xyz.bin": FILM}))
    scan(model, "xyz.bin")
    scan(model, "xyz.bin", rules=[{"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }}/{{ filename }}"}])
    assert len(model.asked) == 2
    scan(model, "xyz.bin", "beside.bin")
    assert [prompt.files for prompt in model.asked[2:]] == [("inbox:beside.bin",)]


def test_the_layout_remembers_what_was_suggested() -> None:
    said = {"xyz.bin": FILM, "low.bin": {**FILM, "confidence": 0.1}}
    first = scan(knowing(said), "xyz.bin", "low.bin")
    forgetful = Scripted(refuse, asks=False)
    assert scan(forgetful, "xyz.bin", "low.bin", before=first.layout).layout == first.layout
    inbox, rest = TreeReader("inbox", {"xyz.bin": "xyz.bin", "low.bin": "low.bin"}), (TreeReader("movies"), TreeReader("tv"))
    alone = scanned(suggesting(), inbox, *rest, before=first.layout)
    assert alone.layout.files == {} and [item.suggestion for item in alone.layout.review] == [None, None]


def test_an_entry_that_was_edited_stays_and_is_not_asked_about() -> None:
    first = scan(knowing({"xyz.bin": FILM}), "xyz.bin")
    [entry] = first.layout.files.values()
    edited = replace(first.layout, files={"movies:Mine/xyz.bin": entry})
    model = Scripted(refuse)
    result = scan(model, "xyz.bin", before=edited)
    assert targets(result) == {"inbox:xyz.bin": "movies:Mine/xyz.bin"} and model.asked == []


def refuse(_: list[dict[str, Any]]) -> str:
    raise AssertionError("something was asked")


# When nobody answers.


def test_without_an_answer_the_rules_decide_alone_and_it_is_said() -> None:
    def silent(_: list[dict[str, Any]]) -> Unanswered:
        return Unanswered("nobody there", "try again")

    told = Told({"a.mkv": {"kind": "movie", "title": "A", "year": 1999}})
    names = ["a.mkv", *(f"{n}.bin" for n in range(25))]
    result = scan(silent, *names, told=told)
    inbox = TreeReader("inbox", {name: name for name in names})
    alone = scanned(suggesting(), inbox, TreeReader("movies"), TreeReader("tv"), told=told)
    assert result.layout == alone.layout
    assert [(problem.code, problem.severity) for problem in result.problems] == [("suggest-failed", "warning")]


def test_what_was_answered_before_the_failure_is_kept() -> None:
    model = Scripted(lambda files: knowing({"00.bin": FILM})(files) if files[0]["path"] == "00.bin" else Unanswered("gone"))
    result = scan(model, *(f"{n:02}.bin" for n in range(25)))
    assert targets(result).keys() == {"inbox:00.bin"} and len(model.kept) == 10 and codes(result) == ["suggest-failed"]


# What it costs.


def test_it_is_told_before_what_asking_will_come_to() -> None:
    told: list[Estimate] = []
    model = Scripted(lambda files: knowing({})(files) if told else refuse(files))
    scan(model, *(f"{n}.bin" for n in range(12)), announce=told.append, prices={"input": 1.0, "output": 2.0})
    [estimate] = told
    assert (estimate.files, estimate.requests, estimate.model) == (12, 2, "tiny")
    assert estimate.cost == pytest.approx((estimate.tokens_in + 2 * estimate.tokens_out) / 1e6) and estimate.tokens_in > 500


@pytest.mark.parametrize("tokens", [0, 5_000, 20_000, 60_000])
def test_the_budget_is_kept_whatever_answers_take(tokens: int) -> None:
    spent = 0

    def greedy(files: list[dict[str, Any]]) -> Reply:
        nonlocal spent
        spent += 6_000
        return Reply(knowing({})(files), tokens_in=5_000, tokens_out=1_000)

    result = scan(greedy, *(f"{n}.bin" for n in range(300)), budget={"tokens": tokens}, max_tokens=1_000)
    assert spent <= tokens and codes(result) == ["suggest-budget"]
    assert result.suggested.tokens_in + result.suggested.tokens_out == spent
    assert len(result.layout.review) == 300


def test_a_budget_of_money_is_kept_or_nothing_is_asked() -> None:
    names = [f"{n}.bin" for n in range(50)]
    model = Scripted(knowing({}))
    assert codes(scan(model, *names, budget={"money": "1 USD"}, base_url="http://127.0.0.1:1/v1")) == ["suggest-prices"]
    assert model.asked == []

    def costly(files: list[dict[str, Any]]) -> Reply:
        return Reply(knowing({})(files), tokens_in=3_000, tokens_out=500)

    result = scan(costly, *names, budget={"money": "0.008 USD"}, prices={"input": 1.0, "output": 1.0}, max_tokens=500)
    assert codes(result) == ["suggest-budget"] and 0 < (result.suggested.cost or 0) <= 0.008


def test_prices_by_the_table_and_by_the_workspace() -> None:
    openai = Suggest(provider="openai", model="gpt-4o-mini")
    assert prices_of(openai, "gpt-4o-mini-2024-07-18") == Prices(input=0.15, output=0.6)
    assert prices_of(openai, "gpt-4o") == Prices(input=2.5, output=10)
    assert prices_of(Suggest(provider="openai", model="gpt-4o", base_url="http://localhost:1/v1"), "gpt-4o") is None
    bedrock = Suggest(provider="bedrock", model="x")
    assert prices_of(bedrock, "us.anthropic.claude-3-5-haiku-20241022-v1:0") == Prices(input=0.8, output=4)
    assert prices_of(bedrock, "unheard.of") is None
    assert cost(None, 1, 1) is None and cost(Prices(input=1, output=2), 10**6, 10**6) == 3


def test_a_provider_that_counts_nothing_is_charged_what_is_likely() -> None:
    purse = Purse(Suggest(provider="openai", model="x"), None)
    prompt = Prompt("s" * 1000, "u" * 1000, {}, ("inbox:a",))
    assert purse.take(prompt)
    purse.charge(prompt, Reply("x"))
    assert (purse.tokens_in, purse.tokens_out) == expected([prompt])


def test_places_beyond_what_a_prompt_holds_are_not_offered() -> None:
    rules = [{"name": f"r{n}", "when": {"kind": "never"}, "place": "movies:" + "x" * 500 + "/{{ filename }}"} for n in range(100)]
    model = Scripted(knowing({}))
    scan(model, "a.bin", rules=rules)
    assert len(json.loads(model.asked[0].user)["places"]) == 40 and model.asked[0].size < MOST
    assert isinstance(Place("a", "b", "c"), Place)


def test_a_budget_below_one_request_says_so() -> None:
    result = scan(knowing({}), "1.bin", budget={"tokens": 10})
    assert codes(result) == ["suggest-budget"] and result.suggested.requests == 0
    assert result.problems[0].summary == "The budget for suggestions is less than one request may take."


def test_a_budget_of_money_below_one_request_says_what_one_may_cost() -> None:
    result = scan(knowing({}), "1.bin", budget={"money": "0.000001 USD"}, prices={"input": 1, "output": 2})
    assert codes(result) == ["suggest-budget"] and result.suggested.requests == 0
    assert re.search(
        r"may take [\d,]+ tokens, 0\.0\d+ USD, and 1,000,000 tokens or 0\.000001 USD are allowed", result.problems[0].detail
    )


def test_answers_about_nothing_that_was_asked_are_not_counted_as_files() -> None:
    said = [{"file": 1, **FILM}, {"file": 99, **FILM}, {"file": 2, "year": "soon"}]
    result = scan(lambda prompt: Reply(json.dumps({"suggestions": said})), "1.bin", "2.bin")
    assert codes(result) == ["suggestion-dropped", "suggestion-dropped"]
    assert (result.suggested.filed, result.suggested.dropped) == (1, 1)
    assert [bool(problem.hint) for problem in result.problems] == [bool(problem.path) for problem in result.problems]
