"""Answers to a review become entries of the user's own."""

import pytest

from reshelve.schemas.layout import Entry, Layout, Review
from reshelve.schemas.problems import ReshelveError
from reshelve.session.review_answers import accept, leave


def layout() -> Layout:
    return Layout(
        files={"tv:b.mkv": Entry(source="inbox:b.mkv", mark="12345678")},
        review=[
            Review("inbox:x/odd.mkv", "no rule matched"),
            Review("inbox:x/odd.en.srt", "with inbox:x/odd.mkv"),
            Review("inbox:other.mkv", "no rule matched"),
        ],
    )


def test_a_place_files_the_item_and_what_travels_with_it_unmarked() -> None:
    before = layout()
    after = accept(before, before.review[0], "movies:Odd (1999)/Odd.mkv")
    assert after.files["movies:Odd (1999)/Odd.mkv"].source == "inbox:x/odd.mkv"
    companion = after.files["movies:Odd (1999)/Odd.en.srt"]
    assert companion.source == "inbox:x/odd.en.srt" and companion.beside == "movies:Odd (1999)/Odd.mkv"
    assert all(after.files[target].mark is None for target in after.files if target != "tv:b.mkv")
    assert [item.source for item in after.review] == ["inbox:other.mkv"]
    assert before == layout()


def test_what_travels_goes_where_a_rule_would_put_it() -> None:
    folder = "inbox:1923.S03E01.1080p/"
    main = Review(folder + "1923.S03E01.1080p.mkv")
    others = [Review(folder + rel, because=f"with {main.source}") for rel in ("Subs/English.srt", "Subs/2_German.srt", "info.nfo")]
    decided = accept(Layout(review=[main, *others]), main, "tv:1923/Season 03/1923 S03E01.mkv")
    assert {entry.source.removeprefix(folder): target for target, entry in decided.files.items()} == {
        "1923.S03E01.1080p.mkv": "tv:1923/Season 03/1923 S03E01.mkv",
        "Subs/English.srt": "tv:1923/Season 03/1923 S03E01.en.srt",
        "Subs/2_German.srt": "tv:1923/Season 03/1923 S03E01.de.srt",
        "info.nfo": "tv:1923/Season 03/info.nfo",
    }
    assert decided.review == []


@pytest.mark.parametrize("folder", ["movies:Odd/", "movies:Odd/odd.mkv"])
def test_a_folder_keeps_the_name(folder: str) -> None:
    assert "movies:Odd/odd.mkv" in accept(layout(), layout().review[0], folder).files


@pytest.mark.parametrize(
    ("place", "code"), [("odd.mkv", "bad-location"), ("movies:../x", "bad-location"), ("tv:b.mkv", "target-taken")]
)
def test_what_cannot_be_is_refused(place: str, code: str) -> None:
    with pytest.raises(ReshelveError) as refused:
        accept(layout(), layout().review[0], place)
    assert refused.value.problems[0].code == code


def test_leaving_leaves_the_bundle() -> None:
    before = layout()
    after = leave(before, before.review[0])
    assert after.leave == ["inbox:x/odd.en.srt", "inbox:x/odd.mkv"]
    assert [item.source for item in after.review] == ["inbox:other.mkv"]


def test_what_travels_keeps_its_note() -> None:
    before = layout()
    before.review[0].note, before.review[1].note = "mine", "from the disc"
    after = accept(before, before.review[0], "movies:Odd (1999)/Odd.mkv")
    assert [after.files[f"movies:Odd (1999)/Odd.{end}"].note for end in ("mkv", "en.srt")] == ["mine", "from the disc"]
