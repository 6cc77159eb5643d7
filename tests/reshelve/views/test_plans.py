"""The plan as people read it."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reshelve.schemas.locations import printable
from reshelve.schemas.operations import MakeDir, Move, Purge, Write
from reshelve.schemas.plan import Blocked, Plan, Waiting
from reshelve.schemas.problems import Problem
from reshelve.views.plan_counts import summary
from reshelve.views.plans import plan_text
from tests.support.viewplans import RULE, evening, large, move, purging


def test_a_small_plan_shows_everything_with_its_reason() -> None:
    assert (
        "\n".join(plan_text(evening(), width=70))
        == """\
Plan 3f9a1c2e4b5d

  as the layout says
    + tv:Nordlys (2011)/
    + tv:Nordlys (2011)/Season 08/
  tv:Nordlys (2011)/Season 08/   rule episodes, facts from the file name
    > Nordlys.S08E06.mkv                    3.4 GB  from inbox:  (to another disk)
    > Nordlys.S08E06.en.srt                  48 kB  from inbox:Subs/old.srt
  projects:b63/   template standard_video
    w project_config.json  2 B
  inbox:   already at tv:there.mkv
    - copy.mkv  700 B
  emptied by this plan
    x inbox:Subs/

warning[target-taken]: Blocked: left as it is.
  tv:taken.mkv: another file is there (from inbox:taken.mkv)
  Choose another name.

warning[lost]: The source is gone. (5)
  tv:gone0.mkv: inbox:gone0.mkv is not there.
  tv:gone1.mkv: inbox:gone1.mkv is not there.
  tv:gone2.mkv: inbox:gone2.mkv is not there.
  … and 2 more; `--full` lists them

Room on tv: 3.4 GB needed.

1 entry held since an undo, or since a run put files away: not planned until `reshelve release`.

+ make folder  > move  w write  - to the trash  x remove emptied folder
Plan: 2 mkdir, 2 move, 1 write, 1 trash, 1 rmdir, 1 blocked, 5 lost; 3.4 GB to copy; all can be undone."""
    )


def counted(lines: list[str], pattern: str) -> int:
    return sum(int(found.group(1).replace(",", "")) for line in lines if (found := re.search(pattern, line)))


@pytest.mark.parametrize(("moves", "folders", "reasons"), [(10_000, 400, 1), (10_000, 10_000, 300), (61, 1, 1), (59, 59, 59)])
def test_the_short_form_never_passes_sixty_lines_and_loses_no_file(moves: int, folders: int, reasons: int) -> None:
    lines = list(plan_text(large(moves, folders, reasons)))
    assert len(lines) <= 60
    assert counted(lines, r"> +([\d,]+) files? ") + counted(lines, r"more folders? \(([\d,]+) files?\)") == moves


def test_full_lists_every_operation_in_order() -> None:
    plan = large(500, 20, 3)
    shown = [line.split()[1] for line in plan_text(plan, full=True) if line.startswith("    > ")]
    assert shown == [op.dst.rpartition("/")[2] for op in plan.operations[20:]]


def test_the_largest_groups_are_shown_first() -> None:
    many = [move(f"inbox:a{n}", f"tv:many/a{n}") for n in range(100)]
    few = [move(f"inbox:b{n}", f"tv:few {n}/b{n}") for n in range(100)]
    lines = list(plan_text(Plan(id="c" * 64, operations=[*few, *many])))
    assert "100 files" in lines[3]
    assert "tv:many/" in lines[3]


def test_what_has_no_reason_of_its_own_is_never_given_another_s() -> None:
    pair = [move("inbox:a.mkv", "tv:x/a.mkv"), move("inbox:b.mkv", "tv:x/b.mkv", because="")]
    lines = list(plan_text(Plan(id="c" * 64, operations=list(pair))))
    assert lines[2] == f"  tv:x/   {RULE}"
    assert lines[4] == "  tv:x/   as the layout says"


def test_nothing_to_do() -> None:
    assert list(plan_text(Plan(settled=341))) == ["Nothing to do: 341 entries are as desired."]
    assert summary(Plan()) == summary(Plan(command="organize")) == "Nothing to do: no file is to go anywhere."
    assert summary(Plan(held=["tv:a"])) == "Nothing to do: 1 held."
    assert summary(Plan(command="undo")) == "Nothing to do: nothing of it is left to undo."


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (Plan(settled=2, blocked=[Blocked("tv:a", "", "no-room", "full")]), "2 entries are as desired, 1 blocked"),
        (Plan(problems=[Problem("no-room", "Not enough room.")]), "1 error"),
        (Plan(settled=1, problems=[Problem("lost", "A source is gone.", severity="warning")]), "1 entry is as desired, 1 lost"),
        (Plan(problems=[Problem("store-unavailable", "It is away.", severity="note")]), "what was asked for stays as it is"),
        (Plan(waiting=[Waiting("tv:a", "s3:a", "")]), "1 waiting for a thaw"),
        (Plan(command="undo", blocked=[Blocked("tv:a", "", "changed", "it")]), "1 blocked"),
    ],
)
def test_what_is_not_as_desired_is_not_called_nothing_to_do(plan: Plan, told: str) -> None:
    assert summary(plan) == f"Nothing planned: {told}."


def test_what_was_asked_for_and_kept_out_of_a_plan_is_not_called_nothing_to_do() -> None:
    assert summary(Plan(command="archive"), kept=True) == "Nothing planned: what was asked for stays as it is."
    assert summary(Plan(settled=1, problems=[Problem("odd-keys", "Odd.", severity="warning")])).startswith("Nothing to do: ")


def test_what_cannot_be_undone_is_said() -> None:
    *_, last = plan_text(purging())
    assert last == "Plan: 1 purge; 1 cannot be undone."


def test_folders_of_the_trash_are_not_counted_as_files() -> None:
    top = "inbox:.reshelve-trash/0123456789ab"
    files = [Purge(f"{top}/a{n % 70}/{n}.mkv", 1, 0, n, because="trash of run 0123456789ab") for n in range(100)]
    dirs = [Purge(f"{top}/a{n}", 0, 0, n, item="dir", because="empty by then") for n in range(70)]
    for operations in ([*files, *dirs], dirs):
        lines = list(plan_text(Plan(id="c" * 64, operations=list(operations))))
        assert "  ! 70 folders of the trash, empty by then" in lines, lines
        counts = counted(lines, r"! +([\d,]+) files? ") + counted(lines, r"more folders? \(([\d,]+) files?\)")
        assert counts == len(operations) - 70


def test_names_cannot_reach_the_terminal() -> None:
    hostile = "inbox:\x1b[2J\x07evil\u202egpj.mkv"
    renamed = move(hostile, "tv:x\x1b[31m/\nfake line", because="\x1b]0;title\x07")
    plan = Plan(id="d" * 64, operations=[MakeDir("tv:x\x1b[31m"), renamed])
    for full in (False, True):
        text = "".join(plan_text(plan, full=full))
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert not any(line.startswith("fake line") for line in plan_text(plan, full=full))


PLACES = st.text(st.characters(codec=None, exclude_characters="/"), min_size=1, max_size=300).map(lambda name: f"tv:a/{name}")
MOVES = st.builds(move, PLACES, PLACES, because=st.text(st.characters(codec=None), max_size=300))
PROBLEMS = st.builds(Problem, st.sampled_from("abcdefg"), st.just("Summary."), st.text(max_size=50), PLACES, st.text(max_size=50))


@given(st.lists(MOVES, max_size=80), st.lists(PROBLEMS, max_size=80), st.booleans())
@settings(derandomize=True, max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_the_names_lines_are_few_and_clean(moves: list[Move], problems: list[Problem], full: bool) -> None:
    lines = list(plan_text(Plan(id="f" * 64, operations=list(moves), problems=problems), full=full))
    assert full or len(lines) <= 60
    for line in lines:
        assert line.isprintable() or printable(line) == line
        line.encode("utf-8")


def test_colour_only_when_asked() -> None:
    assert "\x1b[" not in "".join(plan_text(evening()))
    coloured = "\n".join(plan_text(evening(), colour=True))
    assert re.sub(r"\x1b\[\d*m", "", coloured) == "\n".join(plan_text(evening()))
    assert "\x1b[36m>" in coloured


def test_a_new_project_is_one_tree_with_one_reason() -> None:
    folders = ["projects:b63", "projects:b63/Raw", "projects:b63/Edit", "projects:b63/Raw/A", "projects:b63/Raw/B"]
    makes = [MakeDir(place, because="layout dirs") for place in folders]
    why = "project b63, template video"
    config = Write("projects:b63/project.json", "{}", because=why)
    lines = list(plan_text(Plan(id="c" * 64, operations=[*makes, config, move("inbox:a.mkv", "tv:x/a.mkv")])))
    assert lines[2:12] == [
        f"  {why}",
        "    + projects:b63/",
        "    +   Edit/",
        "    +   Raw/",
        "    +     A/",
        "    +     B/",
        "    w   project.json  2 B",
        f"  tv:x/   {RULE}",
        "    > a.mkv                                                1.0 MB  from inbox:",
        "",
    ]


def test_two_new_projects_are_two_trees_and_a_new_folder_that_gets_files_is_none() -> None:
    places = [f"projects:{name}{rel}" for name in ("a", "b") for rel in ("", "/Raw", "/Edit")]
    makes = [MakeDir(place, because="layout dirs") for place in [*places, "tv:new", "tv:new/S1", "tv:new/S2"]]
    lines = list(plan_text(Plan(id="c" * 64, operations=[*makes, move("inbox:a.mkv", "tv:new/S1/a.mkv")])))
    assert lines.count("    +   Raw/") == 2 and "    + tv:new/S1/" in lines


def test_full_lists_the_folders_of_a_new_project_in_the_order_they_are_made() -> None:
    makes = [MakeDir(f"projects:{rel}", because="layout dirs") for rel in ("b", "b/z", "b/a")]
    lines = list(plan_text(Plan(id="c" * 64, operations=list(makes)), full=True))
    assert [line.split()[1] for line in lines if line.startswith("    + ")] == ["projects:b/", "projects:b/z/", "projects:b/a/"]
