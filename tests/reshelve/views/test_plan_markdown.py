"""The plan as a pull request comment."""

from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.views.plan_markdown import code, plain, plan_markdown
from tests.support.viewplans import evening, large, move


def test_a_guard_that_is_passed_stands_right_below_the_summary() -> None:
    beyond = [Problem("max-delete", "Too much.", "3 files of `library` would go.", "library", "--max-delete 3", severity="warning")]
    lines = list(plan_markdown(Plan(settled=2), beyond))
    assert lines[1:3] == ["", "- warning, max-delete: `library`: Too much. 3 files of `library` would go. --max-delete 3"]


def test_a_plan_leads_with_its_summary_and_tables_its_folders() -> None:
    lines = list(plan_markdown(evening()))
    assert lines[0] == "**Plan: 2 mkdir, 2 move, 1 write, 1 trash, 1 rmdir, 1 blocked, 5 lost; 3.4 GB to copy; all can be undone.**"
    folder, example = "`tv:Nordlys (2011)/Season 08/`", "`inbox:Subs/old.srt` as `Nordlys.S08E06.en.srt`"
    assert f"| > move | {folder} | 2 | 3.4 GB | rule episodes, facts from the file name | {example} |" in lines
    assert "Blocked (1):" in lines
    assert "Problems (5):" in lines


def test_a_file_that_gets_another_name_is_shown_with_it() -> None:
    moves = [move("tv:a/one.mkv", "tv:b/one.mkv"), move("tv:a/two 1080p.mkv", "tv:b/two [1080p].mkv")]
    (row,) = [line for line in plan_markdown(Plan(id="e" * 64, operations=moves)) if line.startswith("| >")]
    assert row.endswith("| `tv:a/two 1080p.mkv` as `two [1080p].mkv` |") and "| 2 |" in row


def test_a_large_plan_fits_a_comment() -> None:
    text = "\n".join(plan_markdown(large(10_000, 5_000)))
    assert len(text) < 65_536
    assert "… and 4,800 more groups" in text


def test_names_stay_in_their_cell() -> None:
    plan = Plan(id="e" * 64, operations=[move("inbox:a|b`c`\n<img>", "tv:x|y/z", because="<script>@everyone | [a](b)")])
    row = next(line for line in plan_markdown(plan) if line.startswith("| >"))
    assert row.replace("\\|", "").count("|") == 7
    assert "<script>" not in row
    assert code("a`b``c") == "``` a`b``c ```"
    assert plain("@me") == "\\@me"


def test_nothing_to_do_is_one_line() -> None:
    assert list(plan_markdown(Plan(settled=2))) == ["**Nothing to do: 2 entries are as desired.**"]
