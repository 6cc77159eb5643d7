"""The page about routes: the service's route table, its requests and answers, and what refusals mean."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from reshelve.reference.markdown_tables import code, table
from reshelve.service.refusals import MEANINGS
from reshelve.service.route_table import ROUTES
from reshelve.service.routes import Nothing


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    rows = [
        (
            code(f"{route.method} {route.path}") + (" (root)" if route.at_root else " (beside)" if route.beside else ""),
            route.summary,
            code(route.asks.__name__) if route.asks is not Nothing else "",
            code(route.gives.__name__)
            if route.gives is not None
            else code(route.kind.partition(";")[0])
            if route.status != 204
            else "",
        )
        for route in ROUTES
    ]
    return {
        "routes": table(("route", "what it does", "request", "answer"), rows),
        "requests": _models(route.asks for route in ROUTES if route.asks is not Nothing),
        "answers": _models(route.gives for route in ROUTES if route.gives is not None),
        "refusals": table(("status", "meaning"), [(str(status), text) for status, text in MEANINGS.items()]),
    }


def _models(models: Iterable[Any]) -> str:
    return "\n\n".join(f"{code(model.__name__)}: {_said(model)}\n{_fields(model)}" for model in dict.fromkeys(models))


def _said(model: type[Any]) -> str:
    return " ".join((inspect.getdoc(model) or "").split())


def _fields(model: type[Any]) -> str:
    names = (
        code(each.name) + ("" if each.default is MISSING and each.default_factory is MISSING else "?") for each in fields(model)
    )
    return f"Fields: {', '.join(names)}."
