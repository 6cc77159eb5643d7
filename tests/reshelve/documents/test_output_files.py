"""What commands may write where they are told to: never over anything but their own, never into a store."""

import json
import os
import re
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

TIERS = 'tiers: {videos: {order: {disk: {at: "projects:{project}"}}}}\n'
WRITERS = {
    "plan -o": ("plan", "-o"),
    "plan --json-into": ("plan", "--json-into"),
    "observe -o": ("observe", "-o"),
    "manifest -o": ("manifest", "-o"),
    "scan -o": ("scan", "-o"),
    "scan --record": ("scan", "--record"),
    "assets export -o": ("assets", "export", "-o"),
    "health --html": ("health", "--html"),
    "report monthly --html": ("report", "monthly", "--html"),
    "dashboard -o": ("dashboard", "-o"),
}
OURS = {
    "plan -o": "a.json",
    "plan --json-into": "b.ndjson",
    "observe -o": "c.ndjson",
    "manifest -o": "d.json",
    "scan -o": "e.yaml",
    "assets export -o": "f.csv",
    "health --html": "g.html",
    "report monthly --html": "h.html",
    "dashboard -o": "i.html",
}
NO_LAYOUTS = sorted(OURS.keys() - {"scan -o"})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    lay(folder, workspace=WORKSPACE + TIERS)
    assert call(folder, "scan").code == 0
    return folder


@pytest.fixture(params=WRITERS)
def writer(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return WRITERS[request.param]


def refused(place: Path, *command: str) -> str:
    came = call(place, *command)
    assert came.code == 1, (came.out, came.err)
    assert "not-written" in came.err or "write-protected" in came.err, came.err
    assert not [path for path in place.rglob("*") if path.name.endswith(".tmp")]
    return came.err


def test_a_film_and_a_hand_written_file_stay(place: Path, writer: tuple[str, ...]) -> None:
    for name, text in (("film.mkv", b"\x1aE\xdf\xa3\0\0film"), ("notes.txt", b"mine: not yours\n"), ("reshelve.yaml", None)):
        file = place / name
        if text is not None:
            file.write_bytes(text)
        before = file.read_bytes()
        came = call(place, *writer, name)
        assert came.code == 1 and file.read_bytes() == before, (name, came.out, came.err)


def test_nothing_is_written_into_a_store(place: Path, writer: tuple[str, ...]) -> None:
    (place / "way").symlink_to(place / "movies")
    for name in ("movies/new.json", "way/new.json"):
        assert "in the store movies" in refused(place, *writer, name)
    assert not list((place / "movies").iterdir())


def test_what_is_no_file_is_refused_and_said(place: Path, writer: tuple[str, ...]) -> None:
    os.mkfifo(place / "pipe")
    (place / "dangling").symlink_to(place / "nowhere")
    (place / "folder").mkdir()
    for name in ("/dev/null", "/dev/stdout", "pipe"):
        assert "It is not a regular file" in refused(place, *writer, name)
    assert "a link to nothing" in refused(place, *writer, "dangling") and not (place / "nowhere").exists()
    assert "mkdir -p 'no such'" in refused(place, *writer, "no such/file.json")
    if writer[0] != "scan" or writer[1] != "-o":
        assert "It is a folder." in refused(place, *writer, "folder")


@pytest.mark.parametrize("name", OURS)
def test_its_own_kind_is_replaced_and_no_other(place: Path, name: str) -> None:
    for other, file in OURS.items():
        assert call(place, *WRITERS[other], file).code in (0, 2), other
    texts = {file: (place / file).read_bytes() for file in OURS.values()}
    (place / "inbox" / "Another.S01E01.mkv").write_text("x")
    for file in OURS.values():
        came = call(place, *WRITERS[name], file)
        assert (came.code != 1) == (file == OURS[name]), (file, came.err)
        if file != OURS[name]:
            assert (place / file).read_bytes() == texts[file]
    if name == "observe -o":
        assert (place / OURS[name]).read_bytes() != texts[OURS[name]]


@pytest.mark.parametrize("name", OURS)
def test_a_protected_file_stays(place: Path, name: str) -> None:
    assert call(place, *WRITERS[name], OURS[name]).code in (0, 2)
    (place / OURS[name]).chmod(0o444)
    before = (place / OURS[name]).read_bytes()
    assert "chmod u+w" in refused(place, *WRITERS[name], OURS[name])
    assert (place / OURS[name]).read_bytes() == before


@pytest.mark.parametrize("name", NO_LAYOUTS)
def test_notes_that_somebody_added_to_it_stay(place: Path, name: str) -> None:
    file = place / OURS[name]
    assert call(place, *name.split(), str(file)).code in (0, 2)
    with file.open("a") as end:
        end.write("# keep the raws\n")
    assert "was changed since reshelve wrote it" in refused(place, *name.split(), str(file))
    assert file.read_text().endswith("# keep the raws\n")


@pytest.mark.parametrize("name", NO_LAYOUTS)
def test_one_word_changed_in_the_middle_stays_and_what_was_written_anew_is_replaced(place: Path, name: str) -> None:
    file = place / OURS[name]
    for _ in range(2):
        assert call(place, *name.split(), str(file)).code in (0, 2)
    written = file.read_bytes()
    middle = next(at for at in range(len(written) // 2, len(written)) if written[at : at + 1].isalnum())
    changed = written[:middle] + (b"Z" if written[middle : middle + 1] != b"Z" else b"Y") + written[middle + 1 :]
    file.write_bytes(changed)
    assert "was changed since reshelve wrote it" in refused(place, *name.split(), str(file)) and file.read_bytes() == changed
    file.unlink()
    assert call(place, *name.split(), str(file)).code in (0, 2)


@pytest.mark.parametrize("name", sorted(set(NO_LAYOUTS) - {"plan -o"}))
def test_what_only_looks_like_it_stays(place: Path, tmp_path: Path, name: str) -> None:
    assert call(place, *name.split(), str(tmp_path / "elsewhere")).code in (0, 2)
    text = (tmp_path / "elsewhere").read_bytes()
    (place / OURS[name]).write_bytes(text)
    assert "Nothing shows that reshelve wrote" in refused(place, *name.split(), OURS[name])
    assert (place / OURS[name]).read_bytes() == text


def test_a_plan_shows_by_itself_that_it_is_one(place: Path) -> None:
    assert call(place, "plan", "-o", "a.json").code == 0
    shutil.copy(place / "a.json", place / "b.json")
    (place / "inbox" / "Another.S01E01.mkv").write_text("x")
    assert call(place, "scan").code == 0 and call(place, "plan", "-o", "b.json").code == 0
    assert (place / "a.json").read_bytes() != (place / "b.json").read_bytes()


def test_exports_of_others_and_extended_ones_stay(place: Path) -> None:
    for form, text in (
        ("file_metadata", '[\n  {\n    "file_path": "/mine/a.png",\n    "note": "hand"\n  }\n]\n'),
        ("file_metadata", "[]"),
        ("csv", "id,sha256,xxh3,location,my notes\n1,2,3,4,hand\n"),
        ("ndjson", '{"id": "", "sha256": "", "mine": 1}\n'),
    ):
        file = place / "mine.txt"
        file.write_text(text)
        assert "rm mine.txt" in refused(place, "assets", "export", "--format", form, "-o", "mine.txt")
        assert file.read_text() == text


def test_records_of_outputs_move_along_with_their_workspace(place: Path, tmp_path: Path) -> None:
    assert call(place, "apply", "--yes").code == 0
    assert call(place, "assets", "export", "-o", "f.csv").code == 0
    place.rename(tmp_path / "moved")
    assert call(tmp_path / "moved", "assets", "export", "-o", "f.csv").code == 0


def test_what_was_written_where_no_record_can_be_kept_is_not_replaced(place: Path, tmp_path: Path) -> None:
    (tmp_path / "xdg").write_text("a file")
    with patch.dict(os.environ, {"XDG_STATE_HOME": str(tmp_path / "xdg")}):
        assert call(place, "assets", "export", "-o", str(tmp_path / "f.csv")).code == 0
        assert "Nothing shows" in refused(place, "assets", "export", "-o", str(tmp_path / "f.csv"))


def test_a_recording_takes_no_more_than_recorded_answers(place: Path) -> None:
    for text in ('{"files": ["a.js"], "name": "x"}\n', '{"from": "inbox:a"}\n{"from": "inb'):
        (place / "r.ndjson").write_text(text)
        assert "Nothing shows" in refused(place, "scan", "--record", "r.ndjson") and (place / "r.ndjson").read_text() == text
    (place / "r.ndjson").write_text('{"from": "inbox:a", "confidence": 0}')
    assert call(place, "scan", "--record", "r.ndjson").code == 0


def test_articles_are_right(place: Path) -> None:
    (place / "folder").mkdir()
    os.mkfifo(place / "pipe")
    assert "which an inventory has to be" in refused(place, "observe", "-o", str(place / "pipe"))


def test_a_plan_in_the_state_of_runs_stays(place: Path) -> None:
    assert call(place, "apply", "--yes").code == 0
    (plan,) = (place / ".reshelve" / "runs").glob("*/plan.json")
    before = plan.read_bytes()
    assert "The state of runs" in refused(place, "plan", "-o", str(plan)) and plan.read_bytes() == before


def test_what_reshelve_keeps_for_itself_stays_whosever_it_is(place: Path, tmp_path: Path, writer: tuple[str, ...]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    lay(other)
    assert call(other, "scan").code == 0 and call(other, "apply", "--yes").code == 0
    (kept,) = (other / ".reshelve" / "runs").glob("*/plan.json")
    before = kept.read_bytes()
    (tmp_path / "way").symlink_to(kept.parent)
    (place / "one.json").symlink_to(kept)
    ways = (kept, tmp_path / "way" / "plan.json", place / "one.json", kept.with_name("new.json"), other / ".reshelve" / "a.json")
    for name in ways:
        assert "The state of runs" in refused(place, *writer, str(name))
    with patch.dict(os.environ, {"XDG_STATE_HOME": str(tmp_path / "xdg")}):
        (tmp_path / "xdg" / "reshelve" / "trust").mkdir(parents=True)
        assert "The state of runs" in refused(place, *writer, str(tmp_path / "xdg" / "reshelve" / "trust" / "a.json"))
    shutil.copytree(other / ".reshelve", tmp_path / "saved")
    for name in (tmp_path / "saved" / "a.json", tmp_path / "saved" / "runs" / kept.parent.name / "plan.json"):
        assert "The state of runs" in refused(place, *writer, str(name))
    (other / ".reshelve-trash").mkdir()
    for name in (other / ".reshelve-trash" / "a.json", other / ".reshelve.lock"):
        assert "reshelve's own files" in refused(place, *writer, str(name))
    assert kept.read_bytes() == before and call(other, "undo", "--yes").code == 0


def test_events_go_into_no_state_without_a_workspace_either(place: Path) -> None:
    assert call(place, "apply", "--yes").code == 0
    (kept,) = (place / ".reshelve" / "runs").glob("*")
    (place / "reshelve.yaml").write_text("stores: 3\n")
    assert "The state of runs" in refused(place, "plan", "--json-into", str(kept / "events.ndjson"))


def test_beside_a_workspace_that_is_in_a_store_documents_may_lie(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores:\n  projects: {path: .}\n")
    (tmp_path / "b40").mkdir()
    assert call(tmp_path, "observe", "-o", "inventory.ndjson").code == 0
    assert "in the store projects" in refused(tmp_path, "observe", "-o", "b40/inventory.ndjson")


def test_a_dash_prints_the_document_alone(place: Path) -> None:
    assert json.loads(call(place, "plan", "-o", "-").out)["version"] == 1
    assert json.loads(call(place, "manifest", "-o", "-").out)["version"] == 1
    assert json.loads(call(place, "observe", "-o", "-").out.splitlines()[0])["kind"] == "inventory"
    assert not (place / "-").exists()
    for command in (("plan", "--json"), ("plan", "--markdown"), ("manifest", "--json")):
        assert call(place, *command, "-o", "-").code == 64


def test_events_are_whole_after_a_failure_too(place: Path) -> None:
    (place / "layout.yaml").write_text("version: 1\nfiles: 3\n")
    assert call(place, "plan", "--json-into", "events.ndjson").code == 1
    events = [json.loads(line)["type"] for line in (place / "events.ndjson").read_text().splitlines()]
    assert events == ["version", "problem", "summary"]
    (place / "reshelve.yaml").write_text("stores: 3\n")
    assert call(place, "plan", "--json-into", "events.ndjson").code == 1
    assert "summary" in (place / "events.ndjson").read_text()


@pytest.mark.parametrize("name", ["inventory.ndjson", "monday.ndjson"])
def test_what_another_machine_wrote_stays_and_each_thing_advised_helps(place: Path, name: str) -> None:
    """Its record is with that machine: as after a clone, where the state of runs is not in git."""
    assert call(place, "observe", "-o", name).code == 0
    shutil.rmtree(place / ".reshelve")
    said = refused(place, "observe", "-o", name)
    assert "only the machine that did knows" in said
    other = re.findall(r"such as (\S+) beside", said)
    assert other and other != [name]
    assert call(place, "observe", "-o", *other).code == 0
    assert f"If nothing in it is to be kept: rm {name}\n" in said
    (place / name).unlink()
    assert call(place, "observe", "-o", name).code == 0
