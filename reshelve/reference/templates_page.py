"""The page about project templates: their keys, and those that ship with reshelve."""

from collections.abc import Mapping

from reshelve.planner.scanners.project_templates import SHIPPED
from reshelve.planner.scanners.project_templates import shipped as shipped_template
from reshelve.reference.markdown_tables import code, table
from reshelve.reference.schema_keys import keys

_LINKS = {"FileTemplate": "#file-template"}


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    shipped = [(code(name), shipped_template(name).description) for name in SHIPPED]
    return {
        "template": keys("template", "", _LINKS),
        "file-template": keys("template", "FileTemplate", _LINKS),
        "shipped": table(("template", "what it is for"), shipped),
    }
