"""Answers from a CSV file: what somebody else knew of files, checked as strictly as what a model says."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reshelve.schemas.documents.source_lines import WHOLE, open_file
from reshelve.schemas.locations import fault, printable, rel_fault
from reshelve.schemas.problems import Problem, ReshelveError, Where, stop
from reshelve.schemas.suggestion_protocol import Answer

_FILE = ("from", "location", "path", "filename", "file", "name")
_KIND = ("kind", "media_type", "type")
_WHOLE = frozenset(["show_year", "season", "year", "part", "track"])
_SAME = {"tv": "episode", "show": "episode", "film": "movie", "stand-up": "standup", "book": "audiobook"}
"""How other tools name a kind."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TOLD = re.compile(r"\s*sep=.\r?\n", re.IGNORECASE)
"""The line in which Excel is told what separates cells."""
_IGNORED = frozenset(["id", "classification_source", "created_at", "updated_at"])


def read_csv(path: Path) -> list[tuple[str, Answer]]:
    """Return the answers of a CSV file (or of `;` or tabs) with a head line: each with the location, path or bare name it is for.

    A column is called as the fact it holds; `filename` and `media_type` are understood too, and `confidence` is 1 where it is
    not told. Raises ReshelveError with every row that is no answer.
    """
    head, rows = _table(path)
    about = _named_by(head, rows, path)
    found: list[tuple[str, Answer]] = []
    problems: list[Problem] = []
    for number, row in rows:
        told = {name: value.strip() for name, value in zip(head, row, strict=False) if value.strip()}
        wrong = "it has more cells than the head" if len(row) > len(head) else _wrong(told.get(about, ""))
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


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the head of a table, in lower case, and its rows with the line each ends on. Raises ReshelveError."""
    unread = "The file cannot be read."
    try:
        with open_file(path, WHOLE) as stream:
            content = stream.read()
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except OSError as trouble:
        raise stop("csv", unread, f"{trouble.strerror or trouble}.", path=str(path)) from trouble
    except UnicodeDecodeError as trouble:
        raise stop("csv", unread, "It is not UTF-8.", path=str(path), hint="Save it as CSV in UTF-8.") from trouble
    told = _TOLD.match(text)
    skipped = told.group().count("\n") if told else 0
    text = text[told.end() :] if told else text
    head_line = next((line for line in text.splitlines() if line.strip()), "")
    # Spreadsheets write what their country puts between cells; no name of a column has any of it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(",;\t", key=head_line.count))
    try:
        rows = [(reader.line_num + skipped, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as trouble:
        detail = "a quote is not closed." if "end of data" in str(trouble) else f"{trouble}."
        where = Where(str(path), reader.line_num + skipped, 1)
        raise ReshelveError([Problem("csv", unread, detail, where=where)]) from trouble
    head = [name.strip().lower() for name in rows[0][1]] if rows else []
    return head, rows[1:]


def _named_by(head: list[str], rows: Sequence[object], path: Path) -> str:
    """Return the column that names the file of each row. Raises ReshelveError for a head that cannot be understood."""
    unnamed, strange = "The file names no files.", "The file has columns that mean nothing here."
    about = next((name for name in _FILE if name in head), None)
    if not head:
        raise stop("csv", unnamed, "It is empty.", path=str(path))
    if about is None:
        hint = f"One of its columns must be one of these: {', '.join(_FILE)}."
        raise stop("csv", unnamed, f"Its columns are: {printable(', '.join(head))}.", path=str(path), hint=hint)
    if not rows:
        raise stop("csv", unnamed, "It has no row below its head.", path=str(path))
    twice = next((name for name in head if head.count(name) > 1), None)
    if twice is not None:
        raise stop("csv", "Two columns have the same name.", f"{twice!r} appears twice.", path=str(path))
    allowed = Answer.model_fields.keys() - {"file"} | {about, "episode", *_KIND} | _IGNORED
    unknown = sorted(name for name in head if name not in allowed)
    if unknown:
        detail = f"{', '.join(map(repr, unknown))} {'is not a fact' if len(unknown) == 1 else 'are not facts'}."
        raise stop("csv", strange, detail, path=str(path), hint=f"Known: {_known()}")
    return about


def _said(told: Mapping[str, str], about: str) -> Iterator[tuple[str, Any]]:
    """Yield what a row says, as an answer has it. Raises ValueError."""
    yield "file", 1
    yield "confidence", _number("confidence", told.get("confidence", "1"))
    for name, text in told.items():
        if name in _KIND:
            kind = text.lower()
            yield "kind", _SAME.get(kind, kind)
        elif name in ("episode", "episodes"):
            parts = [part for part in text.replace(";", ",").replace(" ", ",").split(",") if part]
            if not all(part.isdecimal() for part in parts):
                raise ValueError(f"episodes: {text!r} is no list of whole numbers")
            yield "episodes", [int(part) for part in parts]
        elif name in _WHOLE:
            number = _number(name, text, "whole number")
            if not number.is_integer():
                raise ValueError(f"{name}: {text!r} is no whole number")
            yield name, int(number)
        elif name not in (about, "confidence") and name not in _IGNORED:
            yield name, text


def _number(name: str, text: str, what: str = "number") -> float:
    """Return a number as a spreadsheet writes it, whichever point its country has. Raises ValueError in our words."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{name}: {text!r} is no {what}") from None


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
