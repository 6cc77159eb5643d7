"""Stores of this machine's own file laid over those of the workspace, key by key, as both are written."""

from collections.abc import Collection, Mapping
from typing import Any

from reshelve.schemas.documents.layout_checks import Fault

PLACES = ("path", "paths", "s3")
_SPEAKS = (*PLACES, "endpoint_url", "profile")
"""Keys that say where a store is, and in whose name it is spoken to."""


def laid_over(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the workspace's stores with this machine's keys over theirs. One of another kind of place takes nothing of theirs."""
    return {**shared, **{name: _laid_over(shared.get(name), store) for name, store in own.items()}}


def _laid_over(shared: Any, own: Any) -> Any:
    if not isinstance(own, dict):
        return own if shared is None else shared
    if not isinstance(shared, dict) or any(key in own and key not in shared for key in PLACES):
        return own
    return {**shared, **own}


def left_of(shared: Mapping[str, Any], whole: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the workspace's stores as far as this machine's keys left them: what it says still, of its own word."""
    return {name: _left(store, whole[name], own.get(name)) for name, store in shared.items()}


def _left(shared: Any, whole: Any, own: Any) -> Any:
    if not isinstance(own, dict) or not isinstance(shared, dict):
        return shared
    return {key: value for key, value in shared.items() if key not in own and isinstance(whole, dict) and key in whole}


def own_word(own: Mapping[str, Any], whole: Mapping[str, Any]) -> frozenset[str]:
    """Return the stores of which this machine's file itself says where they are, and in whose name they are spoken to."""
    return frozenset(
        name
        for name, store in own.items()
        if isinstance(store, dict) and isinstance(whole[name], dict) and all(key in store for key in _SPEAKS if key in whole[name])
    )


def are_of_own(fault: Fault, shared: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Say whether a fault of a store laid over is about what this machine's file says."""
    if len(fault.path) < 2 or fault.path[0] != "stores" or fault.path[1] not in own:
        return False
    name, keys = str(fault.path[1]), fault.path[2:]
    mine: Any = own[name]
    if not isinstance(mine, dict):
        return name not in shared
    replaced = not isinstance(shared.get(name), dict) or any(key in mine and key not in shared[name] for key in PLACES)
    return replaced or bool(keys and keys[0] in mine)


def not_told(faults: Collection[Fault], told: Collection[Fault]) -> list[Fault]:
    """Return the faults of which none of `told` is about the same part."""
    paths = {fault.path for fault in told}
    return [fault for fault in faults if fault.path not in paths]
