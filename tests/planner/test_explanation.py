"""An explanation agrees with the scan it explains: same target, same reason, the rule that held told last."""

from pathlib import Path

import pytest

from reshelve import api
from reshelve.planner.layouts.scan_marks import mark_of
from reshelve.schemas.layout import Entry, Review, Suggestion
from reshelve.schemas.problems import ReshelveError
from reshelve.views.explanations import explanation_text
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay


def test_every_file_is_explained_as_the_scan_decides(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path))
    layout = session.layouts.scan().layout
    targets = {entry.source: (target, entry) for target, entry in layout.files.items() if entry.source is not None}
    undecided = {item.source: item for item in layout.review}
    seen = 0
    for path in sorted((tmp_path / "inbox").rglob("*")):
        if not path.is_file():
            continue
        source = f"inbox:{path.relative_to(tmp_path / 'inbox')}"
        told = session.layouts.explain(source)
        seen += 1
        if source in undecided:
            assert (told.outcome, told.because) == ("review", undecided[source].because)
        elif not told.leads:
            assert (told.outcome, told.target, told.because) == ("place", targets[source][0], targets[source][1].because)
            assert [rule.failed for rule in told.rules][-1] == ""
            assert all(rule.failed for rule in told.rules[:-1])
        else:
            assert targets[source][1].beside == targets[told.leads][0]
            assert (told.target, told.beside) == (targets[source][0], "")
            assert session.layouts.explain(source, layout).beside == ""
    assert seen >= 4


def test_a_persons_own_entry_is_told(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path))
    layout = session.layouts.scan().layout
    target, entry = next((target, entry) for target, entry in layout.files.items() if entry.source and not entry.beside)
    entry.mark = None
    told = session.layouts.explain(entry.source or "", layout)
    assert told.outcome == "settled" and target in told.because


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path))
    for location in ("inbox:nothing.mkv", "movies:nothing.mkv"):
        with pytest.raises(ReshelveError):
            session.layouts.explain(location)


def test_a_taken_name_is_told(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path, {"inbox/Heat.1995.mkv": "mine", "movies/Heat (1995)/Heat.1995.mkv": "theirs"}))
    layout = session.layouts.scan().layout
    [target] = layout.files
    told = session.layouts.explain("inbox:Heat.1995.mkv", layout)
    assert told.target == "movies:Heat (1995)/Heat.1995.mkv" != target
    assert told.beside == target


def test_a_store_that_is_not_scanned_is_read(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path, {"inbox/Heat.1995.mkv": "mine", "movies/Ronin.1998.mkv": "theirs"}))
    told = session.layouts.explain("movies:Ronin.1998.mkv")
    assert told.outcome == "left" and told.because.startswith("the store `movies` is not scanned")
    assert {fact.name: fact.value for fact in told.facts}["title"] == "Ronin"


def test_of_a_store_of_several_disks_the_one_that_takes_it_is_told_with_the_reason(tmp_path: Path) -> None:
    def explained(reserve: str = "0B") -> str:
        workspace = (
            "version: 1\nstores:\n  inbox: {path: inbox}\n"
            f"  library: {{paths: {{one: movies, two: tv}}, reserve: {reserve}}}\nscan:\n  inbox:\n    transfer: copy\n    rules:\n"
            '      - {name: films, when: {kind: movie}, place: "library:{{ title }} ({{ year }})/{{ filename }}"}\n'
        )
        place = lay(tmp_path, {"inbox/Heat (1995).mkv": "heat"}, workspace)
        return api.open_workspace(place).layouts.explain("inbox:Heat (1995).mkv").disk

    alone = "if it is filed alone: what a plan files before it takes room, too"
    assert explained() == f"library/one, the first of 2 with room for it, {alone}"
    (tmp_path / "tv" / "Heat (1995)").mkdir(parents=True)
    assert explained() == "library/two, where Heat (1995)/ is"
    (tmp_path / "movies").rename(tmp_path / "away")
    assert "library/two" in explained()
    (tmp_path / "away").rename(tmp_path / "movies")
    none = explained("9000TB")
    assert none.startswith("none: it needs ") and "library/one has 0 B left" in none and "library/two has 0 B left" in none


def test_a_file_whose_films_disk_is_away_waits_for_it(tmp_path: Path) -> None:
    workspace = (
        "version: 1\nstores:\n  inbox: {path: inbox}\n  library: {paths: {one: movies, two: tv}}\nscan:\n  inbox:\n    rules:\n"
        '      - {name: films, when: {kind: movie}, place: "library:{{ title }} ({{ year }})/{{ filename }}"}\n'
    )
    place = lay(tmp_path, {"inbox/Heat (1995).mkv": "heat"}, workspace)
    assert call(place, "scan").code == call(place, "apply", "--yes").code == 0
    (tmp_path / "inbox/Heat (1995) 2160p.mkv").write_text("new")
    (tmp_path / "movies").rename(tmp_path / "away")
    told = api.open_workspace(place).layouts.explain("inbox:Heat (1995) 2160p.mkv")
    assert told.disk == ""
    assert told.waits.startswith("library/one:Heat (1995) is where its show, film, album, book or comic is, and is not there: ")
    (tmp_path / "tv").rename(tmp_path / "away too")
    told = api.open_workspace(place).layouts.explain("inbox:Heat (1995) 2160p.mkv")
    assert told.waits.startswith("library/one is not available: ")


@pytest.mark.parametrize("sure", [True, False])
def test_what_a_model_suggested_is_told_as_that(tmp_path: Path, sure: bool) -> None:
    """A scan goes by what the layout remembers of a suggestion, and so does its explanation: fact by fact, whose it is."""
    session = api.open_workspace(lay(tmp_path, {"inbox/zz-blob.bin": "x"}))
    because = "suggested by tiny: a film (0.95, rule movies)"
    facts = {"kind": "movie", "title": "Heat", "year": 1995}
    layout = session.layouts.scan().layout
    layout.review = [item for item in layout.review if item.source != "inbox:zz-blob.bin"]
    if sure:
        entry = Entry(source="inbox:zz-blob.bin", because=because, facts=facts)
        entry.mark = mark_of("movies:Heat (1995)/zz-blob.bin", entry)
        layout.files["movies:Heat (1995)/zz-blob.bin"] = entry
    else:
        suggestion = Suggestion(to="movies:Heat (1995)/zz-blob.bin", facts=facts, because=because, confidence=0.5)
        layout.review.append(Review(source="inbox:zz-blob.bin", because="no rule matched", suggestion=suggestion))
    told = session.layouts.explain("inbox:zz-blob.bin", layout)
    assert told.outcome == ("place" if sure else "review") and told.target == "movies:Heat (1995)/zz-blob.bin"
    assert because in told.because
    assert {fact.name: fact.source for fact in told.facts if fact.name in facts} == dict.fromkeys(facts, "tiny, by its suggestion")


def test_a_path_on_two_roots_is_left_alone_for_that_reason(tmp_path: Path) -> None:
    workspace = WORKSPACE.replace("inbox: {path: inbox}", "inbox: {paths: {a: a, b: b}}")
    files = {"a/Heat.1995.mkv": "one", "b/Heat.1995.mkv": "two", "b/Heat.1995.en.srt": "words", "b/Solaris.1972.mkv": "three"}
    session = api.open_workspace(lay(tmp_path, files, workspace))
    for location in ("inbox:Heat.1995.mkv", "inbox/a:Heat.1995.mkv", "inbox/b:Heat.1995.mkv", "inbox/b:Heat.1995.en.srt"):
        told = session.layouts.explain(location)
        assert (told.outcome, told.target) == ("left", "")
        assert told.because == "Heat.1995.mkv is in two folders of the store, inbox/a and inbox/b, and its path cannot mean both"
    assert session.layouts.explain("inbox/b:Solaris.1972.mkv").outcome == "place"
    with pytest.raises(ReshelveError):
        session.layouts.explain("inbox/a:Solaris.1972.mkv")


def test_a_number_is_told_as_given_by_the_scan(tmp_path: Path) -> None:
    place = "movies:{{ title }}/{{ seq }}_{{ year }}.{{ ext }}"
    workspace = WORKSPACE.replace("movies:{{ title }} ({{ year }})/{{ filename }}", place)
    session = api.open_workspace(lay(tmp_path, {"inbox/Heat.1995.mkv": "mine"}, workspace))
    told = session.layouts.explain("inbox:Heat.1995.mkv")
    assert (told.target, told.beside, told.number) == ("movies:Heat/{{ seq }}_1995.mkv", "", "the next scan gives it")
    layout = session.layouts.scan().layout
    told = session.layouts.explain("inbox:Heat.1995.mkv", layout)
    assert (told.target, told.beside) == ("movies:Heat/001_1995.mkv", "")
    assert told.number == "the last scan gave it, and the layout keeps it"
    assert "  number: the last scan gave it, and the layout keeps it" in explanation_text(told)


@pytest.mark.parametrize(
    ("name", "main", "companion"),
    [
        ("{{ filename | lower }}", "img_1.cr2", "img_1.jpg"),
        ("{{ filename | upper }}", "IMG_1.CR2", "IMG_1.JPG"),
        ("{{ stem }}.{{ ext | lower }}", "IMG_1.cr2", "IMG_1.jpg"),
        ("{{ seq }}.{{ ext | lower }}", "001.cr2", "001.jpg"),
        ("{{ stem | lower }}.{{ ext }}", "img_1.CR2", "img_1.JPG"),
        ("{{ stem | lower }}.cr2", "img_1.cr2", "img_1.JPG"),
        ("{{ filename }}", "IMG_1.CR2", "IMG_1.JPG"),
    ],
)
def test_a_companion_gets_the_extension_as_the_place_writes_it(tmp_path: Path, name: str, main: str, companion: str) -> None:
    rule = f'      - {{name: stills, when: {{media: image}}, place: "movies:{name}"}}\n'
    workspace = WORKSPACE.partition("    rules:\n")[0] + "    rules:\n" + rule
    session = api.open_workspace(lay(tmp_path, {"inbox/IMG_1.CR2": "raw", "inbox/IMG_1.JPG": "small"}, workspace))
    layout = session.layouts.scan().layout
    targets = {entry.source: target for target, entry in layout.files.items()}
    assert targets == {"inbox:IMG_1.CR2": f"movies:{main}", "inbox:IMG_1.JPG": f"movies:{companion}"}
    for source, target in targets.items():
        told = session.layouts.explain(source or "", layout)
        assert (told.target, told.beside) == (target, "")
