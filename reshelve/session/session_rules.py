"""The rules of a session that come out of answers: what is offered, what was declined, and what is written into the workspace."""

from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.opening import wiring
from reshelve.opening.wiring import recognising
from reshelve.schemas.layout import Layout, Review
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import stop
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.documents.rule_insertion import Added
    from reshelve.planner.recognise.name_reading import Reading
    from reshelve.planner.suggest.learned_rules import Offer


class Rules:
    """Rules made from what a person files by hand."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def place_of(self, item: Review, typed: str, layout: Layout) -> str:
        """Return a place that a person typed for an item, its `{{ }}` filled in. Raises ReshelveError where that cannot be."""
        from reshelve.planner.suggest.typed_places import rendered

        return rendered(typed, item.source, self._known(item, layout)) if _template(item, typed) else typed

    def offers(self, item: Review, target: str, layout: Layout, typed: str = "") -> "list[Offer]":
        """Return the rules that would file an item at `target`, each with how many undecided files of the layout it files too.

        `typed` is what the person wrote for that place. One that would take what is decided already, or everything, is `refused`.
        """
        from reshelve.planner.suggest.learned_rules import Filed, offers_for

        store = store_of(split(item.source)[0])
        scan = self._context.workspace.scan.get(store)
        if scan is None:
            return []
        filed = Filed(item.source, target, self._known(item, layout))
        decided = {entry.source: at for at, entry in layout.files.items() if entry.source is not None and entry.beside is None}
        decided |= dict.fromkeys((*layout.leave, *(thing.path for thing in layout.absent)), "")
        others = [item.source for item in layout.review]
        sharing = self._context.workspace.sharing(store)[1:]
        return offers_for(filed, [rule.name for rule in scan.rules], others, decided, _template(item, typed), sharing)

    def no_rule_because(self, item: Review, target: str, layout: Layout, typed: str = "") -> str:
        """Say in a phrase why there is no rule to offer for an item and a place."""
        from reshelve.planner.suggest.learned_rules import Filed, no_rule_because

        store = store_of(split(item.source)[0])
        if store not in self._context.workspace.scan:
            return f"{store} has no `scan:` in the workspace, so that no rule is asked about it"
        return no_rule_because(Filed(item.source, target, self._known(item, layout)), _template(item, typed))

    def _known(self, item: Review, layout: Layout) -> "Reading":
        """Return what the name says of an item, with what a scan and the workspace's `set:` add."""
        with recognising(self._context.setting) as recogniser:
            read = recogniser.read(split(item.source)[1])
        given = {**self._context.workspace.defaults, **layout.values}
        found = item.facts or {}
        return replace(read, facts={**read.facts, **found, **given})

    def doubts(self, item: Review) -> dict[str, str]:
        """Return why facts of an undecided file are not certain, by fact, as far as its name tells."""
        from reshelve.planner.recognise.doubts_told import why_doubtful
        from reshelve.planner.scanners.home_videos import judged

        rel = split(item.source)[1]
        with recognising(self._context.setting) as recogniser:
            reading = judged(rel, recogniser.read_all([rel])[0])
        same = (name for name, value in (item.facts or {}).items() if reading.facts.get(name) == value)
        return {name: why for name in same if (why := why_doubtful(name, reading, rel))}

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

    def add(self, offer: "Offer") -> "Added":
        """Write a rule into the workspace before the others of its store, and return what was written. Raises ReshelveError."""
        from reshelve.documents.rule_insertion import add_rule

        setting = self._context.setting
        file = setting.file
        if file is None:
            raise stop("no-workspace", "There is no workspace to write a rule to.")
        added = add_rule(file, offer.store, offer.rule, setting.environ)
        self._context.setting = wiring.of_workspace(file, setting.environ)
        return added

    def take_out(self, added: "Added") -> None:
        """Take a rule out of the workspace again. Raises ReshelveError where the workspace was changed since it was added."""
        from reshelve.documents.rule_insertion import remove_rule

        remove_rule(added)
        self._context.setting = wiring.of_workspace(added.file, self._context.setting.environ)


def _template(item: Review, typed: str) -> str:
    """Return a place that a person typed as a rule's, "" where it has nothing to fill in: a suggestion is meant as it stands."""
    from reshelve.planner.suggest.typed_places import is_template, place_template

    suggested = item.suggestion is not None and typed == item.suggestion.to
    return place_template(typed) if is_template(typed) and not suggested else ""
