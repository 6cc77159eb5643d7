"""Composing: every conflict over a place settled, whatever order the proposals come in, and nothing lost."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.bundles.bundling import bundle
from reshelve.planner.layouts.composer import Composed, Composer
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.layouts.scan_marks import is_scans
from reshelve.schemas.layout import Entry
from tests.support.readers import File, Thing, TreeReader, readers


def composed(
    inbox: dict[str, Thing],
    targets: dict[str, str],
    there: dict[str, Thing] | None = None,
    *,
    seed: int = 0,
    folds: bool = False,
    **given: Any,
) -> Composed:
    """Compose what `targets` (by the path of a main in the inbox) propose; `on_conflict` and `transfer` are for all of them."""
    source = TreeReader("inbox", inbox)
    roots = readers(source, TreeReader("movies", there, folds=folds))
    transfer, on_conflict = given.pop("transfer", "move"), given.pop("on_conflict", "keep-both")
    proposals = [
        Proposal("inbox", source, one, f"inbox:{one.main.rel}", targets[one.main.rel], "rule r", transfer, on_conflict)
        for one in bundle(source.walk().items)
        if one.main.rel in targets
    ]
    random.Random(seed).shuffle(proposals)
    return Composer(roots, **given).compose(proposals)


def placed(result: Composed) -> dict[str, str | None]:
    return {target: entry.source for target, entry in result.files.items()}


def test_a_free_place() -> None:
    result = composed({"a.mkv": "1"}, {"a.mkv": "movies:A/a.mkv"})
    entry = result.files["movies:A/a.mkv"]
    assert (entry.source, entry.size, entry.transfer, entry.on_conflict) == ("inbox:a.mkv", 1, "move", "fail")
    assert is_scans("movies:A/a.mkv", entry)


def test_companions_go_with_their_main() -> None:
    inbox: dict[str, Thing] = {"f/a.mkv": "1", "f/a.en.srt": "2", "f/poster.jpg": "3"}
    result = composed(inbox, {"f/a.mkv": "movies:A/New.mkv"})
    assert placed(result) == {
        "movies:A/New.mkv": "inbox:f/a.mkv",
        "movies:A/New.en.srt": "inbox:f/a.en.srt",
        "movies:A/poster.jpg": "inbox:f/poster.jpg",
    }
    assert result.files["movies:A/New.en.srt"].beside == "movies:A/New.mkv"


def test_two_sources_for_one_target_both_stay() -> None:
    result = composed({"1/a.mkv": "one", "2/a.mkv": "two"}, {"1/a.mkv": "movies:a.mkv", "2/a.mkv": "movies:a.mkv"})
    assert placed(result) == {"movies:a.mkv": "inbox:1/a.mkv", "movies:a_1.mkv": "inbox:2/a.mkv"}


@pytest.mark.parametrize("transfer", ["move", "copy", "hardlink"])
def test_two_sources_of_one_content_are_filed_once(transfer: str) -> None:
    inbox: dict[str, Thing] = {"1/a.mkv": "same", "2/a.mkv": "same", "3/a.mkv": "more", "4/a.mkv": "more"}
    result = composed(inbox, dict.fromkeys(inbox, "movies:a.mkv"), transfer=transfer)
    assert placed(result) == {"movies:a.mkv": "inbox:1/a.mkv", "movies:a_1.mkv": "inbox:3/a.mkv"}
    left = ["inbox:2/a.mkv", "inbox:4/a.mkv"]
    assert set(result.duplicates) == (set() if transfer == "move" else set(left))
    assert [thing.path for thing in result.absent] == (left if transfer == "move" else [])
    assert result.review == []


def test_a_bundle_is_a_duplicate_whole_or_not_at_all() -> None:
    inbox: dict[str, Thing] = {"1/a.mkv": "same", "1/a.en.srt": "one", "2/a.mkv": "same", "2/a.en.srt": "two"}
    result = composed(inbox, {rel: "movies:a.mkv" for rel in inbox if rel.endswith("mkv")})
    assert set(placed(result)) == {"movies:a.mkv", "movies:a.en.srt", "movies:a_1.mkv", "movies:a_1.en.srt"}


def test_content_under_another_number_is_there_already() -> None:
    there: dict[str, Thing] = {"a.mkv": "mine", "a_1.mkv": "other", "a_3.mkv": "more"}
    result = composed({"a_1.mkv": "mine"}, {"a_1.mkv": "movies:a_1.mkv"}, there, transfer="copy")
    assert placed(result) == {"movies:a.mkv": "inbox:a_1.mkv"}


def test_one_number_for_all_that_is_named_after_the_main() -> None:
    inbox: dict[str, Thing] = {"a.mkv": "1", "a.en.srt": "2"}
    result = composed(inbox, {"a.mkv": "movies:A/a.mkv"}, {"A/a.en.srt": "another", "A/a_1.mkv": "another"})
    assert placed(result) == {"movies:A/a_2.mkv": "inbox:a.mkv", "movies:A/a_2.en.srt": "inbox:a.en.srt"}


def test_a_folders_own_art_gets_a_number_alone() -> None:
    inbox: dict[str, Thing] = {"f/a.mkv": "1", "f/poster.jpg": "3"}
    result = composed(inbox, {"f/a.mkv": "movies:A/a.mkv"}, {"A/poster.jpg": "another"})
    assert placed(result) == {"movies:A/a.mkv": "inbox:f/a.mkv", "movies:A/poster_1.jpg": "inbox:f/poster.jpg"}


def test_the_same_content_at_the_target_is_no_conflict() -> None:
    assert placed(composed({"a.mkv": "same"}, {"a.mkv": "movies:a.mkv"}, {"a.mkv": "same"})) == {"movies:a.mkv": "inbox:a.mkv"}
    assert placed(composed({"a.mkv": "this"}, {"a.mkv": "movies:a.mkv"}, {"a.mkv": "that"})) == {"movies:a_1.mkv": "inbox:a.mkv"}


def test_a_copy_that_got_a_number_is_found_again() -> None:
    there: dict[str, Thing] = {"a.mkv": "other", "a_1.mkv": "more", "a_2.mkv": "mine"}
    assert placed(composed({"a.mkv": "mine"}, {"a.mkv": "movies:a.mkv"}, there, transfer="copy")) == {
        "movies:a_2.mkv": "inbox:a.mkv"
    }


def test_pruned_entries_are_those_with_nothing_left_to_do() -> None:
    def left(transfer: str, there: Thing, mine: Thing = "same") -> int:
        return len(composed({"a.mkv": mine}, {"a.mkv": "movies:a.mkv"}, {"a.mkv": there}, transfer=transfer, prune=True).files)

    assert left("copy", "same") == 0
    assert left("move", "same") == 1
    assert left("hardlink", File(b"x", ino=5), File(b"x", ino=5)) == 0
    assert left("copy", "else") == 1


WANTED = "movies:a.mkv is also the target of inbox:1/a.mkv"


@pytest.mark.parametrize(
    ("mode", "files", "review"),
    [
        ("keep-both", {"movies:a.mkv": "inbox:1/a.mkv", "movies:a_1.mkv": "inbox:2/a.mkv"}, {}),
        ("fail", {"movies:a.mkv": "inbox:1/a.mkv"}, {"inbox:2/a.mkv": f"{WANTED} (on_conflict: fail)"}),
        ("skip", {"movies:a.mkv": "inbox:1/a.mkv"}, {"inbox:2/a.mkv": f"{WANTED} (on_conflict: skip)"}),
        ("replace", {"movies:a.mkv": "inbox:1/a.mkv"}, {"inbox:2/a.mkv": f"{WANTED} (on_conflict: replace)"}),
    ],
)
def test_each_mode_on_two_sources(mode: str, files: dict[str, str], review: dict[str, str]) -> None:
    for seed in range(4):
        targets = {"1/a.mkv": "movies:a.mkv", "2/a.mkv": "movies:a.mkv"}
        result = composed({"1/a.mkv": "x", "2/a.mkv": "y"}, targets, on_conflict=mode, seed=seed)
        assert placed(result) == files
        assert {item.source: item.because for item in result.review} == review


@pytest.mark.parametrize(
    ("mode", "target", "written"),
    [("keep-both", "movies:a_1.mkv", "fail"), ("fail", "movies:a.mkv", "fail"), ("replace", "movies:a.mkv", "replace")],
)
def test_each_mode_on_a_taken_target(mode: str, target: str, written: str) -> None:
    result = composed({"a.mkv": "x"}, {"a.mkv": "movies:a.mkv"}, {"a.mkv": "y"}, on_conflict=mode)
    assert {at: entry.on_conflict for at, entry in result.files.items()} == {target: written}


def test_skip_leaves_the_whole_bundle_for_review() -> None:
    result = composed({"a.mkv": "x", "a.srt": "s"}, {"a.mkv": "movies:a.mkv"}, {"a.mkv": "y"}, on_conflict="skip")
    assert result.files == {}
    assert {item.source: item.because for item in result.review} == {
        "inbox:a.mkv": "movies:a.mkv is taken (on_conflict: skip)",
        "inbox:a.srt": "with inbox:a.mkv",
    }
    assert result.review[0].suggestion is not None and result.review[0].suggestion.to == "movies:a.mkv"


def test_names_that_fold_together_are_one_place_where_they_do() -> None:
    targets = {"a.mkv": "movies:Film.mkv", "b.mkv": "movies:FILM.mkv", "c.mkv": "movies:film.mkv"}
    inbox: dict[str, Thing] = {"a.mkv": "1", "b.mkv": "2", "c.mkv": "3"}
    assert len(composed(inbox, targets).files) == 3
    assert set(composed(inbox, targets, {"fiLM.mkv": "0"}, folds=True).files) == {
        "movies:Film_1.mkv",
        "movies:FILM_2.mkv",
        "movies:film_3.mkv",
    }


def test_a_disc_is_not_renumbered_file_by_file() -> None:
    inbox: dict[str, Thing] = {"D/VIDEO_TS/VIDEO_TS.IFO": "1", "D/VIDEO_TS/VTS_01_1.VOB": "2"}
    targets = {"D/VIDEO_TS/VIDEO_TS.IFO": "movies:D/VIDEO_TS/VIDEO_TS.IFO"}
    assert len(composed(inbox, targets).files) == 2
    taken = composed(inbox, targets, {"D/VIDEO_TS/VTS_01_1.VOB": "another"})
    assert taken.files == {}
    assert len(taken.review) == 2


def in_library(tree: dict[str, Thing], targets: dict[str, str], **given: Any) -> Composed:
    library = TreeReader("lib", tree)
    proposals = [
        Proposal("lib", library, one, f"lib:{one.main.rel}", targets[one.main.rel], "rule r", "move", "keep-both")
        for one in bundle(library.walk().items)
    ]
    return Composer(readers(library), **given).compose(proposals)


def test_what_is_in_place_needs_no_entry_and_keeps_its_place() -> None:
    result = in_library({"A/a.mkv": "1", "b/a.mkv": "2"}, {"A/a.mkv": "lib:A/a.mkv", "b/a.mkv": "lib:A/a.mkv"})
    assert placed(result) == {"lib:A/a_1.mkv": "lib:b/a.mkv"}


def test_places_that_become_free_are_free() -> None:
    assert placed(in_library({"a.mkv": "1", "b.mkv": "2"}, {"a.mkv": "lib:b.mkv", "b.mkv": "lib:a.mkv"})) == {
        "lib:a.mkv": "lib:b.mkv",
        "lib:b.mkv": "lib:a.mkv",
    }


def test_a_companion_comes_to_a_main_that_stands_already() -> None:
    result = in_library({"A/a.mkv": "1", "A/Subs/a.en.srt": "2"}, {"A/a.mkv": "lib:A/a.mkv"})
    assert placed(result) == {"lib:A/a.en.srt": "lib:A/Subs/a.en.srt"}
    assert result.files["lib:A/a.en.srt"].beside is None


def test_entries_kept_have_their_places() -> None:
    kept = {"movies:a.mkv": Entry(source="inbox:other.mkv")}
    assert placed(composed({"a.mkv": "1"}, {"a.mkv": "movies:a.mkv"}, kept=kept)) == {"movies:a_1.mkv": "inbox:a.mkv"}


def test_a_newcomer_does_not_take_a_name_that_was_given() -> None:
    inbox: dict[str, Thing] = {"0/a.mkv": "0", "1/a.mkv": "1", "2/a.mkv": "2"}
    targets = dict.fromkeys(inbox, "movies:a.mkv")
    before = {"inbox:1/a.mkv": "movies:a.mkv", "inbox:2/a.mkv": "movies:a_1.mkv"}
    assert placed(composed(inbox, targets, before=before)) == {
        "movies:a.mkv": "inbox:1/a.mkv",
        "movies:a_1.mkv": "inbox:2/a.mkv",
        "movies:a_2.mkv": "inbox:0/a.mkv",
    }


def test_a_number_fits_into_the_length_of_a_name() -> None:
    name = "x" * 251 + ".mkv"
    result = composed({f"1/{name}": "1", f"2/{name}": "2"}, {f"1/{name}": f"movies:{name}", f"2/{name}": f"movies:{name}"})
    assert sorted(map(len, result.files)) == [262, 262]
    assert f"movies:{'x' * 249}_1.mkv" in result.files


def test_what_goes_to_a_number_that_stands_has_brought_its_content_there() -> None:
    """Found by the test below: another of the same content got a number of its own, until the next scan."""
    inbox: dict[str, Thing] = {"1/x.mkv": "1", "2/x.mkv": "2", "5/x.mkv": "2"}
    targets = {"1/x.mkv": "movies:a_1.mkv", "2/x.mkv": "movies:a_1_1.mkv", "5/x.mkv": "movies:a_1_1.mkv"}
    result = composed(inbox, targets, {"a_1.mkv": "2"})
    assert placed(result) == {"movies:a_1_1.mkv": "inbox:1/x.mkv", "movies:a_1.mkv": "inbox:2/x.mkv"}
    assert [(thing.path, thing.copies) for thing in result.absent] == [("inbox:5/x.mkv", ["movies:a_1.mkv"])]
    before = {entry.source or "": target for target, entry in result.files.items()}
    assert composed(inbox, targets, {"a_1.mkv": "2"}, before=before).files == result.files


_NAMES = st.sampled_from(["a.mkv", "b.mkv", "a_1.mkv", "a_1_1.mkv", "A.mkv"])


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    sources=st.dictionaries(st.integers(0, 9), _NAMES, max_size=8),
    there=st.dictionaries(_NAMES, st.sampled_from(["0", "1", "2"]), max_size=4),
    folds=st.booleans(),
    seed=st.integers(0, 3),
)
def test_nothing_is_lost_and_order_does_not_matter(sources: dict[int, str], there: dict[str, str], folds: bool, seed: int) -> None:
    inbox: dict[str, Thing] = {f"{number}/x.mkv": str(number % 3) for number in sources}
    targets = {f"{number}/x.mkv": f"movies:{name}" for number, name in sources.items()}
    there = {name: text for name, text in there.items() if not folds or name.lower() == name or name.lower() not in there}
    result = composed(inbox, targets, dict(there), folds=folds, seed=seed)
    assert result.files == composed(inbox, targets, dict(there), folds=folds).files
    filed = {entry.source or "" for entry in result.files.values()}
    assert sorted([*filed, *(thing.path for thing in result.absent)]) == sorted(f"inbox:{rel}" for rel in inbox)
    contents = {target: inbox[(entry.source or "").removeprefix("inbox:")] for target, entry in result.files.items()}
    for thing in result.absent:
        assert [contents[target] for target in thing.copies] == [inbox[thing.path.removeprefix("inbox:")]]
    folded = [target.lower() if folds else target for target in result.files]
    assert len(set(folded)) == len(folded)
    for target, entry in result.files.items():
        name = target.removeprefix("movies:")
        held = next((each for each in there if (each.lower() == name.lower() if folds else each == name)), None)
        assert held is None or there[held] == inbox[(entry.source or "").removeprefix("inbox:")]
    before = {entry.source or "": target for target, entry in result.files.items()}
    assert composed(inbox, targets, dict(there), folds=folds, before=before).files == result.files


MEMBERS = ["IMG_1.CR2", "IMG_1.JPG", "IMG_1.xmp", "IMG_1.JPG.json", "IMG_1-edited.jpg", "IMG_1_01.CR2.xmp"]
NUMBERED = [name.replace("IMG_1", f"IMG_1_{number}", 1) for name in MEMBERS for number in (1, 2)]


@given(st.sets(st.sampled_from(MEMBERS[2:])), st.sets(st.sampled_from([*MEMBERS, *NUMBERED])), st.sampled_from(["move", "copy"]))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_members_of_a_bundle_end_in_one_folder_under_one_stem_whatever_is_taken(
    others: set[str], taken: set[str], transfer: str
) -> None:
    shot = {*MEMBERS[:2], *others}
    inbox: dict[str, Thing] = {f"a/{name}": f"a {name}" for name in shot} | {f"b/{name}": f"b {name}" for name in shot}
    there: dict[str, Thing] = {f"P/{name}": f"there {name}" for name in taken}
    targets = {f"{folder}/IMG_1.CR2": "movies:P/IMG_1.CR2" for folder in "ab"}
    result = composed(inbox, targets, there, transfer=transfer)
    stems: dict[str, set[str]] = {"a": set(), "b": set()}
    for target, source in placed(result).items():
        assert source is not None and target.removeprefix("movies:") not in there
        folder, name = source.removeprefix("inbox:").split("/")
        end = name.removeprefix("IMG_1")
        assert target.startswith("movies:P/") and target.endswith(end)
        stems[folder].add(target.removeprefix("movies:P/").removesuffix(end))
    assert len(placed(result)) == 2 * len(shot)
    assert len(stems["a"]) == len(stems["b"]) == 1 and stems["a"] != stems["b"]
