"""`duplicates`: it removes nothing, and what it writes is a layout like any other: planned, applied, undone."""

from pathlib import Path

import pytest
from PIL import Image

from reshelve import api
from tests.support.shellcalls import call

TREE = {
    "library/Heat.mkv": "film",
    "inbox/heat.1995.mkv": "film",
    "inbox/more/heat copy.mkv": "film",
    "inbox/other.mkv": "another",
    "inbox/empty": "",
}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores:\n  library: {path: library}\n  inbox: {path: inbox}\n")
    for name, content in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def files(desk: Path) -> dict[str, str]:
    here = [path for folder in ("library", "inbox") for path in (desk / folder).rglob("*") if path.is_file()]
    return {str(path.relative_to(desk)): path.read_text() for path in here if ".reshelve" not in str(path)}


def test_it_shows_each_set_with_what_stays_and_changes_nothing(desk: Path) -> None:
    came = call(desk, "duplicates")
    assert (came.code, came.err) == (0, "")
    assert came.out.splitlines() == [
        "      4 B  library:Heat.mkv  (stays: in the first store)",
        "           inbox:heat.1995.mkv",
        "           inbox:more/heat copy.mkv",
        "1 set of duplicates in 5 files: 2 files more than needed, 8 B.",
    ]
    assert files(desk) == TREE


def test_the_layout_it_writes_is_applied_and_undone_as_any_other(desk: Path) -> None:
    came = call(desk, "duplicates", "-o", "duplicates.yaml")
    assert came.code == 0 and came.out.splitlines()[-2] == "Wrote duplicates.yaml: 2 files to go, 8 B. Nothing is removed yet."
    assert files(desk) == TREE
    assert call(desk, "validate", "duplicates.yaml").code == 0
    assert call(desk, "apply", "duplicates.yaml", "--yes").code == 0
    assert files(desk) == {name: TREE[name] for name in ("library/Heat.mkv", "inbox/other.mkv", "inbox/empty")}
    assert call(desk, "duplicates").out == "No duplicates in 3 files.\n"
    assert call(desk, "undo", "--yes").code == 0
    assert files(desk) == TREE


def test_what_was_to_stay_and_changed_meanwhile_keeps_the_others(desk: Path) -> None:
    call(desk, "duplicates", "-o", "duplicates.yaml")
    (desk / "library/Heat.mkv").write_text("edit")
    before = files(desk)
    came = call(desk, "apply", "duplicates.yaml", "--yes")
    assert came.code == 1 and "copy-missing" in came.out + came.err
    assert files(desk) == before


def test_rules_and_places_decide(desk: Path) -> None:
    came = call(desk, "duplicates", "inbox", "--keep", "inbox:more/**", "--json")
    (one,) = [event for event in came.events if event["type"] == "duplicates"]
    assert (one["stays"], one["goes"]) == ("inbox:more/heat copy.mkv", ["inbox:heat.1995.mkv"])
    assert came.events[-1] == {"type": "summary", "exit": 0, "files": 4, "sets": 1, "bytes": 4}


def test_the_layout_of_the_workspace_tells_what_is_wanted(desk: Path) -> None:
    (desk / "layout.yaml").write_text('version: 1\nfiles:\n  "inbox:more/heat copy.mkv": {from: "inbox:x"}\n')
    assert "inbox:more/heat copy.mkv  (stays: where the layout wants it)" in call(desk, "duplicates").out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('version: 1\nfiles:\n  "library:a": {from: "inbox:other.mkv"}\n', True),
        ('version: 1\nabsent:\n  - {path: "inbox:other.mkv", because: "seen"}\n', True),
        ("version: 1\n", False),
    ],
)
def test_a_layout_of_a_persons_own_is_never_replaced(desk: Path, text: str, kept: bool) -> None:
    (desk / "duplicates.yaml").write_text(text)
    came = call(desk, "duplicates", "-o", "duplicates.yaml")
    assert (came.code == 1 and "not-written" in came.err) == kept
    assert ((desk / "duplicates.yaml").read_text() == text) == kept
    assert kept or call(desk, "duplicates", "-o", "duplicates.yaml").code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--keep", "olest"), "Did you mean oldest?"),
        (("nowhere",), "The workspace has library, inbox."),
        (("--min-size", "large"), "is not a size"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_does(desk: Path, args: tuple[str, ...], said: str) -> None:
    came = call(desk, "duplicates", *args)
    assert came.code == 64 and said in " ".join(came.err.split())


def test_the_layout_can_be_printed(desk: Path) -> None:
    came = call(desk, "duplicates", "-o", "-")
    assert api.layout_problems(came.out.encode()) == []
    assert came.out.count("copies:") == 2


def test_a_backup_and_its_copy_are_no_duplicates(desk: Path) -> None:
    sets = 'backups:\n  nightly: {of: "library:{project}", copies: ["inbox:copies/{project}"]}\n'
    (desk / "reshelve.yaml").write_text((desk / "reshelve.yaml").read_text() + sets)
    for place in ("library/b63/Backups", "inbox/copies/b63"):
        (desk / place).mkdir(parents=True)
        (desk / place / "daily_20260301.tar.gz").write_text("archive")
    assert "daily_20260301" not in call(desk, "duplicates", "--full").out


@pytest.fixture
def pictures(desk: Path) -> Path:
    picture = Image.effect_mandelbrot((400, 300), (-2.2, -1.2, 0.8, 1.2), 60)
    picture.save(desk / "library" / "beach.png")
    picture.resize((200, 150)).save(desk / "inbox" / "beach small.jpg")
    Image.linear_gradient("L").save(desk / "inbox" / "other.jpg")
    (desk / "inbox" / "broken.jpg").write_bytes(b"\xff\xd8")
    return desk


def test_pictures_that_look_alike_are_shown_and_asked_about_and_none_goes(pictures: Path) -> None:
    came = call(pictures, "duplicates", "--alike", "--full")
    assert came.code == 0
    first, second, *others = came.out.splitlines()
    assert first == "    400×300  library:beach.png"
    assert second.startswith("      200×150  inbox:beach small.jpg  (")
    assert others == [
        "Not looked at: inbox:broken.jpg",
        "1 group of pictures that look alike in 3 pictures.",
        "1 picture could not be looked at.",
    ]
    for _ in range(2):
        came = call(pictures, "duplicates", "--alike", "-o", "alike.yaml")
        assert came.out.splitlines()[-2:] == [
            "Wrote alike.yaml: 1 picture to review. Nothing is removed.",
            "Next: reshelve review alike.yaml",
        ]
    layout = api.load_layout(pictures / "alike.yaml")
    assert [one.source for one in layout.review] == ["inbox:beach small.jpg"]
    assert "review:" in call(pictures, "duplicates", "--alike", "-o", "-").out
    assert call(pictures, "plan", "alike.yaml").code == 0


def test_what_looks_alike_is_not_written_over_another_layout(pictures: Path) -> None:
    call(pictures, "duplicates", "-o", "d.yaml")
    before = (pictures / "d.yaml").read_text()
    came = call(pictures, "duplicates", "--alike", "-o", "d.yaml")
    assert (came.code, (pictures / "d.yaml").read_text()) == (1, before)


@pytest.mark.parametrize("given", [("--alike", "--keep", "oldest"), ("--differ", "3"), ("--alike", "--differ", "33")])
def test_what_makes_no_sense_together_is_refused(pictures: Path, given: tuple[str, ...]) -> None:
    assert call(pictures, "duplicates", *given).code == 64
