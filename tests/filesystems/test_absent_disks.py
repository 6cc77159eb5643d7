"""Disks that are not mounted: nothing is filed into the folder that they are mounted at."""

from pathlib import Path

import pytest

from reshelve import api
from reshelve.schemas.layout import Entry, Layout
from tests.filesystems import mounts
from tests.support.shellplaces import lay

EPISODE = "Nordlys.S01E0{}.mkv"


def layout(folder: Path, number: int) -> Layout:
    """Return where one more episode, put into the inbox, is to go."""
    name = EPISODE.format(number)
    (folder / "inbox" / name).write_text(f"{number}")
    return Layout(files={f"tv:Nordlys/Season 01/{name}": Entry(source=f"inbox:{name}")})


def session(folder: Path) -> api.Session:
    return api.open_workspace(folder)


def filed(folder: Path, number: int) -> list[str]:
    """Put one more episode into the inbox and file it; return what was said instead where nothing was planned."""
    at = session(folder)
    plan = at.plans.make(layout(folder, number))
    if not plan.operations:
        return [problem.code for problem in plan.problems]
    at.runs.apply(plan)
    return []


@pytest.mark.parametrize("inside", [False, True], ids=["the root", "a folder in it"])
def test_nothing_is_filed_where_a_disk_is_not_mounted(tmp_path: Path, inside: bool) -> None:
    lay(tmp_path, {})
    top = tmp_path / "tv" / ("Nordlys" if inside else "")
    top.parent.mkdir(exist_ok=True)
    if top.is_dir():
        top.rmdir()
    try:
        with mounts.mounted(top, "mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs"):
            assert filed(tmp_path, 1) == []
            made = [path.relative_to(tmp_path) for path in (tmp_path / "tv").rglob("*.mkv")]
            at = session(tmp_path)
            plan = at.plans.make(layout(tmp_path, 2))
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))
    assert [path.name for path in made] == [EPISODE.format(1)]
    assert top.is_dir()
    with pytest.raises(api.ReshelveError) as refused:
        session(tmp_path).runs.apply(plan)
    assert [problem.code for problem in refused.value.problems] == ["store-unavailable"]
    assert "reshelve doctor --accept tv" in refused.value.problems[0].hint
    assert filed(tmp_path, 3) == ["store-unavailable"]
    assert list(top.iterdir()) == []
    try:
        top.rmdir()
        with mounts.mounted(top, "mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs"):
            assert filed(tmp_path, 4) == []
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))
