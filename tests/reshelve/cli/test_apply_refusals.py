"""What keeps a plan from being applied, and what a person has to say first."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import FILED, WORKSPACE, files, lay, scanned, tree


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def test_a_plan_heeds_policies_about_facts(place: Path) -> None:
    policy = "{name: films-have-a-track, when: {kind: movie}, require: {track: {known: true}}, level: error}"
    with (scanned(place) / "reshelve.yaml").open("a") as workspace:
        workspace.write(f"policies: [{policy}]\n")
    came = call(place, "plan")
    assert came.code == 1 and "films-have-a-track" in came.out
    came = call(place, "apply", "--yes")
    assert came.code == 1 and "films-have-a-track" in came.out + came.err


def test_a_plan_of_elsewhere_or_of_a_changed_tree_is_refused_before_anything(place: Path) -> None:
    scanned(place)
    call(place, "plan", "-o", "plan.json")
    other = lay(place / "other")
    foreign = call(other, "apply", str(place / "plan.json"), "--yes")
    assert foreign.code == 5 and "foreign-plan" in foreign.err
    (place / "inbox" / "Heat.1995.1080p.mkv").write_text("another heat")
    before = tree(place)
    stale = call(place, "apply", "plan.json", "--yes")
    assert stale.code == 5 and "Heat" in stale.err
    assert tree(place) == before
    (place / "inbox" / "xyz.bin").write_text("of no concern")


def test_what_the_plan_does_not_touch_never_makes_it_stale(place: Path) -> None:
    scanned(place)
    call(place, "plan", "-o", "plan.json")
    (place / "inbox" / "xyz.bin").write_text("another")
    assert call(place, "apply", "plan.json", "--yes").code == 0


def test_without_yes_somebody_must_answer(place: Path) -> None:
    scanned(place)
    before = tree(place)
    refused = call(place, "apply")
    assert refused.code == 7 and "nobody-to-ask" in refused.err and "Plan:" in refused.out
    for answer in ("no\n", "\n", "", "maybe\nno\n"):
        declined = call(place, "apply", answers=answer)
        assert declined.code == 7, answer
    assert tree(place) == before and not list((place / ".reshelve" / "runs").iterdir())
    agreed = call(place, "apply", answers="details\nyes\n")
    assert agreed.code == 0 and "from inbox:new/" in agreed.err
    assert files(place) == FILED


def test_an_unavailable_store_is_an_error_and_an_optional_one_is_not(place: Path) -> None:
    scanned(place)
    (place / "movies").rmdir()
    came = call(place, "plan")
    assert came.code == 1 and "movies" in came.out + came.err
    assert call(place, "apply", "--yes").code == 1
    assert (place / "inbox" / "Heat.1995.1080p.mkv").exists() and not (place / "tv" / "Nordlys").exists()
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("movies: {path: movies}", "movies: {path: movies, optional: true}"))
    assert call(place, "apply", "--yes").code == 0
    assert (place / "tv" / "Nordlys").exists()


def test_blocked_entries_fail_only_when_strict(place: Path) -> None:
    scanned(place)
    taken = place / "movies" / "Heat (1995)" / "Heat.1995.1080p.mkv"
    taken.parent.mkdir()
    taken.write_text("another film")
    assert call(place, "plan").code == 0
    assert call(place, "plan", "--strict").code == 1
    strictly = call(place, "apply", "--yes", "--strict")
    assert strictly.code == 1 and "Nothing was done: 1 entry is blocked." in strictly.err
    assert "Without --strict, the rest is done." in strictly.err
    assert not (place / "tv" / "Nordlys").exists()
    assert call(place, "apply", "--yes").code == 0
    # All that is left to do is blocked.
    again = call(place, "apply", "--yes")
    assert again.code == 1 and "1 blocked" in again.out
    assert "the rest is done" not in call(place, "apply", "--yes", "--strict").err
    # The plan ends as its `apply` would, whatever else it is asked for.
    assert [call(place, "plan", *more).code for more in ((), ("--strict",), ("--detailed-exitcode",))] == [1, 1, 1]
    assert taken.read_text() == "another film" and (place / "inbox" / "Heat.1995.1080p.mkv").read_text() == "heat"


def test_the_deletion_guard_refuses_until_raised(place: Path) -> None:
    (place / "layout.yaml").write_text('version: 1\nabsent:\n  - {path: "inbox:xyz.bin"}\n')
    (place / "reshelve.yaml").write_text(WORKSPACE + "guards: {max_delete: 10%}\n")
    warned = call(place, "plan")
    assert warned.code == 0 and "warning[max-delete]" in warned.err
    assert call(place, "plan", "--strict").code == 7
    assert "warning, max-delete" in call(place, "plan", "--markdown").out
    refused = call(place, "apply", "--yes")
    assert refused.code == 7 and "max-delete" in refused.err
    assert (place / "inbox" / "xyz.bin").exists()
    assert call(place, "apply", "--yes", "--max-delete", "1").code == 0
    assert not (place / "inbox" / "xyz.bin").exists()


def test_where_the_state_cannot_be_written_nothing_begins(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(place, "scan").code == 0
    before = tree(place)
    monkeypatch.setattr("reshelve.executors.state.workspace_state.os.access", lambda path, mode: ".reshelve" not in str(path))
    came = call(place, "apply", "--yes")
    assert came.code == 1 and "state-not-writable" in came.err
    assert tree(place) == before
