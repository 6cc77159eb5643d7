"""What every store of folders can do, in a bucket: it has no folders, and what a verb did is durable when it returns."""

import errno
from collections.abc import Iterable

from reshelve.executors.stores.listing_cache import ListedReads


class WithoutFolders(ListedReads):
    """The part of a bucket that answers for folders."""

    def writable(self, rel: str) -> str | None:  # noqa: ARG002
        """Return None: whether this user may put something here is told by the service when it is tried."""
        return None

    def make_dir(self, rel: str, mode: int | None = None) -> None:  # noqa: ARG002
        """Raise OSError(EOPNOTSUPP): there are no folders in a bucket."""
        raise self.trouble(errno.EOPNOTSUPP, "there are no folders in a bucket", rel)

    def remove_dir(self, rel: str) -> None:
        """Raise OSError(EOPNOTSUPP): there are no folders in a bucket."""
        self.make_dir(rel)

    def sync(self, folders: Iterable[str]) -> None:
        """Do nothing: what a verb did is durable when it returns."""
