"""Stores that stop answering: what is read on the way is a finding of its own; what fails anywhere else ends the plan."""

from collections.abc import Iterator
from contextlib import contextmanager

from reshelve.schemas.locations import printable
from reshelve.schemas.problems import stop


@contextmanager
def answering() -> Iterator[None]:
    """Turn an OSError into a ReshelveError that names the file: a plan is made of what could be read, or not at all."""
    try:
        yield
    except OSError as trouble:
        name = trouble.filename if isinstance(trouble.filename, str) else ""
        detail = f"{printable(name)}: {trouble.strerror or trouble}." if name else f"{trouble.strerror or trouble}."
        summary, hint = "A store stopped answering while it was looked at.", "Nothing was touched. Check the disk, then try again."
        raise stop("unreadable", summary, detail, path=printable(name), hint=hint) from trouble
