"""Folders of stores that are not there: what may have been meant, and what to do about it, in the same words everywhere."""

import os
import re
from collections.abc import Collection
from pathlib import Path
from shlex import quote

from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import printable, store_of
from reshelve.schemas.near_words import near
from reshelve.schemas.quick_dataclasses import dataclass

_LIKE = 0.75
"""How like a name must be to be taken for the one that was meant: 1 is the same."""


@dataclass(slots=True, frozen=True)
class Named:
    """How a root is named: `at` is where its path is written, "" if nowhere; `others` are the paths of all other roots."""

    at: str = ""
    others: frozenset[str] = frozenset()


NOWHERE = Named()


def meant_for(path: str, others: Collection[str]) -> str:
    """Return the folder that may have been meant by a path at which there is none, "" if none comes near.

    It differs in the first part that is not there. One of the `others` is not meant, nor one that differs only by its number:
    disk1 stands beside disk2.
    """
    above = _nearest(path)
    part, *below = Path(path).relative_to(above).parts
    try:
        with os.scandir(above) as found:
            beside = {each.name.casefold(): each.name for each in found if not each.name.startswith(".") and each.is_dir()}
    except OSError:
        return ""
    beside = {
        folded: name
        for folded, name in beside.items()
        if _unnumbered(folded) != _unnumbered(part.casefold()) or folded == part.casefold()
    }
    like = near(part.casefold(), beside, _LIKE)
    whole = str(above.joinpath(beside[like], *below)) if like is not None else ""
    return whole if whole and os.path.isdir(whole) and os.path.realpath(whole) not in others else ""


def remedy_of(root: Root, named: Named = NOWHERE, *, mount: bool = False) -> str:
    """Return what to do about a root at whose path no run ever saw a folder.

    "" for an optional one, which may be away, unless a folder beside it was meant. `mount`: it has to be that of a mounted disk.
    """
    meant = meant_for(root.path, named.others) if not os.path.lexists(root.path) else ""
    if root.optional and not meant:
        return ""
    mend = f"correct the path of {printable(root.key)}" + (f" ({named.at})" if named.at else "")
    ways = []
    if mount:
        ways.append("mount its disk there")
    elif not os.path.lexists(root.path) and _nearest(root.path).is_dir():
        # Made where a disk belongs, a folder would take that disk's files.
        ways += [] if root.optional else [f"make the folder if it was never there (mkdir -p {quote(printable(root.path))})"]
        ways.append("connect its disk")
    ways += [] if meant else [mend]
    ways += [] if root.optional else [f"say `optional: true` of {store_of(root.key)} if its disk may be away"]
    told = f"{', '.join(ways[:-1])}{',' if len(ways) > 2 else ''}{' or ' if len(ways) > 1 else ''}{ways[-1]}."
    return f"Did you mean {printable(meant)}? Then {mend}. Else {told}" if meant else told[0].upper() + told[1:]


def _unnumbered(name: str) -> str:
    return re.sub(r"\d+", "", name)


def _nearest(path: str) -> Path:
    """Return the nearest thing above a path that is there."""
    return next(above for above in Path(path).parents if os.path.lexists(above))
