"""CI is told of stores that no workspace has, and of merge conflicts, before any disk is looked at."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

LAYOUT = """version: 1
files:
  "movie:Heat (1995)/Heat.mkv":
    from: "inbox:Heat.mkv"
"""
CONFLICT = """version: 1
leave:
<<<<<<< HEAD
  - "inbox:a"
=======
  - "inbox:b"
>>>>>>> theirs
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path, {})


@pytest.mark.parametrize("command", [("validate",), ("validate", "layout.yaml"), ("check", "--offline"), ("fmt", "--check")])
def test_an_unknown_store_is_told_where_it_stands(place: Path, command: tuple[str, ...]) -> None:
    (place / "layout.yaml").write_text(LAYOUT)
    came = call(place, *command)
    said = came.out + came.err
    assert came.code == 1 and "unknown-store" in said and "layout.yaml:3:3" in said and "did you mean movies?" in said


@pytest.mark.parametrize(
    "command", [("check",), *(("check", "--offline", "--format", form) for form in ("text", "github", "junit"))]
)
def test_check_tells_it_beside_what_else_is_wrong_and_never_proposes_the_misspelling(place: Path, command: tuple[str, ...]) -> None:
    (place / "layout.yaml").write_text(
        LAYOUT + '  "movies:Heat (1995)/Heat.srt":\n    from: "inbox:a"\n    with: "movies:Heat (1995)/Heat.mkv"\n'
    )
    came = call(place, *command)
    said = came.out + came.err
    assert came.code == 1 and "did you mean movies?" in said and "did you mean movie:" not in said
    assert "make the store of both the same" in said


@pytest.mark.parametrize(
    ("only", "hint"), [("inbx", "Did you mean `inbox`?"), ("tv", "Scanned stores: inbox."), ("nothing", "Scanned stores: inbox.")]
)
def test_a_store_that_is_not_scanned_is_refused_with_the_nearest_that_is(place: Path, only: str, hint: str) -> None:
    came = call(place, "scan", "--only", only)
    assert came.code == 64 and "store-not-scanned" in came.err and hint in came.err


def test_every_place_of_a_layout_is_looked_at(place: Path) -> None:
    (place / "layout.yaml").write_text(
        'version: 1\ndirs:\n  - "s1:a"\nfiles:\n  "s2:a":\n    from: "s3:a"\n  "tv/nas:x":\n    from: "inbox%:%ff"\n'
        '  "tv:out/":\n    unpack: "s4:a.zip"\nabsent:\n  - {path: "s5:a", copies: ["s6:a"]}\n'
        'review:\n  - {from: "s7:a", suggestion: {to: "s8:a"}}\nleave:\n  - "s9:a"\ntidy:\n  s10: [".DS_Store"]\n'
    )
    came = call(place, "validate")
    assert [f"'s{number}'" in came.err for number in range(1, 11)] == [True] * 10
    assert came.err.count("error[unknown-store]") == 11 and "'tv' has no folder 'nas'" in came.err


def test_a_group_and_this_machines_own_stores_are_known(place: Path) -> None:
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("tv: {path: tv}", "tv: {paths: {nas: tv, attic: '${NOWHERE}'}}"))
    (place / "reshelve.local.yaml").write_text("version: 1\nstores:\n  mine: {path: movies}\n")
    (place / "layout.yaml").write_text('files:\n  "tv/nas:x":\n    from: "mine:x"\n  "tv/nsa:y":\n    from: "inbox:y"\n')
    came = call(place, "validate", "layout.yaml")
    assert came.err.count("error[") == 1 and "did you mean nas?" in came.err


def test_outside_a_workspace_there_are_no_stores_to_know(tmp_path: Path) -> None:
    (tmp_path / "layout.yaml").write_text(LAYOUT)
    assert call(tmp_path, "validate", "layout.yaml").code == 0
    (tmp_path / "reshelve.yaml").write_text("stores: [\n")
    assert call(tmp_path, "validate", "layout.yaml").code == 0


def test_a_folder_of_layouts(place: Path) -> None:
    (place / "layout").mkdir()
    (place / "layout" / "a.yaml").write_text(LAYOUT)
    beside = 'files:\n  "movies:a.srt":\n    from: "inbox:a"\n    with: "movie:Heat (1995)/Heat.mkv"\n'
    (place / "layout" / "b.yaml").write_text(beside)
    for command in (("validate", "layout"), ("check", "--offline"), ("fmt", "--check")):
        came = call(place, *command)
        assert came.code == 1 and "a.yaml:3:3" in came.out + came.err, command


@pytest.mark.parametrize("command", ["validate", "fmt", "scan", "plan", "check", "review"])
def test_conflicts_in_a_layout_are_named(place: Path, command: str) -> None:
    (place / "layout.yaml").write_text(CONFLICT)
    came = call(place, command)
    said = came.out + came.err
    assert came.code == 1 and "merge-conflict" in said and "layout.yaml:3:1" in said and "until line 7" in said
    assert (place / "layout.yaml").read_text() == CONFLICT


def test_conflicts_in_every_document_are_named(place: Path) -> None:
    assert call(place, "observe", "-o", "inventory.ndjson").code == 0
    (place / "layout.yaml").write_text('version: 1\ndirs:\n  - "tv:x"\n')
    assert call(place, "plan", "-o", "plan.json").code == 0
    for name, command in (
        ("inventory.ndjson", ("check", "--against", "inventory.ndjson")),
        ("inventory.ndjson", ("validate", "inventory.ndjson")),
        ("plan.json", ("show", "plan.json")),
        ("plan.json", ("apply", "plan.json")),
        ("prices.yaml", ("cost", "--gb", "1", "--prices", "prices.yaml")),
        ("reshelve.local.yaml", ("status",)),
        ("reshelve.yaml", ("status",)),
    ):
        file = place / name
        text = file.read_text() if file.exists() else "version: 1\n"
        for at in (0, 1):
            lines = text.splitlines(keepends=True)
            file.write_text("".join([*lines[:at], "<<<<<<< HEAD\n", *lines[at:], "=======\r\n", ">>>>>>> 1234abc (theirs)\n"]))
            came = call(place, *command)
            assert came.code == 1 and f"{name}:{at + 1}:1" in came.err and "merge-conflict" in came.err, (name, command, came.err)
        file.write_text(text)
        if name == "reshelve.local.yaml":
            file.unlink()


def test_what_only_looks_like_one_is_text(place: Path) -> None:
    (place / "layout.yaml").write_text('files:\n  "tv:a":\n    content: |\n      Title\n      =======\n      <<<<<<< HEAD\n')
    assert call(place, "validate").code == 0


def test_a_row_that_was_left_is_told(place: Path) -> None:
    (place / "layout.yaml").write_text('leave:\n  - "inbox:a"\n=======\n  - "inbox:b"\n')
    came = call(place, "validate")
    assert "merge-conflict" in came.err and "layout.yaml:3:1" in came.err


@pytest.mark.parametrize("source", ["a.mkv", ":a.mkv", "in box:a.mkv", "inbox:../a.mkv"])
def test_what_is_no_location_is_one_fault(tmp_path: Path, source: str) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    (tmp_path / "layout.yaml").write_text(f'version: 1\nfiles: {{"tv:x": {{from: "{source}"}}}}\n')
    told = [line for line in call(tmp_path, "validate").err.splitlines() if line.startswith("error[")]
    assert len(told) == 1 and "not a location" in told[0]


def test_each_of_several_keeps_what_was_meant(tmp_path: Path) -> None:
    for folder in ("inbox", "library"):
        (tmp_path / folder).mkdir()
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, library: {path: library}}\n")
    (tmp_path / "layout.yaml").write_text('version: 1\nfiles: {"libary:x": {from: "inbox:b"}, "library:y": {from: "inbx:a"}}\n')
    came = call(tmp_path, "plan")
    lines = (came.out + came.err).splitlines()
    for wrong, right in (("libary", "library"), ("inbx", "inbox")):
        at = next(number for number, line in enumerate(lines) if line.startswith(f"  {wrong} "))
        assert lines[at + 1] == f"    Did you mean `{right}`?", lines
    assert lines[-1] == "Nothing planned: 2 errors."


BASE = """version: 1
leave:
<<<<<<< HEAD
  - "inbox:a"
||||||| 3edc198
  - "inbox:old"
=======
  - "inbox:b"
>>>>>>> theirs
"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (BASE, 3, "from ||||||| to ======= is what stood there before"),
        (BASE.replace("<<<<<<< HEAD\n", "").replace("=======\n", "").replace(">>>>>>> theirs\n", ""), 4, "remove the line |||||||"),
    ],
    ids=["whole", "a line of it left"],
)
def test_a_conflict_with_what_stood_there_before_is_told_as_that(place: Path, text: str, line: int, said: str) -> None:
    (place / "layout.yaml").write_text(text)
    came = call(place, "validate")
    assert came.code == 1 and "error[merge-conflict]" in came.err and f"layout.yaml:{line}:1" in came.err
    assert said in " ".join(came.err.split()) and came.err.count("error[") == 1
