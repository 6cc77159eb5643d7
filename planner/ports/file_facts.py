"""What planning may ask of whoever opens files."""

from collections.abc import Iterable
from typing import Any, Protocol

from reshelve.schemas.inventory import Item


class MetadataReader(Protocol):
    """Whatever reads what files say of themselves. It never raises for what a file holds."""

    @property
    def media(self) -> frozenset[str]:
        """The media it can read here, of "video", "audio", "image" and "look" (what a picture looks like)."""

    def expect(self, root_key: str, items: Iterable[tuple[Item, str]]) -> None:
        """Be told which files, each with its medium, will be asked for."""

    def read(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        """Return the facts inside a file: plain values by name, none for a file that cannot be read.

        Raises OSError only where no disk is looked at, and nothing is remembered of the file.
        """
