"""The page about exit codes: the one table of them, and which commands end with which."""

from collections.abc import Mapping

from reshelve.cli import exit_codes
from reshelve.reference.markdown_tables import code, table


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    return {
        "codes": table(("code", "meaning"), [(str(number), text) for number, text in exit_codes.MEANINGS.items()]),
        "precedence": ", ".join(code(str(number)) for number in (130, *exit_codes.PRECEDENCE)),
    }
