"""What is left for review, told by folder."""

from reshelve.schemas.layout import Layout, Review
from reshelve.views.review_groups import in_short
from reshelve.views.scans import review_text, unchanged

NONE = "no rule matched"


def told(*items: Review, full: bool = False, before: frozenset[str] = frozenset()) -> list[str]:
    return list(review_text(Layout(review=list(items)), full=full, before=before))


def many(folder: str, ext: str, number: int, why: str = NONE) -> list[Review]:
    return [Review(f"inbox:{folder}{at:03}.{ext}", why) for at in range(number)]


def test_a_few_are_told_one_by_one() -> None:
    assert told(*many("", "pdf", 2)) == ["Left for review (2):", f"  inbox:000.pdf: {NONE}", f"  inbox:001.pdf: {NONE}"]


def test_many_are_told_by_folder_the_largest_first() -> None:
    assert told(*many("Docs/", "pdf", 5), *many("DCIM/2019/", "jpg", 312), *many("DCIM/2019/", "mp4", 1), *many("", "txt", 2)) == [
        "Left for review (320):",
        f"  inbox:DCIM/2019/: 312 pictures and 1 video, {NONE} (000.jpg, 001.jpg, 002.jpg, …)",
        f"  inbox:Docs/: 5 documents, {NONE} (000.pdf, 001.pdf, 002.pdf, …)",
        f"  inbox: 2 documents, {NONE} (000.txt, 001.txt)",
        "  (--full names all)",
    ]


def test_a_single_file_of_many_is_named_with_its_own_reason() -> None:
    why = "rule films: title is not certain (title: 'Heat' or 'Heat 2')"
    lines = told(*many("DCIM/", "jpg", 12), Review("inbox:Heat.mkv", why))
    assert lines[2:] == [
        f"  inbox:Heat.mkv: {why}",
        "  (--full names all)",
        f"       12 {NONE}",
        "        1 rule films: title is not certain",
    ]


def test_what_travels_with_another_is_told_with_it() -> None:
    mains = many("TV/", "mkv", 8, "rule films: title is not certain (title: 'a' or 'b')")
    beside = [Review(one.source.replace(".mkv", ".srt"), f"with {one.source}") for one in mains]
    assert told(*mains, *beside)[1:] == [
        "  inbox:TV/: 8 videos and 8 subtitles, rule films: title is not certain (000.mkv, 001.mkv, 002.mkv, …)",
        "  (--full names all)",
    ]


def test_many_folders_are_told_as_the_one_they_lie_in() -> None:
    lines = told(*(item for at in range(12) for item in many(f"DCIM/1{at:02}APPLE/", "heic", 3)), *many("Docs/", "pdf", 2))
    assert lines == [
        "Left for review (38):",
        f"  inbox:DCIM/ (12 folders): 36 pictures, {NONE} (000.heic, 001.heic, 002.heic, …)",
        f"  inbox:Docs/: 2 documents, {NONE} (000.pdf, 001.pdf)",
        "  (--full names all)",
    ]


def test_folders_at_the_top_are_not_put_together() -> None:
    lines = told(*(item for at in range(13) for item in many(f"F{at:02}/", "pdf", 2)))
    assert len(lines) == 12 and lines[-1] == "  … and 6 more files in 3 folders (--full names all)"


def test_full_names_every_one_and_counts_the_reasons() -> None:
    lines = told(*many("Docs/", "pdf", 12), *many("X/", "bin", 1, "same content as inbox:a"), full=True)
    assert len(lines) == 16 and lines[-1] == "        1 same content as a file that is filed"


def test_what_was_said_before_is_one_line() -> None:
    items = many("Docs/", "pdf", 12)
    known = frozenset(item.source for item in items)
    assert told(*items, before=known) == ["Left for review (12), as said before (--full names all)."]
    assert told(*items, Review("inbox:new.bin", NONE), before=known) == [
        "Left for review (13), 12 of them as said before (--full names all):",
        f"  inbox:new.bin: {NONE}",
    ]
    assert len(told(*items, full=True, before=known)) == 13


def test_another_reason_is_news() -> None:
    was = Layout(review=[Review("inbox:a", NONE), Review("inbox:b", NONE)])
    now = Layout(review=[Review("inbox:a", NONE), Review("inbox:b", "rule films: year is not known")])
    assert unchanged(now, was) == {"inbox:a"} and unchanged(now, None) == frozenset()


def test_a_reason_in_short() -> None:
    assert in_short(f"{NONE}; same content as inbox:a") == NONE
