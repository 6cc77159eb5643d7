"""Scalars: what unquoted YAML text may mean, and how text is written so that it means itself to every reader."""

import re
from json.encoder import encode_basestring

NULLS = frozenset(("", "~", "null", "Null", "NULL"))

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,3999})\Z")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?\Z")
_ESCAPED = re.compile(
    '[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]|["\\\\]'
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_SAFE = re.compile(r"[^\W\d_](?:[\w .()'!&+/-]*[\w.()'!&+/-])?\Z")
_SAFE_DIGITS = re.compile(r"(?:(?=[0-9a-f]*[acdf])[0-9a-f]+|[0-9]{1,4}[pi])\Z")
_SAFE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}Z\Z")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"))


class Plain(str):
    """Text that stood unquoted in a document, so that it may mean a number or a truth value where the schema leaves that open."""

    __slots__ = ()


def resolve(text: str) -> str | int | float | bool:
    """Return the number or truth value unquoted text stands for, or the text itself.

    Only a value that is written back as the very same text counts: `8` and `1.5` are numbers; `007`, `1e3`, `3:10` stay text.
    """
    if text == "true":
        return True
    if text == "false":
        return False
    if _INTEGER.match(text) and text != "-0":
        return int(text)
    if _NUMBER.match(text) and repr(float(text)) == text:
        return float(text)
    return str(text)


def looks_typed(text: str) -> bool:
    """Say whether `resolve` could find something else than text; quick, and only ever too cautious."""
    return text[0] in "-0123456789tf" if text else False


def quoted(text: str) -> str:
    """Return text in double quotes, odd and invisible characters escaped; what is not Unicode text becomes U+FFFD."""
    if text.isprintable():
        return encode_basestring(text) if '"' in text or "\\" in text else f'"{text}"'
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if "\ud800" <= char <= "\udfff":
        return "\\ufffd"
    return _SHORT.get(char) or f"\\u{ord(char):04x}"


def text(value: str) -> str:
    """Return text as a YAML scalar: bare where no YAML reader could take it for anything else, else in double quotes."""
    if _SAFE.match(value):
        return quoted(value) if value.lower() in _WORDS or not value.isprintable() else value
    return value if _SAFE_DIGITS.match(value) or _SAFE_TIME.match(value) else quoted(value)
