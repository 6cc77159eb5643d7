"""What no rule settled, with all that deciding it needs."""

from typing import TYPE_CHECKING

from reshelve.planner.layouts.proposal import Proposal, as_facts, companions
from reshelve.planner.recognise.name_reading import OF_ONE_KIND, Reading
from reshelve.schemas.layout import Review, Suggestion
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Scan

if TYPE_CHECKING:
    from reshelve.planner.scanners.rule_scanner import RuleBook, Verdict


def open_facts(reading: Reading) -> frozenset[str]:
    """Return the facts of a reading that are not certain: those it doubts, and with the kind whatever that kind gives a meaning."""
    return reading.doubtful | (OF_ONE_KIND if "kind" in reading.doubtful else frozenset())


@dataclass(slots=True)
class Undecided:
    """One bundle that the rules left open: `proposal` has no target yet, `verdict` says why, `config` is its store's `scan:`."""

    proposal: Proposal
    verdict: "Verdict"
    reading: Reading
    book: "RuleBook"
    config: Scan

    @property
    def may_be_suggested(self) -> bool:
        """Whether rules left it open for want of knowledge: what a rule leaves to a person is no model's affair."""
        rule = self.verdict.rule
        return rule is None or rule.deed == "place"

    def for_review(self, suggestion: Suggestion | None = None) -> list[Review]:
        """Return the review items of the bundle, with a suggestion beside its main."""
        own = self.proposal
        facts = as_facts(own.facts) if own.facts else None
        main = Review(own.source, self.verdict.because, facts, suggestion or self.verdict.suggestion)
        return [main, *companions(own)]
