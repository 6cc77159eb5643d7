"""Markdown: lists of keys, aligned tables and values in one line, as the pages of the reference have them."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose columns are aligned, so that it can be read as it stands."""
    lines = [list(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(f"| {line} |" for line in padded)


def code(text: str) -> str:
    """Return text as code."""
    return f"`{text}`"


def fenced(text: str, language: str = "text") -> str:
    """Return lines as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def either(words: Sequence[str]) -> str:
    """Return a choice in words: a, b or c."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
