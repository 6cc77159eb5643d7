"""What a sync leaves alone: names that are never shared, whatever `exclude` says, and those that `exclude` names."""

import unicodedata
from collections.abc import Callable, Iterable

from reshelve.schemas.locations import STATE, TEMPORARY, is_reserved
from reshelve.schemas.patterns import globs

RECORDS = f"{TEMPORARY}sync"
"""The folder beside a project's shared files that holds one record a person."""
VIEW = "metadata.json"
"""The name, in the bucket, of what people and other programs read about a project: made from the records, never shared itself."""
IGNORE = ".gitignore"
PRIVATE = (".video-tools.env", "reshelve.local.yaml")
"""What lies beside the projects and belongs in no repository: keys, and each person's own settings."""
_APART = frozenset({"reshelve.yaml", "reshelve.local.yaml", ".video-tools.env", ".git", "git~1", ".hg", ".svn", ".jj", ".envrc"})


def kept_apart(name: str) -> bool:
    """Say whether a name is, or lies in, what says things in a person's name, or has programs run: no `exclude` lets it be shared.

    Names are taken as the most forgiving file system takes them: without regard to case, to how letters are composed, to letters
    that do not show, to what follows a colon, or to dots and spaces at the end.
    """
    plain = map(_plain, name.split("/"))
    return any(part in _APART or part.startswith(STATE) for part in plain)


def _plain(part: str) -> str:
    if part.isascii():  # such letters have one form each, and all of them show
        return part.lower().partition(":")[0].rstrip(". ")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part).casefold()).partition(":")[0]
    return "".join(char for char in folded if unicodedata.category(char) != "Cf").rstrip(". ")


def sharing(exclude: Iterable[str]) -> Callable[[str], bool]:
    """Return what says whether a name below a project's folder is shared: not reshelve's own, not git's list, not excluded."""
    refused = globs(exclude, ignore_case=True)

    def shared(name: str) -> bool:
        parts = name.split("/")
        if name in (VIEW, IGNORE) or any(is_reserved(part) for part in parts) or kept_apart(name):
            return False
        return not refused.match(name) and not any(refused.match(part) for part in parts)

    return shared
