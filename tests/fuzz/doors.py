"""Every way that bytes of strangers come in: one function each, that takes bytes and may end in nothing but a ReshelveError.

The explicit list DOORS is what the tests, and the run by hand, go through.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from reshelve import api
from reshelve.documents.video_tools_import import from_env
from reshelve.executors.state import run_journal as journal
from reshelve.executors.state.declined_offers import Declined
from reshelve.executors.state.held_entries import held as held_entries
from reshelve.executors.state.root_locks import holder_of, left_behind
from reshelve.executors.state.told_before import ToldBefore
from reshelve.executors.state.unsettled_elsewhere import refuse_unsettled_elsewhere
from reshelve.executors.state.workspace_state import State
from reshelve.executors.suggest.csv_answers import read_csv
from reshelve.opening.guest_folders import guests_in
from reshelve.planner.rules.place_templates import MissingFact, PlaceError, PlaceTemplate
from reshelve.schemas import locations, patterns, quantities
from reshelve.schemas.documents.asset_files import parse_assets
from reshelve.schemas.documents.inventory_files import load_inventory
from reshelve.schemas.documents.layout_files import parse_layout
from reshelve.schemas.documents.plan_files import load_plan
from reshelve.schemas.documents.price_files import load_prices
from reshelve.schemas.documents.workspace_files import load_workspace, local_problems
from reshelve.schemas.layout import Review
from reshelve.schemas.patterns import Regex, globs
from reshelve.schemas.plan import Plan, PlanRoot
from reshelve.schemas.problems import ReshelveError

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
    _in_a_run("held.json", content, held_entries)


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
        for folder, holder in left_behind([str(path.parent)]):
            assert isinstance(folder + holder.what, str)
        root = PlanRoot(str(path.parent), "fs")
        refuse_unsettled_elsewhere(Plan(roots={"in": root}), State(path.parent / "state"))

    _in_a_file(locations.LOCK, content, read)


def name(content: bytes) -> None:
    text = os.fsdecode(content.replace(b"\0", b""))
    shown = str(api.parse(text))
    assert isinstance(shown, str)


def location(content: bytes) -> None:
    text = content.decode("utf-8", "surrogateescape")
    if locations.fault(text) is None:
        locations.split(text)


def overlay(content: bytes) -> None:
    def read(path: Path) -> None:
        for problem in local_problems(path, {"HOME": "/nowhere"}):
            raise ReshelveError(problem)

    _in_a_file("reshelve.local.yaml", content, read)


def prices(content: bytes) -> None:
    _in_a_file("prices.yaml", content, load_prices)


def assets(content: bytes) -> None:
    parse_assets(content, "assets.yaml")


def answers(content: bytes) -> None:
    _in_a_file("answers.csv", content, read_csv)


def env(content: bytes) -> None:
    from_env(content.decode("utf-8", "replace"), ".video-tools.env", "v-appydave")


def declined(content: bytes) -> None:
    _in_a_file("declined.json", content, lambda path: Declined(path.parent).keys())


def told(content: bytes) -> None:
    _in_a_file("told.json", content, lambda path: ToldBefore(path.parent).among([Review("inbox:a", "no rule matched")]))


def guests(content: bytes) -> None:
    _in_a_file("guests.json", content, lambda path: guests_in(path, ""))


def regex(content: bytes) -> None:
    try:
        asked = Regex(content.decode("utf-8", "replace"))
    except ValueError:
        return
    asked.captures("Show.Name.S01E02 été.mkv")


def glob(content: bytes) -> None:
    globs([content.decode("utf-8", "replace")[: patterns.LONGEST]], ignore_case=True).match("a" * 300)


def template(content: bytes) -> None:
    try:
        PlaceTemplate("tv:" + content.decode("utf-8", "replace")).render({"filename": "a.mkv", "show": "Show", "season": 1})
    except (PlaceError, MissingFact):
        return


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
    "location": location,
    "overlay": overlay,
    "prices": prices,
    "assets": assets,
    "answers": answers,
    "env": env,
    "declined": declined,
    "told": told,
    "guests": guests,
    "regex": regex,
    "glob": glob,
    "template": template,
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
