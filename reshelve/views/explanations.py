"""One file explained in words: what a scan makes of it, what is known of it, and which demand each rule failed on."""

from collections.abc import Iterator

from reshelve.planner.explanation import Explanation
from reshelve.schemas.facts import tells
from reshelve.schemas.locations import printable

_OUTCOMES = {
    "left": "is left alone",
    "settled": "is settled by you",
    "leave": "stays, as a rule says",
    "absent": "is to be removed",
    "review": "is left for review",
}


def explanation_text(told: Explanation) -> Iterator[str]:
    """Yield an explanation, line by line."""
    yield printable(told.location)
    if told.leads:
        yield f"  goes with {printable(told.leads)}, which is what the rules are asked about"
    if told.outcome == "place":
        yield f"  goes to {printable(told.target)}: {printable(told.because)}"
        if told.number:
            yield f"  number: {told.number}"
        if told.disk:
            yield f"  disk: {printable(told.disk)}"
        if told.waits:
            yield f"  but stays for now: {printable(told.waits)}"
        if told.beside:
            yield f"  the layout has it at {printable(told.beside)}: the name was taken, or the rules have changed since"
    else:
        yield f"  {_OUTCOMES[told.outcome]}: {printable(told.because)}"
        if told.target:
            yield f"  would go to {printable(told.target)}"
    if told.members:
        yield f"  with it {'goes' if len(told.members) == 1 else 'go'} {', '.join(map(printable, told.members))}"
    if facts := [fact for fact in told.facts if tells(fact.value)]:
        yield "Facts:"
        for fact in facts:
            value = ", ".join(map(str, fact.value)) if isinstance(fact.value, list) else str(fact.value)
            doubt = "" if fact.certain else f", not certain: {printable(fact.why)}"
            yield f"  {fact.name:<14} {printable(value)}  (from {fact.source}{doubt})"
    if told.rules:
        yield "Rules:"
        for rule in told.rules:
            said = f"fails on {printable(rule.failed)}" if rule.failed else "holds"
            yield f"  {'-' if rule.failed else '*'} {printable(rule.label)}: {said}"
