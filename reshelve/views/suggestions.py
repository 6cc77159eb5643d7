"""Suggestions in words: what asking will come to, and what came of it."""

from collections.abc import Iterator

from reshelve.schemas.locations import printable
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Estimate, Tally
from reshelve.views.colour import count


def asking_text(estimate: Estimate, config: Suggest | None, host: str = "") -> str:
    """Return an estimate in one line: who is asked, at which host (unless nothing is sent), and the budget that is kept."""
    money = "cost not known" if estimate.cost is None else f"about {dollars_text(estimate.cost)}"
    tokens = f"about {estimate.tokens_in:,} tokens in and {estimate.tokens_out:,} out"
    known = f", {estimate.remembered:,} more remembered" if estimate.remembered else ""
    asked = f"{count(estimate.files, 'file')} in {count(estimate.requests, 'request')}"
    budget = ""
    if config is not None:
        budget = f" (budget {config.budget.tokens:,} tokens{f', {config.budget.money}' if config.budget.money else ''})"
    at = f" at {printable(host)}" if host else ""
    return f"Asking {printable(estimate.model)}{at} about {asked}{known}: {tokens}, {money}{budget}."


def suggested_text(tally: Tally) -> Iterator[str]:
    """Yield what came of suggestions, nothing where there were none."""
    if not (tally.requests or tally.remembered):
        return
    came_to = [(tally.filed, "to file"), (tally.to_review, "for review"), (tally.dropped, "dropped")]
    told = ", ".join(f"{number:,} {what}" for number, what in came_to if number) or "nothing of use"
    asked = "nothing was asked"
    if tally.requests:
        money = "" if tally.cost is None else f", {dollars_text(tally.cost)}"
        asked = f"{count(tally.requests, 'request')}, {tally.tokens_in + tally.tokens_out:,} tokens{money}"
    yield f"Suggested by {printable(tally.model) or 'what was imported'}: {told}; {asked}, {tally.remembered:,} remembered."


def dollars_text(amount: float) -> str:
    """Return US dollars with as many places as the amount needs."""
    return f"{amount:.2f} USD" if amount >= 0.1 or amount == 0 else f"{amount:.5f} USD"
