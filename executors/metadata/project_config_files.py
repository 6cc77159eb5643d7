"""Project configs: what the project_config.json of a project says of it. Such a file is a stranger's: small, or not read."""

from collections.abc import Mapping
from typing import BinaryIO, Protocol

from reshelve.schemas.project_config_parsing import settings_in

_LARGEST = 1 << 20


class Openable(Protocol):
    """What is asked of a store here."""

    def open(self, rel: str) -> BinaryIO: ...


class ProjectConfigs:
    """Reads the configs of projects in these stores, by root key. Satisfies planner.ports.project_configs.ConfigReader."""

    def __init__(self, stores: Mapping[str, Openable]) -> None:
        self._stores = stores

    def settings(self, root: str, rel: str) -> Mapping[str, object]:
        """Return the `settings` of the config at `rel`, {} where it has none. Raises ValueError, saying why it cannot be read.

        A project in a store that is not among these says nothing.
        """
        store = self._stores.get(root)
        if store is None:
            return {}
        try:
            with store.open(rel) as file:
                content = file.read(_LARGEST + 1)
        except OSError as trouble:
            raise ValueError(f"it cannot be read: {trouble.strerror or trouble}") from None
        if len(content) > _LARGEST:
            raise ValueError("it is larger than 1 MiB")
        return settings_in(content)
