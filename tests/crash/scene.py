"""A workspace with three roots on two file systems, laid afresh for every point, and what stands in it."""

import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from reshelve.executors.state.held_entries import held
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.documents.plan_files import save_plan
from reshelve.schemas.locations import encode_path
from tests.crash import plans
from tests.crash.every_kind import stores_at
from tests.crash.standing import Standing, look, told_by_origin, tops
from tests.crash.straced import Ended, run

PLAN = "plan.json"
LONG_AGO_NS = 1_500_000_000_123_456_700
"""When the folders of the roots were last changed, about."""


@dataclass
class Scene:
    """`base` holds the workspace, its inbox and its shelf; `attic` is on another file system where the machine has two.

    `tops`: the folders of the roots themselves are looked at, too.
    """

    base: Path
    attic: Path
    tops: bool = True
    laid_ns: int = 0
    origins: Standing = field(default_factory=dict)

    @property
    def roots(self) -> dict[str, Path]:
        return {"inbox": self.base / "inbox", "shelf": self.base / "shelf", "attic": self.attic}

    @property
    def state(self) -> State:
        return State(self.base / ".reshelve")

    def lay(self, name: str) -> None:
        """Lay the tree of a plan and save the plan beside the workspace."""
        self.clear()
        self.laid_ns = time.time_ns() - 10**9
        for root in self.roots.values():
            root.mkdir(parents=True)
        workspace = "".join(f'  {key}: {{path: "{root}", reserve: 0B}}\n' for key, root in self.roots.items())
        (self.base / "reshelve.yaml").write_text(f"version: 1\nstores:\n{workspace}")
        plans.PLANS[name].lay(self.roots["inbox"])
        for number, root in enumerate(self.roots.values()):
            os.utime(root, ns=(LONG_AGO_NS, LONG_AGO_NS + number))
        stores = stores_at(*self.roots.values())
        save_plan(plans.make(name, stores, workspace=encode_path(str(self.base / "reshelve.yaml"))), self.base / PLAN)
        for store in stores.values():
            store.close()
        self.stands()

    def stands(self) -> None:
        """Take what stands now for what a command finds."""
        self.origins = self.look()

    def clear(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.base, ignore_errors=True)
        shutil.rmtree(self.attic, ignore_errors=True)

    def look(self) -> Standing:
        """Return what stands in the roots now."""
        return {**look(self.roots), **(tops(self.roots) if self.tops else {})}

    def told(self) -> dict[str, object]:
        """Return what stands and what the state says, in words that hold for any laying: to compare one run with another."""
        numbers = {run: f"run {number}" for number, (run, _) in enumerate(self.state.run_folders())}
        found = {}
        for place, thing in told_by_origin(self.look(), self.origins, self.laid_ns).items():
            origin = str(thing[-1])
            for run_id, number in numbers.items():
                place, origin = place.replace(run_id, number), origin.replace(run_id, number)
            found[place] = (*thing[:-1], origin)
        return {**found, "what is held": held(self.state)}

    def do(self, *argv: str) -> Ended:
        """Run a command that must succeed, undisturbed."""
        ended = run(argv, self.base)
        if ended.code:
            raise AssertionError(f"reshelve {' '.join(argv)} ended with {ended.code}:\n{ended.said}")
        return ended
