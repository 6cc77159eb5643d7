"""The plans that are killed: the explicit list. A new kind of operation is covered by a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.plan import Plan
from tests.crash.every_kind import every_kind, lay
from tests.crash.few_kinds import few, lay_few, plain

Stores = dict[str, LocalStore]


@dataclass(frozen=True)
class Planned:
    """A tree to lay in the inbox, and the plan on it: made of the open stores (inbox, shelf, attic) and what to seal in."""

    lay: Callable[[Path], None]
    plan: Callable[..., Plan]


PLANS: Mapping[str, Planned] = {
    "every-kind": Planned(lay, every_kind),
    "few": Planned(lay_few, few),
    "plain": Planned(lay_few, plain),
}


def make(name: str, stores: Stores, **sealed: Any) -> Plan:
    """Make a plan of the list."""
    return PLANS[name].plan(stores, **sealed)
