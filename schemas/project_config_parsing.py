"""The project_config.json of a project, read as text: its name, and the settings in it."""

import json
from collections.abc import Mapping

CONFIG = "project_config.json"


def settings_in(content: bytes) -> Mapping[str, object]:
    """Return the `settings` of a config, {} where it has none. Raises ValueError saying why it has none to be read."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    settings = document.get("settings", {}) if isinstance(document, dict) else None
    if not isinstance(settings, dict):
        raise ValueError("it has no `settings` that are names and values")
    return settings
