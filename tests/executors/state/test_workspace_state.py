"""The state folder of a workspace: made by several at the same moment, only where its place is; plans kept while asked to."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reshelve.executors.state.workspace_state import State
from reshelve.schemas.documents.plan_files import seal
from reshelve.schemas.operations import MakeDir
from reshelve.schemas.plan import Plan, PlanRoot
from reshelve.schemas.problems import ReshelveError


def test_a_state_folder_is_made_by_several_at_once(tmp_path: Path) -> None:
    """Of several first runs of a workspace, all but one were told that the system refused to write `.gitignore`."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            folder = tmp_path / str(number) / ".reshelve"
            folder.parent.mkdir()
            for made in [pool.submit(State(folder).prepare) for _ in range(8)]:
                made.result()
            assert (folder / ".gitignore").read_bytes() == b"*\n"
            assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "runs"]


def test_the_plan_read_first_is_kept_while_asked_to(tmp_path: Path) -> None:
    state = State(tmp_path / ".reshelve")
    state.prepare()
    runs = []
    for number in range(2):
        plan = seal(Plan(roots={"tv": PlanRoot("/tv", "f1")}, operations=[MakeDir(f"tv:{number}")], put_away=[("tv:a", "tv:b")]))
        folder = state.new_folder(plan)
        state.prepare_run(plan, folder)
        state.begin(folder)
        runs.append(plan.run)
    first, other = runs
    with state.keeping("no facts"):
        kept = state.run(first, facts=False).plan.operations
        assert state.run(other, facts=False).id == other
        assert state.run(first, facts=False).plan.operations is kept
        assert state.run(first).plan.operations is not kept and state.plan_of(first).operations == kept
    assert state.run(first, facts=False).plan.operations is not kept
    assert state.put_away_by(first) == [("tv:a", "tv:b")]


def test_a_folder_that_is_gone_is_not_made_again_for_the_state(tmp_path: Path) -> None:
    with pytest.raises(ReshelveError, match="is gone"):
        State(tmp_path / "disk/library/.reshelve").prepare()
    assert list(tmp_path.iterdir()) == []
