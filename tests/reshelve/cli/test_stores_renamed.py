"""Stores that are renamed or not scanned: what scan says and what it leaves in the layout."""

from pathlib import Path

from reshelve.api import load_layout
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay


def rename(place: Path) -> None:
    (place / "inbox").rename(place / "cards")
    workspace = place / "reshelve.yaml"
    workspace.write_text(workspace.read_text().replace("inbox", "cards"))


def sources(place: Path) -> list[str]:
    return [str(entry.source) for entry in load_layout(place / "layout.yaml").files.values()]


def test_pending_entries_of_a_renamed_store_leave_and_are_told(tmp_path: Path) -> None:
    lay(tmp_path)
    assert call(tmp_path, "scan").code == 0
    rename(tmp_path)
    (tmp_path / "cards/Heat.1995.1080p.mkv").unlink()
    came = call(tmp_path, "scan")
    assert "movies:Heat (1995)/Heat.1995.1080p.mkv, because the workspace has no store inbox any more" in came.out
    layout = (tmp_path / "layout.yaml").read_text()
    assert "inbox:" not in layout and "_1" not in layout and "cards:" in layout
    assert call(tmp_path, "validate").code == 0


def test_what_was_filed_and_what_a_person_wrote_stays_when_a_store_is_renamed(tmp_path: Path) -> None:
    lay(tmp_path)
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    before = sources(tmp_path)
    rename(tmp_path)
    call(tmp_path, "scan")
    assert len(before) == 4 and sources(tmp_path) == before


def test_a_workspace_without_scan_says_so_and_how_one_is_written(tmp_path: Path) -> None:
    lay(tmp_path)
    workspace = tmp_path / "reshelve.yaml"
    stores = WORKSPACE[: WORKSPACE.index("scan:")]
    workspace.write_text(stores)
    came = call(tmp_path, "scan")
    assert came.code == 0 and "warning[nothing-scanned]" in came.err and "No store has a `scan:`" in came.err
    shown = came.err[came.err.index("  scan:") : came.err.index("  More:")]
    workspace.write_text(stores + "".join(f"{line[2:]}\n" for line in shown.rstrip().splitlines()))
    assert call(tmp_path, "validate").code == 0
    assert call(tmp_path, "scan").err.count("nothing-scanned") == 0
