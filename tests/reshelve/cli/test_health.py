"""`health`: each kind of defect is found and told from its neighbours, and a sound tree has none."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.plain_user import call_as_plain_user
from tests.support.shellcalls import call

WORKSPACE = """
version: 1
stores:
  inbox: {path: inbox}
  library: {path: library}
scan:
  inbox:
    rules: [{name: all, place: "library:{{ filename }}"}]
"""
LONG_AGO = 1_700_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Make a workspace whose films were filed by a run, with a project; all of it known to the catalog and read once."""
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    for folder in ("inbox", "library"):
        (tmp_path / folder).mkdir()
    for name in ("one.mkv", "two.mkv", "three.mkv"):
        (tmp_path / "inbox" / name).write_text(name * 100)
    project = tmp_path / "library/b63-film"
    project.mkdir()
    (project / "project_config.json").write_text("{}")
    (project / "cut.mp4").write_text("cut")
    for path in tmp_path.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    assert call(tmp_path, "catalog", "update").code == 0
    return tmp_path


def report(desk: Path, *args: str) -> dict[str, Any]:
    came = call(desk, "health", "--json", *args)
    (found,) = [event for event in came.events if event["type"] == "health"]
    assert came.code == (2 if found["overall_status"] == "needs_attention" else 0)
    return found


def codes(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(problem["code"], problem.get("path", "")) for problem in [*found["errors"], *found["warnings"]]}


def test_a_sound_tree_has_no_defect(desk: Path) -> None:
    came = call(desk, "health")
    assert came.code == 0, came.out
    assert came.out.splitlines()[-1] == "Everything is healthy."
    found = report(desk)
    assert (found["overall_status"], found["errors"], found["warnings"], found["recommendations"]) == ("healthy", [], [], [])
    assert found["checks"]["storage"]["file_count"] == 5


def lose(desk: Path) -> None:
    (desk / "library/one.mkv").unlink()


def move_by_hand(desk: Path) -> None:
    (desk / "library/b63-film/cut.mp4").rename(desk / "library/other name.mp4")


def dangle(desk: Path) -> None:
    (desk / "library/link").symlink_to("nowhere")


def change(desk: Path) -> None:
    (desk / "layout.yaml").write_text('version: 1\nfiles:\n  "library:x.mkv": {from: "inbox:gone.mkv"}\n')


def break_the_layout(desk: Path) -> None:
    (desk / "layout.yaml").write_text("version: 1\nfiles: [1]\n")


def take_a_store_away(desk: Path) -> None:
    (desk / "inbox").rename(desk / "away")


def cut_a_run_short(desk: Path) -> None:
    run = desk / ".reshelve/runs/000009-0123456789ab"
    run.mkdir()
    (run / "journal.ndjson").write_text("")


def damage_a_report(desk: Path) -> None:
    (report,) = (desk / ".reshelve/runs").glob("*/report.json")
    report.write_text("{")


def grow(desk: Path) -> None:
    with (desk / "library/b63-film/raw.mov").open("wb") as stream:
        stream.truncate(51 * (1 << 30))


def grow_more(desk: Path) -> None:
    with (desk / "library/b63-film/raw.mov").open("wb") as stream:
        stream.truncate(101 * (1 << 30))


def fill(desk: Path) -> None:
    (desk / "reshelve.yaml").write_text(WORKSPACE + "health: {room: 100%}\n")


def reserve(desk: Path) -> None:
    (desk / "reshelve.yaml").write_text(WORKSPACE.replace("{path: library}", "{path: library, reserve: 900TB}"))


def keep_an_original(desk: Path) -> None:
    aside = desk / "inbox/.reshelve-trash/0123456789ab/.moved"
    aside.mkdir(parents=True)
    (aside / "0").write_text("newest")


DEFECTS: dict[Callable[[Path], None], tuple[str, str, str]] = {
    lose: ("file-missing", "library:one.mkv", "error"),
    move_by_hand: ("file-moved", "library:b63-film/cut.mp4", "warning"),
    dangle: ("link-dangling", "library:link", "warning"),
    change: ("drift", "library:x.mkv", "error"),
    break_the_layout: ("invalid", "", "error"),
    take_a_store_away: ("store-unavailable", "inbox", "error"),
    cut_a_run_short: ("unsettled-run", "0123456789ab", "error"),
    damage_a_report: ("damaged-run", "", "error"),
    grow: ("project-large", "library:b63-film", "warning"),
    grow_more: ("project-large", "library:b63-film", "error"),
    fill: ("room-low", "", "warning"),
    reserve: ("room-low", "library", "error"),
    keep_an_original: ("original-kept", "", "warning"),
}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_each_defect_is_found(desk: Path, defect: Callable[[Path], None]) -> None:
    code, path, severity = DEFECTS[defect]
    defect(desk)
    found = report(desk, "--scrub", "0B")
    mine = [problem for problem in found[f"{severity}s"] if path in problem.get("path", "")]
    assert code in {problem["code"] for problem in mine} or (code in ("invalid", "damaged-run") and mine), codes(found)
    assert (found["overall_status"] == "needs_attention") == (severity == "error")
    assert all(problem.get("hint") for problem in mine)


def test_what_a_plan_would_do_is_told_at_once_and_hides_nothing(desk: Path) -> None:
    for number in range(40):
        (desk / "inbox" / f"new {number}.mkv").write_text(f"new {number}")
        os.utime(desk / "inbox" / f"new {number}.mkv", (LONG_AGO, LONG_AGO))
    assert call(desk, "scan").code == 0
    (desk / "library" / "dangling").symlink_to("nowhere")
    told = call(desk, "health")
    assert "40 entries are pending." in told.out and told.out.count("reshelve plan") == 1, told.out
    assert "dangling" in told.out and len(told.out.splitlines()) < 30
    assert report(desk)["checks"]["drift"]["pending"] == 40


def test_no_more_entries_are_pending_than_there_are(desk: Path) -> None:
    (desk / "inbox" / "sub").mkdir()
    for number in range(3):
        (desk / "inbox" / "sub" / f"new {number}.mkv").write_text(f"new {number}")
        os.utime(desk / "inbox" / "sub" / f"new {number}.mkv", (LONG_AGO, LONG_AGO))
    assert call(desk, "scan").code == 0
    drift = report(desk)["checks"]["drift"]
    assert drift["entries"] >= drift["pending"] > 0, drift
    layout = desk / "layout.yaml"
    layout.write_text(f'{layout.read_text()}absent:\n  - {{path: "inbox:sub/new 1.mkv"}}\n  - {{path: "library:link"}}\n')
    assert report(desk)["checks"]["drift"]["entries"] == drift["entries"] + 2


def test_a_blocked_entry_is_told_in_whole_sentences(desk: Path) -> None:
    (desk / "inbox" / "again.mkv").write_text("again")
    os.utime(desk / "inbox" / "again.mkv", (LONG_AGO, LONG_AGO))
    assert call(desk, "scan").code == 0
    (desk / "library" / "again.mkv").mkdir()
    told = call(desk, "health").out
    after = told.partition("An entry is blocked. ")[2]
    assert after[:1].isupper(), told


def test_a_link_to_what_a_run_filed_is_told_where_that_is(desk: Path) -> None:
    (desk / "inbox" / "new film.mkv").write_text("new")
    os.utime(desk / "inbox" / "new film.mkv", (LONG_AGO, LONG_AGO))
    (desk / "inbox" / "link.mkv").symlink_to("new film.mkv")
    call(desk, "scan")
    call(desk, "apply", "--yes")
    filed = desk / "library" / "new film.mkv"
    told = call(desk, "health").out
    assert f"which a run took to {filed}." in told and f"ln -sfn '../{filed.relative_to(desk)}' {desk}/inbox/link.mkv" in told, told


def test_what_is_wrong_with_many_files_names_some_and_says_once_what_to_do(desk: Path) -> None:
    for number in range(20):
        (desk / "library" / f"link {number:02}").symlink_to("nowhere")
    told = call(desk, "health").out
    assert told.count("leads nowhere") == 1 and "(20)" in told and "… and 10 more" in told, told
    assert "library:link 09" in told and "library:link 10" not in told
    assert len([one for one in report(desk)["warnings"] if "link" in one.get("path", "")]) == 20


def test_what_cannot_be_seen_is_not_missing(desk: Path) -> None:
    take_a_store_away(desk)
    (desk / "reshelve.yaml").write_text(WORKSPACE.replace("{path: library}", "{path: gone}"))
    found = report(desk)
    assert "file-missing" not in {code for code, _ in codes(found)}
    assert found["checks"]["missing"]["missing_count"] == 0


def test_what_cannot_be_read_is_told_and_what_is_in_it_is_not_missing(desk: Path) -> None:
    closed = [desk / "library/b63-film", desk / "library/one.mkv"]
    for path in closed:
        path.chmod(0)
    try:
        came = call_as_plain_user(desk, "health", "--json", "--scrub", "0B")
    finally:
        for path in closed:
            path.chmod(0o755)
    (found,) = [event for event in map(json.loads, came.stdout.splitlines()) if event["type"] == "health"]
    assert came.returncode == 2
    assert {("unreadable", "library:b63-film"), ("unreadable", "library:one.mkv")} <= codes(found)
    assert "file-missing" not in {code for code, _ in codes(found)}
    assert found["checks"]["missing"]["unseen_count"] == 2


def rot(path: Path) -> None:
    """Change a file as a failing disk does: other bytes, and the same size, times and inode, as far as anybody can tell."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    with path.open("r+b") as stream:
        stream.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_content_that_changed_by_itself_is_damage_and_content_that_was_written_is_not(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reshelve.executors.stores.digest_cache import DigestCache
    from reshelve.schemas.inventory import Item

    # The time of change cannot be set: the cache is told what it would be, had nobody written.
    real = DigestCache.get
    frozen = dict.fromkeys(("two.mkv",), 0)

    def get(cache: DigestCache, item: Item) -> str | None:
        if item.rel in frozen:
            from dataclasses import replace

            item = replace(item, ctime_ns=ctime)
        return real(cache, item)

    # What was written just now may be written again unseen, and is not believed yet.
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", -(10**12))
    first = report(desk, "--scrub", "1GB", "--only", "damaged")
    assert first["checks"]["damaged"]["read_count"] == 5
    ctime = (desk / "library/two.mkv").stat().st_ctime_ns
    rot(desk / "library/two.mkv")
    rot(desk / "library/three.mkv")
    monkeypatch.setattr(DigestCache, "get", get)
    found = report(desk, "--scrub", "1GB", "--only", "damaged")
    assert codes(found) == {("file-damaged", "library:two.mkv")}


def test_a_scrub_is_bounded_and_goes_on_where_it_ended(desk: Path) -> None:
    read = [report(desk, "--scrub", "4kB", "--only", "damaged")["checks"]["damaged"]["read_count"] for _ in range(6)]
    assert read == [1] * 6
    assert json.loads((desk / ".reshelve/health/scrub.json").read_text())["at"]


def test_reports_are_kept_and_the_page_shows_them(desk: Path) -> None:
    lose(desk)
    assert call(desk, "health", "--html", "health.html").code == 2
    (kept,) = (desk / ".reshelve/health").glob("2*.json")
    assert json.loads(kept.read_text())["overall_status"] == "needs_attention"
    page = (desk / "health.html").read_text()
    assert "library:one.mkv" in page and "<script" not in page
    assert call(desk, "health", "--html", "health.html", "--no-save").code == 2
    (desk / "notes.html").write_text("mine")
    assert call(desk, "health", "--html", "notes.html").code == 1
    assert (desk / "notes.html").read_text() == "mine"


def test_names_on_the_page_are_shown_and_never_obeyed(desk: Path) -> None:
    (desk / "library/<script>alert(1)<b>").symlink_to("nowhere")
    call(desk, "health", "--html", "health.html")
    assert "<script>" not in (desk / "health.html").read_text()


def test_one_project_alone(desk: Path) -> None:
    lose(desk)
    grow(desk)
    found = report(desk, "b63")
    assert codes(found) == {("project-large", "library:b63-film")}
    assert call(desk, "health", "nobody").code == 64


def test_a_check_of_another_package_is_run_and_one_that_fails_is_an_error(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = desk / "packages"
    (package / "own-1.dist-info").mkdir(parents=True)
    (package / "own-1.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n")
    (package / "own-1.dist-info/entry_points.txt").write_text(
        "[reshelve.health_checks]\nown = own_checks:own\nfails = own_checks:fails\nnowhere = own_checks:nowhere\n"
    )
    (package / "own_checks.py").write_text(
        "from reshelve.examining.health.check_inputs import CheckResult\n"
        "def own(sight):\n    return CheckResult(figures={'films': sum(item.rel.endswith('.mkv') for _, item in sight.files())})\n"
        "def fails(sight):\n    return 1 / 0\n"
    )
    monkeypatch.syspath_prepend(str(package))
    found = report(desk)
    assert found["checks"]["own"] == {"status": "healthy", "films": 3, "issues": []}
    assert {(problem["code"], problem["path"]) for problem in found["errors"]} == {
        ("check-failed", "fails"),
        ("check-failed", "nowhere"),
    }
    assert "ZeroDivisionError" in found["errors"][0]["detail"]
    assert call(desk, "health", "--skip", "fails", "--skip", "nowhere").code == 0
    sys.modules.pop("own_checks", None)


def test_an_unknown_check_is_refused_with_those_there_are(desk: Path) -> None:
    came = call(desk, "health", "--only", "nonsense")
    assert came.code == 64 and "missing" in came.err


def test_without_a_state_folder_nothing_fails(desk: Path) -> None:
    shutil.rmtree(desk / ".reshelve")
    assert report(desk)["overall_status"] == "healthy"
