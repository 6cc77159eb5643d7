"""Archived classes: one list of them, which the stores, their doubles and the price lists follow."""

import ast
from pathlib import Path

import reshelve
from reshelve.planner.cost.price_lists import shipped
from reshelve.schemas.archived_classes import ARCHIVED, READY_SECONDS

HOUSE = Path(reshelve.__file__).resolve().parent.parent


def test_no_other_module_lists_them() -> None:
    modules = [path for room in ("planner", "executors", "schemas", "reshelve") for path in (HOUSE / room).rglob("*.py")]
    naming = {
        path.name
        for path in modules
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and node.value in ARCHIVED
    }
    assert naming == {"archived_classes.py"}


def test_the_shipped_prices_thaw_the_same_classes_in_the_same_tiers_and_no_faster() -> None:
    priced = {(kind, tier): each.hours * 3600 for kind, prices in shipped().classes.items() for tier, each in prices.thaw.items()}
    assert priced.keys() == READY_SECONDS.keys()
    assert all(READY_SECONDS[asked] <= seconds <= READY_SECONDS[asked] + 60 for asked, seconds in priced.items())
