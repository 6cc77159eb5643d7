"""What a notice says of a run: how it ended, and which archives it was about."""

from reshelve.schemas.run_report import OperationResult, Report
from reshelve.session.queued_notices import notice_text

HEAD = "reshelve restore on attic: done, 2 of 2 operations done."


def _report(*results: OperationResult) -> Report:
    return Report(
        "3f9a1c2e4b5d",
        "plan",
        "restore",
        "done",
        "rollback",
        "",
        "",
        1.0,
        host="attic",
        operations=2,
        done=2,
        results=list(results),
    )


def test_who_waits_for_a_project_is_told_that_it_is_back_and_not_that_a_request_is_all_that_was_done() -> None:
    asked = _report(OperationResult(0, "thaw", "done", "s3:b00-b49/b40-old.tar.gz"))
    assert notice_text(asked, failed=False) == (
        f"{HEAD} Asked for, not readable yet: s3:b00-b49/b40-old.tar.gz. See: reshelve show 3f9a1c2e4b5d"
    )
    back = _report(OperationResult(0, "unpack", "done", "s3:b00-b49/b40-old.tar.gz", "local:b40-old"))
    assert notice_text(back, failed=False) == f"{HEAD} Unpacked: local:b40-old. See: reshelve show 3f9a1c2e4b5d"


def test_only_what_was_done_is_named_and_of_many_the_first() -> None:
    packed = [OperationResult(at, "pack", "done", f"ssd:b{at}", f"s3:b{at}.zip") for at in range(7)]
    text = notice_text(_report(*packed, OperationResult(7, "unpack", "not-done", "s3:x.zip", "ssd:x")), failed=False)
    assert "Packed: s3:b0.zip, s3:b1.zip, s3:b2.zip, s3:b3.zip, s3:b4.zip and 2 more." in text and "Unpacked" not in text


def test_single_files_are_in_the_report_and_not_in_a_notice() -> None:
    assert (
        notice_text(_report(OperationResult(0, "move", "done", "a:x", "b:x")), failed=False)
        == f"{HEAD} See: reshelve show 3f9a1c2e4b5d"
    )
