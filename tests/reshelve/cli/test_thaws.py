"""Thaws are asked for once: nothing takes them back, and that is said before and afterwards."""

from pathlib import Path

from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import call

DESK = "version: 1\nstores: {home: {path: home}, attic: {s3: attic}}\n"
LAYOUT = 'version: 1\nfiles: {"home:x.mkv": {from: "attic:x.mkv", transfer: copy}}\nabsent: [{path: "home:old.txt"}]\n'


def test_a_thaw_is_no_step_that_can_be_undone_and_its_undo_says_so(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/old.txt").write_text("old")
    (tmp_path / "reshelve.yaml").write_text(DESK)
    (tmp_path / "layout.yaml").write_text(LAYOUT)
    buckets = CaseBuckets()
    buckets.lay("s3://attic/x.mkv [DEEP_ARCHIVE]\n")
    with buckets.served():
        planned = call(tmp_path, "plan")
        assert "1 cannot be undone and ends by itself" in planned.out and "all can be undone" not in planned.out
        told = [event["undoable"] for event in call(tmp_path, "plan", "--json").events if event["type"] == "operation"]
        assert sorted(told) == ["no", "yes"]
        assert call(tmp_path, "apply", "--yes").code == 0
        run = next(event["id"] for event in call(tmp_path, "log", "--json").events if event["type"] == "run")
        came = call(tmp_path, "undo", run, "--yes")
    assert came.code == 0 and "A thaw cannot be taken back." in came.out + came.err
    assert (tmp_path / "home/old.txt").exists(), "the rest is"
