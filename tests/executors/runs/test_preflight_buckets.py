"""Before the first effect: a class that a service would not keep is asked for nowhere."""

from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import MemoryService
from reshelve.schemas.inventory import Root
from reshelve.schemas.operations import AnyOperation, Transition, Upload, Write
from reshelve.schemas.problems import ReshelveError
from tests.support.plans import clock, local, plan_of


@pytest.mark.parametrize("kind", ["upload", "write", "transition"])
def test_a_class_that_is_not_kept_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/a").write_text("a")
    service = MemoryService(storage_classes=False)
    bucket = MemoryBucket(Root("attic", "s3://attic", "s3:memory/attic", kind="bucket"), service)
    there = bucket.put("there", b"x", storage_class="GLACIER")
    assert there.storage_class == "STANDARD"
    stores = {"home": local("home", tmp_path / "home"), "attic": bucket}
    item = stores["home"].stat("a")
    assert item is not None
    seen = there.size, there.mtime_ns, there.ino
    operations: dict[str, AnyOperation] = {
        "upload": Upload("home:a", "attic:a", item.size, item.mtime_ns, item.ino, "GLACIER"),
        "write": Write("attic:a", "a", upload=True, storage_class="GLACIER"),
        "transition": Transition("attic:there", *seen, "STANDARD", "GLACIER"),
    }
    before = dict(service.keys)
    state = State(tmp_path / "state")
    state.prepare()
    with pytest.raises(ReshelveError) as refused:
        apply(plan_of(stores, operations[kind]), stores, state, now=clock)
    assert [problem.code for problem in refused.value.problems] == ["no-classes"]
    assert service.keys == before and state.runs() == []
