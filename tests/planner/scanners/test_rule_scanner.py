"""Rules: the first that holds decides, and nothing doubtful is placed."""

from typing import Any

import pytest

from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.scanners.rule_scanner import RuleBook
from reshelve.schemas.inventory import Item
from reshelve.schemas.scan_settings import Scan
from tests.support.readers import NOW_NS, OLD_NS

FILMS = {"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }} ({{ year }})/{{ filename }}"}
FILM = {"kind": "movie", "title": "Heat", "year": 1995}


def book(*rules: dict[str, Any], values: dict[str, Any] | None = None, **given: Any) -> RuleBook:
    return RuleBook("inbox", Scan.model_validate({"rules": rules, **given}), lambda path: f"reshelve.yaml:{path[-1]}", values)


def item(rel: str) -> Item:
    return Item(rel, "file", 1, OLD_NS, OLD_NS, 1, 1, 0o644, "fs-1")


def reading(facts: dict[str, Any], *doubtful: str, **sources: str) -> Reading:
    return Reading(facts, {**dict.fromkeys(facts, "file name"), **sources}, frozenset(doubtful))


def test_the_first_rule_that_holds_decides() -> None:
    rules = book({"name": "big", "when": {"size": {"over": "1GB"}}, "leave": True}, FILMS, {"name": "all", "review": True})
    placed = rules.decide(item("a/heat.mkv"), reading(FILM), NOW_NS)
    assert (placed.deed, placed.target) == ("place", "movies:Heat (1995)/heat.mkv")
    assert placed.because == "rule films, facts from the file name"
    other = rules.decide(item("b.bin"), reading({"kind": "other"}), NOW_NS)
    assert (other.deed, other.because) == ("review", "rule all leaves it to you")


def test_no_rule() -> None:
    assert book(FILMS).decide(item("b.bin"), reading({"kind": "other"}), NOW_NS).because == "no rule matched"


def test_every_source_of_a_used_fact_is_named() -> None:
    seen = reading({**FILM, "quality": "720p"}, title="folder name", year="guessit", quality="tags")
    because = book(FILMS).decide(item("x.mkv"), seen, NOW_NS).because
    assert because == "rule films, facts from the file name and the folder name"


def test_readers_that_agree_are_not_told_as_if_they_did_not() -> None:
    seen = Reading(FILM, dict.fromkeys(FILM, "file name"), frozenset({"title", "year"}), {"year": [FILM["year"]], "title": ["Hat"]})
    because = book(FILMS).decide(item("x.mkv"), seen, NOW_NS).because
    assert because == f"rule films: title, year are not certain (title: {FILM['title']!r} or 'Hat')"


@pytest.mark.parametrize("doubtful", ["title", "kind"])
def test_a_doubtful_fact_goes_to_review_with_a_suggestion(doubtful: str) -> None:
    verdict = book(FILMS).decide(item("heat.mkv"), reading(FILM, doubtful, "quality"), NOW_NS)
    assert verdict.deed == "review"
    assert verdict.because == f"rule films: {doubtful} is not certain"
    assert verdict.suggestion is not None
    assert verdict.suggestion.to == "movies:Heat (1995)/heat.mkv"
    assert verdict.suggestion.facts == FILM
    assert verdict.suggestion.confidence == 0.67


def test_a_suggestion_is_never_less_than_not_sure_at_all() -> None:
    place = "movies:{{ title }}{% if year %} ({{ year }}){% endif %}/{{ filename }}"
    named = reading({"kind": "movie", "title": "Heat"}, "kind", "title", "year")
    verdict = book({**FILMS, "place": place}).decide(item("heat.mkv"), named, NOW_NS)
    assert verdict.suggestion is not None
    assert verdict.suggestion.confidence == 0


def test_doubt_about_what_is_not_used_does_not_matter() -> None:
    assert book(FILMS).decide(item("heat.mkv"), reading({**FILM, "quality": "720p"}, "quality"), NOW_NS).deed == "place"


def test_accept_likely_places_what_is_doubtful() -> None:
    assert book({**FILMS, "accept": "likely"}).decide(item("heat.mkv"), reading(FILM, "title"), NOW_NS).deed == "place"


def test_nothing_doubtful_is_thrown_away() -> None:
    expire = {"name": "expire", "when": {"kind": "movie", "age": {"over": "30d"}}, "absent": True}
    gone = book(expire).decide(item("heat.mkv"), reading(FILM), NOW_NS)
    assert (gone.deed, gone.because) == ("absent", "rule expire: kind movie, age over 30d")
    assert book(expire).decide(item("heat.mkv"), reading(FILM, "kind"), NOW_NS).deed == "review"


def test_a_missing_fact_goes_to_review_named() -> None:
    verdict = book(FILMS).decide(item("heat.mkv"), reading({"kind": "movie", "title": "Heat"}), NOW_NS)
    assert (verdict.deed, verdict.because) == ("review", "rule films: year is not known")


def test_given_values_are_certain_and_win() -> None:
    rules = book(FILMS, values={"title": "Given"})
    assert rules.decide(item("heat.mkv"), reading(FILM, "title"), NOW_NS).target == "movies:Given (1995)/heat.mkv"


def test_a_rules_own_transfer_and_conflict_mode_win_over_the_stores() -> None:
    rules = book({**FILMS, "transfer": "hardlink"}, {**FILMS, "on_conflict": "skip"}, transfer="copy", on_conflict="fail").rules
    assert [(rule.transfer, rule.on_conflict) for rule in rules] == [("hardlink", "fail"), ("copy", "skip")]


def test_unusable_rules_are_all_named() -> None:
    wrong = book(
        {"name": "a", "place": "movies:{{ title"},
        {"name": "b", "when": {"size": {"over": "big"}}, "review": True},
        {"name": "c", "place": "no store"},
    )
    assert [(problem.code, problem.path) for problem in wrong.problems] == [
        ("bad-place", "reshelve.yaml:0"),
        ("bad-condition", "reshelve.yaml:1"),
        ("bad-place", "reshelve.yaml:2"),
    ]


@pytest.mark.parametrize(
    ("rel", "target"),
    [
        ("Heat/VIDEO_TS/VIDEO_TS.IFO", "movies:Heat (1995)/VIDEO_TS/VIDEO_TS.IFO"),
        ("Heat/BDMV/index.bdmv", "movies:Heat (1995)/BDMV/index.bdmv"),
        ("VIDEO_TS/VIDEO_TS.IFO", "movies:Heat (1995)/VIDEO_TS/VIDEO_TS.IFO"),
    ],
)
def test_a_disc_keeps_its_own_folder(rel: str, target: str) -> None:
    assert book(FILMS).decide(item(rel), reading(FILM), NOW_NS).target == target


def test_a_discs_subdir_is_the_folder_it_lies_in() -> None:
    rules = book({"name": "all", "place": "movies:{{ subdir }}/{{ filename }}"})
    assert rules.decide(item("A/Heat/BDMV/index.bdmv"), reading(FILM), NOW_NS).target == "movies:A/Heat/BDMV/index.bdmv"


def test_facts_are_asked_for_only_when_a_rule_uses_them() -> None:
    assert not book({"name": "a", "when": {"ext": "iso"}, "place": "movies:{{ filename }}"}).reads_facts
    assert book({"name": "a", "when": {"ext": "iso"}, "place": "movies:{{ title }}"}).reads_facts
    assert book({"name": "a", "when": {"not": {"kind": "movie"}}, "leave": True}).reads_facts


@pytest.mark.parametrize(
    ("when", "lacks"),
    [
        ({"client": "Acme", "media": "video"}, "client is not set"),
        ({"client": {"known": True}, "job": {"known": True}}, "client and job are not set"),
        ({"any": [{"client": {"known": True}, "job": {"known": True}}, {"job": {"known": True}}]}, "job is not set"),
        ({"all": [{"client": {"known": True}}], "ext": "mkv"}, "client is not set"),
        ({"client": {"known": True}, "media": "audio"}, ""),
        ({"client": {"known": True}, "not": {"media": "video"}}, ""),
        ({"any": [{"media": "audio", "client": {"known": True}}]}, ""),
    ],
)
def test_only_a_value_that_would_make_a_rule_hold_is_asked_for(when: dict[str, object], lacks: str) -> None:
    rules = {"rules": [{"name": "clips", "when": when, "place": "tv:{{ filename }}"}]}
    rule_book = RuleBook("inbox", Scan.model_validate(rules), lambda _: "", unset=["client", "job"])
    because = rule_book.decide(Item("a.mkv", "file", 1, 0, 1, 1, 1, 0o644, ""), Reading(), 0).because
    assert because.startswith(f"rule clips: {lacks} (give it with --set ") if lacks else because == "no rule matched"
