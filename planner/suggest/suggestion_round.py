"""Settling: what the rules left open is put to whoever suggests, and becomes proposals, or is left for review."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.layouts.rescan_merge import Previous
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.ports.suggester import Suggester
from reshelve.planner.scanners.undecided import Undecided
from reshelve.planner.suggest.answer_checks import check, recalled
from reshelve.planner.suggest.answer_proposals import SUGGESTED, propose
from reshelve.planner.suggest.budget import Purse, cost, expected, prices_of
from reshelve.planner.suggest.questions import Place, Question, places_of, questions_of
from reshelve.planner.suggest.request_sizes import Request, Requests
from reshelve.schemas.layout import Review, Suggestion
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Answer, Estimate, Prompt, Reply, Tally, TooLong, Unanswered
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
class _UnderWay:
    """Asking, as it goes on: what is still to be asked, what was sent and has no reply, and whether any reply came whole.

    `over`: nothing more is asked.
    """

    requests: Requests
    sent: dict[tuple[str, ...], Request] = field(default_factory=dict)
    any_whole: bool = False
    over: bool = False


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
        # Answers about nothing that was asked are told, and not counted among the files.
        self._settled.tally.dropped += bool(source)
        hint = "What it would have settled is left to you: reshelve review" if source else ""
        summary = "An answer was dropped."
        self._settled.problems.append(Problem("suggestion-dropped", summary, f"{why}.", source, hint, severity="note"))

    # All of them.

    def _answers(self, undecided: list[Undecided], suggester: Suggester, sight: Sight) -> dict[str, tuple[Answer, str]]:
        """Return answers by location, each with whose it is: remembered ones, and those asked for now."""
        found: dict[str, tuple[Answer, str]] = {}
        if not suggester.asks and not suggester.remembers:
            return found
        unknown: list[tuple[tuple[Place, ...], list[Question]]] = []
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
            unknown.append((places, open_))
        self._settled.tally.remembered = len(found)
        if suggester.asks and any(open_ for _, open_ in unknown):
            self._ask(Requests(self._config, unknown), suggester, found)
        return found

    def _questions(self, undecided: list[Undecided], sight: Sight) -> Iterator[tuple[tuple[Place, ...], list[Question]]]:
        by_store: dict[str, list[Undecided]] = {}
        for one in undecided:
            by_store.setdefault(one.proposal.store, []).append(one)
        for _, mine in sorted(by_store.items()):
            places = places_of(mine[0].book)
            yield places, questions_of(mine, places, sight)

    def _ask(self, requests: Requests, suggester: Suggester, found: dict[str, tuple[Answer, str]]) -> None:
        prices = prices_of(self._config, suggester.model)
        purse = Purse(self._config, prices)
        prompts = requests.prompts
        if self._announce is not None:
            into, out = expected(prompts)
            known = self._settled.tally.remembered
            told = Estimate(
                model=suggester.model,
                files=requests.files,
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
        under_way = _UnderWay(requests)
        for prompt, reply in suggester.ask(self._affordable(under_way, purse), purse.lost):
            purse.charge(prompt, reply if isinstance(reply, Reply) else None)
            self._take_in(reply, under_way.sent.pop(prompt.files), under_way, suggester, found)
        if (narrowed := requests.narrowed()) is not None:
            detail, hint = narrowed
            summary = "The model was asked in smaller requests."
            self._settled.problems.append(Problem("suggest-narrowed", summary, detail, hint=hint, severity="note"))
        tally = self._settled.tally
        tally.tokens_in, tally.tokens_out, tally.cost = purse.tokens_in, purse.tokens_out, purse.cost

    def _affordable(self, under_way: _UnderWay, purse: Purse) -> Iterator[Prompt | None]:
        """Yield requests while the budget holds, None while only a reply can tell what is next; say what is left over."""
        requests, asked = under_way.requests, False
        while not under_way.over:
            request = requests.next()
            if request is not None and purse.take(request.prompt):
                asked = True
                under_way.sent[request.prompt.files] = request
                yield request.prompt
                continue
            if request is not None:
                requests.put_back(request)
            if under_way.sent:
                yield None
                continue
            if request is not None:
                self._over_budget(request.prompt, requests.files, purse, first=not asked)
            return

    def _over_budget(self, prompt: Prompt, left: int, purse: Purse, *, first: bool) -> None:
        budget = self._config.budget
        of = f"{budget.tokens:,} tokens" + (f" or {budget.money}" if budget.money else "")
        detail = f"{left:,} more could not be asked about within {of}: the next request might take more than is left."
        hint = "Raise `budget:` of `suggest:`, or scan again: what was answered is remembered."
        summary = "The budget for suggestions is used up."
        if first:
            summary = "The budget for suggestions is less than one request may take."
            worth = f", {most:.6f} USD" if budget.money and (most := purse.most_cost(prompt)) is not None else ""
            detail = f"Nothing was asked: one request may take {purse.most(prompt):,} tokens{worth}, and {of} are allowed."
            hint = "Raise `budget:` of `suggest:`, or lower its `batch:` or `max_tokens:`."
        self._settled.problems.append(Problem("suggest-budget", summary, detail, hint=hint, severity="warning"))

    def _take_in(
        self,
        reply: Reply | TooLong | Unanswered,
        asked: Request,
        under_way: _UnderWay,
        suggester: Suggester,
        found: dict[str, tuple[Answer, str]],
    ) -> None:
        tally = self._settled.tally
        tally.requests += 1
        if isinstance(reply, TooLong):
            if not under_way.requests.refused(asked, reply):
                self._give_up(under_way, Unanswered(reply.detail, reply.hint))
            return
        if isinstance(reply, Unanswered):
            self._give_up(under_way, reply)
            return
        checked = check(reply, asked.questions, asked.offered)
        keys = {question.source: question.key for question in asked.questions}
        suggester.remember([(keys[source], source, answer) for source, answer in checked.answers.items()])
        # Nobody is asked again for what is said anyhow; what a reply left out is asked for again.
        suggester.remember([(keys[source], source, _NOTHING) for source in checked.refused])
        tally.answered += len(checked.answers)
        for source, answer in checked.answers.items():
            found[source] = (answer, suggester.model)
        under_way.any_whole |= not reply.truncated
        said = {*checked.answers, *checked.refused}
        left = [question for question in asked.questions if question.source not in said] if reply.truncated else []
        again = under_way.requests.cut_short(asked, left)
        for source, why in checked.dropped:
            if not (again and source and source not in said):
                self._drop(source, why)
        if left and not again and not under_way.any_whole and not under_way.over:
            # Each further one would cost all that an answer may, and say nothing.
            detail = f"Even an answer about one file was cut short, at `max_tokens: {under_way.requests.max_tokens}`."
            self._give_up(under_way, Unanswered(detail, "Raise `max_tokens:` of `suggest:`, or give the model a longer context."))

    def _give_up(self, under_way: _UnderWay, why: Unanswered) -> None:
        under_way.over = True
        summary = "The model did not answer; rules alone decided."
        told = Problem(why.code, summary, why.detail, hint=why.hint, severity="warning")
        if told not in self._settled.problems:
            self._settled.problems.append(told)


__all__ = ["Announce", "Settled", "Settler"]
