"""What surrounds the operations: selection, guards, digests, and the local disk."""

from pathlib import Path

import pytest

from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Entry, Layout
from tests.support.plandesk import Desk, codes, lines


@pytest.mark.parametrize(
    ("only", "exclude", "left"),
    [
        (("lib:tv/*",), (), ["in:1", "in:2"]),
        (("lib:tv",), (), ["in:1", "in:2"]),
        (("*.srt",), (), ["in:1", "in:2"]),
        (("in:3",), (), ["in:3"]),
        ((), ("tv/*.srt",), ["in:3"]),
        (("lib:*",), ("in:3",), ["in:1", "in:2"]),
        (("lib:t",), (), []),
    ],
)
def test_a_plan_about_some_takes_bundles_whole(only: tuple[str, ...], exclude: tuple[str, ...], left: list[str]) -> None:
    files = {"lib:tv/x.mkv": "in:1", "lib:tv/x.srt": Entry(source="in:2", beside="lib:tv/x.mkv"), "lib:film": "in:3"}
    plan = Desk("/in/1", "/in/2", "/in/3").plan(files, PlanRequest(only=only, exclude=exclude))
    assert sorted(operation.reads for operation in plan.operations if operation.reads) == left


def test_the_same_inputs_give_the_same_plan_and_others_another() -> None:
    one = Desk("/in/1").plan({"lib:x": "in:1"})
    assert one.id == Desk("/in/1").plan({"lib:x": "in:1"}).id
    assert one.id != Desk("/in/1").plan({"lib:x": "in:1"}, PlanRequest(base="b")).id


def test_files_are_counted_only_where_a_guard_asks_for_a_share() -> None:
    desk = Desk("/in/1=a", "/in/2", "/in/3/4", "/lib/x=a")
    assert desk.plan({"lib:x": "in:1"}).observed == {}
    plan = desk.plan({"lib:x": "in:1"}, PlanRequest(max_delete="10%"))
    assert (plan.observed, plan.max_delete) == ({"in": 3}, "10%")


def test_a_replaced_file_stays_when_the_bundle_that_would_replace_it_is_left() -> None:
    files = {"lib:x": Entry(source="in:1", on_conflict="replace"), "lib:y": Entry(source="in:2", beside="lib:x")}
    plan = Desk("/in/1=1", "/in/2=2", "/lib/x=x", "/lib/y=y").plan(files)
    assert plan.operations == []
    assert codes(plan) == {"lib:x": "bundle", "lib:y": "target-taken"}


def test_odd_names_on_a_real_disk(tmp_path: Path) -> None:
    inbox, lib = tmp_path / "in", tmp_path / "lib"
    inbox.mkdir()
    lib.mkdir()
    odd = b"caf\xe9 \n.mkv".decode("utf-8", "surrogateescape")
    (inbox / odd).write_text("x")
    long = "n" * 251 + ".mkv"
    (inbox / long).write_text("yy")
    stores = {"in": LocalStore(Root("in", str(inbox))), "lib": LocalStore(Root("lib", str(lib)))}
    files = {"lib%:d/caf%E9%0A.mkv": Entry(source="in%:caf%E9%20%0A.mkv"), f"lib:{long}": Entry(source=f"in:{long}", size=2)}
    plan = make_plan(Layout(files=files, tidy={"in": []}), stores, PlanRequest())
    assert lines(plan) == ["make folder lib:d", "move in%:caf%E9 %0A.mkv to lib%:d/caf%E9%0A.mkv", f"move in:{long} to lib:{long}"]
    assert plan.blocked == []


def test_a_source_behind_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_text("x")
    (tmp_path / "in" / "road").symlink_to(tmp_path / "out")
    store = LocalStore(Root("in", str(tmp_path / "in")))
    plan = make_plan(Layout(files={"in:x": Entry(source="in:road/secret")}), {"in": store}, PlanRequest())
    assert plan.operations == []
    assert [problem.code for problem in plan.problems] == ["lost"]
