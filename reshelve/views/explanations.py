"""One file explained in words: what a scan makes of it, what is known of it, and which demand each rule failed on."""

from collections.abc import Iterator

from reshelve.planner.explanation import Explanation
from reshelve.planner.layouts.filings import Filing
from reshelve.schemas.facts import tells
from reshelve.schemas.locations import location_of, printable

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
    in_place = told.outcome == "place" and told.target == told.location
    if told.filed is not None and (told.filed.at == told.location):
        yield from _filed(told.filed)
    if in_place:
        yield f"  is where it belongs: {printable(told.because)}"
    elif told.outcome == "place":
        yield f"  goes to {printable(told.target)}: {printable(told.because)}"
        if told.number:
            yield f"  number: {told.number}"
        if told.disk:
            yield f"  disk: {printable(told.disk)}"
        if told.waits:
            yield f"  but stays for now: {printable(told.waits)}"
        if told.beside:
            yield f"  the layout has it at {printable(told.beside)}: the name was taken, or the rules have changed since"
    elif told.outcome == "left" and told.filed is not None:
        yield f"  a scan leaves it alone: {printable(told.because)}"
    else:
        yield f"  {_OUTCOMES[told.outcome]}: {printable(told.because)}"
        if told.target:
            yield f"  would go to {printable(told.target)}"
    if told.filed is not None and told.filed.at != told.location:
        yield from _filed(told.filed, "there already")
    if told.members:
        yield f"  with it {'goes' if len(told.members) == 1 else 'go'} {', '.join(map(printable, told.members))}"
    if facts := [fact for fact in told.facts if tells(fact.value)]:
        yield "Facts:"
        for fact in facts:
            value = ", ".join(map(str, fact.value)) if isinstance(fact.value, list) else str(fact.value)
            doubt = "" if fact.certain else f", not certain: {printable(fact.why)}"
            yield f"  {fact.name:<14} {printable(value)}  (from {fact.source}{doubt})"
    for credit in told.credits:
        yield f"  {credit}"
    if told.rules:
        yield "Rules:"
        for rule in told.rules:
            said = f"fails on {printable(rule.failed)}" if rule.failed else "holds"
            yield f"  {'-' if rule.failed else '*'} {printable(rule.label)}: {said}"


def _filed(filed: Filing, here: str = "here") -> Iterator[str]:
    """Yield which entry of the layout files a file, and which run brought it."""
    if filed.entry:
        entry = "an entry of the layout" if filed.entry == "scan" else "your own entry in the layout"
        repeated = (filed.source, filed.because) == (filed.was, filed.rule)
        yield f"  is filed by {entry}{'' if repeated else _from(filed.source) + _because(filed.because)}"
    if filed.run:
        moved = filed.now != location_of(filed.at)
        to = f"to {printable(filed.now)}" if moved else here
        since = "; it was moved here by hand since" if moved else ""
        changed = "; it has changed since" if filed.changed else ""
        when = f"{filed.when[:16].replace('T', ' ')} UTC"
        yield (
            f"  run {filed.run} brought it {to} ({filed.command}, {when}){_from(filed.was)}{_because(filed.rule)}{since}{changed}"
        )


def _from(place: str) -> str:
    return f", from {printable(place)}" if place else ""


def _because(reason: str) -> str:
    return f": {printable(reason)}" if reason else ""
