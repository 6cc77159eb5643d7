"""Looking up what names leave in doubt, where no rule can place a file for want of it. Databases give facts; rules place."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from reshelve.planner.layouts.rescan_merge import Previous
from reshelve.planner.lookup.fitting_works import candidates_text, fitting, is_exact
from reshelve.planner.lookup.open_questions import OpenQuestion, question_of
from reshelve.planner.ports.work_lookup import WorkLookup
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.scanners.rule_scanner import RuleBook
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join
from reshelve.schemas.lookup_answers import AS_OF, CREDITS, NAMES, EpisodeAsked, KnownWork, LookupTally, WorkAsked, Works, source_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_SOURCE = re.compile(rf"(?:{'|'.join(map(re.escape, CREDITS))}){AS_OF}\d{{4}}-\d\d-\d\d")
"""Where the reason of an entry says which database gave a fact of it."""


@dataclass(slots=True, frozen=True)
class _Told:
    """What a database says for a question: facts with their source, or why it says none; `weak`: another may know better."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    why: str = ""
    weak: bool = False

    @property
    def final(self) -> bool:
        """Whether nobody else need be asked: it settles the question, or makes it one for a person."""
        return bool(self.facts or self.why) and not self.weak


@dataclass(slots=True)
class Outside:
    """Completes readings with what databases tell. `lookup` None: nobody is asked, and nothing remembered counts.

    `previous` is the layout that is there: what a database told an earlier scan stands where it cannot be had now. `notes` says by
    location what is known of a file that stays in doubt.
    """

    lookup: WorkLookup | None
    previous: Previous = field(default_factory=Previous)
    notes: dict[str, str] = field(default_factory=dict)
    tally: LookupTally = field(default_factory=LookupTally)
    _answers: dict[OpenQuestion, _Told | None] = field(default_factory=dict)

    def complete(self, readings: dict[str, Reading], mains: Iterable[Item], book: RuleBook, now_ns: int) -> None:
        """Put into `readings` (by path) what is looked up of these main files, which are those that rules are to decide about."""
        if self.lookup is None:
            return
        needs = frozenset().union(*(rule.needs for rule in book.rules if rule.deed == "place"))
        for main in mains:
            reading = readings[main.rel]
            question = question_of(reading, needs)
            if question is not None and _is_undecided(book, main, reading, now_ns):
                self._settle(readings, main, question, book, now_ns)

    def noted(self, source: str, because: str) -> str:
        """Return why a file stays undecided, with what databases have instead of an answer."""
        return f"{because}; {self.notes[source]}" if source in self.notes else because

    def problems(self) -> list[Problem]:
        """Return why databases were not asked, or not to the end."""
        return self.lookup.problems() if self.lookup is not None else []

    def counted(self) -> LookupTally:
        """Return what came of it all."""
        if self.lookup is not None:
            self.tally.requests, self.tally.remembered = self.lookup.requests, self.lookup.remembered
        return self.tally

    def _settle(self, readings: dict[str, Reading], main: Item, question: OpenQuestion, book: RuleBook, now_ns: int) -> None:
        """Answer one question, or note what is known instead."""
        reading, source = readings[main.rel], join(book.store, main.rel)
        ids = {name: str(reading.facts[name]) for name in self._databases if name in reading.facts}
        told = self._answer(question, ids)
        if told is None or not (told.facts or told.why):
            told = self._told_before(question, source) or told
        if told is not None and told.facts:
            told = _harmless(told, book, main, _with(reading, told), now_ns)
        if told is not None and told.facts:
            self.tally.settled += 1
            self.tally.by.add(told.source.partition(AS_OF)[0])
            readings[main.rel] = _with(reading, told)
        elif told is not None and told.why:
            self.tally.in_doubt += 1
            self.tally.by.add(told.source.partition(AS_OF)[0])
            self.notes[source] = told.why
        elif told is not None:
            self.tally.unknown += 1

    @property
    def _databases(self) -> tuple[str, ...]:
        return self.lookup.databases if self.lookup is not None else ()

    def _told_before(self, question: OpenQuestion, source: str) -> _Told | None:
        """Return what the layout still has of an answer given earlier."""
        entry = self.previous.ours.get(self.previous.before.get(source, ""))
        said = _SOURCE.search(entry.because or "") if entry is not None else None
        facts = entry.facts if entry is not None and entry.facts else {}
        if said is None or not all(name in facts for name in question.facts):
            return None
        told: dict[str, Any] = {name: value for name, value in facts.items() if name in question.facts or name in NAMES}
        return _Told(told, said[0])

    def _answer(self, question: OpenQuestion, ids: Mapping[str, str]) -> _Told | None:
        """Return what the first database says that has such a work; None where none answers, an empty one where none has it.

        Those whose id of the work is known come first.
        """
        if not ids and question in self._answers:
            return self._answers[question]
        last: _Told | None = None
        for database in sorted(self._databases, key=lambda name: name not in ids):
            told = self._asked(database, question, ids.get(database, ""))
            last = told if told is not None and (told.final or last is None or not last.why) else last
            if told is not None and told.final:
                break
        if not ids:
            self._answers[question] = last
        return last

    def _asked(self, database: str, question: OpenQuestion, number: str) -> _Told | None:
        """Return what one database says. What it does not have is asked again if its answer is not of today."""
        told = None
        for lately in (False, True):
            told = self._of_works(database, question, number, lately=lately)
            if told is None or told.final:
                break
        return told

    def _of_works(self, database: str, question: OpenQuestion, number: str, *, lately: bool) -> _Told | None:
        assert self.lookup is not None
        kind: Any = "film" if question.film else "show"
        found: dict[str, KnownWork] = {}
        works: Works | None = None
        for title in question.titles[:1] if number else question.titles:
            works = self.lookup.works(database, WorkAsked(kind, title, question.year, number, lately))
            if works is None:
                return None
            fits = list(works.works) if number else fitting(works.works, title, question.year)
            found |= {work.id: work for work in fits}
            if len(found) > 1 or (works.more and not number):
                return _Told(
                    source=source_of(works.by, works.day), why=candidates_text(works, [*found.values()], film=question.film)
                )
        if works is None or not found:
            return _Told(source=source_of(works.by, works.day)) if works is not None else None
        [work] = found.values()
        if not number and not is_exact(work, question.titles):
            like = candidates_text(works, [work], film=question.film)
            return _Told(source=source_of(works.by, works.day), why=like, weak=True)
        source = source_of(works.by, works.day)
        if question.wanted in ("number", "date"):
            return self._of_episodes(database, question, work, lately=lately)
        value: Any = work.year if question.wanted == "year" else work.titles[0]
        facts = dict.fromkeys(question.facts, value) if value is not None else {}
        return _Told(_with_id(facts, database, work), source)

    def _of_episodes(self, database: str, question: OpenQuestion, work: KnownWork, *, lately: bool) -> _Told | None:
        assert self.lookup is not None
        asked = [EpisodeAsked(work.id, number, lately=lately) for number in question.numbers]
        seasons: set[int] = set()
        episodes: list[int] = []
        source = ""
        for each in asked or [EpisodeAsked(work.id, date=question.date, lately=lately)]:
            found = self.lookup.episodes(database, each)
            if found is None:
                return None
            source = source_of(found.by, found.day)
            if len(found.found) != 1:
                what = f"number {each.number}" if each.number is not None else f"the one aired on {each.date}"
                told = " or ".join(f"S{season:02d}E{episode:02d}" for season, episode in found.found)
                return _Told(source=source, why=f"{found.by} has {what} as {told}" if told else "")
            [(season, episode)] = found.found
            seasons.add(season)
            episodes.append(episode)
        if len(seasons) > 1:
            return _Told(source=source, why=f"{work.titles[0]} has these episodes in several seasons")
        return _Told(_with_id({"season": seasons.pop(), "episodes": episodes}, database, work), source)


def _is_undecided(book: RuleBook, main: Item, reading: Reading, now_ns: int) -> bool:
    """Say whether rules leave a file open for want of knowledge: what a rule leaves to a person is not looked up."""
    verdict = book.decide(main, reading, now_ns)
    return verdict.deed == "review" and (verdict.rule is None or verdict.rule.deed == "place")


def _harmless(told: _Told, book: RuleBook, main: Item, reading: Reading, now_ns: int) -> _Told:
    """Return what was told, without the facts if these would have a file removed, or opened that a rule leaves alone."""
    rule = book.decide(main, reading, now_ns).rule
    if rule is None or rule.deed == "place":
        return told
    facts = ", ".join(f"{name} {value}" for name, value in told.facts.items() if name not in NAMES)
    return _Told(source=told.source, why=f"{told.source} says {facts}, with which {rule.label} would match: that is left to you")


def _with_id(facts: dict[str, Any], database: str, work: KnownWork) -> dict[str, Any]:
    """Return facts with the id of the work that they are of, where there are any."""
    return {**facts, database: work.id} if facts and database in NAMES else facts


def _with(reading: Reading, told: _Told) -> Reading:
    """Return a reading with what was told in place of what was open."""
    facts, sources = {**reading.facts, **told.facts}, {**reading.sources, **dict.fromkeys(told.facts, told.source)}
    return Reading(facts, sources, reading.doubtful - told.facts.keys(), dict(reading.alternatives))
