"""Help pages: the pages of docs, found by name and made readable in a terminal as they stand."""

import itertools
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import zip_longest
from math import sqrt
from textwrap import wrap

FIRST = "start-here"
"""The page that newcomers begin with."""

GROUPS = {"": "Pages", "how-to": "How to", "reference": "Reference"}
"""The folders of pages below docs, each with what its list is called."""

_NARROWEST = 28
"""How narrow the widest column of a table may become."""

MESSAGES = "troubleshooting"
"""The page with an entry for each code that a message may have."""

_ENTRY = re.compile(r"- ((?:`[a-z0-9-]+`(?:, )?)+): (.*)", re.DOTALL)
_CODE = re.compile(r"(?:(?:error|warning|note)?\[)?([a-z0-9-]+)\]?")
_ROW = re.compile(r"\|(.*)\|$")
_CELL = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"(?<!`)(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))|\[(?P<text>[^\]\[]+)\]\((?P<address>[^()\s]+)\)")
"""A link, or a code span, in which nothing is a link."""


def topics() -> dict[str, dict[str, str]]:
    """Return the topics there are: by group, each page's name with its title."""
    found: dict[str, dict[str, str]] = {}
    for folder, title in GROUPS.items():
        pages = {file.name.removesuffix(".md"): _title(file) for file in _pages(folder)}
        found[title] = dict(sorted(pages.items(), key=lambda page: (page[0] != FIRST, page[0])))
    return {title: pages for title, pages in found.items() if pages}


def page(topic: str) -> str | None:
    """Return the text of a page, or None where there is no such topic."""
    return next(
        (file.read_text(encoding="utf-8") for folder in GROUPS for file in _pages(folder) if file.name == f"{topic}.md"), None
    )


def message(topic: str) -> tuple[str, str, str] | None:
    """Return what the page of messages says of one: its code, the heading it stands under, and the entry. None where it has none.

    A message is known by its code, as in `no-layout` or `error[no-layout]`.
    """
    asked = _CODE.fullmatch(topic.strip().lower())
    return next((entry for entry in _messages() if asked is not None and entry[0] == asked[1]), None)


def _messages() -> Iterator[tuple[str, str, str]]:
    """Yield each code that has an entry, with the heading above and the entry's own text in one line."""
    heading = ""
    lines = (page(MESSAGES) or "").splitlines()
    for at, line in enumerate(lines):
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("- `"):
            more = itertools.takewhile(lambda below: below.startswith("  "), lines[at + 1 :])
            entry = _ENTRY.fullmatch(" ".join([line, *(below.strip() for below in more)]))
            if entry is not None:
                yield from ((code, heading, entry[2]) for code in re.findall(r"`([a-z0-9-]+)`", entry[1]))


def near(topic: str) -> list[str]:
    """Return the topics that may be meant: like it in letters, or with a word in their title that begins so.

    Of messages only the codes that are like it in letters.
    """
    import difflib

    titles = {name: title for pages in topics().values() for name, title in pages.items()}
    word = topic.lower().removesuffix(".md").rpartition("/")[2]
    like = difflib.get_close_matches(word, titles, 3, 0.6)
    begun = re.compile(rf"\b{re.escape(word.rstrip('s'))}")
    having = [name for name, title in titles.items() if len(word) > 2 and begun.search(f"{name} {title.lower()}")]
    code = _CODE.fullmatch(word)
    codes = (
        difflib.get_close_matches(code[1], [entry[0] for entry in _messages()], 3, 0.6 if "-" in word else 0.75)
        if code is not None
        else []
    )
    meant = list(dict.fromkeys([*(name for name in titles if name == word), *like, *codes, *having]))
    return meant[:5]


def speaking_of(topic: str) -> list[str]:
    """Return the pages that have the word in their text, in some form: those with a heading of it first, then those most about it.

    Of a longer word it is no part. A long page uses many words often: that makes it be about none of them.
    """
    word = topic.lower()
    whole = re.compile(rf"(?<!\w){re.escape(word)}(?:s|ed|ing)?(?!\w)")
    texts = {name: (page(name) or "").lower() for pages in topics().values() for name in pages}
    found = sorted(
        (not any(whole.search(line) for line in text.splitlines() if line.startswith("#")), -len(uses) / sqrt(len(text)), name)
        for name, text in texts.items()
        if len(word) > 2 and (uses := whole.findall(text))
    )
    return [name for *_, name in found[:3]]


def shown(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a page for a terminal of `width` columns: tables aligned to fit it, links as text."""
    table: list[list[str]] = []
    code = False
    for line in [*text.rstrip("\n").splitlines(), None]:
        row = _ROW.match(line) if line is not None and not code else None
        if row is not None:
            table.append([cell.strip().replace("\\|", "|") for cell in _CELL.split(row[1])])
            continue
        yield from _table(table, width)
        table = []
        if line is not None:
            code ^= line.lstrip().startswith("```")
            yield line if code else _LINK.sub(_linked, line)


def _table(rows: list[list[str]], width: int) -> Iterator[str]:
    """Yield a table's lines: its widest column wrapped where it must be, each row as a list where even that does not fit."""
    if len(rows) < 2:
        yield from (f"| {' | '.join(row)} |" for row in rows)
        return
    head, body = rows[0], [[_LINK.sub(_linked, cell) for cell in row] for row in rows[2:]]
    widths = [max(1, *(len(row[n]) for row in [head, *body] if n < len(row))) for n in range(len(head))]
    over = sum(widths) + 2 * len(widths) - width
    if over > 0:
        widest = widths.index(max(widths))
        widths[widest] -= over
        if widths[widest] < _NARROWEST:
            yield from _listed(head, body)
            return
    for row in [head, ["-" * one for one in widths], *body]:
        cells = [wrap(cell, one) or [""] for cell, one in zip(row, widths, strict=False)]
        for line in zip_longest(*cells, fillvalue=""):
            yield "  ".join(part.ljust(one) for part, one in zip(line, widths, strict=False)).rstrip()


def _listed(head: list[str], body: list[list[str]]) -> Iterator[str]:
    for row in body:
        yield f"- {row[0]}"
        yield from (f"  {name}: {cell}" for name, cell in zip(head[1:], row[1:], strict=False) if cell)


def _linked(found: re.Match[str]) -> str:
    """Return a link as text: another page as the topic it is, any other address behind its words; a code span as it is."""
    text, address = found["text"], found["address"]
    if found["code"]:
        return found[0]
    if address.startswith("#"):
        return text
    name = re.fullmatch(r"(?:[\w./-]*/)?([\w-]+)\.md(?:#[\w-]*)?", address)
    if name is None:
        return f"{text} ({address})"
    return text if name[1] in text else f"{text} (reshelve help {name[1]})"


def _pages(folder: str) -> list[Traversable]:
    place = files("reshelve").joinpath("docs", *([folder] if folder else []))
    if not place.is_dir():
        return []
    return sorted(
        (file for file in place.iterdir() if file.name.endswith(".md") and file.name != "index.md"), key=lambda file: file.name
    )


def _title(file: Traversable) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").strip()
