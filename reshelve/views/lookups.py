"""What was looked up, in words, with what the databases want said where their answers are shown."""

from collections.abc import Iterator
from typing import Any

from reshelve.schemas.lookup_answers import CREDITS, LookupTally
from reshelve.views.colour import count


def looked_up_text(tally: LookupTally) -> Iterator[str]:
    """Yield what came of looking up, nothing where there was nothing to look up, or nobody to say anything."""
    if not (tally.requests or tally.settled or tally.in_doubt):
        return
    came_to = [(tally.settled, "settled"), (tally.in_doubt, "still in doubt"), (tally.unknown, "not found")]
    told = ", ".join(f"{number:,} {what}" for number, what in came_to if number) or "nothing"
    sent = count(tally.requests, "request") if tally.requests else "nothing was asked"
    by = f" at {' and '.join(sorted(tally.by))}" if tally.by else ""
    yield f"Looked up{by}: {told}; {sent}, {count(tally.remembered, 'answer')} remembered."
    yield from (CREDITS[by] for by in sorted(tally.by))


def looked_up_figures(tally: LookupTally) -> dict[str, Any]:
    """Return the same figures for programs."""
    figures = {"settled": tally.settled, "in_doubt": tally.in_doubt, "not_found": tally.unknown}
    return {**figures, "requests": tally.requests, "remembered": tally.remembered, "by": sorted(tally.by)}
