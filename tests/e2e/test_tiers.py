"""A video maker's shelves: 110 projects over a disk, an SSD and a bucket. What is due is found; over two years nothing is lost."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from examples.make_projects import WHOLE, make
from reshelve import api
from reshelve.planner.cost.price_lists import shipped
from reshelve.schemas.inventory import Inventory
from reshelve.schemas.layout import Layout
from reshelve.schemas.manifest import FolderCopy, Manifest, ObjectCopy
from reshelve.schemas.plan import Plan
from reshelve.session.session import Session
from tests.support.casebuckets import CaseBuckets

NOW = 1_800_000_000
T = TypeVar("T")
DAY = 86400
WORKSPACE = """\
version: 1
stores:
  local: {path: local, reserve: 0B}
  ssd: {path: ssd, reserve: 0B}
  s3: {s3: videos, prefix: appydave/}
tiers:
  videos:
    order:
      local: {at: "local:{project}"}
      light: {at: "local:archived/{range}/{project}", form: light}
      ssd: {at: "ssd:{project}"}
      s3: {at: "s3:{range}/{project}", form: tar.gz, class: STANDARD}
      deep: {at: "s3:{range}/{project}", form: tar.gz, class: DEEP_ARCHIVE}
    moves:
      - {from: local, to: [ssd, light], after: 90d}
      - {from: ssd, to: [s3], after: 180d}
      - {from: s3, to: [deep], after: 365d}
      - {from: ssd, to: [ssd, light]}
guards: {max_cost: 5 USD/month}
"""


class Shelves:
    """The shelves in a folder, with a clock that the bucket goes by too."""

    def __init__(self, folder: Path, whole: int) -> None:
        self.folder = folder
        self.now = NOW
        make(folder, whole=whole, now=NOW)
        (folder / "reshelve.yaml").write_text(WORKSPACE)
        self.buckets = CaseBuckets()
        self.buckets.service("videos")
        self.buckets.advance(NOW - 1_700_000_000)
        self.layout: Layout | None = None

    @property
    def session(self) -> Session:
        return api.open_workspace(self.folder, now=lambda: datetime.fromtimestamp(self.now, UTC))

    def with_buckets(self, act: Callable[[Session], T]) -> T:
        with self.buckets.served():
            return act(self.session)

    def scan(self) -> Layout:
        self.layout = self.with_buckets(lambda session: session.layouts.scan(self.layout)).layout
        return self.layout

    def plan(self) -> Plan:
        assert self.layout is not None
        layout = self.layout
        return self.with_buckets(lambda session: session.plans.make(layout))

    def manifest(self, against: Inventory | None = None) -> Manifest:
        return self.with_buckets(lambda session: session.costs.manifest(against=against))

    def step(self, days: int = 0) -> Plan:
        """Let time pass, scan, and apply what is due."""
        self.now += days * DAY
        self.buckets.advance(days * DAY)
        self.scan()
        plan = self.plan()
        assert not plan.blocked and not [problem for problem in plan.problems if problem.severity == "error"], plan.problems
        if plan.can_apply():
            report = self.with_buckets(lambda session: session.runs.apply(plan))
            assert report.outcome == "done" and not report.failures
        return plan


@pytest.mark.slow
def test_what_the_shelves_come_to(tmp_path: Path) -> None:
    shelves = Shelves(tmp_path, WHOLE)
    found = shelves.manifest()
    totals = {name: (total.projects, round(total.size_bytes / 10**9, 1)) for name, total in found.totals.items()}
    assert totals == {"local": (8, 4.0), "light": (102, 1.5), "ssd": (110, 429.5), "s3": (0, 0.0), "deep": (0, 0.0)}
    assert found.totals["ssd"].size_bytes == 400 * 2**30 and len(found.projects) == 110
    oldest = found.projects[0]
    ssd = oldest.storage["ssd"]
    assert isinstance(ssd, FolderCopy) and (ssd.files, ssd.heavy_files, ssd.light_files) == (20, 14, 6)
    assert asdict(oldest.storage["s3"]) == {"exists": False} and oldest.tiers == ["light", "ssd"]
    # Of 102 archived projects, the youngest 9 were used within 180 days.
    layout = shelves.scan()
    packed = [target for target, entry in layout.files.items() if entry.pack]
    assert len(packed) == 93 and packed[0] == "s3:b00-b49/b00-project-00.tar.gz" and packed[-1].startswith("s3:b50-b99/")
    assert len(layout.absent) == 93 * 20 and all(len(thing.copies) == 1 for thing in layout.absent)
    plan = shelves.plan()
    cost = plan.cost
    assert cost is not None and not plan.blocked
    size = sum(total for total in (ssd_bytes(found, target) for target in packed))
    assert Decimal(cost.month_difference) == round(Decimal(size) / 2**30 * Decimal("0.023"), 6)
    assert [problem.code for problem in shelves.with_buckets(lambda session: session.plans.guard(plan))] == ["max-cost"]
    saved = shelves.with_buckets(lambda session: session.stores.observe())
    assert asdict(shelves.manifest(saved))["projects"] == asdict(found)["projects"]


def ssd_bytes(manifest: Manifest, target: str) -> int:
    name = target.rpartition("/")[2].removesuffix(".tar.gz")
    copy = next(project for project in manifest.projects if project.id == name).storage["ssd"]
    assert isinstance(copy, FolderCopy)
    return copy.size_bytes


@pytest.mark.slow
def test_over_two_years_nothing_is_lost(tmp_path: Path) -> None:
    shelves = Shelves(tmp_path, 110 * 2**20)
    before = shelves.manifest().totals["ssd"]
    seen: list[dict[str, int]] = []
    for days in (0, 100, 100, 100, 100, 100, 100, 100):
        steps = 0
        while shelves.step(0 if steps else days).can_apply():
            # A project leaves one place a plan: from the local disk to the SSD, and from there into the bucket.
            steps += 1
            assert steps <= 3
        found = shelves.manifest()
        seen.append({name: total.projects for name, total in found.totals.items()})
        assert len(found.projects) == 110
        for project in found.projects:
            assert {"local", "ssd", "s3", "deep"} & set(project.tiers), project
            assert "light" in project.tiers or "local" in project.tiers, project
        if not days:
            assert found.totals["s3"].projects >= 50 and found.totals["ssd"].size_bytes < before.size_bytes / 2
        shutil.rmtree(tmp_path / "ssd" / ".reshelve-trash", ignore_errors=True)
    assert seen[0] == {"local": 8, "light": 102, "ssd": 17, "s3": 93, "deep": 0}
    assert seen[4]["deep"] == 93 and seen[4]["s3"] == 17
    assert seen[-1] == {"local": 0, "light": 110, "ssd": 0, "s3": 0, "deep": 110}
    oldest = shelves.manifest().projects[0].storage["s3"]
    assert isinstance(oldest, ObjectCopy)
    assert (oldest.bucket, oldest.key, oldest.tier) == ("videos", "appydave/b00-b49/b00-project-00.tar.gz", "DEEP_ARCHIVE")
    assert oldest.transitioned_at is not None and oldest.uploaded_at < oldest.transitioned_at
    kept, unpriced = shelves.with_buckets(lambda session: session.costs.kept(shipped()))["s3"]
    assert kept["DEEP_ARCHIVE"].objects == 110 and unpriced == []
