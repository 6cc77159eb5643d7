"""What is wrong between the parts of a workspace: stores that are named but not declared, places that are none, unknown classes."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from reshelve.schemas import locations
from reshelve.schemas.archived_classes import class_meant
from reshelve.schemas.documents.layout_checks import Fault, location_fault, part_of
from reshelve.schemas.documents.missing_colons import key_before_bracket
from reshelve.schemas.documents.overlaid_stores import PLACES
from reshelve.schemas.near_words import near
from reshelve.schemas.scan_settings import DEEDS, several_deeds

Steps = tuple[str | int, ...]


def stores_of(raw: Any) -> dict[str, Any]:
    """Return the stores that a document declares, as they are written."""
    stores = raw.get("stores") if isinstance(raw, dict) else None
    return stores if isinstance(stores, dict) else {}


def names_are_known(raw: Any) -> bool:
    """Say whether no colon is missing behind the name of a store, so that what names a store can be judged by them."""
    return not any(isinstance(name, str) and key_before_bracket(name) for name in stores_of(raw))


def faults_between(raw: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults between parts of a workspace: stores that are named but not declared, and what is no location."""
    if not isinstance(raw, dict):
        return
    yield from _twice(raw)
    yield from _classes(raw, stores)
    yield from _backup_stores(raw.get("backups"), stores)
    scans = told if isinstance(told := raw.get("scan"), dict) else {}
    for store, scan in scans.items():
        if store not in stores:
            yield _unknown_store(("scan", store), store, stores, True)
        yield from _like(store, scan, scans)
        rules = scan.get("rules") if isinstance(scan, dict) else None
        for number, rule in enumerate(rules if isinstance(rules, list) else ()):
            yield from _deeds(rule, ("scan", store, "rules", number))
            place = rule.get("place") if isinstance(rule, dict) else None
            if isinstance(place, str):
                yield from _place(place, ("scan", store, "rules", number, "place"), stores)
    yield from _tier_stores(raw.get("tiers"), stores)
    yield from _sync_stores(raw.get("sync"), stores)
    yield from _client_stores(raw.get("clients"), stores)
    projects = raw.get("projects")
    for number, project in enumerate(projects if isinstance(projects, list) else ()):
        inside = project.get("in") if isinstance(project, dict) else None
        if isinstance(inside, str):
            path = ("projects", number, "in")
            wrong = location_fault(inside)
            if ":" not in inside:
                yield from _without_store(inside, path, stores)
            elif wrong is not None:
                yield Fault(path, "location", "not a location", f"{locations.shown(inside)}: {wrong}.", "write store:relative/path")
            else:
                yield from _known(locations.split(inside)[0], path, stores)


def _like(store: str, scan: Any, scans: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for a store that is scanned like one that can be no example."""
    like = scan.get("like") if isinstance(scan, dict) else None
    if not isinstance(like, str):
        return
    examples = {name: each for name, each in scans.items() if name != store and isinstance(each, dict) and "like" not in each}
    at, summary = ("scan", store, "like"), "a value that cannot be"
    if like == store:
        yield Fault(at, "document-value", summary, f"{part_of(at)}: a store is not scanned like itself.")
    elif like not in scans:
        meant = near(like, examples)
        hint = f"did you mean {meant}?" if meant else f"it has {', '.join(examples)}" if examples else "write its rules here"
        yield Fault(at, "document-value", summary, f"{part_of(at)}: `scan:` has no {like[:100]!r}.", hint)
    elif like not in examples and isinstance(scans[like], dict):
        detail = f"{part_of(at)}: {like!r} is like {scans[like]['like']} itself."
        yield Fault(at, "document-value", summary, detail, f"write like: {scans[like]['like']}")


def _deeds(rule: Any, path: Steps) -> Iterator[Fault]:
    """Yield a fault for a rule that says to do several things, whatever else is wrong with it."""
    given = [name for name in DEEDS if rule.get(name) not in (None, False)] if isinstance(rule, dict) else []
    if len(given) > 1:
        at = (*path, given[-1])
        yield Fault(at, "document-value", "a value that cannot be", f"{part_of(at)}: {several_deeds(given)}.")


def _twice(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each folder that a store names twice among its `paths:`."""
    for name, store in stores_of(raw).items():
        group = store.get("paths") if isinstance(store, dict) else None
        told = group.items() if isinstance(group, dict) else enumerate(group) if isinstance(group, list) else ()
        seen: dict[str, str | int] = {}
        for key, root in told:
            path = root.get("path") if isinstance(root, dict) else root
            if not isinstance(path, str):
                continue
            folder = os.path.normpath(path)
            if folder in seen:
                detail = f"{path} is folder {seen[folder] if isinstance(group, dict) else int(seen[folder]) + 1} of {name} already."
                yield Fault(("stores", name, "paths", key), "workspace-store", "a folder named twice", detail, "remove one of them")
            seen.setdefault(folder, key)


def _classes(raw: Mapping[str, Any], stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each storage class that is nearly one of AWS's: other services have their own, and new ones come."""
    asked: list[tuple[str, Steps, Any]] = []
    for name, store in stores_of(raw).items():
        if isinstance(store, dict):
            asked.append((name, ("stores", name, "class"), store.get("class")))
            lifecycle = store.get("lifecycle")
            rules = lifecycle.get("rules") if isinstance(lifecycle, dict) else None
            for number, rule in enumerate(rules if isinstance(rules, list) else ()):
                moved = rule.get("move") if isinstance(rule, dict) else None
                path: Steps = ("stores", name, "lifecycle", "rules", number, "move")
                asked += [(name, (*path, each), each) for each in (moved if isinstance(moved, dict) else ())]
    tiers = raw.get("tiers")
    for name, line in tiers.items() if isinstance(tiers, dict) else ():
        order = line.get("order") if isinstance(line, dict) else None
        for tier, told in order.items() if isinstance(order, dict) else ():
            if isinstance(told, dict):
                asked.append(
                    (str(told.get("at", "")).partition(":")[0], ("tiers", name, "order", tier, "class"), told.get("class"))
                )
    for store, at, given in asked:
        declared = stores.get(store)
        if not isinstance(given, str) or not isinstance(declared, dict) or declared.get("endpoint_url"):
            continue
        if meant := class_meant(given):
            detail = f"AWS has no storage class {given[:100]!r}."
            yield Fault(at, "workspace-class", "an unknown storage class", detail, f"did you mean {meant}?", "move" in at)


def _backup_stores(backups: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    for name, told in backups.items() if isinstance(backups, dict) else ():
        if not isinstance(told, dict):
            continue
        copies = told.get("copies")
        asked: list[tuple[Steps, Any]] = [((key,), told.get(key)) for key in ("of", "to", "archive_storage_path")]
        asked += [(("copies", number), each) for number, each in enumerate(copies if isinstance(copies, list) else ())]
        for steps, at in asked:
            if isinstance(at, str):
                yield from _place(at, ("backups", name, *steps), stores)


def _tier_stores(tiers: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    for name, line in tiers.items() if isinstance(tiers, dict) else ():
        order = line.get("order") if isinstance(line, dict) else None
        for tier, told in order.items() if isinstance(order, dict) else ():
            at = told.get("at") if isinstance(told, dict) else None
            if isinstance(at, str):
                yield from _place(at, ("tiers", name, "order", tier, "at"), stores)


def _sync_stores(syncs: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults of `sync:` between its places and the stores: here is one folder, there a bucket."""
    for name, sync in syncs.items() if isinstance(syncs, dict) else ():
        for key, kind in (("here", "path"), ("there", "s3")):
            at = sync.get(key) if isinstance(sync, dict) else None
            if not isinstance(at, str):
                continue
            path, store = ("sync", name, key), at.partition(":")[0]
            yield from _place(at, path, stores)
            if isinstance(stores.get(store), dict) and kind not in stores[store]:
                wanted = "one folder (`path`)" if kind == "path" else "a bucket (`s3`)"
                yield Fault(path, "sync-store", "the wrong kind of store", f"`{key}` has to be in {wanted}, and {store!r} is not.")


def _client_stores(clients: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults of `clients:` between what they download into and the stores."""
    for name, client in clients.items() if isinstance(clients, dict) else ():
        into = client.get("stores") if isinstance(client, dict) else None
        for number, store in enumerate(into if isinstance(into, list) else ()):
            if isinstance(store, str) and store not in stores:
                yield _unknown_store(("clients", name, "stores", number), store, stores)


def misspelt_stores(shared: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each store of this machine's own file that is none of the workspace's, and says no place of its own."""
    for name, store in own.items():
        if name not in shared and isinstance(store, dict) and not any(key in store for key in PLACES):
            meant = near(name, shared)
            needs = "`path`, `paths` or `s3`"
            detail = f"The workspace has no store {locations.shown(name)!r}, and one of this machine's own needs {needs}."
            hint = f"did you mean {meant}?" if meant else f"stores: {', '.join(shared) or 'none'}"
            yield Fault(("stores", name), "workspace-store", "an unknown store", detail, hint, True)


def own_sync_faults(raw: Any, own: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults of this machine's `sync:`, which lays keys over what the workspace declares."""
    syncs = raw.get("sync") if isinstance(raw, dict) else None
    mine = own.get("sync") if isinstance(own, dict) else None
    for name in mine if isinstance(mine, dict) else ():
        if not isinstance(syncs, dict) or name not in syncs:
            known = ", ".join(syncs) if isinstance(syncs, dict) and syncs else "nothing"
            hint = "declare it in reshelve.yaml, for everybody"
            yield Fault(("sync", name), "sync-unknown", "an unknown sync", f"`sync:` of the workspace has {known}.", hint, True)
    yield from _sync_stores(mine, stores)


def _place(place: str, path: Steps, stores: Mapping[str, Any]) -> Iterator[Fault]:
    head, colon, _ = place.partition(":")
    if not colon:
        yield from _without_store(place, path, stores)
    elif "{" not in head:
        yield from _known(head, path, stores)


def _without_store(place: str, path: Steps, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a place in which no store is named, unless its store comes out of a template."""
    first, _, rest = place.partition("/")
    if first in stores:
        told = f"{first!r} is a store: a colon follows its name in a place."
        yield Fault(path, "location", "not a location", told, f'write "{first}:{rest[:100]}"')
    elif place.startswith(("/", "~", "./", "../")):
        told = f"{place[:100]!r} is a path: a place begins with the name of a store."
        yield Fault(path, "location", "not a location", told, 'declare a store for the folder below `stores:`, and write "NAME:…"')
    elif "{" not in place:
        yield Fault(path, "location", "not a location", f"{place[:100]!r} names no store.", 'write "store:relative/path"')


def _known(root: str, path: Steps, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Check a store's name, or a root key, against the stores declared."""
    name, slash, part = root.partition("/")
    if name not in stores:
        yield _unknown_store(path, name, stores)
        return
    if not slash:
        return
    roots = roots_in(stores[name])
    if part not in roots:
        hint = f"its folders: {', '.join(roots)}" if roots else f"write {name}:"
        yield Fault(path, "workspace-store", "an unknown folder of a store", f"{name!r} has no folder {part!r}.", hint)


def roots_in(store: Any) -> list[str]:
    """Return the names of a declared store's roots."""
    group = store.get("paths") if isinstance(store, dict) else None
    return list(group) if isinstance(group, dict) else [str(n + 1) for n in range(len(group))] if isinstance(group, list) else []


def _unknown_store(path: Steps, name: str, stores: Mapping[str, Any], on_key: bool = False) -> Fault:
    hint = f"stores: {', '.join(stores)}" if stores else "declare it below `stores:`"
    return Fault(path, "workspace-store", "an unknown store", f"{name!r} is not among the stores.", hint, on_key, name)
