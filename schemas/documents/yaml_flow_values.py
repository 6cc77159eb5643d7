"""Values on one line, in the shapes of which it is sure what YAML makes of them: quoted, bare, `[list]` and `{map}`."""

import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from reshelve.schemas.documents.typed_values import resolved
from reshelve.schemas.documents.yaml_scalars import NULLS, Plain, looks_typed
from reshelve.schemas.facts import Facts

KNOWN_FACTS = frozenset(Facts.__annotations__)

_ESCAPED = re.compile(r'"(?:[^"\\]|\\(?:["\\ntr]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*"\Z')
_BLOCK_PLAIN = re.compile(r"[^\W_](?:[\w .()'!&+/,\[\]-]|:(?=[^\s]))*(?<! )\Z")
_FLOW_PLAIN = r"[^\W_](?:[\w .()'!&+/-]|:(?=\w))*"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PAIR = re.compile(rf"([A-Za-z_][A-Za-z0-9_]{{0,99}}): (?:({_FLOW_PLAIN})|({_QUOTED})|(?=([\[{{])))")
_ITEM = re.compile(f"({_FLOW_PLAIN})|({_QUOTED})")
_SIMPLE = r"[a-z_]{1,40}: (?:[^\W_](?:[\w .()'!&+/-]*[\w.()'!&+/-])?|(?<=episodes: )\[[0-9]+\])"
_SIMPLE_MAP = re.compile(rf"\{{{_SIMPLE}(?:, {_SIMPLE})*\}}\Z")
_SIMPLE_PAIR = re.compile(r"([a-z_]+): ([^,}]+)")


class Unsure(Exception):  # noqa: N818 - a signal, caught by the caller
    """The text is not, or not surely, in a shape known here."""


def resolve_facts(facts: Any) -> None:
    """Give unquoted text its meaning in facts whose names the schema does not know."""
    if isinstance(facts, dict) and not facts.keys() <= KNOWN_FACTS:
        for name, value in facts.items():
            if name not in KNOWN_FACTS:
                facts[name] = resolved(value)


def resolve_all_facts(raw: Any) -> None:
    """Resolve the facts of an entry or an undecided item, and those of its suggestion."""
    if isinstance(raw, dict):
        resolve_facts(raw.get("facts"))
        suggestion = raw.get("suggestion")
        if isinstance(suggestion, dict):
            resolve_facts(suggestion.get("facts"))


def facts_map(text: str) -> dict[str, Any]:
    """Return facts from `{name: value, …}`, the simple ones quickly. Raises Unsure."""
    if _SIMPLE_MAP.match(text) and "ull" not in text and "ULL" not in text:
        pairs = _SIMPLE_PAIR.findall(text)
        facts: dict[str, Any] = dict(pairs)
        if len(facts) == len(pairs) and facts.keys() <= KNOWN_FACTS:
            if (episodes := facts.get("episodes")) is not None and episodes[0] == "[":
                facts["episodes"] = [episodes[1:-1]]
            return facts
    facts = whole_map(text)
    resolve_facts(facts)
    return facts


def quoted(text: str) -> str:
    """Return the text of a double-quoted scalar. Raises Unsure."""
    if "\\" not in text and len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2:
        return text[1:-1]
    if not _ESCAPED.match(text):
        raise Unsure
    return str(scanstring(text, 1)[0])


def block_plain(text: str) -> str | None:
    """Return the text of a bare scalar outside brackets, None for null. Raises Unsure."""
    if not _BLOCK_PLAIN.match(text):
        raise Unsure
    return None if text in NULLS else text


def _flow_plain(text: str, known: bool) -> str | None:
    if text[-1] == " ":
        raise Unsure
    if text in NULLS:
        return None
    return text if known or not looks_typed(text) else Plain(text)


def whole_map(text: str) -> dict[str, Any]:
    """Return a `{…}` that is all of `text`; bare text that might mean a number comes as Plain. Raises Unsure."""
    found, end = _map(text, 0)
    if end != len(text):
        raise Unsure
    return found


def _map(text: str, at: int) -> tuple[dict[str, Any], int]:
    """Read `{name: value, …}` at `at`; returns it with the position after it."""
    if not text.startswith("{", at):
        raise Unsure
    found: dict[str, Any] = {}
    at += 1
    if text.startswith("}", at):
        return found, at + 1
    while match := _PAIR.match(text, at):
        name, plain, string, opening = match.groups()
        at = match.end()
        if name in found:
            raise Unsure
        if plain is not None:
            found[name] = _flow_plain(plain, name in KNOWN_FACTS)
        elif string is not None:
            found[name] = quoted(string)
        elif opening == "[":
            found[name], at = list_at(text, at, name in KNOWN_FACTS)
        elif name in ("facts", "suggestion"):
            found[name], at = _map(text, at)
        else:
            raise Unsure
        if text.startswith("}", at):
            return found, at + 1
        if not text.startswith(", ", at):
            break
        at += 2
    raise Unsure


def list_at(text: str, at: int, known: bool = True) -> tuple[list[str | None], int]:
    """Read `[value, …]` at `at`; returns it with the position after it."""
    if not text.startswith("[", at):
        raise Unsure
    found: list[str | None] = []
    at += 1
    if text.startswith("]", at):
        return found, at + 1
    while match := _ITEM.match(text, at):
        plain, string = match.groups()
        at = match.end()
        found.append(quoted(string) if plain is None else _flow_plain(plain, known))
        if text.startswith("]", at):
            return found, at + 1
        if not text.startswith(", ", at):
            break
        at += 2
    raise Unsure
