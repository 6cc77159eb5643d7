"""A workspace with each `scan:` overridden for one session, as the options of `organize` do."""

from collections.abc import Sequence

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
