"""Old files: what was last written before a moment, and folders that hold nothing, in the places a clean-up is about."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.bundles.bundling import bundle
from reshelve.planner.layouts.absent_entries import absent_of
from reshelve.planner.left_alone.known_names import strewn
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.scanners.left_out import Globs, Selected
from reshelve.planner.scanners.plain_look import look_at_each
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, store_of
from reshelve.schemas.patterns import globs
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Old:
    """What a clean-up is about: what was last written before `before_ns` (ns since the epoch).

    `wanted` says whether a store and path are meant; `empty_folders`: those that hold nothing are, too.
    """

    before_ns: int
    because: str
    wanted: Callable[[str, str], bool] = lambda _store, _rel: True
    exclude: tuple[str, ...] = ()
    empty_folders: bool = False


@dataclass(slots=True)
class Cleanup:
    """The layout by which old files go, folders that hold nothing already, and what was seen on the way.

    `kept` counts old files that stay because they belong to one that is not old.
    """

    layout: Layout = field(default_factory=Layout)
    empty: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    looked: int = 0
    kept: int = 0
    problems: list[Problem] = field(default_factory=list)


def clean_up(readers: Readers, old: Old) -> Cleanup:
    """Return what goes. What belongs together goes together, once all of it is old; what a scan leaves alone stays."""
    made = Cleanup()
    junk = globs(strewn(), ignore_case=True)
    for looked in look_at_each(readers, old.wanted, old.exclude, made.problems):
        reader, listing, chosen = looked.reader, looked.listing, looked.chosen
        store = store_of(reader.root.key)
        goes = {item.rel: item for item in _old(chosen, store, old, made)}
        made.files += len(goes)
        made.bytes += sum(item.size for item in goes.values())
        made.layout.absent += [absent_of(join(store, rel), item, old.because) for rel, item in goes.items()]
        if goes or old.empty_folders:
            made.layout.tidy[store] = sorted(strewn())
        if old.empty_folders and reader.root.kind == "folder":
            stays = [item.rel for item in listing.items if item.kind != "dir" and not junk.match(item.rel.rpartition("/")[2])]
            folders = _open_folders(listing.items, chosen, Globs(old.exclude))
            hollow = _hollow(folders, [*stays, *(f"{folder}/?" for folder in listing.unreadable)])
            made.empty += [join(reader.root.key, rel) for rel in hollow if old.wanted(store, f"{rel}/")]
    return made


def _old(chosen: Selected, store: str, old: Old, made: Cleanup) -> Iterator[Item]:
    """Yield the files of one root that go."""
    for one in bundle([*chosen.items, *chosen.links]):
        mine = [item for item in one.items() if old.wanted(store, item.rel)]
        made.looked += len(mine)
        aged = [item for item in mine if item.mtime_ns < old.before_ns]
        if one.main.kind != "file" or not aged:
            continue
        if _may_go(one, aged, chosen):
            yield from aged
        else:
            made.kept += len(aged)


def _may_go(one: Bundle, aged: Sequence[Item], chosen: Selected) -> bool:
    """Say whether all of a bundle is old. What belongs to several others does not go by itself."""
    whole = one.items()
    return len(aged) == len(whole) and not one.joins and not any(item.rel in chosen.under_way for item in whole)


def _open_folders(items: Iterable[Item], chosen: Selected, exclude: Globs) -> Iterator[str]:
    """Yield the folders (sorted) that are neither left alone nor excluded, nor in one that is."""
    closed: set[str] = set()
    for item in items:
        above, _, name = item.rel.rpartition("/")
        if item.kind != "dir":
            continue
        if above in closed or exclude.match(item.rel, name, folder=True):
            closed.add(item.rel)
        elif not chosen.leaves(item.rel):
            yield item.rel


def _hollow(folders: Iterable[str], stays: Iterable[str]) -> Iterator[str]:
    """Yield the topmost of the folders (sorted) below which nothing of what stays lies."""
    full: set[str] = set()
    for rel in stays:
        above = rel.rpartition("/")[0]
        while above and above not in full:
            full.add(above)
            above = above.rpartition("/")[0]
    hollow: set[str] = set()
    for rel in folders:
        if rel not in full:
            hollow.add(rel)
            if rel.rpartition("/")[0] not in hollow:
                yield rel
