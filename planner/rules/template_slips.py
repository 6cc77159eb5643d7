"""Slips in templates: what other programs' templates have, each with where it stands and how it is written here."""

import re
from collections.abc import Callable
from typing import NamedTuple

from reshelve.schemas.fact_vocabulary import FACTS

NUMBERS = frozenset({"seq"} | {name for name, known in FACTS.items() if known.holds in ("number", "seconds")})
"""The values that are numbers: all others are text, or what a person gave."""
_PRINTED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%[-+]?(.*?)[-+]?%\}", re.DOTALL)
_CLOSED_BY = {"(": ")", "[": "]"}
_PADDING = frozenset({
    "digits", "fill", "leftpad", "ljust", "lpad", "number", "pad", "pad_left", "padleft", "padstart", "padding", "rjust",
    "zero_pad", "zeropad", "zeros", "zfill",
})  # fmt: skip
"""What filters and functions for leading zeros are called elsewhere."""
_F_TEXT = re.compile(r"""f(['"]).*?\{\s*(\w+)\s*(?::([^{}]*))?\}.*\1""", re.DOTALL)
_FORMAT = re.compile(r"([\w.]+)\s*:\s*(\S*)")
_GIVEN = re.compile(r"(.+?)\|\s*(\w+)\s*(?::\s*|\s+)(\S.*)", re.DOTALL)
_CALLED = re.compile(r"(\w+)\s*(?:\|\s*string\s*)?\|\s*(\w+)\s*(?:\(\s*(\d+).*\))?", re.DOTALL)
_AFTER = re.compile(r"(\w+)\s*(?:\||%)?\s*%?\s*([0-9]+)d?")
_WIDTH = re.compile(r"[^1-9A-Za-z]*([1-9])[di]?")
_CONVERTED = re.compile(r"([\w.]+)\s*![rsa]")
_CHOICE = re.compile(r"(.+?)\?(.+?):(.+)", re.DOTALL)
_SIGNS = {"&&": "and", "||": "or"}

_ODD_CHARACTER = re.compile(r"unexpected char '(.+)' at \d+")
_ODD_TOKEN = re.compile(r"expected token '.*', got '(.+)'|unexpected '(.+?)'.*")
_UNCLOSED = re.compile(r".*innermost block that needs to be closed is '(\w+)'.*", re.DOTALL)


class Slip(NamedTuple):
    """A slip in a template: the piece of the text that it is in, what is wrong, and what to write instead ("": not known)."""

    piece: str
    detail: str
    hint: str = ""


def slip(text: str, reason: str, fault_of: Callable[[str], str]) -> Slip:
    """Return the slip for which a template does not compile. `fault_of` says why a piece does not, "" if it does."""
    for found in _PRINTED.finditer(text):
        fault = fault_of(found[0])
        if fault:
            if found[0].startswith("{{{"):
                return Slip(found[0], "a value has two braces before and after it", f"write {{{{ {found[1].strip(' {')} }}}}")
            if _F_TEXT.fullmatch(found[1].strip()) is None and ("{{" in found[1] or "}" in found[1] or "{%" in found[1]):
                return _unclosed(found[0])
            code = found[1].strip()
            detail, hint = _unpaired(code, "{{ %s }}") or _habit(code) or (_worded(fault), "")
            return Slip(found[0], detail, hint)
    left = _PRINTED.sub(lambda each: "\0" * len(each[0]), text)
    if (at := left.find("{{")) >= 0:
        return _unclosed(text[at:])
    for found in _STATEMENT.finditer(left):
        if unpaired := _unpaired(found[1].strip(), "{%% %s %%}"):
            return Slip(found[0], *unpaired)
    if (block := _UNCLOSED.fullmatch(reason)) is not None:
        return Slip(f"{{% {block[1]}", f"`{{% {block[1]} %}}` is not closed", f"add {{% end{block[1]} %}} after what belongs to it")
    return Slip("", _worded(reason))


def _unpaired(code: str, around: str) -> tuple[str, str] | None:
    """Return what is wrong with the quotes or brackets in a piece of a template, and what to write; None where all are closed."""
    awaited: list[str] = []
    quote, escaped = "", False
    for sign in code:
        if quote:
            quote = "" if sign == quote and not escaped else quote
            escaped = sign == "\\" and not escaped
        elif sign in "'\"":
            quote = sign
        elif sign in _CLOSED_BY:
            awaited.append(_CLOSED_BY[sign])
        elif sign in _CLOSED_BY.values() and (not awaited or awaited.pop() != sign):
            return f"a `{sign}` closes nothing", "remove it, or write what it closes"
    if quote:
        return f"a text that begins with {quote} is not closed", f"end it with {quote}"
    if not awaited:
        return None
    opened = next(sign for sign, closes in _CLOSED_BY.items() if closes == awaited[-1])
    whole = around % f"{code}{''.join(reversed(awaited))}"
    return f"a `{opened}` is not closed with `{awaited[-1]}`", f"write {whole}"


def padded(name: str, width: str) -> str:
    """Return how the value `name` is written with zeros before it, at least `width` digits in all."""
    number = name if name in NUMBERS else f"({name} | int)"
    return f"{{{{ '%0{width or 2}d' % {number} }}}}"


def written(name: str, form: str) -> str:
    """Return how the value `name` is written that another program's template formats as `form`, such as `02d`; "" is plain."""
    width = _WIDTH.fullmatch(form)
    return padded(name, width[1]) if width else f"{{{{ {name} }}}}"


def call_meant(text: str, function: str) -> str:
    """Return how a call such as `pad(season, 2)` is written; "" if `function` is none for leading zeros."""
    found = re.search(rf"\b{re.escape(function)}\(\s*(\w+)\s*(?:,\s*(\d+))?", text)
    return padded(found[1], found[2] or "") if found and function.lower() in _PADDING else ""


def _habit(code: str) -> tuple[str, str] | None:
    """Return what is wrong with what stands between `{{` and `}}`, and what to write, if it is somebody's habit."""
    if not code:
        return "nothing is in a `{{ }}`", "write a name in it, as in {{ title }}"
    if found := _F_TEXT.fullmatch(code):
        return "a text in a template has no `f` before it", f"write {written(found[2], found[3] or '')}"
    if found := _FORMAT.fullmatch(code):
        return f"`:{found[2]}` is no way to format a value here", _formatted(found[1], found[2])
    if found := _GIVEN.fullmatch(code):
        name, called, given = (part.strip() for part in found.groups())
        hint = padded(name, _digits(given)) if called.lower() in _PADDING else f"{{{{ {name} | {called}({given}) }}}}"
        return "a filter has what it is given in parentheses", f"write {hint}"
    if (found := _CALLED.fullmatch(code)) and found[2].lower() in _PADDING:
        return f"there is no filter `{found[2]}`", f"write {padded(found[1], found[3] or '')}"
    if found := _AFTER.fullmatch(code):
        return "a number is not formatted like this", f"write {padded(found[1], found[2].lstrip('0'))}"
    if found := _CONVERTED.fullmatch(code):
        return "`!` means nothing here", f"write {{{{ {found[1]} }}}}"
    if code[0] in "$@" and code[1:].isidentifier():
        return f"a name has no `{code[0]}` before it", f"write {{{{ {code[1:]} }}}}"
    for sign, word in _SIGNS.items():
        if sign in code:
            return f"`{sign}` means nothing here", f"write `{word}`"
    if found := _CHOICE.fullmatch(code):
        condition, one, other = (part.strip() for part in found.groups())
        return "`?` means nothing here", f"write {{{{ {one} if {condition} else {other} }}}}"
    return None


def _formatted(name: str, form: str) -> str:
    if "%" in form:
        return f"write {{{{ {name} | date('{form}') }}}}"
    if form and _WIDTH.fullmatch(form) is None:
        return f"write {{{{ {name} }}}}, or a filter after it, as in {{{{ {name} | upper }}}}"
    return f"write {written(name, form)}"


def _digits(given: str) -> str:
    found = re.search(r"[1-9]", given)
    return found[0] if found else ""


def _unclosed(text: str) -> Slip:
    name = re.match(r"\{\{\s*([\w.]*)", text)
    hint = f"write {{{{ {name[1]} }}}}" if name and name[1] else "end it with }}"
    return Slip(text.partition("\n")[0], "a `{{` is not closed with `}}`", hint)


def _worded(reason: str) -> str:
    """Return what Jinja2 says is wrong in plain words."""
    if found := _ODD_CHARACTER.fullmatch(reason):
        return f"`{found[1]}` means nothing here"
    if (found := _ODD_TOKEN.fullmatch(reason)) and (token := found[1] or found[2]) is not None:
        ends = token in ("end of print statement", "end of statement block", "end of template")
        return "something is missing before its end" if ends else f"`{token}` cannot stand where it does"
    return reason
