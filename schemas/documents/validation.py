"""Any document, checked or tidied: which kind it is, what is wrong with it, and its canonical text."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.documents.layout_checks import Stores
from reshelve.schemas.documents.layout_files import format_layout, problems_of
from reshelve.schemas.documents.source_lines import WRITTEN, open_file, read_bytes
from reshelve.schemas.documents.workspace_files import Permit, load_workspace, local_problems, nothing_more
from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.problems import Problem, ReshelveError, stop

DocumentKind = Literal["workspace", "local", "layout", "plan", "inventory", "prices", "assets"]

_WORKSPACE_KEY = re.compile(
    rb"^(?:stores|scan|templates|templates_dir|projects|suggest|lookup|guards|health|policies|tiers|sync|cost|media|backups|zone|watch"
    rb"|schedule|trash|notify|after)"
    rb"[ \t]*:",
    re.MULTILINE,
)
_PRICES_KEY = re.compile(rb"^classes[ \t]*:", re.MULTILINE)
_ASSETS_KEY = re.compile(rb"^assets[ \t]*:", re.MULTILINE)
_PEEK = 1 << 20


def kind_of(path: Path) -> DocumentKind:
    """Return what a document is, by its name, else by how it begins. A folder is a layout."""
    if path.is_dir():
        return "layout"
    if path.name == LOCAL:
        return "local"
    if path.suffix == ".ndjson":
        return "inventory"
    if path.suffix == ".json":
        return "plan"
    if path.name == "reshelve.yaml":
        return "workspace"
    try:
        with open_file(path) as stream:
            head = stream.read(_PEEK)
    except OSError:
        return "layout"
    if _PRICES_KEY.search(head):
        return "prices"
    if _ASSETS_KEY.search(head):
        return "assets"
    return "workspace" if _WORKSPACE_KEY.search(head) else "layout"


def validate_document(
    path: Path, environ: Mapping[str, str], stores: Stores | None = None, permit: Permit = nothing_more
) -> list[Problem]:
    """Return every problem of a document, sorted; none when it is sound. A layout names none but `stores`, where they are known."""
    try:
        match kind_of(path):
            case "layout":
                return problems_of(path, stores)
            case "workspace":
                load_workspace(path, environ, permit)
            case "local":
                return local_problems(path, environ, permit)
            case "prices":
                from reshelve.schemas.documents.price_files import load_prices

                load_prices(path)
            case "assets":
                from reshelve.schemas.documents.asset_files import parse_assets

                parse_assets(read_bytes(path, WRITTEN), str(path))
            case "plan":
                from reshelve.schemas.documents.plan_files import load_plan

                load_plan(path)
            case "inventory":
                from reshelve.schemas.documents.inventory_files import load_inventory

                load_inventory(path)
    except ReshelveError as error:
        return error.problems
    return []


def format_document(path: Path) -> str:
    """Return the text a document should have: a layout's canonical lines; of a workspace only line ends are tidied.

    A workspace's comments and order are people's. Raises ReshelveError where the document cannot be read, or is neither.
    """
    kind = kind_of(path)
    if path.is_dir():
        hint = f"reshelve fmt {shlex.quote(str(path))}/*.yaml"
        raise stop("fmt-folder", "a folder is formatted file by file", "", path=str(path), hint=hint)
    if kind == "layout":
        return format_layout(read_bytes(path), str(path))
    if kind in ("workspace", "local", "assets"):
        return _line_ends(read_bytes(path, WRITTEN), str(path))
    raise stop("fmt-kind", "nothing to format", f"A {kind} is written by reshelve as it should be.", path=str(path))


def _line_ends(text: bytes, file: str) -> str:
    """Return a document with its line ends tidied, as far as that does not change what it says."""
    meant = read(text, file)
    ended = text.decode("utf-8").replace("\r\n", "\n").rstrip("\n") + "\n"
    tidied = "".join(line.rstrip(" \t") + "\n" for line in ended[:-1].split("\n"))
    return next((one for one in (tidied, ended) if read(one.encode(), file) == meant), text.decode("utf-8"))
