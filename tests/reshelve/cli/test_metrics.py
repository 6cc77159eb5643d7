"""`metrics`: what a monitor is told of the stores and of all runs together."""

from pathlib import Path

from tests.support.shellcalls import call
from tests.support.shellplaces import lay


def told(folder: Path) -> dict[str, float]:
    came = call(folder, "metrics")
    assert came.code == 0, came.err
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in came.out.splitlines() if not line.startswith("#")}


def test_what_all_runs_did_is_summed(tmp_path: Path) -> None:
    lay(tmp_path)
    before = told(tmp_path)
    assert before["reshelve_run_seconds"] == before['reshelve_run_bytes{how="moved"}'] == 0
    assert not any(name.startswith("reshelve_run_operations") for name in before)
    for command in ("scan", "apply --yes", "undo --yes"):
        assert call(tmp_path, *command.split()).code == 0
    runs = [event for event in call(tmp_path, "log", "--json").events if event["type"] == "run"]
    after = told(tmp_path)
    for kind in ("move", "mkdir", "rmdir"):
        assert after[f'reshelve_run_operations{{operation="{kind}"}}'] == sum(run["counts"].get(kind, 0) for run in runs) > 0
    assert after['reshelve_run_bytes{how="moved"}'] == sum(run["moved_bytes"] for run in runs) > 0
    assert after['reshelve_run_bytes{how="copied"}'] == 0
    assert after["reshelve_run_seconds"] > 0
    assert after['reshelve_runs{command="undo",outcome="done"}'] == 1
