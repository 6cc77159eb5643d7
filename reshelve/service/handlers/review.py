"""What no rule decided: listed, and answered one at a time. An answer stands in the layout at once, as an entry of one's own."""

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING

from reshelve import api
from reshelve.schemas.layout import ANSWERED, Layout, Review
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import AnswerGiven, OffersAsked, OffersShown, ReviewAnswered, ReviewShown, RunsAsked
from reshelve.service.routes import Answer, Here
from reshelve.session import review_answers
from reshelve.session.session import Session

if TYPE_CHECKING:
    from reshelve.documents.rule_insertion import Added
    from reshelve.planner.suggest.learned_rules import Offer


@dataclass(slots=True, frozen=True)
class Ruled:
    """A rule that was written with an answer: its name, and what takes it out again."""

    name: str
    written: "Added"


def listed(here: Here, asked: RunsAsked) -> Answer:
    """List what is undecided; what travels with another item is listed with it."""
    path = here.session().layouts.path
    scanned = path.exists()
    layout = api.load_layout(path) if scanned else Layout()
    mains = _mains(layout)
    with_main = {id(main): 0 for main in mains}
    sources = {review_answers.WITH + main.source: id(main) for main in mains}
    for other in layout.review:
        if (key := sources.get(other.because or "")) is not None:
            with_main[key] += 1
    items = [
        {
            "item": _id_of(one.source),
            "source": one.source,
            "because": one.because or "",
            "suggestion": asdict(one.suggestion) if one.suggestion is not None else None,
            "with": with_main[id(one)],
        }
        for one in mains[asked.start : asked.start + asked.most]
    ]
    return Answer(ReviewShown(len(mains), asked.start, items, scanned))


def offers(here: Here, asked: OffersAsked) -> Answer:
    """Show the rules that would file an item at a place, each with how many other undecided files it would file too."""
    session = here.session()
    layout = api.load_layout(session.layouts.path)
    item = _find(layout, asked.item)
    found = _offers(session, layout, item, asked.place)
    told = [{"rule": _rule_id(offer), "like": offer.like, "files": offer.files, "place": offer.rule.place or ""} for offer in found]
    return Answer(OffersShown(asked.item, asked.place, told))


def answer(here: Here, asked: AnswerGiven) -> Answer:
    """File an item, or leave it for good, or take that back; with `rule`, also write that rule into the workspace."""
    session = here.session()
    path = session.layouts.path
    versions = api.layout_versions(path)
    layout = api.load_layout(path)
    at = ""
    added: Ruled | None = None
    if asked.answer == "back":
        decided = review_answers.undecide(layout, _answered(layout, asked.item))
    elif asked.answer == "leave":
        decided = review_answers.leave(layout, _find(layout, asked.item))
    else:
        item = _find(layout, asked.item)
        place = _place(item, asked.place)
        at = session.rules.place_of(item, place, layout)
        decided = review_answers.accept(layout, item, at, set(session.workspace.stores))
        at = review_answers.filed_at(decided, item.source)
        if asked.rule:
            added = _ruled(session, layout, item, place, asked.rule)
    try:
        api.save_layout(decided, path, versions)
    except (ReshelveError, OSError):
        if added is not None:
            session.rules.take_out(added.written)
        raise
    return Answer(ReviewAnswered(asked.item, len(_mains(decided)), at, added.name if added is not None else ""))


def became(here: Here, item: str) -> tuple[str, str] | None:
    """Return the file that an item is, and where its answer files it ("" for nowhere); None where it has no answer."""
    path = here.session().layouts.path
    layout = api.load_layout(path) if path.exists() else Layout()
    try:
        source = _answered(layout, item)
    except ReshelveError:
        return None
    return source, review_answers.filed_at(layout, source)


def _place(item: Review, asked: str) -> str:
    place = asked or (item.suggestion.to if item.suggestion is not None else "")
    if not place:
        raise stop("usage", "Nothing says where to.", "It has no suggestion.", path=item.source, hint="Give a place.", kind="usage")
    return place


def _ruled(session: Session, layout: Layout, item: Review, place: str, rule: str) -> Ruled:
    """Write an offered rule into the workspace."""
    offer = next((each for each in _offers(session, layout, item, place) if _rule_id(each) == rule), None)
    if offer is None:
        raise stop("decided-meanwhile", "There is no such rule.", "What it is made of changed.", path=item.source, kind="stale")
    return Ruled(offer.rule.name, session.rules.add(offer))


def _answered(layout: Layout, item: str) -> str:
    """Return the place of the file that an item was before it was answered."""
    sources = (*(one.source or "" for one in layout.files.values() if (one.because or "").startswith(ANSWERED)), *layout.leave)
    source = next((each for each in sources if _id_of(each) == item), "")
    if not source:
        detail = "The layout was changed, and does not say what was answered any more."
        raise stop("decided-meanwhile", "That was decided meanwhile.", detail, kind="stale")
    return source


def _mains(layout: Layout) -> list[Review]:
    waiting = [item for item in layout.review if not (item.because or "").startswith(review_answers.WITH)]
    return waiting or layout.review


def _find(layout: Layout, item: str) -> Review:
    found = next((one for one in layout.review if _id_of(one.source) == item), None)
    if found is None:
        detail = "The layout was changed, and no longer asks about it."
        raise stop("decided-meanwhile", "That was decided meanwhile.", detail, kind="stale")
    return found


def _offers(session: Session, layout: Layout, item: Review, place: str) -> "list[Offer]":
    at = session.rules.place_of(item, place, layout)
    after = review_answers.accept(layout, item, at, set(session.workspace.stores))
    filed = next(target for target in after.files if after.files[target].source == item.source)
    return [offer for offer in session.rules.offers(item, filed, layout, place) if not offer.refused]


def _id_of(source: str) -> str:
    """Return what an item is called: told by its place, so that it is the same for as long as it waits."""
    return hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _rule_id(offer: "Offer") -> str:
    return hashlib.sha256(repr(offer.rule).encode("utf-8", "surrogateescape")).hexdigest()[:16]
