"""Problems as people read them."""

import pytest

from reshelve.schemas.problems import Problem, Where
from reshelve.views.colour import Paint
from reshelve.views.problem_text import beside, problems_brief, problems_grouped, problems_text


def test_a_problem_in_a_document_points_at_its_spot() -> None:
    problem = Problem(
        "unknown-key",
        "Unknown key.",
        "`tranfer` is not a key of a scan.",
        "",
        "Did you mean `transfer`?",
        Where("reshelve.yaml", 12, 5, "    tranfer: move"),
    )
    assert (
        "\n".join(problems_text([problem]))
        == """\
error[unknown-key]: Unknown key.
  --> reshelve.yaml:12:5
   12 |     tranfer: move
      |     ^
  `tranfer` is not a key of a scan.
  Did you mean `transfer`?"""
    )


def test_a_problem_without_a_document_names_its_path_and_keeps_a_hint_of_two_lines() -> None:
    problem = Problem("lost", "The source is gone.", "", "inbox:a\nb.mkv", "Look at\n    reshelve log", severity="warning")
    assert list(problems_text([problem])) == [
        "warning[lost]: The source is gone.",
        "  --> inbox:a\\x0ab.mkv",
        "  Look at",
        "      reshelve log",
    ]


def test_the_caret_stands_under_its_character_in_very_long_and_in_odd_lines() -> None:
    for source, column in [("x" * 5000 + "!" + "y" * 5000, 5001), ("\x1b\x1b!", 3), ("\t\t!", 3)]:
        _, _, shown, caret = problems_text([Problem("c", "S.", where=Where("f", 7, column, source))])
        assert shown[caret.index("^")] == "!"
        assert len(shown) < 200


def test_problems_are_set_apart() -> None:
    assert list(problems_text([Problem("a", "A."), Problem("b", "B.")])) == ["error[a]: A.", "", "error[b]: B."]


def test_too_many_to_read_are_counted_with_examples() -> None:
    many = [Problem("changed", "This cannot be undone.", "It was 6 B.", f"inbox:{n}.mkv", "Why.") for n in range(5_000)]
    lines = list(problems_brief(many))
    assert lines[0] == "error[changed]: This cannot be undone. (5,000)"
    assert lines[-1] == "`--json` lists them all." and len(lines) < 10
    assert list(problems_brief(many[:2])) == list(problems_text(many[:2]))


def test_problems_of_one_cause_are_told_together_with_the_first_few() -> None:
    alike = [Problem("changed", "This cannot be undone.", "It was 6 B.", f"inbox:{n}.mkv", "Why.") for n in range(8)]
    other = Problem("gone", "This cannot be undone.", "It is gone.", "inbox:x.mkv", "Why.")
    assert list(problems_brief([*alike[:4], other, *alike[4:]])) == [
        "error[changed]: This cannot be undone. (8)",
        "  inbox:0.mkv: It was 6 B.",
        "  inbox:1.mkv: It was 6 B.",
        "  inbox:2.mkv: It was 6 B.",
        "  … and 5 more",
        "  Why.",
        "",
        *problems_text([other]),
        "`--json` lists them all.",
    ]
    by_way_on = [Problem("changed", "This cannot be undone.", "It was 6 B.", f"inbox:{n}.mkv", f"undo {n}") for n in range(8)]
    assert list(problems_brief(by_way_on)) == list(problems_text(by_way_on))


def test_what_is_wrong_in_a_document_is_told_one_by_one() -> None:
    wrong = [Problem("unknown-key", "Unknown key.", "", where=Where("layout.yaml", n, 1)) for n in range(1, 60)]
    assert list(problems_brief(wrong)) == list(problems_text(wrong))


def test_a_path_is_not_told_twice() -> None:
    assert beside("tv:a.mkv", "tv:a.mkv is gone.") == "tv:a.mkv is gone."
    assert beside("tv:a.mkv", "It is gone.") == "tv:a.mkv: It is gone."
    assert beside("", "It is gone.") == "It is gone."


@pytest.mark.slow
def test_a_million_problems_and_a_line_without_end_are_cut_short() -> None:
    many = [Problem("odd", "odd", "d" * 100_000, where=Where("layout.yaml", number, 1)) for number in range(3000)]
    lines = list(problems_brief(many))
    assert len(lines) < 5000 and max(map(len, lines)) < 2100
    assert lines[-1] == "… and 2,000 more problems; `--json` lists them all."


def test_a_hint_of_several_lines_keeps_them_also_among_those_of_a_plan() -> None:
    lines = problems_grouped([Problem("plan-lost", "A plan is lost.", "why", "x", "one\ntwo")], Paint(False))
    assert lines[-2:] == ["  one", "  two"]


def test_each_of_several_disks_without_room_is_named_to_its_end() -> None:
    figures = "; ".join(f"library/{disk} has 5.4 MB left (42 MB free, 5.0 MB kept as its reserve)" for disk in "abcdef")
    same = [Problem("no-root", "Blocked.", f"it needs {size} MB; {figures}", f"tv:{size}.mkv") for size in (31, 105)]
    told = [line for line in problems_grouped(same, Paint(False)) if figures in line]
    assert len(told) == 2 and told[0].startswith("  tv:31.mkv: it needs 31 MB; ")


def test_notes_about_folders_come_before_those_that_count_and_what_is_left_out_can_be_listed() -> None:
    notes = [
        Problem(code, "S.", path=path, severity="note") for code, path in (("fell-back", "m"), ("a", ""), ("parted", "m:Show"))
    ]
    lines = problems_grouped(notes, Paint(on=False), codes=1, whole="--full")
    assert lines == ["note[parted]: S.", "  m:Show", "… and 2 more problems of 2 other kinds; `--full` lists them"]
