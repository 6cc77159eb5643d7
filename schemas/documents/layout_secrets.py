"""Secrets in the free texts of a layout: reasons, notes, facts and remembered values."""

from collections.abc import Iterator
from typing import Any

from reshelve.schemas.documents.layout_checks import Fault, Path, secret_fault
from reshelve.schemas.layout import Layout
from reshelve.schemas.secret_texts import secrets_in


def secret_faults(layout: Layout) -> Iterator[Fault]:
    """Yield a fault for each secret in what a layout says besides places and the text of generated files."""
    for path, value in _texts(layout):
        if value:
            for found, what in secrets_in(value, path):
                yield secret_fault(found, what)


def _texts(layout: Layout) -> Iterator[tuple[Path, Any]]:
    for target, entry in layout.files.items():
        at: Path = ("files", target)
        yield (*at, "because"), entry.because
        yield (*at, "facts"), entry.facts
        yield (*at, "note"), entry.note
    for number, thing in enumerate(layout.absent):
        at = ("absent", number)
        yield (*at, "because"), thing.because
        yield (*at, "note"), thing.note
    for number, item in enumerate(layout.review):
        at = ("review", number)
        yield (*at, "because"), item.because
        yield (*at, "facts"), item.facts
        yield (*at, "note"), item.note
        if item.suggestion is not None:
            yield (*at, "suggestion", "because"), item.suggestion.because
            yield (*at, "suggestion", "facts"), item.suggestion.facts
    yield ("set",), layout.values
