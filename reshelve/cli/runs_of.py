"""Whose runs a command shows that are not this workspace's: of an organize, or of a workspace that lies elsewhere."""

import os
from pathlib import Path

from reshelve.opening import workspace_search
from reshelve.session.session import Session


def runs_of(session: Session) -> dict[str, str]:
    """Return the `source` and `dest` of an organize, the `workspace` of another folder's; nothing of the one around this folder."""
    made_for = session.setting.made_for
    if made_for is not None:
        return {"source": str(made_for.source), "dest": str(made_for.dest)}
    own = workspace_search.find_workspace(Path(os.path.realpath(".")))
    return {} if session.setting.file == own else {"workspace": str(session.setting.folder)}
