"""What a run set aside, seen by `trash list`: not while the run has to be recovered, and without a plan by a name of its own."""

from pathlib import Path

from reshelve import api

RUN = "0123456789ab"


def workspace(base: Path, *, settled: bool) -> "api.Session":
    """Make a workspace in whose store an original lies, and in whose state a run of which the plan is gone."""
    aside = base / "inbox/.reshelve-trash" / RUN / ".moved"
    aside.mkdir(parents=True)
    (aside / "0").write_text("newest")
    (base / "reshelve.yaml").write_text("version: 1\nstores:\n  inbox: {path: inbox}\n")
    run = base / ".reshelve/runs" / f"000001-{RUN}"
    run.mkdir(parents=True)
    (run / "journal.ndjson").write_text("")
    session = api.open_workspace(base)
    if settled:
        session.runs.recover("accept")
    return session


def test_of_a_run_that_has_to_be_recovered_nothing_is_in_the_trash(tmp_path: Path) -> None:
    assert workspace(tmp_path, settled=False).trash.find().items == []


def test_of_a_run_whose_plan_is_lost_the_original_has_a_name_of_its_own(tmp_path: Path) -> None:
    (item,) = workspace(tmp_path, settled=True).trash.find().items
    assert (item.original, item.why) == (f"inbox:kept-{RUN}-0", "there is no record of where it was")
