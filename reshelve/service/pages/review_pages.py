"""The undecided on pages: each with its suggestion, filed where it says or elsewhere, by a rule from now on, or left."""

from typing import Any
from urllib.parse import quote

from reshelve.planner.suggest.answer_proposals import SUGGESTED
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.handlers import review
from reshelve.service.models import AnswerGiven, From, ItemId, OffersAsked, OfItem, RunsAsked, Word
from reshelve.service.pages.page import Sent, Shown, Step, pager
from reshelve.service.requests import checked
from reshelve.service.routes import Here

MOST = 50


@dataclass(slots=True, frozen=True)
class FromItem:
    """From which item on they are shown; `told` is what was answered just now, and `rule` the name of the rule made of it."""

    start: From = 0
    told: OfItem = ""
    rule: Word = ""


@dataclass(slots=True, frozen=True)
class Decided:
    """A form about one item: what was pressed, and the place that stands in it."""

    item: ItemId
    answer: str = "file"
    place: Word = ""
    rule: str = ""


@dataclass(slots=True, frozen=True)
class Undecided:
    """A file that no rule decided. `place` is what stands in its form: the suggestion, where a field can hold it as it is.

    `sure` is how sure the model is that suggested it, "" where none did.
    """

    item: str
    source: str
    because: str
    suggestion: dict[str, Any] | None
    companions: int
    place: str
    sure: str


@dataclass(slots=True, frozen=True)
class Answered:
    """What became of an answer: the file, where it goes ("" for nowhere), and the rule that was made of it, "" for none."""

    item: str
    source: str
    place: str
    rule: str


@dataclass(slots=True, frozen=True)
class UndecidedPage:
    """What no rule decided. `scanned`: whether anything was looked at yet."""

    scanned: bool
    answered: "Answered | None"
    total: int
    items: list["Undecided"]
    steps: list[Step]


@dataclass(slots=True, frozen=True)
class AlwaysPage:
    """The rules that could be made of an answer."""

    item: str
    place: str
    offers: list[dict[str, Any]]


def listed(here: Here, asked: FromItem) -> Shown:
    """List what is undecided, and say what became of what was answered just now."""
    found = review.listed(here, RunsAsked(asked.start, MOST)).value
    items, steps = [_item(each) for each in found.items], pager(found.total, asked.start, MOST)
    return Shown("undecided.html", UndecidedPage(found.scanned, _told(here, asked), found.total, items, steps))


def always(here: Here, asked: Decided) -> Shown:
    """Show the rules that could be made of an answer."""
    return Shown("always.html", AlwaysPage(asked.item, asked.place, _offers(here, asked)))


def answer(here: Here, asked: Decided) -> Sent:
    """Write an answer down, or take it back, and go where that is told."""
    if asked.answer not in ("file", "leave", "back"):
        raise stop("usage", "That is no answer.", "It is file, leave or back.", kind="usage")
    given = checked(AnswerGiven, {name: getattr(asked, name) for name in ("item", "answer", "place", "rule")})
    said = review.answer(here, given).value
    if asked.answer == "back":
        return Sent("/undecided")
    return Sent(f"/undecided?told={said.item}{f'&rule={quote(said.rule)}' if said.rule else ''}")


def _told(here: Here, asked: FromItem) -> Answered | None:
    """Return what became of an answer, as the documents have it; None where they do not."""
    became = review.became(here, asked.told) if asked.told else None
    if became is None:
        return None
    named = {rule.name for scan in here.session().workspace.scan.values() for rule in scan.rules}
    return Answered(asked.told, *became, asked.rule if asked.rule in named else "")


def _item(told: dict[str, Any]) -> Undecided:
    to = told["suggestion"]["to"] if told["suggestion"] is not None else ""
    # Left empty, the form files it as suggested, whatever signs that place has.
    place = to if printable(to) == to else ""
    return Undecided(
        told["item"], told["source"], told["because"], told["suggestion"], told["with"], place, _sure(told["suggestion"])
    )


def _sure(suggestion: dict[str, Any] | None) -> str:
    """Return how sure a model is of its suggestion, as the terminal says it; what a rule would do is no opinion."""
    if suggestion is None or suggestion["confidence"] is None or not (suggestion["because"] or "").startswith(SUGGESTED):
        return ""
    return f"{suggestion['confidence']:.0%} sure"


def _offers(here: Here, asked: Decided) -> list[dict[str, Any]]:
    if not asked.place:
        raise stop("usage", "Nothing says where to.", "A rule needs a place.", hint="Write one beside the file.", kind="usage")
    found: list[dict[str, Any]] = review.offers(here, OffersAsked(asked.item, asked.place)).value.offers
    return found
