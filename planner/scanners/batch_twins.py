"""Twins: files of one batch that hold the same, of which one is a copy of the other by its name too, or by what they both are."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.library.show_homes import FILMS, work_of
from reshelve.planner.observing.identity import same_file
from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.recognise.copy_names import original_of
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.recognise.episodes import season_of_folder
from reshelve.planner.recognise.same_title import normalise
from reshelve.planner.rules.free_names import is_variant, split_name, without_number
from reshelve.planner.scanners.content_groups import SameSize, is_of_a_kind
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import parent, split
from reshelve.schemas.name_rules import fold

_LEAST = 1 << 20
"""Bytes of a film or an episode of which the content says that another is it: what has fewer may stand in for any."""

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


def works_twice(proposals: Sequence[Proposal]) -> dict[str, str]:
    """Return of each film and episode that holds what another of its batch does, under whatever name, which one that is.

    Which of them is filed: one that lies where it goes to already, or in the folder of a season, or that brings most with it.
    Names that say that they are two works are believed; of one name, the season's folder knows more. Other things may hold the
    same and be two: the silence between two songs, or files of a few bytes. Names of one file are twins, too, also if they
    would meet: who made the link wants both. What cannot be told has no twins.
    """
    alike: dict[tuple[str, str, int], list[Proposal]] = defaultdict(list)
    for one in proposals:
        main, kind = one.bundle.main, one.facts.get("kind")
        told = main.size >= _LEAST or main.nlink > 1
        if told and (kind == "episode" or kind in FILMS) and disc_top(main.rel) is None:
            alike[one.into, one.within, main.size].append(one)
    found: dict[str, str] = {}
    for same in alike.values():
        if len(same) > 1:
            found |= _filed_once(sorted(same, key=_first))
    return found


def _first(one: Proposal) -> tuple[bool, bool, int, str]:
    return parent(one.source) != parent(one.target), not _has_season(one), -len(one.bundle.members), one.source


def _has_season(one: Proposal) -> bool:
    folder = one.bundle.main.rel.split("/")[-2:-1]
    return bool(folder) and season_of_folder(folder[0]) is not None


def _filed_once(same: Sequence[Proposal]) -> dict[str, str]:
    """Return of each of these, but the first of any content, the first that holds the same, where both are of one work."""
    held, by_item = SameSize(), {id(one.bundle.main): one for one in same}
    for one in same:
        held.add((one.reader, one.bundle.main))
    found: dict[str, str] = {}
    for one in same:
        with suppress(NotObserved):
            others = [by_item[id(item)] for _, item in held.same(one.bundle.main, one.reader)]
            first = others[0] if others else one
            ours, theirs = one.bundle.main, first.bundle.main
            if first is one or not is_of_a_kind(ours.rel, theirs.rel) or (not same_file(ours, theirs) and _meet(one, first)):
                continue
            by_folder = fold(_name(ours.rel)) == fold(_name(theirs.rel)) and not _has_season(one)
            if by_folder or _is_of_one_work(one, first):
                found[one.source] = first.source
    return found


def _is_of_one_work(one: Proposal, other: Proposal) -> bool:
    ours, theirs = work_of(one.facts), work_of(other.facts)
    if ours is None or theirs is None or ours.differs(theirs) or normalise(ours.title) != normalise(theirs.title):
        return False
    return all(one.facts.get(name) == other.facts.get(name) for name in ("kind", "season", "episodes", "date"))


def same_on_cards(proposals: Sequence[Proposal]) -> dict[str, str]:
    """Return of each file of copies that another file of its name and content makes needless, which one that is, by location.

    So a clip that is on two cards is copied once. What travels with one has to be with the other too. Only what a camera named is
    compared: a cover or a note is wanted in each of the folders that its copies go to.
    """
    alike: dict[_Key, list[Proposal]] = defaultdict(list)
    for one in sorted(proposals, key=lambda each: each.source):
        rel, size = one.bundle.main.rel, one.bundle.main.size
        if one.facts.get("clip") and disc_top(rel) is None:
            alike[one.into, one.within, size, fold(_name(rel))].append(one)
    found: dict[str, str] = {}
    for same in alike.values():
        if len(same) > 1:
            found |= _needless(same)
    return found


def _needless(same: Sequence[Proposal]) -> dict[str, str]:
    """Return of each file of these copies that an earlier one of them makes needless, which file of that holds the same."""
    held, at = SameSize(), {id(one.bundle.main): number for number, one in enumerate(same)}
    for one in same:
        held.add((one.reader, one.bundle.main))
    found: dict[str, str] = {}
    for number, one in enumerate(same):
        with suppress(NotObserved):
            earlier = (same[at[id(item)]] for _, item in held.same(one.bundle.main, one.reader) if at[id(item)] < number)
            found |= next((pieces for each in earlier if each.source not in found and (pieces := _pieces(one, each))), {})
    return found


def _pieces(one: Proposal, other: Proposal) -> dict[str, str]:
    """Return the files of one bundle with those of the other that hold the same; nothing where one has none."""
    theirs = {fold(_name(item.rel)): item for item in other.bundle.items()}
    found: dict[str, str] = {}
    if not _is_twin(one, other):
        return found
    for item in one.bundle.items():
        twin = theirs.get(fold(_name(item.rel)))
        if twin is None or twin.size != item.size or not _holds(one, item, other, twin):
            return {}
        found[one.location(item)] = other.location(twin)
    return found


def _holds(one: Proposal, item: Item, other: Proposal, twin: Item) -> bool:
    held = SameSize()
    held.add((other.reader, twin))
    with suppress(NotObserved):
        return bool(held.same(item, one.reader))
    return False


def _name(rel: str) -> str:
    return rel.rpartition("/")[2]


def _is_twin(copy: Proposal, original: Proposal) -> bool:
    ours, theirs = copy.bundle.main, original.bundle.main
    if not is_of_a_kind(ours.rel, theirs.rel) or same_file(ours, theirs) or _meet(copy, original):
        return False
    return _holds(copy, ours, original, theirs)


def _meet(one: Proposal, other: Proposal) -> bool:
    """Say whether two would have one name, or numbers of one."""
    if one.open is not None or other.open is not None:
        return one.open is not None and other.open is not None and one.open.before == other.open.before
    ours, theirs = (fold(split(each.target)[1]) for each in (one, other))
    return is_variant(ours, theirs) or is_variant(theirs, ours) or without_number(ours) == without_number(theirs)
