"""Twins: files of one batch that hold the same, of which one is a copy of the other by its name too."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.observing.identity import same_file
from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.rules.free_names import is_variant, split_name, without_number
from reshelve.planner.rules.portable_names import fold
from reshelve.planner.scanners.content_groups import SameSize, is_of_a_kind
from reshelve.planner.scanners.copy_names import original_of
from reshelve.schemas.locations import split

_Key = tuple[str, str, int, str]


def twins_of(proposals: Sequence[Proposal]) -> dict[str, str]:
    """Return of each file that is a copy of another one of its store's, by name and content, which one that is, by location.

    "a (1).jpg" is one of "a.jpg" wherever both lie; of files with other names the content alone says nothing. What comes to one
    name is settled with that name; a disc is its films, whatever its index holds; another name of the file itself is no twin.
    Only what is a copy by name is read. What cannot be read, or was not observed, has no twins.
    """
    originals: dict[_Key, list[Proposal]] = defaultdict(list)
    copies: list[tuple[_Key, Proposal]] = []
    for one in proposals:
        rel, size = one.bundle.main.rel, one.bundle.main.size
        if disc_top(rel) is None:
            stem = split_name(rel.rpartition("/")[2])[0]
            originals[one.into, one.within, size, fold(stem)].append(one)
            if original := original_of(stem):
                copies.append(((one.into, one.within, size, fold(original)), one))
    found: dict[str, str] = {}
    for key, copy in copies:
        first = next((one for one in originals.get(key, ()) if _is_twin(copy, one)), None)
        if first is not None:
            found[copy.source] = first.source
    # A copy of a copy is one of what that is a copy of.
    return {source: found.get(first, first) for source, first in found.items()}


def _is_twin(copy: Proposal, original: Proposal) -> bool:
    ours, theirs = copy.bundle.main, original.bundle.main
    if not is_of_a_kind(ours.rel, theirs.rel) or same_file(ours, theirs) or _meet(copy, original):
        return False
    held = SameSize()
    held.add((original.reader, theirs))
    with suppress(NotObserved):
        return bool(held.same(ours, copy.reader))
    return False


def _meet(one: Proposal, other: Proposal) -> bool:
    """Say whether two would have one name, or numbers of one."""
    if one.open is not None or other.open is not None:
        return one.open is not None and other.open is not None and one.open.before == other.open.before
    ours, theirs = (fold(split(each.target)[1]) for each in (one, other))
    return is_variant(ours, theirs) or is_variant(theirs, ours) or without_number(ours) == without_number(theirs)
