"""The costs of a session: by which prices they are computed, what its buckets keep, and the manifest of its projects."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from reshelve.opening.wiring import opened
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas import consent_needs
from reshelve.schemas.inventory import Inventory
from reshelve.schemas.problems import Problem, ReshelveError, sentence
from reshelve.session import run_history
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.cost.monthly_cost import Holding
    from reshelve.schemas.manifest import Manifest
    from reshelve.schemas.price_list import Prices


class Costs:
    """What the projects and buckets of a session come to."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def prices(self) -> "Prices":
        """Return the workspace's price list, or the shipped one. Raises ReshelveError with every problem, or UntrustedError."""
        from reshelve.planner.cost.price_lists import shipped
        from reshelve.schemas.documents.price_files import load_prices

        setting = self._context.setting
        setting.trust.demand(list(consent_needs.prices(setting.declared)))
        named = setting.workspace.cost.prices
        return load_prices(setting.folder / named) if named else shipped()

    def manifest(self, *, against: Inventory | None = None) -> "Manifest":
        """Return every project of the workspace's tiers, as the stores (or a saved inventory) show it."""
        from reshelve.planner.observing.saved_inventory import readers_from
        from reshelve.planner.tiers.project_manifest import Remembered, manifest_of

        setting = self._context.setting
        lines = setting.workspace.tiers
        remembered = run_history.written_by(setting.state) if self._context.has_buckets else Remembered()
        if against is not None:
            return manifest_of(lines, readers_from(against), against.at_ns, remembered)
        with opened(setting) as stores:
            whole_seconds = self._context.now_ns() // 10**9 * 10**9
            return manifest_of(lines, stores.readers, whole_seconds, remembered)

    def kept(
        self, by: "Prices", *, against: Inventory | None = None, tell: Callable[[list[Problem]], None] | None = None
    ) -> "dict[str, tuple[dict[str, Holding], list[str]]]":
        """Return, by root key, what each bucket keeps by class, and the classes in it without a price.

        `tell` is given what else is to be said of the buckets, such as keys that are no paths.
        Raises ReshelveError when a bucket that is not optional is away.
        """
        from reshelve.planner.observing.saved_inventory import readers_from

        if against is not None:
            return _held(readers_from(against), by, tell)
        with opened(self._context.setting) as stores:
            return _held(stores.readers, by, tell)


def _held(
    readers: Readers, by: "Prices", tell: Callable[[list[Problem]], None] | None
) -> "dict[str, tuple[dict[str, Holding], list[str]]]":
    from reshelve.planner.cost.monthly_cost import held
    from reshelve.planner.observing.odd_keys import odd_keys

    buckets = {key: reader for key, reader in sorted(readers.items()) if reader.root.kind == "bucket"}
    away = [reader.root for reader in buckets.values() if not reader.root.available and not reader.root.optional]
    if away:
        summary = "A store is not available."
        wrong = [
            Problem("store-unavailable", summary, f"{sentence(root.why)}.", root.key, root.way_back("try again.")) for root in away
        ]
        raise ReshelveError(wrong)
    found = {key: held([reader.walk()], by) for key, reader in buckets.items() if reader.root.available}
    if tell is not None:
        tell(list(odd_keys(buckets)))
    return found
