"""Answers from a CSV file: what somebody else knew of files, checked as strictly as what a model says."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reshelve.schemas.documents.source_lines import WHOLE, open_file
from reshelve.schemas.locations import fault, rel_fault
from reshelve.schemas.problems import Problem, ReshelveError, Where, stop
from reshelve.schemas.suggestion_protocol import Answer

_FILE = ("from", "location", "path", "filename", "file", "name")
_KIND = ("kind", "media_type", "type")
_WHOLE = frozenset(["show_year", "season", "year", "part", "track"])
_SAME = {"tv": "episode", "show": "episode", "film": "movie", "stand-up": "standup", "book": "audiobook"}
"""How other tools name a kind."""
_IGNORED = frozenset(["id", "classification_source", "created_at", "updated_at"])


def read_csv(path: Path) -> list[tuple[str, Answer]]:
    """Return the answers of a CSV file (or of `;` or tabs) with a head line: each with the location, path or bare name it is for.

    A column is called as the fact it holds; `filename` and `media_type` are understood too, and `confidence` is 1 where it is
    not told. Raises ReshelveError with every row that is no answer.
    """
    try:
        with open_file(path, WHOLE) as stream:
            text = io.TextIOWrapper(stream, "utf-8-sig", newline="").read()
        head_line = text.partition("\n")[0]
        # Spreadsheets write what their country puts between cells; no name of a column has any of it.
        between = max(",;\t", key=head_line.count)
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=between))
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        detail = getattr(trouble, "strerror", None) or str(trouble)
        raise stop("csv", "The file cannot be read.", f"{detail}.", path=str(path)) from trouble
    head = {name: (name or "").strip().lower() for name in rows[0]} if rows else {}
    about = next((name for name in _FILE if name in head.values()), None)
    if about is None:
        detail = f"It has none of the columns {', '.join(_FILE)}, or no row."
        raise stop("csv", "The file names no files.", detail, path=str(path))
    allowed = Answer.model_fields.keys() - {"file"} | {about, "episode", *_KIND} | _IGNORED
    strange = sorted(name for name in head.values() if name not in allowed)
    if strange:
        detail = f"{', '.join(map(repr, strange))} {'is not a fact' if len(strange) == 1 else 'are not facts'}."
        raise stop("csv", "The file has columns that mean nothing here.", detail, path=str(path), hint=f"Known: {_known()}")
    found: list[tuple[str, Answer]] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        told = {head[name]: value.strip() for name, value in row.items() if name is not None and value and value.strip()}
        wrong = "it has more cells than the head" if None in row else _wrong(told.get(about, ""))
        if not wrong:
            try:
                found.append((told[about], Answer.model_validate(dict(_said(told, about)))))
            except (ValidationError, ValueError) as error:
                wrong = _first(error)
        if wrong:
            problems.append(Problem("csv", "A row is not an answer.", f"{wrong}.", where=Where(str(path), number, 1)))
    if problems:
        raise ReshelveError(problems)
    return found


def _said(told: Mapping[str, str], about: str) -> Iterator[tuple[str, Any]]:
    """Yield what a row says, as an answer has it. Raises ValueError."""
    yield "file", 1
    yield "confidence", float(told.get("confidence", "1"))
    for name, text in told.items():
        if name in _KIND:
            kind = text.lower()
            yield "kind", _SAME.get(kind, kind)
        elif name in ("episode", "episodes"):
            yield "episodes", [int(part) for part in text.replace(";", ",").replace(" ", ",").split(",") if part]
        elif name in _WHOLE:
            yield name, int(text)
        elif name not in (about, "confidence") and name not in _IGNORED:
            yield name, text


def _wrong(about: str) -> str:
    if not about:
        return "it names no file"
    return (fault(about) if ":" in about.split("/")[0] else rel_fault(about)) or ""


def _first(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        told = error.errors(include_url=False, include_context=False)[0]
        return f"{'.'.join(str(part) for part in told['loc'])}: {told['msg']}"
    return str(error)


def _known() -> str:
    return ", ".join(name for name in Answer.model_fields if name != "file")
