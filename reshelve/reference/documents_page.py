"""The page about what programs write and read: plans, reports, journals, inventories, manifests, price lists."""

from collections.abc import Iterator, Mapping

from reshelve.reference.schema_keys import section, words
from reshelve.schemas.documents.json_schemas import schema_for

DOCUMENTS = ("plan", "report", "journal", "inventory", "manifest", "prices", "assets")


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    seen = {"Facts"}
    return {document: "\n\n".join(_document(document, seen)) for document in DOCUMENTS}


def _document(document: str, seen: set[str]) -> Iterator[str]:
    schema = schema_for(document)
    links = {name: f"#{words(name).replace(' ', '-')}" for name in schema["$defs"]} | {"Facts": "rules.md#facts"}
    if "properties" in schema:
        yield section(document, "", links)
    for name in schema["$defs"]:
        if name not in seen:
            seen.add(name)
            yield f"### {words(name).capitalize()}"
            yield section(document, name, links)
