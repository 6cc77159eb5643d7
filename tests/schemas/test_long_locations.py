"""Paths past all bounds are a problem at their line, and cost no more than reading them."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from reshelve.schemas import locations
from reshelve.schemas.documents.layout_files import problems_of
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.locations import LEVELS, LONGEST
from reshelve.schemas.problems import ReshelveError

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("rel", "wrong"),
    [
        ("a" * LONGEST, None),
        ("a" * (LONGEST + 1), "at most 4,096 bytes, and this one 4,097"),
        ("é" * (LONGEST // 2), None),
        ("é" * (LONGEST // 2 + 1), "at most 4,096 bytes, and this one 4,098"),
        ("\udcff" * (LONGEST + 1), "at most 4,096 bytes"),
        ("a/" * LEVELS + "a", None),
        ("a/" * (LEVELS + 1), None),
        ("a/" * (LEVELS + 1) + "a", "at most 128 folders deep, and this one 129"),
    ],
)
def test_bounds(rel: str, wrong: str | None) -> None:
    told = locations.fault(locations.join("tv", rel))
    assert told is None if wrong is None else wrong in (told or "")


LONG = "a/" * 500_000 + "b"
PLACES = {
    "target": 'files:\n  ? "tv:{}"\n  : from: "in:a"\n',
    "from": 'files:\n  "tv:a":\n    from: "in:{}"\n',
    "with": 'files:\n  "tv:a":\n    from: "in:a"\n    with: "tv:{}"\n',
    "unpack": 'files:\n  "tv:a/":\n    unpack: "in:{}"\n',
    "dirs": 'dirs:\n  - "tv:{}"\n',
    "absent": 'absent:\n  - {{path: "tv:{}"}}\n',
    "copies": 'absent:\n  - {{path: "tv:a", copies: ["tv:{}"]}}\n',
    "review": 'review:\n  - {{from: "tv:{}", because: b}}\n',
    "suggestion": 'review:\n  - {{from: "tv:a", because: b, suggestion: {{to: "tv:{}", because: b, confidence: 0.5}}}}\n',
    "leave": 'leave:\n  - "tv:{}"\n',
}
NARROW = 700 << 20


@pytest.mark.parametrize("place", PLACES)
def test_a_megabyte_is_told_at_its_line(tmp_path: Path, place: str) -> None:
    text = "version: 1\n" + PLACES[place].format(LONG)
    line = next(number for number, each in enumerate(text.split("\n"), 1) if "a/a/a" in each)
    path = tmp_path / "layout.yaml"
    path.write_text(text)
    found = [problem for problem in problems_of(path) if problem.code == "location"]
    assert [(problem.where.line if problem.where else 0) for problem in found] == [line]
    assert "at most 4,096 bytes" in found[0].detail and len(found[0].detail) < 500


def planned(folder: Path, layout: str) -> "subprocess.CompletedProcess[bytes]":
    """Plan a layout in so little room that what grows with the square of a path fails."""
    for store in ("in", "tv"):
        (folder / store).mkdir()
    (folder / "reshelve.yaml").write_text("version: 1\nstores: {in: {path: in}, tv: {path: tv}}\n")
    (folder / "layout.yaml").write_text(layout)
    return subprocess.run(
        [sys.executable, "-m", "reshelve", "plan"],
        check=False,
        capture_output=True,
        cwd=folder,
        env={"PYTHONPATH": str(TOP)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (NARROW, NARROW)),
    )


def test_a_megabyte_takes_little_room(tmp_path: Path) -> None:
    done = planned(tmp_path, "version: 1\n" + PLACES["target"].format(LONG) + PLACES["dirs"].format(LONG))
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert b"layout.yaml:3:" in done.stderr and b"layout.yaml:6:" in done.stderr
    assert len(done.stdout + done.stderr) < 5000


def test_the_deepest_paths_there_may_be_are_planned_in_little_room(tmp_path: Path) -> None:
    deep = "a/" * LEVELS
    lines = [f'  - "tv:{number}{deep[1:]}b"\n' for number in range(100)]
    done = planned(tmp_path, f'version: 1\ndirs:\n{"".join(lines)}leave:\n  - "in:{deep}b"\n')
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Plan: 12,900 mkdir" in done.stdout


def test_names_of_a_workspace(tmp_path: Path) -> None:
    path = tmp_path / "reshelve.yaml"
    path.write_text(f'version: 1\nstores: {{tv: {{path: tv}}}}\nprojects:\n  - {{name: p, in: "tv:{LONG}"}}\n')
    with pytest.raises(ReshelveError) as refused:
        load_workspace(path, {})
    (problem,) = refused.value.problems
    assert problem.where is not None and problem.where.line == 4 and "at most 4,096 bytes" in problem.detail


def test_names_that_are_not_there_are_compared_with_few(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    show = "tv:Show/Season 1/Show"
    entries = (f'  "{show}.S01E{n}.mkv": {{from: "in:{n}.mkv", with: "{show}.S1E{n}.mkv"}}\n' for n in range(3000))
    path.write_text("version: 1\nfiles:\n" + "".join(entries))
    found = problems_of(path)
    assert found[1].hint.startswith("did you mean tv:Show")
    assert len(found) == 1001
