"""The state folder of a workspace, made by several processes at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reshelve.executors.state.workspace_state import State


def test_a_state_folder_is_made_by_several_at_once(tmp_path: Path) -> None:
    """Of several first runs of a workspace, all but one were told that the system refused to write `.gitignore`."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            folder = tmp_path / str(number) / ".reshelve"
            for made in [pool.submit(State(folder).prepare) for _ in range(8)]:
                made.result()
            assert (folder / ".gitignore").read_bytes() == b"*\n"
            assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "runs"]
