"""The page about `layout.yaml`: every key of a layout."""

from collections.abc import Mapping

from reshelve.reference.schema_keys import section

_LINKS = {
    "Entry": "#entry", "Absent": "#absent", "Review": "#review", "Suggestion": "#suggestion", "Backup": "#backup",
    "Facts": "rules.md#facts",
}  # fmt: skip


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    made = {link[1:]: section("layout", name, _LINKS) for name, link in _LINKS.items() if link.startswith("#")}
    return {**made, "layout": section("layout", "", _LINKS)}
