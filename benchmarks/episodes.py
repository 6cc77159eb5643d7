"""Workspaces of many episodes, for what measures the service."""

from pathlib import Path

from tests.support.shellcalls import call


def workspace(folder: Path, files: int) -> Path:
    """Make a workspace of so many episodes, 500 a show and 25 a season, scanned; return its folder."""
    (folder / "inbox").mkdir()
    (folder / "library").mkdir()
    for number in range(files):
        show, at = divmod(number, 500)
        (folder / "inbox" / f"Show{show:04}.S{at // 25 + 1:02}E{at % 25 + 1:02}.1080p.mkv").write_bytes(b"x")
    call(folder, "init", "--preset", "plex")
    call(folder, "scan")
    return folder
