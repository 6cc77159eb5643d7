"""The rules and policies of a workspace as far as they can be read, whatever else is wrong with it or with them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reshelve.schemas.conditions import Condition
from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.typed_values import typed
from reshelve.schemas.documents.workspace_files import store_names
from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.scan_settings import Rule, Scan
from reshelve.schemas.store_settings import Store
from reshelve.schemas.workspace import Policy, Workspace

_GROUP = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")


def readable_rules(path: Path) -> Workspace | None:
    """Return the rules and policies of a workspace, each under its number; None where it is no YAML.

    One that is not sound keeps what can be read of it: its place, and every demand of its condition. A demand that cannot be read
    asks only that the value is known, or has the groups that its pattern names.
    """
    try:
        raw = read(read_bytes(path, WRITTEN), str(path))
    except ReshelveError:
        return None
    schema = schema_for("workspace")
    raw = typed(raw, schema, schema)
    if not isinstance(raw, dict):
        return None
    scans = raw.get("scan")
    rules = {
        store: Scan(rules=[_rule(rule, number) for number, rule in enumerate(scan["rules"])])
        for store, scan in (scans.items() if isinstance(scans, dict) else ())
        if isinstance(scan, dict) and isinstance(scan.get("rules"), list)
    }
    policies = raw.get("policies")
    asked = [_policy(one, number) for number, one in enumerate(policies if isinstance(policies, list) else ())]
    declared = raw.get("set")
    values = dict.fromkeys(map(str, declared)) if isinstance(declared, dict) else {}
    stores = dict.fromkeys(store_names(path) or (), Store.model_construct())
    return Workspace.model_construct(stores=stores, scan=rules, policies=asked, set_=values)


def _rule(given: Any, number: int) -> Rule:
    try:
        return Rule.model_validate(given, by_alias=True, by_name=False)
    except ValidationError:
        known = given if isinstance(given, dict) else {}
        place = known.get("place")
        deed = {"place": place} if isinstance(place, str) else {"leave": True}
        return Rule.model_validate({"name": _name(known, number), "when": _condition(known.get("when")), **deed})


def _policy(given: Any, number: int) -> Policy:
    try:
        return Policy.model_validate(given, by_alias=True, by_name=False)
    except ValidationError:
        known = given if isinstance(given, dict) else {}
        conditions = {key: _condition(known.get(key)) for key in ("when", "require")}
        return Policy.model_validate({"name": _name(known, number), **conditions})


def _name(given: Mapping[str, Any], number: int) -> str:
    """Return a name; two without one that can be read are not called alike."""
    name = given.get("name")
    return name if isinstance(name, str) else f"-{number + 1}"


def _condition(given: Any) -> dict[str, Any]:
    """Return what can be read of a condition, as a document has it."""
    found: dict[str, Any] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        if key in ("all", "any"):
            found[key] = [_condition(each) for each in value] if isinstance(value, list) else []
        elif key == "not":
            found[key] = _condition(value)
        else:
            found[key] = value if _is_sound({key: value}) else _sound_ways(key, value)
    return found


def _sound_ways(key: str, value: Any) -> dict[str, Any]:
    """Return those ways of comparing that can be read, of a demand of which one cannot."""
    ways = value if isinstance(value, dict) else {}
    sound = {way: given for way, given in ways.items() if _is_sound({key: {way: given}})}
    lost = "".join(f"(?P<{group}>)" for group in dict.fromkeys(_groups(value, sound)))
    return (sound | {"regex": lost} if lost else sound) or {"known": True}


def _groups(value: Any, sound: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the groups in the patterns of a demand that are not among its sound ways."""
    for way, given in value.items() if isinstance(value, dict) else ():
        if way not in sound and isinstance(given, str):
            yield from _GROUP.findall(given)


def _is_sound(condition: Mapping[str, Any]) -> bool:
    try:
        Condition.model_validate(condition, by_alias=True, by_name=False)
    except ValidationError:
        return False
    return True
