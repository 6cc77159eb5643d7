"""Generated files by job and project: filed, listed and moved to the trash over HTTP, and every answer names the run to undo."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from reshelve import api
from reshelve.service.asgi_app import create_app, everyone
from tests.support.killed_runs import cut_short
from tests.support.serving import served
from tests.support.shellcalls import call
from tests.support.snapshots import contents

RECORD = {
    "file_path", "job_id", "project_id", "timestamp", "file_type", "file_size", "file_extension", "checksum", "generation_type",
    "created_at",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "comfy"
    (folder / "inbox").mkdir(parents=True)
    (folder / "library").mkdir()
    assert call(folder, "init", "--preset", "comfyui").code == 0
    for name in ("job_1_00001_.png", "job_1_00002_.png", "job_1_00001.mp4", "job_12_00001_.png", "walk_1762406010_00001_.png"):
        generated(folder, name)
    return folder


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(folder, authorize=everyone, prefix="/api/files")) as client:
        yield client


def generated(folder: Path, name: str) -> None:
    path = folder / "inbox" / name
    path.write_text(name)
    os.utime(path, (1764038840, 1764038840))


def undo(client: TestClient, run: str) -> None:
    digest = client.post("/api/files/plans", json={"command": "undo", "run": run}).json()["digest"]
    assert client.post(f"/api/files/plans/{digest}/apply", json={}).status_code == 202
    for _ in client.get(f"/api/files/runs/{digest[:12]}/events").iter_lines():
        pass


@pytest.mark.slow
def test_a_job_is_filed_listed_deleted_and_each_is_undone(folder: Path, client: TestClient) -> None:
    before = contents(folder / "inbox", folder / "library")
    asked = {"job_id": "job_1", "project_id": "tokyo"}
    planned = client.post("/api/files/organize", json={**asked, "dry_run": True}).json()
    assert (planned["status"], planned["file_count"], planned["run"]) == ("planned", 3, "")
    assert contents(folder / "inbox", folder / "library") == before

    done = client.post("/api/files/organize", json=asked).json()
    assert (done["status"], done["job_id"], done["project_id"], done["file_count"]) == ("success", "job_1", "tokyo", 3)
    assert sorted(Path(path).name for path in done["organized_files"]) == [
        "job_1_1764038840_image.png",
        "job_1_1764038840_image_1.png",
        "job_1_1764038840_video.mp4",
    ]
    assert all(Path(path).is_file() for path in done["organized_files"])
    again = client.post("/api/files/organize", json=asked).json()
    assert (again["file_count"], again["run"]) == (0, "")

    listed = client.get("/api/files/jobs/job_1").json()
    assert listed["file_count"] == 3
    assert all(file.keys() == RECORD for file in listed["files"])
    assert {file["file_path"] for file in listed["files"]} == set(done["organized_files"])
    assert client.get("/api/jobs/job_1/files").json() == listed
    project = client.get("/api/files/projects/tokyo").json()
    assert (project["file_count"], project["jobs"], project["file_types"]) == (3, ["job_1"], {"image": 2, "video": 1})

    filed = contents(folder / "inbox", folder / "library")
    gone = client.delete("/api/files/jobs/job_1").json()
    assert gone["deleted_count"] == 3, gone
    assert (gone["trashed_bytes"], gone["freed_bytes"]) == (project["total_size"], 0)
    assert gone["errors"] == []
    assert client.get("/api/files/jobs/job_1").json()["file_count"] == 0
    undo(client, gone["run"])
    assert contents(folder / "inbox", folder / "library") == filed
    undo(client, done["run"])
    assert contents(folder / "inbox", folder / "library") == before


@pytest.mark.slow
def test_what_an_undo_took_back_is_held_however_it_is_asked_for(folder: Path, client: TestClient) -> None:
    asked = {"job_id": "job_1", "project_id": "tokyo"}
    undo(client, client.post("/api/files/organize", json=asked).json()["run"])
    before = contents(folder / "inbox", folder / "library")
    ways = (("/api/files/organize", asked), ("/api/jobs/job_1/complete", {"project_id": "tokyo"}))
    for path, body in ways:
        told = client.post(path, json=body).json()
        assert (told["file_count"], told["held_count"], told["run"]) == (0, 3, "")
    undo(client, client.post("/api/files/migrate", json={"project_id": "tokyo"}).json()["run"])
    again = client.post("/api/files/migrate", json={"project_id": "tokyo"}).json()
    assert (again["file_count"], again["held_count"], again["run"]) == (0, 5, "")
    assert contents(folder / "inbox", folder / "library") == before
    assert client.post("/api/files/release", json={}).status_code == 200
    assert client.post("/api/files/migrate", json={"project_id": "tokyo"}).json()["file_count"] == 5


@pytest.mark.slow
def test_a_clean_up_of_what_is_old_leaves_what_an_undo_brought_back(folder: Path, client: TestClient) -> None:
    assert client.post("/api/files/organize", json={"job_id": "job_1"}).json()["file_count"] == 3
    gone = client.post("/api/files/cleanup", json={}).json()
    assert gone["deleted_count"] == 3
    undo(client, gone["run"])
    again = client.post("/api/files/cleanup", json={}).json()
    assert (again["deleted_count"], again["held_count"], again["run"]) == (0, 3, "")
    # Asked for by its name it goes.
    assert client.delete("/api/files/jobs/job_1").json()["deleted_count"] == 3


def test_a_job_that_is_complete_is_filed(client: TestClient) -> None:
    done = client.post("/api/jobs/anime_gen_001/complete", json={"files": ["walk_1762406010_00001_.png"]}).json()
    assert (done["status"], done["job_id"], done["project_id"], done["file_count"]) == ("completed", "anime_gen_001", "default", 1)
    assert client.get("/api/files/jobs/anime_gen_001").json()["file_count"] == 1
    unknown = client.post("/api/jobs/anime_gen_001/complete", json={"files": ["nothing.png"]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-such-asset")


def test_what_is_of_a_job_by_name_alone(folder: Path, client: TestClient) -> None:
    for name in ("job_00001_.png", "job_1_final.png", "job_1.5_00001_.png", "my_job_1_00001_.png", "job_2/render.png"):
        (folder / "inbox" / name).parent.mkdir(exist_ok=True)
        generated(folder, name)
    of = {job: job_names(client, job) for job in ("job", "job_1", "job_2")}
    assert of == {"job": ["image.png"], "job_1": ["image.png", "image_1.png", "video.mp4"], "job_2": ["image.png"]}


def job_names(client: TestClient, job: str) -> list[str]:
    planned = client.post("/api/files/organize", json={"job_id": job, "dry_run": True}).json()
    return sorted(Path(path).name.removeprefix(f"{job}_1764038840_") for path in planned["organized_files"])


@pytest.mark.slow
def test_files_written_lately_are_of_the_job_that_says_so(folder: Path, client: TestClient) -> None:
    (folder / "inbox" / "ComfyUI_00001_.png").write_text("new")
    done = client.post("/api/jobs/job_7/complete", json={"newer_than": "1h"}).json()
    assert (done["file_count"], done["left_count"], done["errors"]) == (1, 0, []), done


@pytest.mark.slow
def test_two_jobs_that_are_complete_at_once_are_both_filed(client: TestClient) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda job: client.post(f"/api/jobs/{job}/complete").json(), ("job_1", "job_12")))
    assert [each["file_count"] for each in done] == [3, 1], done


@pytest.mark.slow
def test_what_was_undone_is_filed_again_once_it_is_released(client: TestClient) -> None:
    asked = {"job_id": "job_12"}
    undo(client, client.post("/api/files/organize", json=asked).json()["run"])
    assert client.post("/api/files/organize", json=asked).json()["held_count"] == 1
    assert client.post("/api/files/release", json={}).status_code == 200
    assert client.post("/api/files/organize", json=asked).json()["file_count"] == 1


@pytest.mark.slow
def test_what_a_person_said_to_leave_stays(folder: Path, client: TestClient) -> None:
    (folder / "layout.yaml").write_text("version: 1\nleave: ['inbox:job_12_00001_.png']\n")
    done = client.post("/api/files/organize", json={"job_id": "job_12"}).json()
    assert (done["file_count"], done["run"]) == (0, "")


@pytest.mark.slow
def test_a_store_that_is_away_is_told_and_not_taken_for_empty(folder: Path, client: TestClient) -> None:
    client.post("/api/files/organize", json={"job_id": "job_12"})
    (folder / "inbox").rename(folder / "elsewhere")
    refused = client.post("/api/files/organize", json={"job_id": "job_1"})
    assert (refused.status_code, refused.json()["code"]) == (422, "store-unavailable")
    (folder / "library").rename(folder / "gone")
    gone = client.delete("/api/files/jobs/job_12").json()
    assert (gone["deleted_count"], [event["code"] for event in gone["errors"]]) == (0, ["store-unavailable"]), gone
    assert gone["status"] == "partial", gone


@pytest.mark.slow
def test_a_job_whose_folder_is_away_is_not_told_to_be_complete(folder: Path, client: TestClient) -> None:
    (folder / "library").rename(folder / "gone")
    for address in ("/api/jobs/job_12/complete", "/api/files/organize", "/api/files/migrate"):
        refused = client.post(address, json={"job_id": "job_12"} if "organize" in address else {})
        assert (refused.status_code, refused.json()["code"]) == (422, "store-unavailable"), refused.text
    planned = client.post("/api/files/organize", json={"job_id": "job_12", "dry_run": True}).json()
    assert planned["status"] == "planned" and planned["errors"][0]["code"] == "store-unavailable", planned


@pytest.mark.slow
def test_a_job_of_which_a_file_is_blocked_is_not_told_to_be_complete(folder: Path, client: TestClient) -> None:
    (folder / "library/projects/tokyo").mkdir(parents=True)
    (folder / "library/projects/tokyo/job_12").write_text("a file where the job's folder should be")
    done = client.post("/api/jobs/job_12/complete", json={"project_id": "tokyo"}).json()
    assert (done["status"], done["file_count"]) == ("partial", 0) and done["errors"], done


@pytest.mark.slow
def test_a_warning_beside_what_is_done_leaves_a_job_complete(folder: Path, client: TestClient) -> None:
    (folder / "library/best.png").symlink_to(folder / "inbox/job_12_00001_.png")
    done = client.post("/api/jobs/job_12/complete", json={"project_id": "tokyo"}).json()
    assert [event["code"] for event in done["errors"]] == ["link-left"], done
    assert (done["status"], done["file_count"]) == ("completed", 1), done


def test_a_locked_workspace_is_423_and_changes_nothing(folder: Path, client: TestClient) -> None:
    from reshelve.executors.state.root_locks import locked

    before = contents(folder / "inbox", folder / "library")
    state = api.open_workspace(folder).setting.state
    state.prepare()
    with locked([str(state.folder)], "apply 3f9a1c2e77b0", state):
        refused = client.post("/api/files/organize", json={"job_id": "job_1"})
    assert (refused.status_code, refused.json()["code"]) == (423, "locked")
    assert contents(folder / "inbox", folder / "library") == before


@pytest.mark.slow
def test_a_plan_that_something_changed_under_is_409(folder: Path, client: TestClient) -> None:
    planned = client.post("/api/files/organize", json={"job_id": "job_12", "dry_run": True}).json()
    (folder / "inbox" / "job_12_00001_.png").write_text("another picture")
    before = contents(folder / "inbox", folder / "library")
    refused = client.post(f"/api/files/plans/{planned['plan']}/apply", json={})
    assert refused.status_code == 409
    assert any("job_12" in problem["path"] for problem in refused.json()["problems"])
    assert contents(folder / "inbox", folder / "library") == before


@pytest.mark.slow
def test_the_status_counts_what_stands(folder: Path, client: TestClient) -> None:
    generated(folder, "job_1_00003_.GIF")
    client.post("/api/files/organize", json={"job_id": "job_1", "project_id": "tokyo"})
    types = {"gif": 1, "image": 2, "video": 1}
    assert client.get("/api/files/projects/tokyo").json()["file_types"] == types
    for _ in range(2):
        told = client.get("/api/files/status").json()["statistics"]
        assert (told["total_files"], told["projects"], told["jobs"], told["file_types"]) == (4, 1, 1, types)
    client.delete("/api/files/jobs/job_1")
    assert client.get("/api/files/status").json()["statistics"]["total_files"] == 0


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_job_is_filed_whole_though_the_server_is_killed(folder: Path) -> None:
    for number in range(300):
        generated(folder, f"job_1_{number:05}_.webp")
    with served(folder) as server, ThreadPoolExecutor(1) as asking:
        asked = asking.submit(lambda: server.ask("POST", "/organize", {"job_id": "job_1"}))
        deadline = time.monotonic() + 60
        while not list((folder / "library").rglob("*.webp")) and time.monotonic() < deadline:
            time.sleep(0.01)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(timeout=10)
        assert asked.exception() is not None
    with served(folder) as server:
        (run,) = server.ask("GET", "/runs").json["runs"]
        assert '"state":"done"' in server.ask("GET", f"/runs/{run['id']}/events").text.decode()
        assert server.ask("GET", "/jobs/job_1").json["file_count"] == 303


def test_of_a_job_whose_run_was_cut_short_nothing_is_told_as_done(folder: Path, client: TestClient) -> None:
    assert call(folder, "scan", "--set", "project=tokyo").code == 0
    run = cut_short(folder)
    before = contents(folder / "inbox", folder / "library")
    shown = client.get("/api/files/jobs/job_1").json()
    assert shown["status"] != "success" and run in str(shown["errors"]), shown
    gone = client.delete("/api/files/jobs/job_1")
    assert (gone.status_code, gone.json()["code"]) == (409, "unsettled-run"), gone.text
    assert contents(folder / "inbox", folder / "library") == before


def test_a_job_with_no_files_moves_nothing(folder: Path, client: TestClient) -> None:
    before = contents(folder / "inbox", folder / "library")
    other = client.post("/api/files/organize", json={"job_id": "nobody"}).json()
    assert (other["file_count"], other["run"]) == (0, "")
    assert contents(folder / "inbox", folder / "library") == before


@pytest.mark.slow
def test_old_files_of_jobs_go_and_other_files_stay(folder: Path, client: TestClient) -> None:
    (folder / "library" / "film.mp4").write_text("film")
    os.utime(folder / "library" / "film.mp4", (1, 1))
    client.post("/api/files/organize", json={"job_id": "job_1"})
    assert client.post("/api/files/cleanup", json={"days": 36500}).json()["deleted_count"] == 0
    assert client.post("/api/files/cleanup", json={"days": 1, "job_id": "job_9"}).json()["deleted_count"] == 0
    gone = client.post("/api/files/cleanup", json={"days": 30, "job_id": "job_1"}).json()
    assert gone["deleted_count"] == 3
    assert (folder / "library" / "film.mp4").exists()


@pytest.mark.slow
def test_as_many_come_out_of_a_migration_as_went_in(folder: Path, client: TestClient) -> None:
    for number in range(355):
        kind = ("png", "mp4", "gif", "webp", "xyz")[number % 5]
        generated(folder, f"walk_{1762406010 + number % 47}_{number:05}_.{kind}" if number % 4 else f"kai_{number:05}_.{kind}")
    done = client.post("/api/files/migrate", json={}).json()
    files = [path for path in folder.glob("*/**/*") if path.is_file() and ".reshelve" not in str(path)]
    assert len(files) == 360
    assert len({path.read_text() for path in files}) == 360
    assert done["file_count"] == len(set(done["migrated_files"])) == 360


@pytest.mark.parametrize("hostile", ["..", "%2e%2e", "a%2Fb", "%00", ".hidden", "a%0Ab", "-x", "x" * 101, "a.", "*", "%20"])
def test_an_id_that_is_none_is_refused(folder: Path, client: TestClient, hostile: str) -> None:
    before = contents(folder / "inbox", folder / "library")
    for method, path in (("GET", "jobs"), ("DELETE", "jobs"), ("GET", "projects")):
        assert client.request(method, f"/api/files/{path}/{hostile}").status_code in (400, 404, 405)
    assert client.post("/api/files/organize", json={"job_id": hostile}).status_code == 400
    assert client.post("/api/files/organize", json={"job_id": "job_1", "project_id": hostile}).status_code == 400
    assert contents(folder / "inbox", folder / "library") == before


def test_a_guard_refuses(folder: Path, client: TestClient) -> None:
    client.post("/api/files/organize", json={"job_id": "job_1"})
    with (folder / "reshelve.yaml").open("a") as file:
        file.write("guards: {max_delete: 1}\n")
    before = contents(folder / "inbox", folder / "library")
    planned = client.delete("/api/files/jobs/job_1", params={"dry_run": True}).json()
    assert [event["code"] for event in planned["guards"]] == ["max-delete"]
    refused = client.delete("/api/files/jobs/job_1")
    assert refused.status_code == 403, refused.json()
    assert contents(folder / "inbox", folder / "library") == before
