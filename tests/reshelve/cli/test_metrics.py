"""`metrics`: what a monitor is told of the stores and of all runs together."""

from pathlib import Path

from tests.support.casebuckets import CaseBuckets
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


BUCKET = """version: 1
stores: {inbox: {path: inbox}, s3: {s3: videos}}
"""


def test_of_a_bucket_no_room_is_told_and_what_is_sent_and_fetched_counts(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/a.txt").write_text("twelve bytes")
    (tmp_path / "reshelve.yaml").write_text(BUCKET)
    with CaseBuckets().served():
        for moved in ('"s3:a.txt": {from: "inbox:a.txt"}', '"inbox:b.txt": {from: "s3:a.txt"}'):
            (tmp_path / "layout.yaml").write_text(f"version: 1\nfiles: {{{moved}}}\n")
            assert call(tmp_path, "apply", "--yes").code == 0
        after = told(tmp_path)
        (stores,) = [event["stores"] for event in call(tmp_path, "status", "--json").events if event["type"] == "status"]
    assert after['reshelve_run_bytes{how="uploaded"}'] == after['reshelve_run_bytes{how="downloaded"}'] == 12
    rooms = {name for name in after if name.startswith(("reshelve_store_free", "reshelve_store_size"))}
    assert rooms == {'reshelve_store_free_bytes{store="inbox"}', 'reshelve_store_size_bytes{store="inbox"}'}
    assert after['reshelve_store_available{store="s3"}'] == 1
    assert [bool(store["space"]) for store in stores] == [True, False]
