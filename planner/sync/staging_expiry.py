"""The expiry of what people share: a lifecycle rule of the bucket, declared by `sync:` and brought about by an ordinary plan."""

from reshelve.planner.sync.sync_places import place_of
from reshelve.schemas.store_settings import Lifecycle, LifecycleRule, Store
from reshelve.schemas.workspace import Workspace


def with_expiry(workspace: Workspace) -> dict[str, Store]:
    """Return the stores of a workspace, those that a sync shares by with a rule that removes what is older than its `expire`."""
    stores = dict(workspace.stores)
    for name, sync in workspace.sync.items():
        place = place_of(sync.there)
        store = stores.get(place.store)
        if sync.expire is None or store is None:
            continue
        declared = store.lifecycle or Lifecycle(rules=[])
        rule = LifecycleRule(name=f"sync-{name}"[:64], prefix=place.before, expire=sync.expire)
        rules = [each for each in declared.rules if each.name != rule.name]
        stores[place.store] = store.model_copy(update={"lifecycle": declared.model_copy(update={"rules": [*rules, rule]})})
    return stores
