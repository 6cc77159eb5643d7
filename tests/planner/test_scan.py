"""Scanning, whole: stores, rules and the layout that is there in, a layout out; scanning again changes nothing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.schemas.documents import yaml_scalars
from reshelve.schemas.documents.layout_files import layout_lines, parse_layout
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.problems import ReshelveError
from tests.support.readers import NOW_NS, File, Thing, TreeReader
from tests.support.scanning import FILMS, Told, film, moves, reasons, scanned, workspace
from tests.support.shares import examples

HEAT = Told({"Heat.mkv": film("Heat", 1995), "x/Heat.mkv": film("Heat", 1995)})
SEASONS = {"name": "seasons", "when": {"kind": "episode"}, "place": "tv:{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"}
ALL = {"name": "all", "place": "movies:{{ filename }}"}


def inbox(**things: Thing) -> TreeReader:
    return TreeReader("inbox", dict(things))


def text(layout: Layout) -> str:
    return "".join(layout_lines(layout))


def test_from_store_to_layout() -> None:
    tree = TreeReader("inbox", {"Heat.mkv": "film", "Heat.en.srt": "words", "xyz.bin": "?", "empty/": None})
    result = scanned(workspace(FILMS, tidy=True, tidy_junk=["b", "a"]), tree, TreeReader("movies"), told=HEAT)
    assert text(result.layout) == (
        "version: 1\n"
        "files:\n"
        '  "movies:Heat (1995)/Heat.en.srt":\n'
        '    from: "inbox:Heat.en.srt"\n'
        '    with: "movies:Heat (1995)/Heat.mkv"\n'
        "    size: 5\n"
        f"    mark: {yaml_scalars.text(result.layout.files['movies:Heat (1995)/Heat.en.srt'].mark or '')}\n"
        '  "movies:Heat (1995)/Heat.mkv":\n'
        '    from: "inbox:Heat.mkv"\n'
        "    size: 4\n"
        "    facts: {kind: movie, title: Heat, year: 1995}\n"
        '    because: "rule films, facts from the file name"\n'
        f"    mark: {yaml_scalars.text(result.layout.files['movies:Heat (1995)/Heat.mkv'].mark or '')}\n"
        "review:\n"
        '  - {from: "inbox:xyz.bin", because: "no rule matched", facts: {kind: other}}\n'
        "tidy:\n"
        "  inbox: [a, b]\n"
    )
    assert result.counts == {"files": 3, "filed": 2, "in_place": 0, "duplicates": 0, "to_review": 1, "to_expire": 0}
    assert result.problems == []


def test_what_travels_with_an_undecided_main_waits_with_it() -> None:
    told = Told({"Heat.mkv": film("Heat")}, {"Heat.mkv": {"title"}})
    result = scanned(workspace(FILMS), TreeReader("inbox", {"Heat.mkv": "1", "Heat.srt": "2"}), TreeReader("movies"), told=told)
    assert reasons(result) == {
        "inbox:Heat.mkv": "rule films: title is not certain",
        "inbox:Heat.srt": "with inbox:Heat.mkv",
    }
    assert result.layout.files == {}


def test_what_travels_with_a_young_main_waits_with_it() -> None:
    tree = TreeReader(
        "inbox", {"a.mkv": File(b"1", ctime_ns=NOW_NS - 10**9), "a.srt": "2", "b.mkv": "3", "b.srt": File(mtime_ns=NOW_NS)}
    )
    result = scanned(workspace(ALL, settle="5m"), tree, TreeReader("movies"))
    assert result.layout.files == {} and result.layout.review == []
    assert result.counts["too_young"] == 4


def test_what_a_program_still_writes_to_waits_with_all_that_travels_with_it() -> None:
    tree = TreeReader("inbox", {"a.mkv": "1", "a.srt": "2", "b.mkv": "3", "b.srt": "4", "c.mkv": "5", "d.bin": "6"})
    tree.written = {"a.mkv", "b.srt", "d.bin"}
    result = scanned(workspace(ALL), tree, TreeReader("movies"))
    assert [entry.source for entry in result.layout.files.values()] == ["inbox:c.mkv"]
    assert result.counts["being_written"] == 5 and result.layout.review == []


def test_what_lies_in_a_folder_left_alone_is_in_nobody_s_way() -> None:
    rels = {"@eaDir/x.mkv": "1", "lost+found/": None, "a.mkv": "2"}
    trees = [TreeReader("inbox/1", {**rels, "b.mkv": "3"})]
    trees.append(TreeReader("inbox/2", {"@eaDir/x.mkv": "1", "Photos.photoslibrary/y.mkv": "1"}))
    trees.append(TreeReader("inbox/3", {"System Volume Information/": None}, unreadable={"System Volume Information": "no"}))
    result = scanned(workspace(ALL), *trees, TreeReader("movies"))
    assert sorted(entry.source or "" for entry in result.layout.files.values()) == ["inbox:a.mkv", "inbox:b.mkv"]
    assert result.problems == []
    assert sorted(folder.location for folder in result.left_alone) == [
        "inbox:@eaDir", "inbox:@eaDir", "inbox:Photos.photoslibrary", "inbox:System Volume Information", "inbox:lost+found",
    ]  # fmt: skip


def test_an_earlier_scan_s_entry_for_what_is_left_alone_now_goes() -> None:
    tree = TreeReader("inbox", {"code/a.mkv": "1"})
    first = scanned(workspace(ALL), tree, TreeReader("movies"))
    assert len(first.layout.files) == 1
    tree.tree["code/.git/HEAD"] = ""
    assert scanned(workspace(ALL), tree, TreeReader("movies"), before=first.layout).layout.files == {}


SEASON = {"s/1.mkv": "1", "s/2.mkv": "2", "s/sample.mkv": "3", "s/Extras/Making Of.mkv": "4", "s/Extras/Making Of.en.srt": "5"}
EXTRAS = {"s/sample.mkv", "s/Extras/Making Of.mkv"}


def episodes(**facts: dict[str, object]) -> Told:
    """Return what is told of s/1.mkv and s/2.mkv: episodes of the first season of Dark, but for `facts`."""
    dark = {"kind": "episode", "show": "Dark", "title": "Dark", "season": 1}
    return Told({f"s/{number}.mkv": {**dark, **facts.get(f"e{number}", {})} for number in (1, 2)})


def test_what_all_episodes_of_a_folder_have_in_common_goes_with_the_first() -> None:
    result = scanned(workspace(SEASONS), TreeReader("inbox", dict(SEASON)), TreeReader("tv"), told=episodes())
    assert moves(result) == {f"inbox:{rel}": f"tv:Dark/Season 01/{rel[2:]}" for rel in SEASON}
    assert {entry.beside for entry in result.layout.files.values()} == {None, "tv:Dark/Season 01/1.mkv"}
    assert result.layout.review == []


@pytest.mark.parametrize(
    ("second", "doubtful"),
    [({"season": 2}, set()), ({"show": "Light", "title": "Light"}, set()), ({"kind": "other"}, set()), ({}, {"season"})],
    ids=["another season", "another show", "filed nowhere", "in doubt"],
)
def test_what_lies_beside_episodes_that_part_is_left_to_you(second: dict[str, object], doubtful: set[str]) -> None:
    told = episodes(e2=second)
    told.doubtful["s/2.mkv"] = doubtful
    flat = {**SEASONS, "place": "tv:{{ filename }}"} if "show" in second else SEASONS
    result = scanned(workspace(flat), TreeReader("inbox", dict(SEASON)), TreeReader("tv"), told=told)
    assert {source for source in reasons(result) if source != "inbox:s/2.mkv"} == {
        *(f"inbox:{rel}" for rel in EXTRAS),
        "inbox:s/Extras/Making Of.en.srt",
    }


def test_an_extra_that_is_still_written_or_told_to_be_left_stays_where_it_is() -> None:
    tree = TreeReader("inbox", {**SEASON, "s/sample.mkv": File(mtime_ns=NOW_NS)})
    before = Layout(leave=["inbox:s/Extras/Making Of.mkv"])
    result = scanned(workspace(SEASONS, settle="5m"), tree, TreeReader("tv"), told=episodes(), before=before)
    assert EXTRAS.isdisjoint(source[6:] for source in moves(result)) and result.counts["too_young"] == 1


def test_your_edit_of_an_episode_keeps_what_is_of_them_all_while_they_stay_together() -> None:
    tree = TreeReader("inbox", dict(SEASON))
    first = scanned(workspace(SEASONS), tree, TreeReader("tv"), told=episodes()).layout
    files = {target.replace("/2.mkv", "/Two.mkv"): entry for target, entry in first.files.items()}
    second = scanned(workspace(SEASONS), tree, TreeReader("tv"), told=episodes(), before=replace(first, files=files))
    assert moves(second)["inbox:s/sample.mkv"] == "tv:Dark/Season 01/sample.mkv"
    files = {target.replace("Season 01/2.mkv", "Mine/Two.mkv"): entry for target, entry in first.files.items()}
    third = scanned(workspace(SEASONS), tree, TreeReader("tv"), told=episodes(), before=replace(first, files=files))
    assert "inbox:s/sample.mkv" in reasons(third)


def test_bundles_can_be_switched_off() -> None:
    tree = TreeReader("inbox", {"Heat.mkv": "1", "Heat.srt": "2"})
    assert reasons(scanned(workspace(FILMS, sidecars=False), tree, TreeReader("movies"), told=HEAT)) == {
        "inbox:Heat.srt": "no rule matched"
    }


def test_what_is_told_to_be_left() -> None:
    tree = TreeReader("inbox", {"a.mkv": "1", "a.srt": "2", "b.mkv": "3", "b.srt": "4", "dir/c.mkv": "5"})
    before = Layout(leave=["inbox:a.mkv", "inbox:b.srt", "inbox:dir/"])
    result = scanned(workspace(ALL), tree, TreeReader("movies"), before=before)
    assert moves(result) == {"inbox:b.mkv": "movies:b.mkv"}
    assert result.layout.leave == before.leave


def test_a_rule_can_leave_and_expire() -> None:
    rules = [
        {"name": "keep", "when": {"ext": "iso"}, "leave": True},
        {"name": "expire", "when": {"age": {"over": "30d"}}, "absent": True},
    ]
    tree = TreeReader("inbox", {"a.iso": "1", "old.mkv": "22", "old.srt": "3", "new.txt": File(b"x", mtime_ns=NOW_NS)})
    result = scanned(workspace(*rules), tree)
    assert [(thing.path, thing.size, thing.mtime, thing.because) for thing in result.layout.absent] == [
        ("inbox:old.mkv", 2, "2025-12-11T08:00:00Z", "rule expire: age over 30d"),
        ("inbox:old.srt", 1, "2025-12-11T08:00:00Z", "with inbox:old.mkv"),
    ]
    assert reasons(result) == {"inbox:new.txt": "no rule matched"}
    assert result.counts["left_by_rule"] == 1
    again = scanned(workspace(*rules), tree, before=result.layout)
    assert again.layout == result.layout


def test_your_edit_is_kept_and_its_companions_follow() -> None:
    tree = TreeReader("inbox", {"Heat.mkv": "1", "Heat.en.srt": "2", "Heat.nfo": "3"})
    first = scanned(workspace(FILMS), tree, TreeReader("movies"), told=HEAT).layout
    files = dict(first.files)
    files["tv:Mine/Hot.mkv"] = files.pop("movies:Heat (1995)/Heat.mkv")
    files["movies:Heat (1995)/mine.nfo"] = replace(files.pop("movies:Heat (1995)/Heat.nfo"), beside=None)
    second = scanned(workspace(FILMS), tree, TreeReader("movies"), TreeReader("tv"), told=HEAT, before=replace(first, files=files))
    assert moves(second) == {
        "inbox:Heat.mkv": "tv:Mine/Hot.mkv",
        "inbox:Heat.en.srt": "tv:Mine/Hot.en.srt",
        "inbox:Heat.nfo": "movies:Heat (1995)/mine.nfo",
    }
    assert second.layout.files["tv:Mine/Hot.en.srt"].beside == "tv:Mine/Hot.mkv"
    assert second.kept == ["kept your edit: movies:Heat (1995)/mine.nfo", "kept your edit: tv:Mine/Hot.mkv"]
    third = scanned(workspace(FILMS), tree, TreeReader("movies"), TreeReader("tv"), told=HEAT, before=second.layout)
    assert text(third.layout) == text(second.layout)


def test_what_you_want_gone_is_not_filed() -> None:
    before = Layout(absent=[Absent("inbox:Heat.mkv")])
    result = scanned(workspace(FILMS), inbox(**{"Heat.mkv": "1"}), TreeReader("movies"), told=HEAT, before=before)
    assert result.layout.files == {} and result.layout.absent == before.absent


def test_a_rule_that_changes_moves_what_is_not_applied_yet() -> None:
    tree = inbox(**{"Heat.mkv": "1"})
    first = scanned(workspace(FILMS), tree, TreeReader("movies"), told=HEAT).layout
    changed = {**FILMS, "place": "movies:{{ year }}/{{ filename }}"}
    assert moves(scanned(workspace(changed), tree, TreeReader("movies"), told=HEAT, before=first)) == {
        "inbox:Heat.mkv": "movies:1995/Heat.mkv"
    }


def test_after_the_move_the_entry_stays_until_it_is_pruned() -> None:
    first = scanned(workspace(FILMS), inbox(**{"Heat.mkv": "1"}), TreeReader("movies"), told=HEAT).layout
    moved = TreeReader("movies", {"Heat (1995)/Heat.mkv": "1"})
    assert scanned(workspace(FILMS), inbox(), moved, told=HEAT, before=first).layout == first
    assert scanned(workspace(FILMS), inbox(), moved, told=HEAT, before=first, prune=True).layout.files == {}


def test_a_newcomer_gets_another_name_than_what_was_filed_before() -> None:
    first = scanned(workspace(FILMS), inbox(**{"Heat.mkv": "1"}), TreeReader("movies"), told=HEAT).layout
    tree = TreeReader("inbox", {"x/Heat.mkv": "2"})
    second = scanned(workspace(FILMS), tree, TreeReader("movies", {"Heat (1995)/Heat.mkv": "1"}), told=HEAT, before=first)
    assert moves(second) == {
        "inbox:Heat.mkv": "movies:Heat (1995)/Heat.mkv",
        "inbox:x/Heat.mkv": "movies:Heat (1995)/Heat - version 2.mkv",
    }


def test_only_one_store_leaves_the_others_as_they_were() -> None:
    space = workspace(ALL)
    space = space.model_copy(update={"scan": {**space.scan, "tv": space.scan["inbox"]}})
    roots = TreeReader("inbox", {"a": "1", "b": "1"}), TreeReader("tv", {"a": "2"}), TreeReader("movies")
    first = scanned(space, *roots)
    assert moves(first) == {"inbox:a": "movies:a", "inbox:b": "movies:b", "tv:a": "movies:a_1"}
    roots[1].tree.clear()
    roots[0].tree.pop("b")
    roots[0].tree["c"] = "1"
    second = scanned(space, *roots, before=first.layout, only="inbox")
    assert moves(second) == {**moves(first), "inbox:c": "movies:c"}
    with pytest.raises(ReshelveError, match="inbx"):
        scanned(space, *roots, only="inbx")


def test_a_root_that_is_away_is_a_problem_and_nothing_is_taken_for_gone() -> None:
    before = scanned(workspace(ALL), inbox(a="1"), TreeReader("movies")).layout
    away = scanned(
        workspace(ALL), TreeReader("inbox", available=False), TreeReader("movies", {"a": "1"}), before=before, prune=True
    )
    assert [(problem.code, problem.severity) for problem in away.problems] == [("store-unavailable", "error")]
    assert away.layout == before
    optional = scanned(workspace(ALL), TreeReader("inbox", available=False, optional=True))
    assert [problem.severity for problem in optional.problems] == ["note"]


def test_an_unreadable_folder_is_a_problem() -> None:
    result = scanned(
        workspace(ALL), TreeReader("inbox", {"a": "1", "dir/b": "2"}, unreadable={"dir": "Permission denied"}), TreeReader("movies")
    )
    assert [(problem.code, problem.path, problem.detail) for problem in result.problems] == [
        ("unreadable", "inbox:dir", "Permission denied. Nothing in it was scanned.")
    ]
    assert moves(result) == {"inbox:a": "movies:a"}


def test_a_path_on_two_roots_of_a_group_is_left_alone() -> None:
    group = TreeReader("inbox/a", {"x": "1", "only-a": "1"}, order=0), TreeReader("inbox/b", {"x": "2", "only-b": "1"}, order=1)
    result = scanned(workspace(ALL), *group, TreeReader("movies"))
    assert moves(result) == {"inbox:only-a": "movies:only-a", "inbox:only-b": "movies:only-b"}
    assert [(problem.code, problem.path) for problem in result.problems] == [("two-roots", "inbox:x")]
    assert "a store of its own" in result.problems[0].hint
    assert result.counts["on_two_roots"] == 2 and "left_as_told" not in result.counts


def test_what_came_to_be_on_two_roots_leaves_the_layout_for_that_reason() -> None:
    one, two = TreeReader("inbox/a", {"x": "1"}, order=0), TreeReader("inbox/b", {"x": "2"}, order=1)
    before = scanned(workspace(ALL), one, TreeReader("movies")).layout
    result = scanned(workspace(ALL), one, two, TreeReader("movies"), before=before)
    assert [gone.because for gone in result.left] == ["inbox:x is left alone (in two folders of its store)"]


def test_a_store_inside_a_scanned_one_is_not_scanned() -> None:
    outer = TreeReader("inbox", {"a": "1", "Movies/b": "2"}, path="/d")
    assert moves(scanned(workspace(ALL), outer, TreeReader("movies", {"b": "2"}, path="/d/Movies"))) == {"inbox:a": "movies:a"}


def test_unusable_rules_stop_everything_and_are_all_named() -> None:
    rules = {"name": "a", "place": "x:{{"}, {"name": "b", "when": {"size": {"over": "y"}}, "leave": True}
    with pytest.raises(ReshelveError) as caught:
        scanned(workspace(*rules), inbox())
    assert [problem.code for problem in caught.value.problems] == ["bad-place", "bad-condition"]


def test_names_are_read_only_when_somebody_asks_for_facts() -> None:
    told = Told()
    scanned(workspace(ALL), inbox(a="1"), TreeReader("movies"), told=told)
    assert told.asked == []
    scanned(workspace(FILMS), inbox(a="1"), TreeReader("movies"), told=told)
    assert told.asked == ["a"]


def test_values_reach_place_templates() -> None:
    rule = {"name": "all", "place": "movies:{{ job }}/{{ filename }}"}
    assert moves(scanned(workspace(rule), inbox(a="1"), TreeReader("movies"), values={"job": "j1"})) == {"inbox:a": "movies:j1/a"}


def test_projects_come_with_every_scan_and_their_files_are_yours_to_edit() -> None:
    space = workspace().model_copy(update={"projects": []})
    space = type(space).model_validate({**space.model_dump(by_alias=True), "projects": [{"name": "p", "in": "projects:"}]})
    first = scanned(space, inbox(), TreeReader("projects")).layout
    assert len(first.dirs) == 28 and list(first.files) == ["projects:p/project_config.json"]
    mine = replace(first, files={"projects:p/project_config.json": Entry(content="{}")}, tidy={"tv": ["x"]})
    second = scanned(space, inbox(), TreeReader("projects"), before=mine)
    assert second.layout == mine
    assert scanned(workspace(), inbox(), before=first).layout.files == {}


_TREES = st.dictionaries(
    st.sampled_from(
        [
            *("Heat.mkv", "Heat.en.srt", "x/Heat.mkv", "x/Heat.srt", "x/poster.jpg", "b.bin", "caf\udce9.mkv", "n\n.mkv", "é.mkv"),
            *SEASON,
        ]
    ),
    st.sampled_from(["1", "2", "3"]),
)


@pytest.mark.drawn
@settings(derandomize=True, max_examples=examples(60), deadline=None)
@given(
    _TREES,
    st.dictionaries(st.sampled_from(["Heat (1995)/Heat.mkv", "Heat (1995)/Heat.srt", "b.bin"]), st.sampled_from(["1", "2"])),
    st.booleans(),
)
def test_scanning_again_changes_nothing_and_every_file_is_accounted_for(
    tree: dict[str, str], there: dict[str, str], folds: bool
) -> None:
    rest = {**ALL, "when": {"kind": "other"}}
    told = Told({**HEAT.facts, **episodes().facts})
    for mode in ("keep-both", "skip", "fail", "replace"):
        space = workspace(FILMS, SEASONS, rest, on_conflict=mode)
        roots = TreeReader("inbox", dict(tree)), TreeReader("movies", dict(there), folds=folds), TreeReader("tv")
        first = scanned(space, *roots, told=told)
        written = text(first.layout)
        assert text(scanned(space, *roots, told=told, before=parse_layout(written.encode(), "layout.yaml")).layout) == written
        assert len(moves(first)) + len(reasons(first)) + len(first.layout.absent) == len(tree)
