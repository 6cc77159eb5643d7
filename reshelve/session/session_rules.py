"""The rules of a session that come out of answers: what is offered, what was declined, and what is written into the workspace."""

from pathlib import Path
from typing import TYPE_CHECKING

from reshelve.opening import wiring
from reshelve.opening.wiring import recognising
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import split
from reshelve.schemas.problems import stop
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.suggest.learned_rules import Offer


class Rules:
    """Rules made from what a person files by hand."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def offers(self, source: str, target: str, layout: Layout) -> "list[Offer]":
        """Return the rules that would file `source` at `target`, each with how many undecided files of the layout it files too.

        One that would take what is decided already, or everything, is `refused`.
        """
        from reshelve.planner.suggest.learned_rules import Filed, offers_for

        store, rel = split(source)
        scan = self._context.workspace.scan.get(store)
        if scan is None:
            return []
        with recognising(self._context.setting) as recogniser:
            filed = Filed(source, target, recogniser.read(rel))
        decided = {entry.source: at for at, entry in layout.files.items() if entry.source is not None and entry.beside is None}
        decided |= dict.fromkeys((*layout.leave, *(thing.path for thing in layout.absent)), "")
        others = [item.source for item in layout.review]
        return offers_for(filed, [rule.name for rule in scan.rules], others, decided)

    def learned(self, layout: Layout) -> "list[Offer]":
        """Return the rules that would have filed what a person filed by hand, but for those that were declined."""
        from reshelve.executors.state.declined_offers import Declined
        from reshelve.planner.suggest.learned_rules import learned

        with recognising(self._context.setting) as recogniser:
            made = learned(layout, self._context.workspace.scan, recogniser)
        declined = Declined(self._context.setting.state.folder).keys()
        return [offer for offer in made if offer.key not in declined]

    def decline(self, offer: "Offer") -> None:
        """Never offer that rule again."""
        from reshelve.executors.state.declined_offers import Declined

        state = self._context.setting.state
        state.prepare()
        Declined(state.folder).add(offer.key)

    def add(self, offer: "Offer") -> Path:
        """Write a rule into the workspace before the others of its store, and return the file. Raises ReshelveError."""
        from reshelve.documents.rule_insertion import add_rule

        setting = self._context.setting
        file = setting.file
        if file is None:
            raise stop("no-workspace", "There is no workspace to write a rule to.")
        add_rule(file, offer.store, offer.rule, setting.environ)
        self._context.setting = wiring.of_workspace(file, setting.environ)
        return file
