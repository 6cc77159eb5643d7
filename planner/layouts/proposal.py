"""A proposal: one bundle, and where the rules would have it go. What every stage of a scan hands on to the next."""

from dataclasses import field
from typing import Any

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.schemas.facts import Facts
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import OnConflict, Review, Transfer
from reshelve.schemas.locations import join, split
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Proposal:
    """One bundle, and where its main should go. `follows`: the main's entry is a person's, and stays.

    `target` is a location; "" while `open` waits for its number. `content_type` is the word that naming conventions have for it.
    `home` is the location of the folder that is named after its show or film alone, without a year, "" where there is none;
    `within` the folder of the target's store that a person named for it, "" where none was.
    """

    store: str
    reader: Reader
    bundle: Bundle
    source: str
    target: str
    because: str
    transfer: Transfer
    on_conflict: OnConflict
    facts: dict[str, Any] = field(default_factory=dict)
    follows: bool = False
    open: OpenTarget | None = None
    content_type: str = ""
    home: str = ""
    within: str = ""

    @property
    def into(self) -> str:
        """The store that it would go to."""
        return self.open.store if self.open is not None else split(self.target)[0]

    def location(self, item: Item) -> str:
        """Return where one of the bundle's files is now."""
        return join(self.store, item.rel)


def companions(proposal: Proposal) -> list[Review]:
    """Return the review items of what travels with a main that is left for review."""
    return [Review(proposal.location(member.item), f"with {proposal.source}") for member in proposal.bundle.members]


def as_facts(facts: dict[str, Any]) -> Facts:
    """Return facts as the layout's type has them: any names are allowed."""
    return facts  # type: ignore[return-value]  # a TypedDict that allows extras
