"""Archived objects: what is raised where one cannot be read, or cannot be asked for, with what to do next."""

import errno

ASK_FOR_IT = "Make a new plan: it asks for the object. `reshelve apply --wait` waits until it can be read, and goes on then."
"""What to do about an archived object that a plan can ask for."""


class ArchivedError(BlockingIOError):
    """The content of an object cannot be read (EAGAIN): it is archived, and not thawed. `hint` says what to do next."""

    kind = "archived"

    def __init__(self, path: str, what: str, hint: str = ASK_FOR_IT) -> None:
        super().__init__(errno.EAGAIN, what, path)
        self.what = what
        self.hint = hint


class NotThawedError(OSError):
    """An object cannot be asked for (EINVAL). `kind` is a stable id, `hint` says what to do next."""

    def __init__(self, path: str, what: str, kind: str, hint: str) -> None:
        super().__init__(errno.EINVAL, what, path)
        self.kind = kind
        self.hint = hint


def no_such_tier(path: str, tier: str, what: str) -> NotThawedError:
    """Return what is raised where an object cannot be asked for in a retrieval tier."""
    other = "Bulk" if tier == "Standard" else "Standard"
    return NotThawedError(path, what, "no-such-tier", f"Set `thaw: {{tier: {other}}}` for its store, then make a new plan.")


def nothing_to_thaw(path: str) -> NotThawedError:
    """Return what is raised where an object is not archived, or can be read already."""
    return NotThawedError(
        path, "is not archived, so there is nothing to thaw", "drifted", "Make a new plan, which reads it as it is."
    )
