"""Twins: files of one batch that hold the same, of which one is a copy of the other by its name too."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.observing.identity import same_file
from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.rules.free_names import is_variant, split_name, without_number
from reshelve.planner.rules.portable_names import fold
from reshelve.planner.scanners.content_groups import content_of, end_of, grouped, is_of_a_kind
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
            originals[_store(one), one.within, size, fold(stem)].append(one)
            if original := original_of(stem):
                copies.append(((_store(one), one.within, size, fold(original)), one))
    found: dict[str, str] = {}
    for key, copy in copies:
        first = next(_same(copy, originals.get(key, ())), None)
        if first is not None:
            found[copy.source] = first.source
    # A copy of a copy is one of what that is a copy of.
    return {source: found.get(first, first) for source, first in found.items()}


def hand_over(copy: Proposal, original: Proposal) -> None:
    """Let what belongs to all of a folder alike go with the original of a copy in it: the copy stays."""
    ours, theirs = copy.bundle, original.bundle
    if copy.reader is original.reader and ours.main.rel.rpartition("/")[0] == theirs.main.rel.rpartition("/")[0]:
        shared = [member for member in ours.members if member.name and not member.suffix]
        ours.members = [member for member in ours.members if member not in shared]
        theirs.members = sorted([*theirs.members, *shared], key=lambda member: member.item.rel)


def _same(copy: Proposal, originals: Sequence[Proposal]) -> Iterator[Proposal]:
    for original in originals:
        ours, theirs = copy.bundle.main, original.bundle.main
        if not is_of_a_kind(ours.rel, theirs.rel) or same_file(ours, theirs) or _meet(copy, original):
            continue
        try:
            of_one_end = grouped((copy, original), lambda one: end_of(one.reader, one.bundle.main)).values()
            for both in (group for group in of_one_end if len(group) == 2):
                if any(len(same) == 2 for same in grouped(both, lambda one: content_of(one.reader, one.bundle.main)).values()):
                    yield original
        except NotObserved:
            continue


def _meet(one: Proposal, other: Proposal) -> bool:
    """Say whether two would have one name, or numbers of one."""
    if one.open is not None or other.open is not None:
        return one.open is not None and other.open is not None and one.open.before == other.open.before
    ours, theirs = (fold(split(each.target)[1]) for each in (one, other))
    return is_variant(ours, theirs) or is_variant(theirs, ours) or without_number(ours) == without_number(theirs)


def _store(one: Proposal) -> str:
    return one.open.store if one.open is not None else split(one.target)[0]
