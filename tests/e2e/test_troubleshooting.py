"""Every code a message may have stands in docs/troubleshooting.md, and nothing else does."""

import ast
import errno
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.contracts import changed_since_plan
from reshelve.executors.stores.s3 import error_meanings
from reshelve.executors.verbs.file_verbs import advice
from reshelve.schemas.suggestion_protocol import Unanswered

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "troubleshooting.md"
CODE_AT = {
    "Problem": 0, "stop": 0, "BlockedError": 0, "NameFault": 0, "_Fault": 0, "_say": 0, "say": 0, "_unusable": 0,
    "Fault": 1, "block": 1, "_block": 1, "give_up": 1, "mark": 1, "refuse": 2, "_add": 2,
}  # fmt: skip
"""What makes problems, and which of its arguments is the code."""
TRANSFERS = {"cannot-": ("cannot-hardlink", "cannot-reflink", "cannot-symlink")}
"""Codes that are put together, and what they come to."""


def in_the_source() -> Iterator[str]:
    for part in ("reshelve", "planner", "executors", "schemas"):
        for path in (ROOT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                    at = CODE_AT.get(name, len(node.args))
                    if at < len(node.args):
                        yield from texts(node.args[at])
                if isinstance(node, ast.FunctionDef) and (ast.get_docstring(node) or "").startswith("Return (code, detail, hint)"):
                    for inner in ast.walk(node):
                        if isinstance(inner, ast.Tuple) and isinstance(inner.ctx, ast.Load) and len(inner.elts) == 3:
                            yield from texts(inner.elts[0])


def texts(node: ast.expr) -> Iterator[str]:
    """Yield the codes that an argument may be: a text, either of two, or the beginning of one put together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (code for branch in (node.body, node.orelse) for code in texts(branch))
    elif isinstance(node, ast.JoinedStr):
        yield from TRANSFERS[str(getattr(node.values[0], "value", ""))]


def codes() -> set[str]:
    system = {advice(OSError(number, ""))[0] for number in errno.errorcode}
    services = {one.kind for one in vars(error_meanings).values() if isinstance(one, error_meanings.Meaning)}
    services |= {one.kind for one in error_meanings.MEANINGS.values()}
    changes = {one.kind for one in vars(changed_since_plan).values() if isinstance(getattr(one, "kind", None), str)}
    return {*in_the_source(), *system, *services, *changes, Unanswered("").code} - {"doctor"}


def told() -> list[str]:
    return re.findall(r"^- `([a-z0-9-]+)`: ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_code_is_told_once() -> None:
    assert sorted(told()) == sorted(codes())


@pytest.mark.parametrize("line", re.findall(r"^- `[a-z0-9-]+`: .*(?:\n  .*)*", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
def test_each_says_more_than_its_name(line: str) -> None:
    assert len(line.split()) > 5 and line.endswith((".", "`"))
