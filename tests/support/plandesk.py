"""A desk to plan at: a few roots on a small disk, plans made of layouts in a line each, operations read as lines."""

from typing import Any

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.plan import Plan
from tests.support.plandisk import Disk, DiskReader, perform


class Desk:
    """Stores `in` and `lib` on one file system, `ext` on another, unless told otherwise."""

    def __init__(self, *files: str, **roots: str) -> None:
        self.disk = Disk(mounts={"/ext": "other"})
        self.roots: dict[str, str] = roots or {"in": "/in", "lib": "/lib", "ext": "/ext"}
        self.about: dict[str, dict[str, Any]] = {}
        for path in self.roots.values():
            if path not in self.disk.nodes:
                self.disk.add(path, kind="dir")
        for each in files:
            path, _, content = each.partition("=")
            if path.endswith("/"):
                self.disk.add(path.rstrip("/"), kind="dir")
            else:
                self.disk.add(path, content or path)

    @property
    def readers(self) -> dict[str, DiskReader]:
        """The readers of all roots, by key with `__` for `/`."""
        keys = {name.replace("__", "/"): path for name, path in self.roots.items()}
        return {
            key: DiskReader(self.disk, key, path, order=order, **self.about.get(key, {}))
            for order, (key, path) in enumerate(keys.items())
        }  # fmt: skip

    def plan(self, files: dict[str, Any] | None = None, request: PlanRequest | None = None, **rest: Any) -> Plan:
        """Plan a layout: entries are Entry values, or the location of the source."""
        entries = {target: each if isinstance(each, Entry) else Entry(source=each) for target, each in (files or {}).items()}
        rest["absent"] = [each if isinstance(each, Absent) else Absent(each) for each in rest.get("absent", ())]
        return make_plan(Layout(files=entries, **rest), self.readers, request or PlanRequest())

    def do(self, plan: Plan) -> None:
        """Do a plan."""
        perform(plan, self.disk)


def lines(plan: Plan) -> list[str]:
    """Return the operations, a line each."""
    return [operation.describe() for operation in plan.operations]


def codes(plan: Plan) -> dict[str, str]:
    """Return the code of each blocked entry by target."""
    return {blocked.target: blocked.code for blocked in plan.blocked}


def problems(plan: Plan) -> list[tuple[str, str, str]]:
    """Return (severity, code, path) of each problem."""
    return [(problem.severity, problem.code, problem.path) for problem in plan.problems]
