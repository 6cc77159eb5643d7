"""Filed already: content that the target store has is told, kept where it is or let go of, and never filed twice unasked."""

import pytest

from tests.support.readers import File, TreeReader
from tests.support.scanning import Told, moves, reasons, scanned, workspace

ALL = {"name": "all", "place": "movies:new/{{ filename }}"}
TOLD = Told({})
BIG = 1 << 20


@pytest.mark.parametrize("there", ["film.mkv", "deep/er/x.MKV", "new/other.m4v", "new/a_1.mkv"])
def test_content_that_is_there_stays_and_is_told(there: str) -> None:
    result = scanned(
        workspace(ALL), TreeReader("inbox", {"a.mkv": "one", "b.mkv": "two"}), TreeReader("movies", {there: "one"}), told=TOLD
    )
    assert moves(result) == {"inbox:b.mkv": "movies:new/b.mkv"}
    assert reasons(result) == {"inbox:a.mkv": f"same content as movies:{there}"}
    assert (result.counts["filed"], result.counts["duplicates"], result.counts["to_review"]) == (1, 0, 1)
    [item] = result.layout.review
    assert item.suggestion is not None
    assert item.suggestion.to == "movies:new/a.mkv"


@pytest.mark.parametrize("there", ["a.wav", "#recycle/a.mkv", ".stversions/a.mkv", "a.mkv.part"])
def test_another_medium_and_what_is_not_the_library_s_own_do_not_count(there: str) -> None:
    result = scanned(workspace(ALL), TreeReader("inbox", {"a.mkv": "one"}), TreeReader("movies", {there: "one"}), told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:new/a.mkv"}


def test_empty_files_are_no_copies_of_each_other() -> None:
    result = scanned(workspace(ALL), TreeReader("inbox", {"a.mkv": ""}), TreeReader("movies", {"b.mkv": ""}), told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:new/a.mkv"}


def test_nothing_is_read_unless_a_size_is_the_same_and_nothing_whole_that_ends_otherwise() -> None:
    inbox = TreeReader("inbox", {"a.mkv": "one", "b.mkv": File(b"b", size=BIG)})
    movies = TreeReader("movies", {"x.mkv": "other", "y.mkv": File(b"y", size=BIG), "z.mkv": File(b"z", size=BIG)})
    assert not scanned(workspace(ALL), inbox, movies, told=TOLD).layout.review
    # The double counts ends with the rest: one each, of the three that are of one size.
    assert (inbox.digests, movies.digests) == (1, 2)


def test_file_files_it_without_a_look() -> None:
    movies = TreeReader("movies", {"x.mkv": "one"})
    result = scanned(workspace(ALL, on_duplicate="file"), TreeReader("inbox", {"a.mkv": "one"}), movies, told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:new/a.mkv"}
    assert movies.digests == 0


@pytest.mark.parametrize("transfer", ["copy", "hardlink", "reflink"])
def test_a_copy_is_as_desired_where_it_is(transfer: str) -> None:
    config = workspace(ALL, transfer=transfer)
    result = scanned(config, TreeReader("inbox", {"a.mkv": "one"}), TreeReader("movies", {"x.mkv": "one"}), told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:x.mkv"}
    assert result.layout.files["movies:x.mkv"].because == "rule all; movies:x.mkv holds the same"
    assert (result.counts["filed"], result.counts["duplicates"]) == (0, 1)


def test_a_link_that_was_renamed_in_the_library_is_not_made_again() -> None:
    inbox, movies = (
        TreeReader("inbox", {"a.mkv": File(b"one", ino=7)}),
        TreeReader("movies", {"Film (2001).mkv": File(b"one", ino=7)}),
    )
    result = scanned(workspace(ALL, transfer="hardlink"), inbox, movies, told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:Film (2001).mkv"}


def test_another_name_of_the_file_itself_is_no_copy_that_would_let_it_go() -> None:
    inbox, movies = TreeReader("inbox", {"a.mkv": File(b"one", ino=7)}), TreeReader("movies", {"x.mkv": File(b"one", ino=7)})
    assert moves(scanned(workspace(ALL), inbox, movies, told=TOLD)) == {"inbox:a.mkv": "movies:new/a.mkv"}


@pytest.mark.parametrize("on_duplicate", ["leave", "trash"])
def test_a_hard_link_to_what_is_filed_stays_and_is_told(on_duplicate: str) -> None:
    linked = File(b"one", ino=7, nlink=2)
    inbox, movies = TreeReader("inbox", {"a.mkv": linked}), TreeReader("movies", {"x.mkv": linked})
    result = scanned(workspace(ALL, on_duplicate=on_duplicate), inbox, movies, told=TOLD)
    assert reasons(result) == {"inbox:a.mkv": "same content as movies:x.mkv, which is the same file (a hard link)"}
    in_place = workspace({"name": "all", "place": "inbox:new/{{ filename }}"}, on_duplicate=on_duplicate)
    for name in ("a.mkv", "x.mkv"):
        result = scanned(in_place, TreeReader("inbox", {f"seeds/{name}": linked, "new/x.mkv": linked}), told=TOLD)
        assert reasons(result) == {f"inbox:seeds/{name}": "same content as inbox:new/x.mkv, which is the same file (a hard link)"}


def test_trash_lets_go_of_what_was_to_move() -> None:
    config = workspace(ALL, on_duplicate="trash")
    result = scanned(config, TreeReader("inbox", {"a.mkv": "one"}), TreeReader("movies", {"x.mkv": "one"}), told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:x.mkv"}
    assert not result.layout.review


@pytest.mark.parametrize("on_duplicate", ["leave", "trash"])
def test_a_bundle_with_something_new_in_it_is_for_a_person(on_duplicate: str) -> None:
    inbox = TreeReader("inbox", {"a.mkv": "one", "a.en.srt": "words"})
    result = scanned(workspace(ALL, on_duplicate=on_duplicate), inbox, TreeReader("movies", {"x.mkv": "one"}), told=TOLD)
    assert reasons(result) == {
        "inbox:a.en.srt": "with inbox:a.mkv",
        "inbox:a.mkv": "same content as movies:x.mkv, which has no a.en.srt beside it",
    }


def test_a_copied_bundle_is_there_with_all_its_files() -> None:
    inbox = TreeReader("inbox", {"a.mkv": "one", "a.en.srt": "words"})
    movies = TreeReader("movies", {"x.mkv": "one", "x.en.srt": "words"})
    result = scanned(workspace(ALL, transfer="copy"), inbox, movies, told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:x.mkv", "inbox:a.en.srt": "movies:x.en.srt"}


def test_in_one_store_only_what_is_in_its_place_is_filed() -> None:
    rules = [
        {"name": "kept", "when": {"path": {"glob": "kept/*"}}, "leave": True},
        {"name": "asked", "when": {"path": {"glob": "asked/*"}}, "review": True},
        {"name": "films", "place": "inbox:films/{{ filename }}"},
    ]
    tree = {"films/in place.mkv": "1", "kept/b.mkv": "2", "asked/c.mkv": "3", "x/a.mkv": "1", "x/b2.mkv": "2", "x/c2.mkv": "3"}
    tree |= {"x/twin.mkv": "4", "y/twin two.mkv": "4"}
    result = scanned(workspace(*rules), TreeReader("inbox", tree), told=TOLD)
    assert moves(result) == {f"inbox:{rel}": f"inbox:films/{rel[2:]}" for rel in ("x/c2.mkv", "x/twin.mkv", "y/twin two.mkv")}
    assert reasons(result)["inbox:x/a.mkv"] == "same content as inbox:films/in place.mkv"
    assert reasons(result)["inbox:x/b2.mkv"] == "same content as inbox:kept/b.mkv"


def test_a_disc_is_its_films_and_not_its_index() -> None:
    disc = {"A/BDMV/index.bdmv": "index", "A/BDMV/STREAM/0.m2ts": "new film"}
    there = {"B/BDMV/index.bdmv": "index", "B/BDMV/STREAM/0.m2ts": "another"}
    place = {"name": "discs", "place": "movies:{{ subdir }}/{{ filename }}"}
    result = scanned(workspace(place), TreeReader("inbox", dict(disc)), TreeReader("movies", there), told=TOLD)
    assert len(moves(result)) == 2
    there = {"B/BDMV/index.bdmv": "index", "B/BDMV/STREAM/0.m2ts": "new film"}
    result = scanned(workspace(place), TreeReader("inbox", dict(disc)), TreeReader("movies", there), told=TOLD)
    assert reasons(result)["inbox:A/BDMV/index.bdmv"] == "same content as movies:B/BDMV/index.bdmv"


def test_every_root_of_a_store_counts_and_one_that_is_away_does_not() -> None:
    away = TreeReader("movies/c", {"y.mkv": "two"}, order=2, available=False)
    roots = [TreeReader("movies/a", {}), TreeReader("movies/b", {"x.mkv": "one"}, order=1), away]
    result = scanned(workspace(ALL), TreeReader("inbox", {"a.mkv": "one", "b.mkv": "two"}), *roots, told=TOLD)
    assert moves(result) == {"inbox:b.mkv": "movies:new/b.mkv"}
    assert reasons(result) == {"inbox:a.mkv": "same content as movies:x.mkv"}


def test_what_cannot_be_read_is_filed() -> None:
    class Unreadable(TreeReader):
        def digest(self, rel: str) -> str:
            raise PermissionError(13, "denied", rel)

    result = scanned(workspace(ALL), TreeReader("inbox", {"a.mkv": "one"}), Unreadable("movies", {"x.mkv": "one"}), told=TOLD)
    assert moves(result) == {"inbox:a.mkv": "movies:new/a.mkv"}


def test_what_no_rule_settles_is_told_where_its_content_is() -> None:
    config = workspace({"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }}/{{ filename }}"})
    inbox = TreeReader("inbox", {"other_name.mp4": "one", "new.mp4": "new", "empty.mp4": ""})
    result = scanned(
        config, inbox, TreeReader("movies", {"x.mkv": "one", "empty.mp4": ""}), TreeReader("tv", {"n.mp4": "new"}), told=TOLD
    )
    assert reasons(result) == {
        "inbox:other_name.mp4": "no rule matched; same content as movies:x.mkv",
        "inbox:new.mp4": "no rule matched",
        "inbox:empty.mp4": "no rule matched",
    }


def test_scanning_again_says_the_same_and_an_answer_stands() -> None:
    config, inbox, movies = workspace(ALL), TreeReader("inbox", {"a.mkv": "one"}), TreeReader("movies", {"x.mkv": "one"})
    first = scanned(config, inbox, movies, told=TOLD)
    assert scanned(config, inbox, movies, told=TOLD, before=first.layout).layout == first.layout
