"""Twins: files of one batch that hold the same and would be filed under different names."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.observing.identity import same_file
from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.rules.free_names import is_variant, without_number
from reshelve.planner.rules.portable_names import fold
from reshelve.planner.scanners.content_groups import content_of, end_of, grouped, is_of_a_kind
from reshelve.schemas.locations import split


def twins_of(proposals: Sequence[Proposal]) -> dict[str, str]:
    """Return of each file whose content another one brings to its store, which one that is, by their locations.

    Of several the one with the most company is first, then the one with the shortest name. What comes to one name is settled with
    that name; a disc is its films, whatever its index holds; another name of the file itself is no twin. Only files of one size are
    read, and none whole that ends otherwise than the others. What cannot be read, or was not observed, has no twins.
    """
    alike: dict[tuple[str, str, int], list[Proposal]] = defaultdict(list)
    for one in proposals:
        if disc_top(one.bundle.main.rel) is None:
            alike[(_store(one), one.within, one.bundle.main.size)].append(one)
    found: dict[str, str] = {}
    for of_one_size in alike.values():
        for of_one_content in _same(of_one_size):
            first, *others = sorted(of_one_content, key=_rank)
            for other in others:
                ours, theirs = first.bundle.main, other.bundle.main
                if is_of_a_kind(ours.rel, theirs.rel) and not same_file(ours, theirs) and not _meet(first, other):
                    found[other.source] = first.source
    return found


def _same(proposals: list[Proposal]) -> Iterator[list[Proposal]]:
    if len(proposals) < 2:
        return
    try:
        for of_one_end in grouped(proposals, lambda one: end_of(one.reader, one.bundle.main)).values():
            if len(of_one_end) > 1:
                by_content = grouped(of_one_end, lambda one: content_of(one.reader, one.bundle.main))
                yield from (each for each in by_content.values() if len(each) > 1)
    except NotObserved:
        return


def _rank(one: Proposal) -> tuple[int, int, str]:
    name = one.bundle.main.rel.rpartition("/")[2]
    return -len(one.bundle.members), len(name), one.source


def _meet(one: Proposal, other: Proposal) -> bool:
    """Say whether two would have one name, or numbers of one."""
    if one.open is not None or other.open is not None:
        return one.open is not None and other.open is not None and one.open.before == other.open.before
    ours, theirs = (fold(split(each.target)[1]) for each in (one, other))
    return is_variant(ours, theirs) or is_variant(theirs, ours) or without_number(ours) == without_number(theirs)


def _store(one: Proposal) -> str:
    return one.open.store if one.open is not None else split(one.target)[0]
