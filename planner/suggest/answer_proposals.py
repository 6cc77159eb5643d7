"""Proposing: from one answer to what the workspace's own rules and places make of it. No answer reaches a layout another way."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from reshelve.planner.layouts.proposal import Proposal, as_facts
from reshelve.planner.recognise.name_reading import OF_ONE_KIND, Reading
from reshelve.planner.scanners.rule_scanner import Verdict
from reshelve.planner.scanners.undecided import Undecided, open_facts
from reshelve.schemas.layout import Suggestion
from reshelve.schemas.locations import fault, split, store_of
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.suggestion_protocol import Answer

SUGGESTED = "suggested by "
"""How the reason begins of everything that was suggested."""
_SOURCE = "suggestion"
_REASON = 160
_UNSPOKEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]+")


@dataclass(slots=True, frozen=True)
class Suggested:
    """Where an answer would have a bundle go: the proposal for it, and how sure the answer is."""

    proposal: Proposal
    confidence: float

    def beside(self) -> Suggestion | None:
        """Return it as it stands beside an undecided item; None while its target waits for a number."""
        own = self.proposal
        if own.open is not None:
            return None
        return Suggestion(own.target, as_facts(own.facts) if own.facts else None, own.because, round(self.confidence, 2))


def propose(one: Undecided, answer: Answer, by: str, stores: Collection[str], now_ns: int) -> Suggested | str:
    """Return what an answer by `by` comes to for an undecided bundle, or why it comes to nothing.

    What the name says beyond doubt stands, whatever the answer says. With what it adds the rules decide again; only where
    none of them places the bundle does the place the answer names count. `stores` are those the workspace declares.
    """
    reading = enriched(one.reading, answer)
    verdict, why = _placed(one, answer, reading, now_ns)
    if verdict is None:
        return why
    waits = None if isinstance(verdict.target, str) else verdict.target
    target = verdict.target if isinstance(verdict.target, str) else ""
    wrong = _unsafe(waits.numbered(1) if waits else target, stores)
    if wrong:
        return wrong
    rule = verdict.rule
    assert rule is not None
    because = f"{SUGGESTED}{by}: {_spoken(answer.reason)}({answer.confidence:.2f}, {rule.label})"
    # A suggestion never takes what stands in its place away.
    on_conflict = "keep-both" if rule.on_conflict == "replace" else rule.on_conflict
    facts = dict(reading.facts)
    told: dict[str, Any] = {"because": because, "transfer": rule.transfer, "on_conflict": on_conflict, "facts": facts}
    own = replace(one.proposal, target=target, open=waits, **told)
    return Suggested(own, answer.confidence)


def enriched(reading: Reading, answer: Answer) -> Reading:
    """Return a reading with what an answer says of facts that are unknown or doubtful. What is certain stays as it is."""
    said = answer.facts()
    facts, sources = dict(reading.facts), dict(reading.sources)
    open_, told = open_facts(reading), set()
    kind = said.get("kind")
    if kind is not None and kind != facts.get("kind") and ("kind" in open_ or facts.get("kind", "other") == "other"):
        for name in (*OF_ONE_KIND, "kind"):
            facts.pop(name, None)
    for name, value in _completed(said).items():
        if name not in facts or name in open_:
            facts[name], sources[name] = value, _SOURCE
            told.add(name)
    return Reading(facts, sources, (reading.doubtful - told) & facts.keys())


def _completed(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said of an episode with the show's title and year where the readers of names have them too."""
    full = dict(said)
    if said.get("kind") == "episode" and "show" in said:
        full["title"] = said["show"]
        if "show_year" in said:
            full.setdefault("year", said["show_year"])
    return full


def _placed(one: Undecided, answer: Answer, reading: Reading, now_ns: int) -> tuple[Verdict | None, str]:
    main = one.proposal.bundle.main
    verdict = one.book.decide(main, reading, now_ns)
    if verdict.deed == "place":
        return verdict, ""
    rule = verdict.rule
    if rule is not None and rule.deed != "place":
        # Whatever it says, an answer removes nothing, and opens nothing that a rule leaves alone.
        return None, f"it would make {rule.label} match, which a suggestion may not do"
    if answer.place is not None:
        named = one.book.at_place(answer.place, main, reading, now_ns)
        return (named, "") if named.deed == "place" else (None, named.because)
    if not answer.facts():
        return None, ""
    return None, f"with what it says, {verdict.because}"


def _unsafe(target: str, stores: Collection[str]) -> str:
    """Say why a location is none that a person could type either, or nothing."""
    wrong = fault(target)
    if wrong:
        return f"it would not be a location: {wrong}"
    store, rel = split(target)
    if store_of(store) not in stores:
        return f"{store} is not a store of the workspace"
    return "" if rel and not rel.endswith("/") else "it would name no file"


def _spoken(reason: str) -> str:
    text = " ".join(_UNSPOKEN.sub(" ", reason).split())
    text = text if len(text) <= _REASON else f"{text[: _REASON - 1]}…"
    return f"{text} " if text else ""
