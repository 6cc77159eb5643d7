"""Whatever the tree and the layout: what is planned can be done, loses nothing, and need not be done again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.plan import Plan
from tests.support.plandisk import Disk, DiskReader, perform
from tests.support.shares import examples

pytestmark = pytest.mark.drawn
QUICK = settings(max_examples=examples(300), derandomize=True, deadline=None)
NAMES = st.sampled_from(["a", "b", "c", "A", "a.x", "é", "e\u0301", "z.zip"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
STORES = st.sampled_from(["in", "lib", "ext"])
TRANSFERS = st.sampled_from(["move", "move", "move", "copy", "hardlink", "symlink", "reflink"])
CONFLICTS = st.sampled_from(["fail", "keep-both", "skip", "replace"])


@st.composite
def trees(draw: st.DrawFn) -> Disk:
    """A disk of three stores, one of them another file system, which may fold case."""
    disk = Disk(mounts={"/ext": "other"}, folding=draw(st.sampled_from([set(), {"other"}, {"main"}, {"main", "other"}])))
    for store in ("in", "lib", "ext"):
        disk.add(f"/{store}", kind="dir")
    for store, path, content in draw(st.lists(st.tuples(STORES, PATHS, st.sampled_from(["", "1", "2", "33", "44"])), max_size=10)):
        whole = f"/{store}/{path}"
        parts = whole.split("/")
        above = ["/".join(parts[:end]) for end in range(2, len(parts))]
        found = [disk.find(each) for each in above]
        if disk.find(whole) is not None or any(each is not None and disk.nodes[each].kind != "dir" for each in found):
            continue
        if [each for each in found if each] != above[: len([each for each in found if each])]:
            continue
        disk.add(whole, content, kind="dir" if content == "44" else "file")
    return disk


@st.composite
def layouts(draw: st.DrawFn, disk: Disk) -> Layout:
    """A layout over it: mostly of what is there, in places that are mostly taken or near."""
    there = [f"{path[1:].partition('/')[0]}:{path[1:].partition('/')[2]}" for path in disk.nodes if path.count("/") > 1]
    folders = [
        f"{path[1:].partition('/')[0]}:{path[1:].partition('/')[2]}/"
        for path, node in disk.nodes.items() if path.count("/") > 1 and node.kind == "dir"
    ]  # fmt: skip
    anywhere = st.builds("{}:{}".format, STORES, PATHS)
    some = st.one_of(st.sampled_from(there), anywhere) if there else anywhere
    sources = st.one_of(some, st.sampled_from(folders)) if folders else some
    files: dict[str, Entry] = {}
    for target, source, transfer, conflict, sized in draw(
        st.lists(st.tuples(some, sources, TRANSFERS, CONFLICTS, st.booleans()), max_size=8)
    ):
        entry = Entry(source=source, transfer=transfer, on_conflict=conflict)
        node = disk.nodes.get("/" + source.replace(":", "/"))
        if node is not None and node.kind == "file" and sized:
            entry.size = len(node.content)
        if source[-1] == "/" and sized:
            entry.pack = "zip"
        files[target] = entry
    targets = sorted(files)
    for target in targets:
        if draw(st.integers(0, 5)) == 0:
            files[target].beside = draw(st.sampled_from(targets))
    for target in draw(st.lists(some, max_size=1)):
        files.setdefault(target, Entry(content="made"))
    for target, source in draw(st.lists(st.tuples(some, some), max_size=2)):
        if target not in files:
            files[f"{target}/"] = Entry(unpack=source)
    absent = [Absent(path) for path in draw(st.lists(some, max_size=1))]
    tidy = {store: ["A"] for store in draw(st.sets(STORES))}
    return Layout(files=files, dirs=draw(st.lists(some, max_size=2)), absent=absent, tidy=tidy)


CASES = trees().flatmap(lambda disk: st.tuples(st.just(disk), layouts(disk)))


def planned(layout: Layout, disk: Disk) -> Plan:
    readers = {store: DiskReader(disk, store, f"/{store}") for store in ("in", "lib", "ext")}
    return make_plan(layout, readers, PlanRequest())


@QUICK
@given(CASES)
def test_what_is_planned_can_be_done_and_loses_nothing(case: tuple[Disk, Layout]) -> None:
    disk, layout = case
    before = disk.files()
    plan = planned(layout, disk)
    added = sum(operation.op in ("copy", "link", "write", "pack") for operation in plan.operations)
    perform(plan, disk)
    after = disk.files()
    assert len(after) == len(before) + added
    for content in before:
        after.remove(content)


@QUICK
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_a_layout_does_not_matter(case: tuple[Disk, Layout], random: object) -> None:
    disk, layout = case
    items = list(layout.files.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    other = Layout(files=dict(items), dirs=layout.dirs[::-1], absent=layout.absent[::-1], tidy=layout.tidy)
    assert planned(layout, disk) == planned(other, disk)


@QUICK
@given(st.permutations(range(6)), st.sampled_from(["/in", "/ext"]), st.booleans())
def test_any_permutation_of_names_is_done_and_then_done_with(order: list[int], other: str, sizes: bool) -> None:
    disk = Disk(mounts={"/ext": "other"})
    for store in ("in", "lib", "ext"):
        disk.add(f"/{store}", kind="dir")
    places = ["/lib/0", "/lib/1", f"{other}/2", "/lib/3", f"{other}/sub/4", "/lib/5"]
    for index, place in enumerate(places):
        disk.add(place, "x" * (index + 1))
    names = [place[1:].replace("/", ":", 1) for place in places]
    files = {names[new]: Entry(source=names[old], size=old + 1) for old, new in enumerate(order) if sizes or old != new}
    perform(planned(Layout(files=files), disk), disk)
    for old, new in enumerate(order):
        assert disk.nodes[places[new]].content == "x" * (old + 1)
    again = planned(Layout(files=files), disk)
    assert not again.operations
    assert again.settled == len(files)


@QUICK
@given(st.permutations(range(6)), st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_second_plan_of_plain_moves_is_empty(order: list[int], deep: list[bool]) -> None:
    disk = Disk()
    for store in ("in", "lib", "ext"):
        disk.add(f"/{store}", kind="dir")
    for index in order:
        disk.add(f"/in/{index % 2}/{index}", str(index))
    files = {f"lib:{'d/' if deep[index] else ''}{index}": Entry(source=f"in:{index % 2}/{index}") for index in order}
    layout = Layout(files=files, tidy={"in": []})
    perform(planned(layout, disk), disk)
    assert [path for path in disk.nodes if path.startswith("/in/")] == []
    again = planned(layout, disk)
    assert (again.operations, again.blocked, again.problems, again.settled) == ([], [], [], 6)
