"""Names and paths that cannot be where they should go are found in planning, and their bundles stay together."""

import pytest

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.rules.free_names import numbered
from reshelve.schemas.inventory import Root, Space
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.operations import AnyOperation
from tests.support.plandesk import Desk, codes, lines
from tests.support.readers import TreeReader

LONG = "é" * 126 + ".mkv"  # 256 bytes, 130 characters
FITS = "é" * 125 + "e.mkv"  # 255 bytes


def test_a_name_longer_than_its_file_system_takes_blocks_its_bundle() -> None:
    desk = Desk("/in/a.mkv", "/in/a.srt", "/in/b.mkv")
    subtitle = Entry(source="in:a.srt", beside=f"lib:{LONG}")
    plan = desk.plan({f"lib:{LONG}": "in:a.mkv", "lib:a.srt": subtitle, f"lib:{FITS}": "in:b.mkv"})
    assert codes(plan) == {f"lib:{LONG}": "name-too-long", "lib:a.srt": "bundle"}
    assert lines(plan) == [f"move in:b.mkv to lib:{FITS}"]
    assert any("256 bytes long, and its file system holds names of 255" in one.detail for one in plan.blocked)


@pytest.mark.parametrize("what", ["files", "folders", "write", "dirs"])
def test_every_way_to_a_name_is_held_to_it(what: str) -> None:
    desk = Desk("/in/a.mkv")
    files = {
        "files": {f"lib:{LONG}": "in:a.mkv"},
        "folders": {f"lib:x/{LONG}/y/a.mkv": "in:a.mkv"},
        "write": {f"lib:{LONG}": Entry(content="x")},
        "dirs": {},
    }[what]
    plan = desk.plan(files, dirs=[f"lib:x/{LONG}/y"] if what == "dirs" else [])
    assert list(codes(plan).values()) == ["name-too-long"]
    assert plan.operations == []


def test_each_file_system_says_itself_how_long() -> None:
    desk = Desk("/in/a.mkv", "/in/b.mkv")
    desk.disk.spaces["other"] = Space(10**12, 10**12, longest_name=143)
    plan = desk.plan({f"ext:{'x' * 144}": "in:a.mkv", f"lib:{'x' * 144}": "in:b.mkv"})
    assert codes(plan) == {f"ext:{'x' * 144}": "name-too-long"}


@pytest.mark.parametrize("kind", ["exfat:1", "ntfs3:1", "fuseblk:1", "vfat:1"])
def test_some_count_utf_16_units(kind: str) -> None:
    desk = Desk("/in/a.mkv", "/in/b.mkv")
    desk.disk.mounts["/ext"] = kind
    plan = desk.plan({f"ext:{LONG}": "in:a.mkv", f"ext:{'😀' * 128}": "in:b.mkv"})
    assert codes(plan) == {f"ext:{'😀' * 128}": "name-too-long"}


def test_a_path_longer_than_can_be_used_is_found() -> None:
    desk = Desk("/in/a", "/in/b")
    deep = "/".join(["d" * 203] * 20)
    plan = desk.plan({f"lib:{deep}/a": "in:a", "lib:b": "in:b"})
    assert codes(plan) == {f"lib:{deep}/a": "name-too-long"}
    assert "longer than can be used here" in plan.blocked[0].detail


def test_what_stands_already_is_not_asked() -> None:
    desk = Desk(f"/lib/{LONG}", "/in/a")
    assert desk.plan({f"lib:{LONG}": "in:gone"}).blocked == []


def test_a_free_name_beside_one_of_full_length_is_cut_for_its_number_and_known_again() -> None:
    desk = Desk("/in/a=1", f"/lib/{FITS}=2")
    files = {f"lib:{FITS}": Entry(source="in:a", on_conflict="keep-both", transfer="copy")}
    plan = desk.plan(files)
    assert lines(plan) == [f"copy in:a to lib:{numbered(FITS, 1)}"]
    desk.do(plan)
    assert desk.plan(files).operations == []


def test_a_bundle_whose_names_would_be_cut_for_a_number_is_refused_whole() -> None:
    stem = "x" * 250
    desk = Desk("/in/a.mkv=1", "/in/a.srt=3", f"/lib/{stem}.mkv=2")
    files = {
        f"lib:{stem}.mkv": Entry(source="in:a.mkv", on_conflict="keep-both"),
        f"lib:{stem}.srt": Entry(source="in:a.srt", on_conflict="keep-both", beside=f"lib:{stem}.mkv"),
    }
    plan = desk.plan(files)
    assert plan.operations == []
    assert codes(plan) == {f"lib:{stem}.mkv": "name-too-long", f"lib:{stem}.srt": "bundle"}


def test_a_key_is_held_to_what_a_bucket_takes() -> None:
    inbox = TreeReader("inbox", {"a": b"1", "b": b"2"})
    vault = TreeReader("vault", {})
    vault.root = Root("vault", "s3://bucket/prefix", fs="s3:aws/bucket", kind="bucket")
    fits, long = "x" * 300 + "/" + "y" * (1024 - 7 - 301), "x" * 300 + "/" + "y" * (1025 - 7 - 301)
    files = {f"vault:{fits}": Entry(source="inbox:a"), f"vault:{long}": Entry(source="inbox:b")}
    plan = make_plan(Layout(files=files), {"inbox": inbox, "vault": vault}, PlanRequest())
    made: list[AnyOperation] = [one for one in plan.operations if one.op == "upload"]
    assert [one.makes for one in made] == [f"vault:{fits}"]
    assert codes(plan) == {f"vault:{long}": "name-too-long"}


@pytest.mark.parametrize("what", ["files", "folders", "write", "dirs", "beside"])
def test_every_way_to_a_name_that_is_refused_is_held_to_it_and_the_rest_is_planned(what: str) -> None:
    desk = Desk("/in/a.mkv", "/in/b.mkv", "/in/c.mkv", "/ext/c.mkv")
    desk.disk.spaces["other"] = Space(10**12, 10**12, names="exfat")
    files = {
        "files": {"ext:What?.mkv": "in:a.mkv"},
        "folders": {"ext:x/What?/y/a.mkv": "in:a.mkv"},
        "write": {"ext:What?": Entry(content="x")},
        "dirs": {},
        "beside": {"ext:a.mkv": "in:a.mkv", "ext:What?.srt": Entry(source="in:c.mkv", beside="ext:a.mkv")},
    }[what]
    plan = desk.plan({**files, "ext:b.mkv": "in:b.mkv"}, dirs=["ext:x/What?/y"] if what == "dirs" else [])
    assert "name-refused" in codes(plan).values()
    assert lines(plan) == ["move in:b.mkv to ext:b.mkv"]
    said = next(each for each in plan.blocked if each.code == "name-refused")
    assert said.detail.endswith("cannot be stored there: its file system takes no name with ?")


def test_what_a_file_system_refuses_may_be_taken_from_it_and_stand_on_another() -> None:
    desk = Desk("/ext/a.mkv", "/ext/Old?.mkv")
    desk.disk.spaces["other"] = Space(10**12, 10**12, names="exfat")
    plan = desk.plan({"lib:What?.mkv": "ext:a.mkv", "lib:b.mkv": "ext:Old?.mkv"})
    assert codes(plan) == {}
    assert len(plan.operations) == 2
