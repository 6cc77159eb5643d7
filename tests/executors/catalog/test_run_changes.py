"""What a run did, as the catalog keeps it: told from its operations alone."""

from reshelve.executors.catalog.run_changes import changes_of
from reshelve.schemas.operations import Copy, Link, MakeDir, Move, Trash, Write
from reshelve.schemas.run_record import Made

A = ("in:a", 1, 10, 5)


def test_a_move_leaves_one_place_and_fills_another() -> None:
    changes = changes_of("r", [MakeDir("lib:x"), Move("in:a", "lib:x/a", 1, 10, 5, facts={"kind": "movie"})], [0, 1], {})
    assert changes.rows == [(0, "mkdir", None, "lib:x", 0), (1, "move", "in:a", "lib:x/a", 1)]
    assert changes.gone == {"in:a"}
    here = changes.here["lib:x/a"]
    assert (here.origin, here.size, here.inode, here.facts) == ("in:a", 1, 5, {"kind": "movie"})


def test_what_was_not_done_is_not_told() -> None:
    changes = changes_of("r", [Move("in:a", "lib:a", 1, 10, 5), Move("in:b", "lib:b", 1, 10, 6)], [1], {})
    assert [row[0] for row in changes.rows] == [1] and set(changes.here) == {"lib:b"} and changes.gone == {"in:b"}


def test_two_files_that_change_places_are_each_followed_to_where_they_were() -> None:
    swap = [Move("l:a", "l:.t", 1, 10, 5), Move("l:b", "l:a", 2, 10, 6), Move("l:.t", "l:b", 1, 10, 5)]
    changes = changes_of("r", swap, [0, 1, 2], {})
    assert {place: one.origin for place, one in changes.here.items()} == {"l:a": "l:b", "l:b": "l:a"}
    assert changes.gone == {"l:.t"}
    assert len(changes.rows) == 3


def test_a_copy_tells_the_content_of_both() -> None:
    changes = changes_of("r", [Copy("in:a", "lib:a", 1, 10, 5)], [0], {0: Made(0, 9, 1, 10, "xxh3:" + "0" * 32)})
    assert changes.here["lib:a"].content == changes.seen["in:a"].content == "xxh3:" + "0" * 32
    assert (changes.here["lib:a"].inode, changes.seen["in:a"].inode) == (9, 5)
    assert not changes.gone


def test_the_trash_is_a_place_of_its_own() -> None:
    changes = changes_of("r", [Trash("lib:x/a", 1, 10, 5, top="x")], [0], {})
    assert changes.rows == [(0, "trash", "lib:x/a", "lib:x/.reshelve-trash/r/a", 1)]
    assert changes.here["lib:x/.reshelve-trash/r/a"].in_trash and changes.gone == {"lib:x/a"}
    hidden = changes_of("r", [Trash("s3:a", 1, 10, 5, away="marker")], [0], {})
    assert hidden.rows[0][3] is None and not hidden.here and hidden.gone == {"s3:a"}


def test_links_of_one_file_are_one_content_and_symbolic_ones_are_none() -> None:
    linked = [Link("in:a", "lib:a", 1, 10, 5), Link("in:a", "lib:b", 1, 10, 5, how="symbolic", text="../in/a")]
    changes = changes_of("r", linked, [0, 1], {})
    assert changes.here["lib:a"].origin == "in:a" and "lib:b" not in changes.here and len(changes.rows) == 2


def test_a_copy_whose_source_goes_later_was_seen_no_more() -> None:
    done = [Copy("in:a", "lib:a", 1, 10, 5), Trash("in:a", 1, 10, 5), Write("lib:n", "text")]
    changes = changes_of("r", done, [0, 1, 2], {})
    assert not changes.seen and changes.gone == {"in:a"} and changes.here["lib:n"].size == 4
