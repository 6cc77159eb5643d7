"""Workspaces in: `reshelve.yaml`, this machine's overlay, and the folder of templates, checked together."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from reshelve.schemas import consent_needs, locations
from reshelve.schemas.archived_classes import CLASSES
from reshelve.schemas.consent_needs import LOCAL, Reach
from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.layout_checks import Fault, Stores, location_fault, secret_fault
from reshelve.schemas.documents.overlaid_stores import are_of_own, laid_over, left_of, not_told, own_word
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.typed_values import plain_text, typed
from reshelve.schemas.documents.yaml_reader import Spot, locate, read
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.secret_texts import secrets_in
from reshelve.schemas.sync_settings import overlaid as sync_overlaid
from reshelve.schemas.workspace import LocalOverlay, Policy, Rule, Scan, Template, Workspace

_STEM = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")

_Part = TypeVar("_Part", Rule, Policy)

Steps = tuple[str | int, ...]
Permit = Callable[[Sequence[Reach]], None]
"""Asked before a document is read on by what it wants of this machine. Raises ReshelveError where that has no consent."""


def nothing_more(wanted: Sequence[Reach]) -> None:
    """Permit nothing that needs consent. Raises ReshelveError."""
    if wanted:
        told = "; ".join(f"{reach.key}: {reach.does}" for reach in wanted)
        summary = "A workspace wants something that nobody here has consented to."
        raise stop("not-trusted", summary, f"{told}.", hint="reshelve trust", kind="declined")


@dataclass(frozen=True)
class LoadedWorkspace:
    """A workspace as it was read: the model, its file, where its parts stand, and which of them are this machine's overlay's."""

    workspace: Workspace
    file: str
    spots: Mapping[Steps, Spot] = field(repr=False, default_factory=dict)
    overlaid: frozenset[str] = frozenset()

    def line(self, path: Steps) -> int | None:
        """Return the line (from 1) of a part of the document, such as ("scan", "inbox", "rules", 0), or None."""
        spot = self.spots.get(path)
        return spot.key_line if spot else None


@dataclass(slots=True)
class _Read:
    """One document being checked: its text, what it holds, and what is wrong with it."""

    file: str
    text: bytes
    raw: Any
    found: list[Fault] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def problems(self) -> list[Problem]:
        """Return its faults as problems, sorted."""
        if not self.found:
            return []
        from reshelve.schemas.documents.schema_diagnostics import problems

        return problems(self.found, self.text, self.file, self.names)


def load_workspace(path: Path, environ: Mapping[str, str], permit: Permit = nothing_more) -> LoadedWorkspace:
    """Return the workspace in `path`, with `reshelve.local.yaml` beside it laid over its stores, its `sync:` and its `suggest:`.

    `${NAME}` below `stores:` is taken from `environ`. Raises ReshelveError with every problem of all files read, and what `permit`
    raises for what they want of this machine.
    """
    main = _open(path)
    overlay = path.with_name(LOCAL)
    there = overlay.exists()
    permit(list(consent_needs.overlay(consent_needs.Read({}, LOCAL, path.parent, environ))) if there else [])
    local = _open(overlay) if there else None
    shared, own = _stores(main.raw), _stores(local.raw) if local is not None else {}
    whole = laid_over(shared, own)
    spoken = own_word(own, whole)
    place = _templates_place(main, path.parent, environ)
    permit(_first_wanted(shared, own, whole, path.parent, environ, place))
    overlaid = None
    if local is not None:
        _substitute(local, environ)
        overlaid = _refuse(local, "local", LocalOverlay)
        if isinstance(main.raw, dict) and own:
            main.raw["stores"] = whole
    _substitute(main, environ)
    workspace = _refuse(main, "workspace", Workspace)
    main.names = [*_stores(main.raw)]
    main.found.extend(_across(main.raw, _stores(main.raw)))
    others = _templates(main, place)
    if local is not None:
        local.names = main.names
        local.found.extend(_own_sync(main.raw, local.raw, _stores(main.raw)))
        _hand_over(main, local, shared, own)
    problems = [p for one in (main, local, *others.values()) if one is not None for p in one.problems()]
    if problems or workspace is None:
        raise ReshelveError(problems)
    templates = {name: Template.model_validate(one.raw, by_alias=True, by_name=False) for name, one in others.items()}
    update: dict[str, Any] = {"templates": {**templates, **workspace.templates}}
    said: set[str] = {f"stores.{name}" for name in spoken}
    if overlaid is not None:
        if overlaid.suggest is not None:
            update["suggest"] = overlaid.suggest
            said.add("suggest")
        update["sync"] = workspace.sync | {n: sync_overlaid(workspace.sync[n], mine) for n, mine in overlaid.sync.items()}
    return LoadedWorkspace(workspace.model_copy(update=update), str(path), locate(main.text, main.file, None), frozenset(said))


def _first_wanted(
    shared: Mapping[str, Any],
    own: Mapping[str, Any],
    whole: Mapping[str, Any],
    folder: Path,
    environ: Mapping[str, str],
    templates: Path | None,
) -> list[Reach]:
    """Return what both documents want before they are read on. Of a store that the workspace says too, that is the workspace's."""
    spoken = own_word(own, whole)
    theirs = left_of(shared, whole, own)
    wanted = consent_needs.first(consent_needs.Read(theirs, consent_needs.WORKSPACE, folder, environ, templates, whole))
    for document, names in ((LOCAL, own.keys() & spoken), (consent_needs.WORKSPACE, own.keys() - spoken)):
        mine = {name: store for name, store in own.items() if name in names}
        wanted += consent_needs.variables(consent_needs.Read(mine, document, folder, environ, whole=whole))
    return wanted


def _hand_over(main: _Read, local: _Read, shared: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Tell what is wrong with what this machine's own file says of a store there, and once."""
    mine = [fault for fault in main.found if are_of_own(fault, shared, own)]
    main.found = [fault for fault in main.found if fault not in mine]
    local.found += not_told(mine, local.found)


def store_names(path: Path) -> Stores | None:
    """Return the stores that a workspace and `reshelve.local.yaml` beside it declare; None where that cannot be read."""
    overlay = path.with_name(LOCAL)
    try:
        documents = [_open(path), *([_open(overlay)] if overlay.exists() else [])]
    except ReshelveError:
        return None
    stores = [_stores(document.raw) for document in documents]
    return {name: _roots(store) for name, store in laid_over(stores[0], stores[1] if len(stores) > 1 else {}).items()}


def stores_as_written(path: Path) -> dict[str, Any]:
    """Return the stores that a workspace declares, as they are written. Raises ReshelveError of what is no YAML."""
    return _stores(_open(path).raw)


def rules_alone(path: Path) -> Workspace | None:
    """Return the rules and policies of a workspace whatever else is wrong with it, each under its number; None where it is no YAML.

    One that is not sound itself keeps its condition, where that can be read, and holds of every file otherwise.
    """
    try:
        main = _open(path)
    except ReshelveError:
        return None
    schema = schema_for("workspace")
    raw = typed(main.raw, schema, schema)
    if not isinstance(raw, dict):
        return None
    scans = raw.get("scan")
    rules = {
        store: Scan(rules=[_alone(rule, Rule, {"name": "-", "leave": True}) for rule in scan["rules"]])
        for store, scan in (scans.items() if isinstance(scans, dict) else ())
        if isinstance(scan, dict) and isinstance(scan.get("rules"), list)
    }
    policies = raw.get("policies")
    asked = [_alone(one, Policy, {"name": "-", "require": {}}) for one in (policies if isinstance(policies, list) else ())]
    declared = raw.get("set")
    values = dict.fromkeys(map(str, declared)) if isinstance(declared, dict) else {}
    return Workspace.model_construct(stores={}, scan=rules, policies=asked, set_=values)


def _alone(given: Any, model: type[_Part], empty: Mapping[str, Any]) -> _Part:
    conditions = {key: given[key] for key in ("when", "require") if isinstance(given, dict) and key in given}
    for tried in (given, {**empty, **conditions}):
        with suppress(ValidationError):
            return model.model_validate(tried, by_alias=True, by_name=False)
    return model.model_validate(empty, by_alias=True, by_name=False)


def local_problems(path: Path, environ: Mapping[str, str], permit: Permit = nothing_more) -> list[Problem]:
    """Return every problem of a `reshelve.local.yaml` by itself."""
    permit(list(consent_needs.overlay(consent_needs.Read({}, LOCAL, path.parent, environ))))
    local = _open(path)
    permit(list(consent_needs.variables(consent_needs.Read(_stores(local.raw), LOCAL, path.parent, environ))))
    _substitute(local, environ)
    _refuse(local, "local", LocalOverlay)
    return local.problems()


def _open(path: Path) -> _Read:
    text = read_bytes(path, WRITTEN)
    raw = read(text, str(path))
    if isinstance(raw, dict):
        raw = {name: value for name, value in raw.items() if value is not None}
    return _Read(str(path), text, raw)


def _stores(raw: Any) -> dict[str, Any]:
    stores = raw.get("stores") if isinstance(raw, dict) else None
    return stores if isinstance(stores, dict) else {}


def _refuse(document: _Read, name: str, model: type[Any]) -> Any:
    """Give the document its types and check it; what the model refuses is added to its faults. Returns the model, or None."""
    schema = schema_for(name)
    if isinstance(document.raw, dict) and isinstance(document.raw.get("templates"), dict):
        for template in document.raw["templates"].values():
            _dirs_as_text(template)
    elif name == "template":
        _dirs_as_text(document.raw)
    document.raw = typed(document.raw, schema, schema)
    document.found.extend(secret_fault(path, what) for path, what in secrets_in(document.raw))
    try:
        return model.model_validate(document.raw, by_alias=True, by_name=False)
    except ValidationError as error:
        from reshelve.schemas.documents.schema_diagnostics import violations

        told = {fault.path for fault in document.found if fault.code == "document-secret"}
        found = violations(name, (), document.raw, error)
        document.found.extend(fault for fault in found if fault.code != "document-secret" or fault.path not in told)
        return None


def _dirs_as_text(template: Any) -> None:
    """Folder names are text however they look: `2024` and `01` too."""
    if isinstance(template, dict) and "dirs" in template:
        template["dirs"] = plain_text(template["dirs"])


def _substitute(document: _Read, environ: Mapping[str, str]) -> None:
    """Replace `${NAME}` in the document's stores."""
    for name, store in _stores(document.raw).items():
        document.raw["stores"][name] = _filled(document, store, ("stores", name), environ)


def _filled(document: _Read, value: Any, path: Steps, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(document, inner, (*path, key), environ) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(document, inner, (*path, number), environ) for number, inner in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in environ:
            detail = f"{name} is not set."
            hint = f"export {name}=…, or name the store in {LOCAL}"
            document.found.append(Fault(path, "workspace-variable", "an environment variable is missing", detail, hint))
        return environ.get(name, match.group())

    return consent_needs.VARIABLE.sub(replace, value)


def _across(raw: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults between parts of a workspace: stores that are named but not declared, and what is no location."""
    if not isinstance(raw, dict):
        return
    yield from _twice(raw)
    yield from _classes(raw, stores)
    yield from _backup_stores(raw.get("backups"), stores)
    scans = raw.get("scan")
    for store, scan in scans.items() if isinstance(scans, dict) else ():
        if store not in stores:
            yield _unknown_store(("scan", store), store, stores, True)
        rules = scan.get("rules") if isinstance(scan, dict) else None
        for number, rule in enumerate(rules if isinstance(rules, list) else ()):
            place = rule.get("place") if isinstance(rule, dict) else None
            if isinstance(place, str):
                yield from _place(place, ("scan", store, "rules", number, "place"), stores)
    yield from _tier_stores(raw.get("tiers"), stores)
    yield from _sync_stores(raw.get("sync"), stores)
    projects = raw.get("projects")
    for number, project in enumerate(projects if isinstance(projects, list) else ()):
        inside = project.get("in") if isinstance(project, dict) else None
        if isinstance(inside, str):
            path = ("projects", number, "in")
            wrong = location_fault(inside)
            if wrong is not None:
                yield Fault(path, "location", "not a location", f"{locations.shown(inside)}: {wrong}.", "write store:relative/path")
            else:
                yield from _known(locations.split(inside)[0], path, stores)


def _twice(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each folder that a store names twice among its `paths:`."""
    for name, store in _stores(raw).items():
        group = store.get("paths") if isinstance(store, dict) else None
        told = group.items() if isinstance(group, dict) else enumerate(group) if isinstance(group, list) else ()
        seen: dict[str, str | int] = {}
        for key, root in told:
            path = root.get("path") if isinstance(root, dict) else root
            if not isinstance(path, str):
                continue
            folder = os.path.normpath(path)
            if folder in seen:
                detail = f"{path} is root {seen[folder] if isinstance(group, dict) else int(seen[folder]) + 1} of {name} already."
                yield Fault(("stores", name, "paths", key), "workspace-store", "a folder named twice", detail, "remove one of them")
            seen.setdefault(folder, key)


def _classes(raw: Mapping[str, Any], stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each storage class that is nearly one of AWS's: other services have their own, and new ones come."""
    asked: list[tuple[str, Steps, Any]] = []
    for name, store in _stores(raw).items():
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
        if not isinstance(given, str) or given in CLASSES or not isinstance(declared, dict) or declared.get("endpoint_url"):
            continue
        if meant := near(given, CLASSES):
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


def _own_sync(raw: Any, own: Any, stores: Mapping[str, Any]) -> Iterator[Fault]:
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
    if "{" in head:
        return
    if not colon:
        yield Fault(path, "location", "not a location", f"{place[:100]!r} names no store.", 'write "store:relative/path"')
    else:
        yield from _known(head, path, stores)


def _known(root: str, path: Steps, stores: Mapping[str, Any]) -> Iterator[Fault]:
    """Check a store's name, or a root key, against the stores declared."""
    name, slash, part = root.partition("/")
    if name not in stores:
        yield _unknown_store(path, name, stores)
        return
    if not slash:
        return
    roots = _roots(stores[name])
    if part not in roots:
        hint = f"its folders: {', '.join(roots)}" if roots else f"write {name}:"
        yield Fault(path, "workspace-store", "an unknown folder of a store", f"{name!r} has no folder {part!r}.", hint)


def _roots(store: Any) -> list[str]:
    """Return the names of a declared store's roots."""
    group = store.get("paths") if isinstance(store, dict) else None
    return list(group) if isinstance(group, dict) else [str(n + 1) for n in range(len(group))] if isinstance(group, list) else []


def _unknown_store(path: Steps, name: str, stores: Mapping[str, Any], on_key: bool = False) -> Fault:
    hint = f"stores: {', '.join(stores)}" if stores else "declare it below `stores:`"
    return Fault(path, "workspace-store", "an unknown store", f"{name!r} is not among the stores.", hint, on_key, name)


def _templates_place(main: _Read, folder: Path, environ: Mapping[str, str]) -> Path | None:
    named = main.raw.get("templates_dir") if isinstance(main.raw, dict) else None
    if not isinstance(named, str):
        return None
    home = environ.get("HOME")
    return Path(home, named[2:]) if home and named.startswith("~/") else folder / named


def _templates(main: _Read, place: Path | None) -> dict[str, _Read]:
    """Return the templates of `templates_dir` by the stem of their files."""
    if place is None:
        return {}
    if not place.is_dir():
        detail = f"{place} is not a folder."
        hint = "make it, or remove `templates_dir`"
        main.found.append(Fault(("templates_dir",), "workspace-templates", "no folder of templates", detail, hint))
        return {}
    found: dict[str, _Read] = {}
    for file in sorted(place.glob("*.yaml")):
        if not _STEM.match(file.stem):
            detail = f"{file.name!r}: a template's name has letters, digits, _ and -, beginning with a letter."
            main.found.append(Fault(("templates_dir",), "workspace-templates", "not a template's name", detail, "rename the file"))
            continue
        document = _open(file)
        if isinstance(document.raw, dict) and document.raw.get("version") in ("1", None):
            document.raw.pop("version", None)
        _refuse(document, "template", Template)
        found[file.stem] = document
    return found
