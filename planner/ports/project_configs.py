"""What planning may ask of whoever reads the project_config.json of projects."""

from collections.abc import Mapping
from typing import Protocol


class ConfigReader(Protocol):
    """Whoever reads what projects say of themselves."""

    def settings(self, root: str, rel: str) -> Mapping[str, object]:
        """Return the `settings` of the file at `rel` below a root. Raises ValueError where it cannot be read, saying why."""
