"""Questions within a question of `review`: each knows how to stop, to go back, to decide later, and what may be answered."""

from collections.abc import Sequence

from reshelve.cli.review_desk import Desk
from reshelve.cli.terminal_questions import ask
from reshelve.schemas.layout import Review
from reshelve.schemas.locations import printable

HELP = ("?", "h", "help")
"""What asks what may be answered."""
_ALONE = (
    "  s, skip     decide later",
    "  b, back     go back to the question before this one",
    "  q, quit     stop here; every answer so far is saved",
)
A_PLACE = (
    "  STORE:PATH  as in {store}:Heat (1995)/ or {store}:{{{{ title }}}}/; Enter takes the suggested place, where there is one",
    *_ALONE,
)
A_RULE = (
    "  a number    file it, and make the rule with that number",
    "  Enter       file it, and make no rule",
    *_ALONE,
)
A_YES = ("  y, yes      do what is shown", "  n, no       do not")
AN_END = (
    "  Enter       end here; every answer is saved",
    "  b, back     go back to the last question; what that takes back is shown first",
)
A_NEW_RULE = (
    "  y, yes      write the rule into reshelve.yaml",
    "  n, no       do not, and never offer it again",
    "  Enter       decide later",
    "  q, quit     stop here; every answer so far is saved",
)


class QuitError(Exception):
    """Somebody wants to stop here, whatever was asked."""


class BackError(Exception):
    """Somebody wants to go back from a question within a question."""


class SkipError(Exception):
    """Somebody wants to decide later, within a question."""


def explained(desk: Desk, question: str, answers: Sequence[str], given: str = "") -> str:
    """Return the answer to a question; `?` shows which `answers` there are, and asks again."""
    while (answer := ask(question, given)).lower() in HELP:
        desk.say(line.format(store=desk.somewhere) for line in answers)
    return answer


def asked(desk: Desk, question: str, answers: Sequence[str], given: str = "") -> str:
    """Return an answer within an answer. Raises QuitError for `q`, BackError for `b`, and SkipError for `s`."""
    answer = explained(desk, question, answers, given)
    if answer.lower() in ("q", "quit"):
        raise QuitError
    if answer.lower() in ("b", "back"):
        raise BackError
    if answer.lower() in ("s", "skip"):
        raise SkipError
    return answer


def asked_place(desk: Desk, item: Review, question: str, given: str) -> str:
    """Return the place that is answered, else what was `given`; of anything else it is told how one is written."""
    while (answer := desk.placed(item, asked(desk, question, A_PLACE, given) or given)) and ":" not in answer:
        desk.say([f"  Not a place: {printable(answer)}. Answer {desk.somewhere}:FOLDER/, or b to go back."])
    return answer
