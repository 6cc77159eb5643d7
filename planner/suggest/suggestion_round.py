"""Settling: what the rules left open is put to whoever suggests, and becomes proposals, or is left for review."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.layouts.rescan_merge import Previous
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.ports.suggester import Suggester
from reshelve.planner.scanners.undecided import Undecided
from reshelve.planner.suggest.answer_checks import check, recalled
from reshelve.planner.suggest.answer_proposals import SUGGESTED, propose
from reshelve.planner.suggest.budget import Purse, cost, expected, prices_of
from reshelve.planner.suggest.prompts import prompts_for
from reshelve.planner.suggest.questions import Place, Question, places_of, questions_of
from reshelve.schemas.layout import Review, Suggestion
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Answer, Estimate, Prompt, Reply, Tally, Unanswered
from reshelve.schemas.workspace import Workspace

Announce = Callable[[Estimate], None]

_NOTHING = Answer(file=1, confidence=0.0, reason="the answer about it could not be used")
_UNASKED = Suggest(provider="recorded", answers="none")
"""What holds where the workspace says nothing of suggestions."""


@dataclass(slots=True)
class Settled:
    """What became of the undecided: proposals, what is left for a person, what was wrong, and the figures."""

    proposals: list[Proposal] = field(default_factory=list)
    review: list[Review] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class _Asked:
    """One request under way: its questions, and the names of the places it offers."""

    questions: list[Question]
    offered: frozenset[str]


class Settler:
    """Settles what rules left open. `suggester` None: nobody suggests, and what was suggested before counts for nothing.

    `announce` is told what asking will come to before anything is asked. `now_ns` is what ages are counted from.
    """

    def __init__(
        self, workspace: Workspace, suggester: Suggester | None, previous: Previous, announce: Announce | None, now_ns: int
    ) -> None:
        self._workspace = workspace
        self._config = workspace.suggest or _UNASKED
        self._suggester = suggester
        self._announce = announce
        self._now_ns = now_ns
        self._entries = previous.ours
        self._targets = previous.before
        self._beside = {item.source: item.suggestion for item in previous.review if item.suggestion is not None}
        self._settled = Settled()

    def settle(self, undecided: Sequence[Undecided], sight: Sight) -> Settled:
        """Return what became of everything undecided, each in a proposal or left for review."""
        suggester = self._suggester
        if suggester is None or not undecided:
            for one in undecided:
                self._settled.review += one.for_review()
            return self._settled
        self._settled.tally.model = suggester.model
        answers = self._answers([one for one in undecided if one.may_be_suggested], suggester, sight)
        for one in undecided:
            self._one(one, answers.get(one.proposal.source))
        return self._settled

    # One bundle.

    def _one(self, one: Undecided, answered: tuple[Answer, str] | None) -> None:
        settled, tally = self._settled, self._settled.tally
        if answered is None:
            self._as_before(one)
            return
        found = propose(one, *answered, self._workspace.stores.keys(), self._now_ns)
        if isinstance(found, str):
            if found and self._suggester is not None and self._suggester.asks:
                self._drop(one.proposal.source, found)
            settled.review += one.for_review()
        elif found.confidence < self._config.below:
            tally.to_review += 1
            settled.review += one.for_review(found.beside())
        else:
            tally.filed += 1
            settled.proposals.append(found.proposal)

    def _as_before(self, one: Undecided) -> None:
        """Let what was suggested earlier stand for a bundle nothing is known of now: the layout remembers it."""
        source = one.proposal.source
        target = self._targets.get(source, "")
        entry = self._entries.get(target)
        if one.may_be_suggested and entry is not None and (entry.because or "").startswith(SUGGESTED) and self._declared(target):
            facts = dict(entry.facts or {})
            kept = replace(one.proposal, target=target, because=entry.because or "", transfer=entry.transfer, facts=facts)
            kept.on_conflict = "keep-both" if kept.on_conflict == "replace" else kept.on_conflict
            self._settled.proposals.append(kept)
            return
        self._settled.review += one.for_review(self._suggested_before(source) if one.may_be_suggested else None)

    def _suggested_before(self, source: str) -> Suggestion | None:
        told = self._beside.get(source)
        return told if told is not None and (told.because or "").startswith(SUGGESTED) and self._declared(told.to) else None

    def _declared(self, target: str) -> bool:
        return store_of(split(target)[0]) in self._workspace.stores

    def _drop(self, source: str, why: str) -> None:
        self._settled.tally.dropped += 1
        hint = "What it would have settled is left to you: reshelve review"
        summary = "An answer was dropped."
        self._settled.problems.append(Problem("suggestion-dropped", summary, f"{why}.", source, hint, severity="note"))

    # All of them.

    def _answers(self, undecided: list[Undecided], suggester: Suggester, sight: Sight) -> dict[str, tuple[Answer, str]]:
        """Return answers by location, each with whose it is: remembered ones, and those asked for now."""
        found: dict[str, tuple[Answer, str]] = {}
        if not suggester.asks and not suggester.remembers:
            return found
        requests: list[tuple[Prompt, _Asked]] = []
        waiting = 0
        for places, questions in self._questions(undecided, sight):
            offered = frozenset(place.name for place in places)
            known = suggester.recall({question.key: question.source for question in questions})
            open_ = []
            for question in questions:
                said = known.get(question.key)
                answer = recalled(said.said, offered) if said is not None else None
                if said is not None and answer is not None:
                    found[question.source] = (answer, said.by)
                else:
                    open_.append(question)
            waiting += len(open_)
            if suggester.asks:
                made = prompts_for(open_, places, self._config.batch)
                requests += [(prompt, _Asked(asked, offered)) for prompt, asked in made]
        self._settled.tally.remembered = len(found)
        if requests:
            self._ask(requests, suggester, found, waiting)
        return found

    def _questions(self, undecided: list[Undecided], sight: Sight) -> Iterator[tuple[tuple[Place, ...], list[Question]]]:
        by_store: dict[str, list[Undecided]] = {}
        for one in undecided:
            by_store.setdefault(one.proposal.store, []).append(one)
        for _, mine in sorted(by_store.items()):
            places = places_of(mine[0].book)
            yield places, questions_of(mine, places, sight)

    def _ask(
        self,
        requests: list[tuple[Prompt, _Asked]],
        suggester: Suggester,
        found: dict[str, tuple[Answer, str]],
        waiting: int,
    ) -> None:
        prices = prices_of(self._config, suggester.model)
        purse = Purse(self._config, prices)
        prompts = [prompt for prompt, _ in requests]
        if self._announce is not None:
            into, out = expected(prompts)
            known = self._settled.tally.remembered
            told = Estimate(
                model=suggester.model,
                files=waiting,
                remembered=known,
                requests=len(prompts),
                tokens_in=into,
                tokens_out=out,
                cost=cost(prices, into, out),
            )
            self._announce(told)
        if not purse.can_count:
            detail = f"What {suggester.model} costs is not known, so {self._config.budget.money} cannot be kept. Nothing was asked."
            hint = "Add prices: {input: USD, output: USD} to `suggest:`, for a million tokens."
            self._settled.problems.append(Problem("suggest-prices", "No suggestions were asked for.", detail, hint=hint))
            return
        asked = {prompt.files: request for prompt, request in requests}
        for prompt, reply in suggester.ask(self._affordable(prompts, purse), purse.lost):
            purse.charge(prompt, reply if isinstance(reply, Reply) else None)
            self._take_in(reply, asked[prompt.files], suggester, found)
        tally = self._settled.tally
        tally.tokens_in, tally.tokens_out, tally.cost = purse.tokens_in, purse.tokens_out, purse.cost

    def _affordable(self, prompts: Sequence[Prompt], purse: Purse) -> Iterator[Prompt]:
        """Yield requests while the budget holds; say what is left over."""
        for number, prompt in enumerate(prompts):
            if not purse.take(prompt):
                left = sum(len(each.files) for each in prompts[number:])
                budget = self._config.budget
                of = f"{budget.tokens:,} tokens" + (f" or {budget.money}" if budget.money else "")
                detail = f"{left:,} more could not be asked about within {of}: the next request might take more than is left."
                hint = "Raise `budget:` of `suggest:`, or scan again: what was answered is remembered."
                summary = "The budget for suggestions is used up."
                if number == 0:
                    summary = "The budget for suggestions is less than one request may take."
                    detail = f"Nothing was asked: one request may take {purse.most(prompt):,} tokens, and {of} are allowed."
                    hint = "Raise `budget:` of `suggest:`, or lower its `batch:` or `max_tokens:`."
                self._settled.problems.append(Problem("suggest-budget", summary, detail, hint=hint, severity="warning"))
                return
            yield prompt

    def _take_in(
        self, reply: Reply | Unanswered, asked: _Asked, suggester: Suggester, found: dict[str, tuple[Answer, str]]
    ) -> None:
        tally = self._settled.tally
        tally.requests += 1
        if isinstance(reply, Unanswered):
            summary = "The model did not answer; rules alone decided."
            told = Problem(reply.code, summary, reply.detail, hint=reply.hint, severity="warning")
            if told not in self._settled.problems:
                self._settled.problems.append(told)
            return
        checked = check(reply, asked.questions, asked.offered)
        keys = {question.source: question.key for question in asked.questions}
        suggester.remember([(keys[source], source, answer) for source, answer in checked.answers.items()])
        # Nobody is asked again for what is said anyhow; what a reply left out is asked for again.
        suggester.remember([(keys[source], source, _NOTHING) for source in checked.refused])
        tally.answered += len(checked.answers)
        for source, answer in checked.answers.items():
            found[source] = (answer, suggester.model)
        for source, why in checked.dropped:
            self._drop(source, why)


__all__ = ["Announce", "Settled", "Settler"]
