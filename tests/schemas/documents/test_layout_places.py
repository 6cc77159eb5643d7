"""Where a layout's entries stand in its files."""

from pathlib import Path

from reshelve.schemas.documents.layout_files import load_layout
from reshelve.schemas.documents.layout_places import entry_places

LAYOUT = """\
version: 1
files:
  lib:a.mkv: {from: "in:a.mkv"}
  lib:b.mkv:
    from: in:b.mkv
dirs:
- lib:empty/
absent:
- {path: "in:c.mkv"}
- path: in:d.mkv
"""


def lines(path: Path, *targets: str) -> dict[str, tuple[str, int, int]]:
    found = entry_places(path, load_layout(path), targets)
    return {target: (Path(at.file).name, at.line, at.column) for target, at in found.items()}


def test_each_section_is_found_and_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(LAYOUT)
    assert lines(file, "lib:a.mkv", "lib:b.mkv", "lib:empty", "in:c.mkv", "in:d.mkv", "lib:z.mkv") == {
        "lib:a.mkv": ("layout.yaml", 3, 3),
        "lib:b.mkv": ("layout.yaml", 4, 3),
        "lib:empty": ("layout.yaml", 7, 3),
        "in:c.mkv": ("layout.yaml", 9, 3),
        "in:d.mkv": ("layout.yaml", 10, 3),
    }


def test_what_a_plan_names_otherwise_is_where_the_entry_is_that_asks_for_it(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text('version: 1\nfiles:\n  "lib/2:Show": {from: in:Show}\n  lib:a: {from: in:a}\ntidy:\n  in: []\n')
    assert lines(file, "lib:Show/S01/a.mkv", "lib:Show", "in:Show/S01", "lib:b") == {
        "lib:Show/S01/a.mkv": ("layout.yaml", 3, 3),
        "lib:Show": ("layout.yaml", 3, 3),
        "in:Show/S01": ("layout.yaml", 6, 3),
    }


def test_all_of_many_are_found(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    many = [f"lib:{n}" for n in range(1500)]
    file.write_text("version: 1\nfiles:\n" + "".join(f"  {name}: {{from: in:{name[4:]}}}\n" for name in many))
    assert len(entry_places(file, load_layout(file), many)) == 1500


def test_of_a_folder_of_files_each_entry_is_found_in_its_own(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("version: 1\nfiles:\n  lib:a.mkv: {from: in:a.mkv}\nabsent:\n- path: in:c.mkv\n")
    (tmp_path / "two.yaml").write_text(
        "version: 1\n\nfiles:\n  lib:b.mkv: {from: in:b.mkv}\nabsent:\n- path: in:e.mkv\n- path: in:d.mkv\n"
    )
    assert lines(tmp_path, "lib:a.mkv", "lib:b.mkv", "in:d.mkv") == {
        "lib:a.mkv": ("one.yaml", 3, 3),
        "lib:b.mkv": ("two.yaml", 4, 3),
        "in:d.mkv": ("two.yaml", 7, 3),
    }


def test_what_was_edited_away_since_has_no_place(tmp_path: Path) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(LAYOUT)
    layout = load_layout(file)
    file.write_text("version: 1\nfiles:\n  lib:b.mkv: {from: in:b.mkv}\n")
    assert {target: at.line for target, at in entry_places(file, layout, ["lib:a.mkv", "lib:b.mkv"]).items()} == {"lib:b.mkv": 3}
    file.unlink()
    assert entry_places(file, layout, ["lib:b.mkv"]) == {}
