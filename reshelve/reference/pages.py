"""The pages of the reference: the one list of them, and what writes and finds them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from reshelve.reference import (
    commands_page,
    documents_page,
    environment_page,
    events_page,
    exit_codes_page,
    first_help_texts,
    layout_page,
    presets_page,
    routes_page,
    rules_page,
    shared_files,
    templates_page,
    workspace_page,
)

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "workspace": workspace_page.blocks,
    "rules": rules_page.blocks,
    "templates": templates_page.blocks,
    "presets": presets_page.blocks,
    "layout": layout_page.blocks,
    "commands": commands_page.blocks,
    "events": events_page.blocks,
    "routes": routes_page.blocks,
    "exit-codes": exit_codes_page.blocks,
    "environment": environment_page.blocks,
    "documents": documents_page.blocks,
}
"""Every page of docs/reference, by name: what goes into its text wherever that has a line `<!-- block -->`."""

_BLOCK = re.compile(r"<!-- ([a-z-]+) -->")


def text_of(name: str) -> str:
    """Return a page as it is committed. Raises KeyError for a block of its text that is not made."""
    blocks = PAGES[name]()
    text = Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8")
    return _BLOCK.sub(lambda found: blocks[found[1]].strip(), text)


def unused(name: str) -> set[str]:
    """Return the blocks of a page that its text has no line for."""
    text = Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8")
    return PAGES[name]().keys() - set(_BLOCK.findall(text))


def main() -> None:
    """Write every page to docs/reference, the first page of help, and what the wheel brings for other programs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (FOLDER / f"{name}.md").write_text(text_of(name), encoding="utf-8")
    first_help_texts.write()
    shared_files.write()


if __name__ == "__main__":
    main()
