"""Acting on a plan: what is only a help never turns a run that has ended into a failure."""

from pathlib import Path

import pytest

from reshelve import api, hashes
from schemas.layout import Entry, Layout
from tests.support.shellplaces import lay


def test_hashes_that_cannot_be_remembered_do_not_fail_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = api.open_workspace(lay(tmp_path))
    layout = Layout(files={"movies:heat.mkv": Entry(source="inbox:Heat.1995.1080p.mkv", transfer="copy")})

    def broken(*args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(hashes, "remember_hashes", broken)
    assert session.apply(session.plan(layout)).outcome == "done"
