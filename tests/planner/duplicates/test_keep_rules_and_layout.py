"""Which duplicate stays, and what the layout lets go of: never what belongs to a file that stays, and no part of a disc alone."""

from collections.abc import Sequence

import pytest

from reshelve.planner.duplicates.duplicate_layout import layout_of
from reshelve.planner.duplicates.duplicate_sets import Copy, DuplicateSet, Name
from reshelve.planner.duplicates.keep_rules import WORDS, decide
from reshelve.planner.observing.saved_inventory import InventoryReader
from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item, Listing, Root


def reader(key: str) -> Reader:
    return InventoryReader(Listing(Root(key, f"/{key}")))


READERS = {"library": reader("library"), "inbox": reader("inbox")}
RANKS = {"library": 0, "inbox": 1}


def name(location: str, mtime: int = 0) -> Name:
    store, _, rel = location.partition(":")
    item = Item(rel, "file", 100, mtime * 10**9, 0, hash(location) & 0xFFFF, 1, 0o644, "ext4:x")
    return Name(READERS[store], item, RANKS[store])


def a_set(*copies: str | Sequence[str], digest: str = "xxh3:1") -> DuplicateSet:
    names = [[name(one) for one in ([copy] if isinstance(copy, str) else copy)] for copy in copies]
    return DuplicateSet(digest, 100, tuple(Copy(first, tuple(links)) for first, *links in names))


TIMES = {"library:long name/a": 3, "inbox:b": 1, "inbox:cc": 9}


@pytest.mark.parametrize(
    ("rules", "targets", "stays"),
    [
        ((), (), "library:long name/a"),
        ((), ("inbox:cc",), "inbox:cc"),
        (("store",), ("inbox:cc",), "library:long name/a"),
        (("oldest",), (), "inbox:b"),
        (("newest",), (), "inbox:cc"),
        (("shortest",), (), "inbox:b"),
        (("inbox:*",), (), "inbox:b"),
        (("inbox:*", "newest"), (), "inbox:cc"),
        (("nowhere:*", "newest"), (), "inbox:cc"),
    ],
)
def test_each_rule_leaves_what_it_prefers(rules: Sequence[str], targets: Sequence[str], stays: str) -> None:
    copies = tuple(Copy(name(location, mtime)) for location, mtime in TIMES.items())
    decided = decide(DuplicateSet("xxh3:1", 100, copies), rules, targets)
    assert decided.stays.location == stays
    assert {one.location for one in decided.goes} == TIMES.keys() - {stays}
    assert decided.gain == 200


def test_every_word_prefers_something() -> None:
    copies = tuple(Copy(name(location, mtime)) for location, mtime in TIMES.items())
    one = DuplicateSet("xxh3:1", 100, copies)
    assert {word: decide(one, (word,), ("inbox:cc",)).because for word in WORDS} == dict(WORDS)


def test_the_hard_links_of_what_stays_stay_and_of_what_goes_all_go() -> None:
    decided = decide(a_set(("library:a", "library:b"), ("inbox:c", "inbox:d")), (), ())
    assert [one.location for one in decided.goes] == ["inbox:c", "inbox:d"]
    assert decide(a_set(("library:a", "inbox:b"), "inbox:c"), ("inbox:*",), ()).stays.location == "inbox:b"


def going(sets: Sequence[DuplicateSet], *others: str) -> tuple[list[str], list[str]]:
    """Return which places go and which stay after all, of sets beside `others`; every file is seen."""
    names = [one for each in sets for copy in each.copies for one in copy.names] + [name(other) for other in others]
    seen = {key: sorted((one.item for one in names if one.reader.root.key == key), key=lambda item: item.rel) for key in READERS}
    made = layout_of([decide(one, (), ()) for one in sets], seen)
    return [absent.path for absent in made.layout.absent], [location for location, _ in made.staying]


def test_what_travels_with_a_file_goes_only_with_it() -> None:
    film = a_set("library:Heat.mkv", "inbox:Heat.mkv", digest="xxh3:1")
    subtitle = a_set("library:Heat.srt", "inbox:Heat.srt", digest="xxh3:2")
    assert going([film, subtitle]) == (["inbox:Heat.mkv", "inbox:Heat.srt"], [])
    assert going([subtitle], "inbox:Heat.mkv", "library:Heat.mkv") == ([], ["inbox:Heat.srt"])


def test_a_cover_that_two_albums_share_stays_with_both() -> None:
    cover = a_set("library:A/One/cover.jpg", "library:A/Two/cover.jpg", digest="xxh3:9")
    tracks = [f"library:A/{album}/0{number} - t.flac" for album in ("One", "Two") for number in (1, 2)]
    assert going([cover], *tracks)[0] == []


CARD = "PRIVATE/M4ROOT"


def test_what_belongs_to_a_whole_card_goes_with_all_of_its_clips_and_else_names_one_that_stays() -> None:
    rels = [f"{CARD}/CLIP/C0001.MP4", f"{CARD}/CLIP/C0002.MP4", f"{CARD}/MEDIAPRO.XML"]
    sets = [a_set(f"library:mine/{number}", f"inbox:{rel}", digest=f"xxh3:{rel}") for number, rel in enumerate(rels)]
    assert going(sets) == ([f"inbox:{rel}" for rel in rels], [])
    names = [one for each in sets[1:] for copy in each.copies for one in copy.names] + [name(f"inbox:{rels[0]}")]
    seen = {key: sorted((one.item for one in names if one.reader.root.key == key), key=lambda item: item.rel) for key in READERS}
    made = layout_of([decide(one, (), ()) for one in sets[1:]], seen)
    assert made.staying == [(f"inbox:{rels[2]}", f"it belongs to inbox:{rels[0]}, which stays")]


def test_a_disc_goes_whole_or_not_at_all() -> None:
    parts = ("VIDEO_TS/VIDEO_TS.IFO", "VIDEO_TS/VTS_01_1.VOB")
    sets = [a_set(f"library:Heat/{part}", f"inbox:Heat/{part}", digest=f"xxh3:{part}") for part in parts]
    assert going(sets)[0] == [f"inbox:Heat/{part}" for part in parts]
    assert going(sets, "inbox:Heat/VIDEO_TS/VTS_02_1.VOB")[0] == []


def test_one_path_on_two_roots_of_a_store_is_left_and_told() -> None:
    first = Name(reader("library/one"), name("library:a").item, 0)
    second = Name(reader("library/two"), name("library:a").item, 1)
    one = DuplicateSet("xxh3:1", 100, (Copy(first), Copy(second)))
    made = layout_of([decide(one, (), ())], {"library/one": [first.item], "library/two": [second.item]})
    assert (made.layout.absent, made.gain) == ([], 0)
    assert made.staying == [("library:a", "both are at this path, in two folders of one store")]


def test_an_entry_says_which_file_is_meant_and_rests_on_the_one_that_stays() -> None:
    film = a_set("library:Heat.mkv", "inbox:Heat.mkv")
    made = layout_of([decide(film, (), ())], {"library": [], "inbox": [film.copies[1].first.item]})
    (absent,) = made.layout.absent
    assert (absent.size, absent.hash, absent.copies) == (100, "xxh3:1", ["library:Heat.mkv"])
    assert absent.mtime == "1970-01-01T00:00:00Z" and absent.mark is None
    assert made.gain == 100
