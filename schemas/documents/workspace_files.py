"""Workspaces in: `reshelve.yaml`, this machine's overlay, and the folder of templates, checked together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reshelve.schemas import consent_needs
from reshelve.schemas.consent_needs import LOCAL, Reach
from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.layout_checks import AwsStore, Fault, ObjectStore, Stores, secret_fault, set_faults
from reshelve.schemas.documents.overlaid_stores import are_of_own, laid_over, left_of, not_told, own_word
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.documents.typed_values import plain_text, typed
from reshelve.schemas.documents.workspace_checks import (
    Steps,
    faults_between,
    misspelt_stores,
    names_are_known,
    own_sync_faults,
    roots_in,
    stores_of,
)
from reshelve.schemas.documents.yaml_reader import Spot, locate, read
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.project_settings import Template
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.secret_texts import secrets_in
from reshelve.schemas.sync_settings import overlaid as sync_overlaid
from reshelve.schemas.workspace import LocalOverlay, Workspace

_STEM = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")

Permit = Callable[[Sequence[Reach]], None]
"""Asked before a document is read on by what it wants of this machine. Raises ReshelveError where that has no consent."""


def nothing_more(wanted: Sequence[Reach]) -> None:
    """Permit nothing that needs consent. Raises ReshelveError."""
    if wanted:
        told = "; ".join(f"{reach.key}: {reach.does}" for reach in wanted)
        summary = "A workspace wants something that nobody here has consented to."
        raise stop("not-trusted", summary, f"{told}.", hint="reshelve trust", kind="declined")


@dataclass(slots=False, frozen=True)
class LoadedWorkspace:
    """A workspace as it was read: the model, its file, where its parts stand, and which of them are this machine's overlay's."""

    workspace: Workspace
    file: str
    spots: Mapping[Steps, Spot] = field(repr=False, default_factory=dict)
    overlaid: frozenset[str] = frozenset()

    def line(self, path: Steps) -> int | None:
        """Return the line (from 1) of a part of the document, such as ("scan", "inbox", "rules", 0), or None."""
        spot = self.spots.get(self._written(path))
        return spot.key_line if spot else None

    def _written(self, path: Steps) -> Steps:
        """Return where a part is written: rules that a store has from another one are that one's."""
        match path:
            case ("scan", str(store), "rules", *_) if path[:3] not in self.spots:
                scan = self.workspace.scan.get(store)
                return ("scan", scan.like, *path[2:]) if scan is not None and scan.like is not None else path
        return path


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
    """Return the workspace in `path`, with `reshelve.local.yaml` beside it laid over it.

    `${NAME}` below `stores:` is taken from `environ`. Raises ReshelveError with every problem of all files read, and what `permit`
    raises for what they want of this machine.
    """
    main = _open(path)
    overlay = path.with_name(LOCAL)
    there = overlay.exists()
    permit(list(consent_needs.overlay(consent_needs.Read({}, LOCAL, path.parent, environ))) if there else [])
    local = _open(overlay) if there else None
    shared, own = stores_of(main.raw), stores_of(local.raw) if local is not None else {}
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
    main.names = [*stores_of(main.raw)]
    if names_are_known(main.raw) and (stores_of(main.raw) or not main.found):
        between = list(faults_between(main.raw, stores_of(main.raw)))
        # What the model refuses too is told here with what may have been meant.
        told = {(fault.path, fault.code) for fault in between}
        told |= {(path, "document-value") for path, code in told if code == "location"}
        main.found = [fault for fault in main.found if (fault.path, fault.code) not in told] + between
    others = _templates(main, place)
    if local is not None:
        local.names = main.names
        local.found.extend(own_sync_faults(main.raw, local.raw, stores_of(main.raw)))
        local.found.extend(misspelt_stores(shared, own))
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
        if overlaid.lookup is not None:
            update["lookup"] = overlaid.lookup
            said.add("lookup")
        if overlaid.log is not None:
            update["log"] = overlaid.log
            said.add("log")
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
    """Return the stores that a workspace and `reshelve.local.yaml` beside it declare; None where that cannot be read.

    Nothing is known either where no store is declared, or a colon is missing behind the name of one.
    """
    overlay = path.with_name(LOCAL)
    try:
        documents = [_open(path), *([_open(overlay)] if overlay.exists() else [])]
    except ReshelveError:
        return None
    stores = [stores_of(document.raw) for document in documents]
    if not any(stores) or not all(names_are_known(document.raw) for document in documents):
        return None
    return {name: _parts(store) for name, store in laid_over(stores[0], stores[1] if len(stores) > 1 else {}).items()}


def _parts(store: Any) -> Sequence[str]:
    if not isinstance(store, dict) or "s3" not in store:
        return roots_in(store)
    return ObjectStore() if store.get("endpoint_url") else AwsStore()


def stores_as_written(path: Path) -> dict[str, Any]:
    """Return the stores that a workspace declares, as they are written. Raises ReshelveError of what is no YAML."""
    return stores_of(_open(path).raw)


def local_problems(path: Path, environ: Mapping[str, str], permit: Permit = nothing_more) -> list[Problem]:
    """Return every problem of a `reshelve.local.yaml` by itself."""
    permit(list(consent_needs.overlay(consent_needs.Read({}, LOCAL, path.parent, environ))))
    local = _open(path)
    permit(list(consent_needs.variables(consent_needs.Read(stores_of(local.raw), LOCAL, path.parent, environ))))
    _substitute(local, environ)
    _refuse(local, "local", LocalOverlay)
    return local.problems()


def _open(path: Path) -> _Read:
    text = read_bytes(path, WRITTEN)
    raw = read(text, str(path))
    if isinstance(raw, dict):
        raw = {name: value for name, value in raw.items() if value is not None}
    return _Read(str(path), text, raw)


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
    document.found.extend(set_faults(document.raw))
    try:
        return model.model_validate(document.raw, by_alias=True, by_name=False)
    except ValidationError as error:
        from reshelve.schemas.documents.schema_diagnostics import violations

        # What the schema says of a secret knows the key to write instead.
        found = violations(name, (), document.raw, error)
        told = {fault.path for fault in found if fault.code == "document-secret"}
        document.found = [fault for fault in document.found if fault.code != "document-secret" or fault.path not in told] + found
        return None


def _dirs_as_text(template: Any) -> None:
    """Folder names are text however they look: `2024` and `01` too."""
    if isinstance(template, dict) and "dirs" in template:
        template["dirs"] = plain_text(template["dirs"])


def _substitute(document: _Read, environ: Mapping[str, str]) -> None:
    """Replace `${NAME}` in the document's stores."""
    for name, store in stores_of(document.raw).items():
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
