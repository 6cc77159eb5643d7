"""Every way that bytes of strangers come in: one function each, that takes bytes and may end in nothing but a ReshelveError.

The explicit list DOORS is what the tests, and the run by hand, go through.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from executors import journal
from executors.elsewhere import refuse_unsettled_elsewhere
from executors.locks import holder_of, left_behind
from executors.state import State
from reshelve import api
from schemas import locations, quantities
from schemas.documents.layouts import parse_layout
from schemas.documents.plans import load_plan
from schemas.documents.workspaces import load_workspace
from schemas.inventoryfile import load_inventory
from schemas.plan import Plan, PlanRoot
from schemas.problems import ReshelveError

_PLACE = Path(tempfile.gettempdir())


def _in_a_file(name: str, content: bytes, read: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory(prefix="reshelve-fuzz-", dir=_PLACE) as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read(path)


def layout(content: bytes) -> None:
    parse_layout(content, "layout.yaml")


def workspace(content: bytes) -> None:
    _in_a_file("reshelve.yaml", content, lambda path: load_workspace(path, {"HOME": "/nowhere"}))


def plan(content: bytes) -> None:
    _in_a_file("plan.json", content, load_plan)


def inventory(content: bytes) -> None:
    _in_a_file("inventory.ndjson", content, load_inventory)


def run_journal(content: bytes) -> None:
    _in_a_file("journal.ndjson", content, lambda path: (list(journal.read(path)), journal.load(path, "0123456789ab")))


def held(content: bytes) -> None:
    _in_a_run("held.json", content, lambda state: state.held())


def report(content: bytes) -> None:
    _in_a_run("report.json", content, lambda state: state.runs())


def _in_a_run(name: str, content: bytes, read: Callable[[State], object]) -> None:
    def put(path: Path) -> None:
        folder = path.parent / "runs/000001-0123456789ab"
        folder.mkdir(parents=True)
        (folder / "journal.ndjson").touch()
        path.rename(folder / name)
        read(State(path.parent))

    _in_a_file(name, content, put)


def lock(content: bytes) -> None:
    def read(path: Path) -> None:
        holder_of(str(path.parent))
        for folder, holder in left_behind(str(path.parent)):
            assert isinstance(folder + holder.what, str)
        root = PlanRoot(str(path.parent), "fs")
        refuse_unsettled_elsewhere(Plan(roots={"in": root}), State(path.parent / "state"))

    _in_a_file(locations.LOCK, content, read)


def name(content: bytes) -> None:
    text = os.fsdecode(content.replace(b"\0", b""))
    shown = str(api.parse(text))
    assert isinstance(shown, str)


def place(content: bytes) -> None:
    locations.split(content.decode("utf-8", "surrogateescape"))


def amount(content: bytes) -> None:
    try:
        quantities.size(content.decode("utf-8", "replace"))
    except ValueError:
        return


DOORS: dict[str, Callable[[bytes], None]] = {
    "layout": layout,
    "workspace": workspace,
    "plan": plan,
    "inventory": inventory,
    "journal": run_journal,
    "held": held,
    "report": report,
    "lock": lock,
    "name": name,
    "amount": amount,
}  # fmt: skip


def knock(door: str, content: bytes) -> None:
    """Hand bytes to a door. Raises whatever is not the answer a person can act on."""
    try:
        DOORS[door](content)
    except ReshelveError as answer:
        for problem in answer.problems:
            assert problem.summary
            words = problem.summary + problem.detail + problem.hint
            assert not _UNSAFE.intersection(words), f"unsafe for a terminal: {words!r}"


_UNSAFE = frozenset(map(chr, (*range(9), *range(11, 32), 127, *range(0x80, 0xA0), *range(0x202A, 0x202F), 0x200B, 0xFEFF)))
