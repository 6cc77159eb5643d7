"""A workspace overridden for one session: each `scan:` by the options of `organize`, and by whom its syncs upload."""

from collections.abc import Mapping, Sequence

from reshelve.schemas.sync_settings import user_of
from reshelve.schemas.workspace import Workspace


def overridden(workspace: Workspace, transfer: str | None, on_conflict: str | None, exclude: Sequence[str]) -> Workspace:
    """Return a workspace with each `scan:` overridden: how files get there, what a taken place means, what is left out."""
    given = {"transfer": transfer, "on_conflict": on_conflict}
    changes = {name: value for name, value in given.items() if value is not None}
    scans = {
        store: scan.model_copy(
            update={
                **changes,
                "exclude": [*scan.exclude, *exclude],
                "rules": [rule.model_copy(update=dict.fromkeys(changes)) for rule in scan.rules],
            }
        )
        for store, scan in workspace.scan.items()
    }
    return workspace.model_copy(update={"scan": scans})


def by_their_names(workspace: Workspace, environ: Mapping[str, str]) -> Workspace:
    """Return a workspace whose uploads to the buckets of syncs are noted as by the person that others know."""
    stores = dict(workspace.stores)
    for sync in workspace.sync.values():
        name, user = sync.there.partition(":")[0], user_of(sync, environ)
        if user and stores[name].uploaded_by is None:
            stores[name] = stores[name].model_copy(update={"uploaded_by": user})
    return workspace.model_copy(update={"stores": stores})
