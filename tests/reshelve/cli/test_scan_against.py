"""`scan --against`: the inventory says what is there, earlier scans what files hold, and nothing else is made up."""

from pathlib import Path

import pytest

from reshelve import api
from tests.support.media import png
from tests.support.shellcalls import Came, call
from tests.support.shellplaces import FILES, WORKSPACE, lay

PHOTOS = """version: 1
stores: {inbox: {path: inbox}, shots: {path: shots}}
scan:
  inbox:
    rules:
      - {name: wide, when: {width: {over: 10}}, place: "shots:wide/{{ filename }}"}
      - {name: others, when: {media: image}, place: "shots:others/{{ filename }}"}
"""


@pytest.fixture(autouse=True)
def trusted_ctimes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take ctimes of the last seconds for proof, too: else nothing is remembered of files that a test has just made."""
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", 0)


def observed(place: Path) -> Path:
    """Save an inventory, and take every disk away."""
    assert call(place, "observe", "-o", "seen.ndjson").code == 0
    return asleep(place)


def asleep(place: Path) -> Path:
    (place / "asleep").mkdir(exist_ok=True)
    for store in [path for path in place.iterdir() if path.is_dir() and path.name not in (".reshelve", "asleep")]:
        store.rename(place / "asleep" / store.name)
    return place


def awake(place: Path) -> Path:
    for store in (place / "asleep").iterdir():
        store.rename(place / store.name)
    return place


def against(place: Path, *more: str) -> Came:
    return call(place, "scan", "--against", "seen.ndjson", *more)


def entries(place: Path) -> dict[str, str | None]:
    return {target: entry.source for target, entry in api.load_layout(place / "layout.yaml").files.items()}


def test_it_says_the_same_without_the_disks_and_what_it_was_read_against(tmp_path: Path) -> None:
    place = observed(lay(tmp_path))
    came = against(place)
    assert came.code == 0, came.err
    assert "Read against seen.ndjson, taken 20" in came.out and "no disk was looked at" in came.out
    without = (place / "layout.yaml").read_bytes()
    (place / "layout.yaml").unlink()
    assert call(awake(place), "scan").code == 0
    assert (place / "layout.yaml").read_bytes() == without
    told = against(asleep(place), "--json").events[-1]
    assert told["against"]["inventory"] == "seen.ndjson" and told["against"]["at"].endswith("Z")


def test_what_cannot_be_compared_is_left_for_review_until_its_content_is_remembered(tmp_path: Path) -> None:
    workspace = WORKSPACE.replace("    tidy: true\n", "    on_conflict: keep-both\n    transfer: copy\n")
    there = {"movies/Heat (1995)/Heat.1995.1080p.mkv": "heat", "movies/Heat (1995)/Heat.1995.1080p_1.mkv": "meat"}
    place = observed(lay(tmp_path, {**FILES, **there}, workspace))
    came = against(place)
    assert "may hold the same already, which cannot be told from the inventory" in came.out
    assert not any("Heat" in target for target in entries(place))
    assert call(awake(place), "scan").code == 0
    assert call(place, "observe", "-o", "seen.ndjson").code == 0
    (place / "layout.yaml").unlink()
    assert against(asleep(place)).code == 0
    assert entries(place)["movies:Heat (1995)/Heat.1995.1080p.mkv"] == "inbox:Heat.1995.1080p.mkv"


def test_what_the_last_scan_decided_stays_where_nothing_can_be_compared(tmp_path: Path) -> None:
    workspace = WORKSPACE.replace("    tidy: true\n", "    on_conflict: keep-both\n    transfer: copy\n")
    place = lay(tmp_path, {**FILES, "movies/Heat (1995)/Heat.1995.1080p.mkv": "heat"}, workspace)
    assert call(place, "scan").code == 0
    before = entries(place)
    assert "movies:Heat (1995)/Heat.1995.1080p.mkv" in before
    (place / ".reshelve" / "catalog.db").unlink()
    assert against(observed(place)).code == 0
    assert entries(place) == before


def test_two_that_may_be_the_same_do_not_number_each_other(tmp_path: Path) -> None:
    workspace = WORKSPACE.replace("    tidy: true\n", "    on_conflict: keep-both\n")
    place = observed(lay(tmp_path, {**FILES, "inbox/again/Heat.1995.1080p.mkv": "heat"}, workspace))
    came = against(place)
    assert "may hold the same already" in came.out
    assert [target for target in entries(place) if "Heat" in target] == ["movies:Heat (1995)/Heat.1995.1080p.mkv"]


def test_a_number_is_not_given_to_what_may_have_one(tmp_path: Path) -> None:
    rule = "{name: shots, when: {ext: mkv}, place: \"movies:{{ '%03d' % seq }}.mkv\"}"
    workspace = (
        "version: 1\nstores: {inbox: {path: inbox}, movies: {path: movies}}\n"
        f"scan:\n  inbox:\n    transfer: copy\n    rules:\n      - {rule}\n"
    )
    place = lay(tmp_path, {"inbox/a.mkv": "heat", "inbox/b.mkv": "another", "movies/001.mkv": "heat"}, workspace)
    came = against(observed(place))
    assert came.code == 0, came.err
    assert set(entries(place).values()) == {"inbox:b.mkv"} and "may hold the same already" in came.out


def test_nothing_that_is_younger_than_the_inventory_is_taken_for_gone(tmp_path: Path) -> None:
    place = lay(tmp_path)
    assert call(place, "observe", "-o", "seen.ndjson").code == 0
    (place / "inbox" / "Ronin.1998.mkv").write_text("later")
    assert call(place, "scan").code == 0
    before = entries(place)
    came = against(asleep(place))
    assert entries(place) == before and "gone" not in came.out


def test_a_store_that_the_inventory_does_not_hold_is_away(tmp_path: Path) -> None:
    place = observed(lay(tmp_path))
    more = "  later: {path: later}\n"
    (place / "reshelve.yaml").write_text(
        WORKSPACE.replace("stores:\n", f"stores:\n{more}").replace("scan:\n", "scan:\n  later: {}\n")
    )
    came = against(place)
    assert came.code == 1 and "later" in came.err and "It is not in the inventory" in came.err


def test_what_only_the_inside_of_a_file_tells_is_not_made_up(tmp_path: Path) -> None:
    place = lay(tmp_path, {}, PHOTOS)
    (place / "shots").mkdir()
    (place / "inbox" / "a.png").write_bytes(png((20, 20)))
    place = observed(place)
    came = against(place)
    assert not entries(place), "another rule would have it if it said nothing"
    assert "1 file that could not be looked into" in came.out and "[not-observed]" in came.err
    assert call(awake(place), "scan").code == 0
    before = entries(place)
    assert before
    assert call(place, "observe", "-o", "seen.ndjson").code == 0
    came = against(asleep(place))
    assert entries(place) == before and came.err == ""
