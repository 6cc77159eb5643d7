"""Rules out of answers, for a session: what is offered, what was declined, and what is written into the workspace."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reshelve.documents.rule_insertion import add_rule
from reshelve.opening import wiring
from reshelve.opening.wiring import recognising
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import split
from reshelve.schemas.problems import stop
from reshelve.session.session import Session

if TYPE_CHECKING:
    from reshelve.planner.suggest.learned_rules import Offer


def offers(session: Session, source: str, target: str, others: Sequence[str]) -> "list[Offer]":
    """Return the rules that would file `source` at `target`, each with how many of `others` (locations) it would file as well."""
    from reshelve.planner.suggest.learned_rules import Filed, offers_for

    store, rel = split(source)
    scan = session.workspace.scan.get(store)
    if scan is None:
        return []
    with recognising(session.setting) as recogniser:
        filed = Filed(source, target, recogniser.read(rel))
    return offers_for(filed, [rule.name for rule in scan.rules], others)


def learned(session: Session, layout: Layout) -> "list[Offer]":
    """Return the rules that would have filed what a person filed by hand, but for those that were declined."""
    from reshelve.executors.state.declined_offers import Declined
    from reshelve.planner.suggest.learned_rules import learned as found

    with recognising(session.setting) as recogniser:
        made = found(layout, session.workspace.scan, recogniser)
    declined = Declined(session.setting.state.folder).keys()
    return [offer for offer in made if offer.key not in declined]


def decline(session: Session, offer: "Offer") -> None:
    """Never offer that rule again."""
    from reshelve.executors.state.declined_offers import Declined

    session.setting.state.prepare()
    Declined(session.setting.state.folder).add(offer.key)


def make_rule(session: Session, offer: "Offer") -> Path:
    """Write a rule into the workspace before the others of its store, and return the file. Raises ReshelveError."""
    file = session.setting.file
    if file is None:
        raise stop("no-workspace", "There is no workspace to write a rule to.")
    add_rule(file, offer.store, offer.rule, session.setting.environ)
    session.setting = wiring.of_workspace(file, session.setting.environ)
    return file
