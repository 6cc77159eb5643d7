"""The JSON Schemas of all documents, made from the models: what `make schemas` writes to schemas/json."""

import json
from typing import Any

from pydantic import TypeAdapter

from reshelve.schemas import journal_records
from reshelve.schemas.asset_notes import AssetBook
from reshelve.schemas.documents import inventory_files
from reshelve.schemas.documents.json_schemas import NAMES, file_of
from reshelve.schemas.layout import Layout
from reshelve.schemas.manifest import Manifest
from reshelve.schemas.plan import Plan
from reshelve.schemas.price_list import Prices
from reshelve.schemas.project_settings import Template
from reshelve.schemas.run_report import Report
from reshelve.schemas.workspace import LocalOverlay, Workspace

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DOCUMENTS: dict[str, tuple[Any, str]] = {
    "workspace": (Workspace, "reshelve.yaml: the workspace"),
    "local": (LocalOverlay, "reshelve.local.yaml: this machine's own stores"),
    "template": (Template, "one project template, in a file of the workspace's `templates_dir`"),
    "assets": (AssetBook, "assets.yaml: what people say of assets"),
    "layout": (Layout, "layout.yaml: the desired state"),
    "manifest": (Manifest, "manifest.json: every project over all its tiers"),
    "prices": (Prices, "prices.yaml: what a service asks for keeping and moving bytes"),
    "plan": (Plan, "plan.json: ordered operations and what must still be true"),
    "journal": (journal_records.Record, "journal.ndjson: each line of a run's journal"),
    "inventory": (inventory_files.Record, "inventory.ndjson: each line of a saved inventory"),
    "report": (Report, "report.json: what one run came to"),
}


def made_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document called `name`, one of NAMES, as its model is now."""
    model, title = _DOCUMENTS[name]
    made = TypeAdapter[Any](model).json_schema(by_alias=True)
    made.pop("title", None)
    _close(made)
    return {"$schema": DIALECT, "title": title, **made}


def _close(schema: Any) -> None:
    """Refuse the keys no pattern allows, as the models do."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            _close(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _close(inner)


def text_of(name: str) -> str:
    """Return a document's JSON Schema as its committed file is to be."""
    return json.dumps(made_schema(name), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema to schemas/json."""
    for name in NAMES:
        file_of(name).parent.mkdir(exist_ok=True)
        file_of(name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
