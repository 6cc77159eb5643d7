"""The front of a session: it holds its parts and does nothing itself, so that a new capability is a module and a line."""

import inspect
from functools import cached_property
from importlib import import_module
from pathlib import Path

import pytest

from reshelve import api
from reshelve.session import session as front
from reshelve.session.session import Session
from tests.support.shellplaces import lay

PARTS = sorted(name for name, one in vars(Session).items() if isinstance(one, cached_property))


def test_every_module_of_a_part_is_a_line_of_the_front() -> None:
    modules = sorted(path.stem for path in Path(front.__file__).parent.glob("session_*.py") if path.stem != "session_context")
    assert modules == [f"session_{part}" for part in PARTS]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_one_class_that_stays_small(tmp_path: Path, part: str) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    one = getattr(session, part)
    assert getattr(session, part) is one
    kind = type(one)
    module = import_module(f"reshelve.session.session_{part}")
    assert kind.__module__ == module.__name__ and kind.__name__ == part.capitalize()
    methods = [name for name, _ in inspect.getmembers(kind, inspect.isfunction) if name != "__init__"]
    assert 0 < len(methods) <= 10, methods


def test_a_run_that_changes_the_setting_changes_it_for_every_part(tmp_path: Path) -> None:
    source, target = tmp_path / "show", tmp_path / "tv"
    source.mkdir()
    (source / "Nordlys.S01E01.mkv").write_text("one")
    session = api.open_organize(source, target, environ={"XDG_STATE_HOME": str(tmp_path / "state")})
    roots = session.stores.roots()
    before = session.setting
    report = session.runs.apply(session.plans.make(session.layouts.scan().layout, command="organize"))
    assert report.outcome == "done" and session.setting is not before
    assert session.history.knows(report.run) and session.history.newest_start() == report.started
    assert [root.key for root in session.stores.roots()] == [root.key for root in roots]
    assert session.runs.apply(session.history.plan_undo()).outcome == "done"
    assert (source / "Nordlys.S01E01.mkv").exists() and not target.exists()


def test_overriding_a_scan_leaves_the_session_as_it_was(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    session.scanning(transfer="copy")
    assert {scan.transfer for scan in session.workspace.scan.values()} == {"move"}
