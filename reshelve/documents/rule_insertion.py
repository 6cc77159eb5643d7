"""Writing a rule into a workspace's text, where it decides first, everything else staying as it is."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reshelve.documents.project_insertion import flow, read_back
from reshelve.opening.consent import trust_of
from reshelve.schemas.documents.atomic_files import replace_file, version
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Rule

_COMMENT = re.compile(r"\s*#")


@dataclass(slots=True, frozen=True)
class Added:
    """A rule that was written into a workspace: the file, what it held before, and its version since."""

    file: Path
    before: bytes
    version: str


def remove_rule(added: Added) -> None:
    """Put back what a workspace held before a rule was added. Raises ReshelveError where it was changed since."""
    replace_file(added.file, [added.before], added.version)


def add_rule(file: Path, store: str, rule: Rule, environ: Mapping[str, str]) -> Added:
    """Put a rule before the others of a store, and of those that share its list.

    Raises ReshelveError, with the lines to add by hand, where the text allows none.

    What would be written is read back first: it must be the old workspace with this one rule more.
    """
    from reshelve.schemas.documents.workspace_files import load_workspace

    read = version(file)
    loaded = load_workspace(file, environ, trust_of(file, environ).demand)
    at = loaded.line(("scan", store, "rules", 0))
    before = read_bytes(file, WRITTEN)
    written = _with(before.decode(), rule, at) if at is not None else None
    if written is None:
        raise _by_hand(file, store, rule)
    try:
        after = read_back(file, written, environ)
    except ReshelveError as trouble:
        raise _by_hand(file, store, rule) from trouble
    scans = loaded.workspace.scan
    mine = {name: [rule, *scans[name].rules] for name in loaded.workspace.sharing(store)}
    more = {**scans, **{name: scans[name].model_copy(update={"rules": rules}) for name, rules in mine.items()}}
    if after != loaded.workspace.model_copy(update={"scan": more}):
        raise _by_hand(file, store, rule)
    return Added(file, before, replace_file(file, [written.encode()], read))


def rule_lines(rule: Rule) -> list[str]:
    """Return a rule as a workspace has it, a line for each of its keys, the first beginning with a dash."""
    shown: dict[str, Any] = rule.model_dump(by_alias=True, exclude_defaults=True)
    shown["when"] = rule.when.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
    keys = [key for key in ("name", "when", "place", "accept") if shown.get(key)]
    return [f"{'- ' if number == 0 else '  '}{key}: {flow(shown[key])}" for number, key in enumerate(keys)]


def _with(text: str, rule: Rule, at: int) -> str | None:
    """Return the text with a rule before the one that begins at a line (from 1), and before the comment above that."""
    lines = text.split("\n")
    dash = re.match(r"(\s*)- ", lines[at - 1])
    if dash is None:
        return None
    place = at - 1
    while place and _COMMENT.match(lines[place - 1]):
        place -= 1
    end = "\r" if lines[at - 1].endswith("\r") else ""
    return "\n".join([*lines[:place], *(f"{dash.group(1)}{line}{end}" for line in rule_lines(rule)), *lines[place:]])


def _by_hand(file: Path, store: str, rule: Rule) -> ReshelveError:
    lines = "\n".join(f"        {line}" for line in rule_lines(rule))
    return stop(
        "rules-not-a-list",
        "The rule cannot be added without disturbing the rest.",
        f"The rules of {store} are not written as a list with one `- ` a line.",
        path=str(file),
        hint=f"Add it by hand, before the others:\n{lines}",
    )
