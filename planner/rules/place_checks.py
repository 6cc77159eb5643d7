"""Places checked where they are written: what is no location template, can never be filled in, or is one place for many files."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from reshelve.planner.rules.condition_matching import captured_by
from reshelve.planner.rules.condition_reach import all_demands, values
from reshelve.planner.rules.place_templates import OFFERED, MissingFact, PlaceError, PlaceTemplate
from reshelve.planner.rules.template_slips import NUMBERS, call_meant, padded, written
from reshelve.schemas.conditions import Match
from reshelve.schemas.documents.layout_checks import Fault, Path
from reshelve.schemas.fact_vocabulary import FACTS, OFTEN_MEANT, OFTEN_MEANT_VALUES, Known
from reshelve.schemas.near_words import near
from reshelve.schemas.scan_settings import Rule

_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OTHER_VALUE = re.compile(
    r"\$?\{\s*(?P<braces>\w+)\s*(?:![rsa])?(?::(?P<form>[^{}]*))?\}|%\((?P<percent>\w+)\)(?P<code>[-+ 0-9.]*[sdif])"
    r"|<(?P<angles>\w+)>|\$(?P<dollar>\w+)"
)
"""How values are written in other programs' templates."""
_FOLDED = "\x00"
_SOME_NAME = "x"
"""What stands for a piece of a place that cannot be read, so that the rest is told of too."""
_ALIKE = 0.8
"""How like a word must be to one that stands for another: it is that, misspelt."""
_NO_FILTER = re.compile(r"[Nn]o filter named '([^']+)'")
_WRITTEN = 'write it as in "library:{{ title }}/{{ filename }}"'
_NOT_A_PLACE = "a place that is not a location template"
_DATE_CODE = re.compile(r"%[-_0^#]*(?:[EO](?=[A-Za-z]))?(.|\Z)", re.DOTALL)
_DATE_CODES = frozenset("aAwdbBmyYHIpMSfzZjUWcxXGuV%CeDFTRhntklsPgr")
_OTHER_CODES = re.compile(r"Y{2,4}|M{2,4}|D{2}|y{4}|d{2}|H{2}")
_STANDS_FOR = {"Y": "%Y", "y": "%Y", "M": "%m", "D": "%d", "d": "%d", "H": "%H"}


def place_faults(text: str, path: Path, captured: Collection[str], declared: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each thing in a `place:` that can only be a slip. `path` is where it stands in its document."""
    try:
        template = PlaceTemplate(text)
    except PlaceError as fault:
        detail = f"{fault.reason[:1].upper()}{fault.reason[1:].rstrip('.')}."
        unknown = _NO_FILTER.search(fault.reason)
        hint = fault.hint or (_filter_meant(unknown[1]) if unknown else _WRITTEN)
        yield Fault(path, "rule-place", _NOT_A_PLACE, detail, hint, piece=fault.piece)
        # Without one of its statements a template is another one.
        if fault.piece.startswith("{{") and (rest := text.replace(fault.piece, _SOME_NAME)) != text:
            yield from place_faults(rest, path, captured, declared)
        return
    known = {*OFFERED, *FACTS, *captured, *declared}
    for name in sorted(template.names - known):
        detail = f"`{name}` is not a fact, not a group of the rule's own pattern, and not declared in `set:`."
        inner = re.search(rf"\b{re.escape(name)}\.(\w+)", text)
        hint = f"write {_value(inner[1])}" if inner and inner[1] in known else name_meant(name, known, OFFERED)
        if called := call_meant(text, name):
            detail, hint = f"There is no function `{name}`.", f"write {called}"
        yield Fault(path, "rule-name", "an unknown name in a place", detail, hint, piece=_around(text, name))
    yield from (
        Fault(path, "rule-place", _NOT_A_PLACE, detail, f"write {meant_instead}", piece=_around(text, name))
        for name, detail, meant_instead in (*_number_slips(text), *_called_facts(text, known))
    )
    below = _CODE.sub(_FOLDED, text).partition(":")[2]
    for piece, name, form in other_values(below):
        if name in known:
            detail = f"{piece!r} would be part of the name as it stands: it is no value."
            yield Fault(path, "rule-place", _NOT_A_PLACE, detail, f"write {written(name, form)}", piece=piece)
    if "\\" in below:
        yield Fault(path, "rule-place", _NOT_A_PLACE, "A `\\` does not part folders here.", "write `/` between two folders")
    parts = below.split("/")
    for part in parts:
        if part in (".", ".."):
            detail = f"A folder cannot be called {part!r}: a place never leads out of its store."
            yield Fault(path, "rule-place", _NOT_A_PLACE, detail, "write the folders below the store")
    if not parts[-1].strip(" ."):
        yield Fault(path, "rule-place", _NOT_A_PLACE, "It names a folder, and no file in it.", "add {{ filename }}")
    elif any(not part.strip(" ") for part in parts):
        yield Fault(path, "rule-place", _NOT_A_PLACE, "A folder in it has no name.", "write one `/` between two folders")


def other_values(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (piece, name, format) of each value in a text that is written as other programs' templates have it."""
    for found in _OTHER_VALUE.finditer(text):
        given = found.groupdict()
        name = next(filter(None, (given[how] for how in ("braces", "percent", "angles", "dollar"))))
        yield found[0], name, given["form"] or given["code"] or ""


def _number_slips(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, what is wrong, what to write) of each number that is asked for what only a text has, or formatted as a form."""
    from jinja2 import nodes

    from reshelve.planner.rules.template_sandbox import sandbox

    tree = sandbox().parse(text)
    for asked in tree.find_all(nodes.Getattr):
        if isinstance(asked.node, nodes.Name) and asked.node.name in NUMBERS:
            yield asked.node.name, f"`{asked.node.name}` is a number, and has no `{asked.attr}`.", padded(asked.node.name, "")
    for each in tree.find_all(nodes.Filter):
        if each.name == "format" and isinstance(each.node, nodes.Name) and each.node.name in NUMBERS:
            yield each.node.name, "The form comes before `| format`, the number after it.", padded(each.node.name, "")


def _called_facts(text: str, known: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, what is wrong, what to write) of each value that is called as if it were a function."""
    from jinja2 import nodes

    from reshelve.planner.rules.template_sandbox import sandbox

    for call in sandbox().parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and (name := call.node.name) in known:
            yield name, f"`{name}` is a value, not a function.", padded(name, "") if name in NUMBERS else _value(name)


def _around(text: str, name: str) -> str:
    """Return the part of a template, from `{{` or `{%` to its end, that uses a name; the whole if it is not found."""
    using = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    return next((found[0] for found in _CODE.finditer(text) if using.search(found[0])), "")


def _value(name: str) -> str:
    return f"{{{{ {name} }}}}"


def place_warnings(rule: Rule, path: Path, declared: Collection[str]) -> Iterator[Fault]:
    """Yield what makes a sound place useless: it can never be filled in, or is the same for every file of the rule."""
    if rule.place is None:
        return
    template = PlaceTemplate(rule.place)
    captured = captured_by(rule.when)
    unknown = {name for name, expected in _demands(rule) if isinstance(expected, Match) and expected.known is False}
    unknown -= {*captured, *declared}
    try:
        template.render({name: value for name, value in _examples().items() if name not in unknown} | dict.fromkeys(captured, "1"))
    except MissingFact as missing:
        if missing.name in unknown:
            detail = f"Rule {rule.name} asks that `{missing.name}` is not known, and its place uses it."
            hint = f"leave {missing.name} out of the place, or put it in {{% if {missing.name} %}}…{{% endif %}}"
            yield Fault(path, "place-never", "a place that can never be filled in", detail, hint)
    except PlaceError:
        pass
    yield from (Fault(path, "place-date", "a date in no known form", detail, hint) for detail, hint in date_faults(rule.place))
    if not template.names - set(declared) - {"store"} and not _is_of_one(rule):
        detail = f"Every file that rule {rule.name} matches goes to {rule.place}."
        yield Fault(
            path, "place-constant", "one place for many files", detail, "add {{ filename }}, or name the one file in `when:`"
        )
        return
    last = rule.place.rpartition("/")[2].rpartition(":")[2]
    used = PlaceTemplate(f"x:{last}").names if last.count("{{") == last.count("}}") and "{%" not in last else {"filename"}
    if used and used <= FACTS.keys() - {*captured, *declared} and "." not in _CODE.sub(_FOLDED, last):
        detail = f"Files that rule {rule.name} matches lose their extension: {last} has none."
        yield Fault(path, "place-no-extension", "a name without its extension", detail, f"write {last}.{{{{ ext }}}}")


def date_faults(text: str) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, what to do) of each form and time zone that a template gives to the filter `date`."""
    from jinja2 import nodes

    from reshelve.planner.rules.template_sandbox import sandbox

    for each in sandbox().parse(text).find_all(nodes.Filter):
        if each.name != "date":
            continue
        given: dict[str, nodes.Expr] = dict(zip(("form", "zone"), each.args, strict=False))
        given |= {str(key.key): key.value for key in each.kwargs}
        form, zone = (found.value if isinstance(found := given.get(key), nodes.Const) else None for key in ("form", "zone"))
        if isinstance(form, str):
            yield from _form_faults(form)
        if isinstance(zone, str) and zone:
            yield from _zone_faults(zone)
        asked = each.node
        if isinstance(asked, nodes.Name) and asked.name in FACTS and FACTS[asked.name].holds in ("list", "yes"):
            yield f"`{asked.name}` is no date.", "dates are captured, date and mtime"


def _form_faults(form: str) -> Iterator[tuple[str, str]]:
    odd = [found.group() for found in _DATE_CODE.finditer(form) if found[1] not in _DATE_CODES or not found[1]]
    if odd:
        detail = f"{', '.join(dict.fromkeys(odd))} in {form!r} stands for nothing, and would be written as it is."
        yield detail, "%Y is the year, %m the month, %d the day, %H the hour, %M the minute, %S the second; %% is a percent sign"
    elif "%" not in form:
        written = _OTHER_CODES.sub(lambda found: _STANDS_FOR[found[0][0]], form)
        hint = f"did you mean {written!r}?" if written != form else "%Y is the year, %m the month, %d the day, as in '%Y-%m-%d'"
        yield f"{form!r} has no %, so that it is the same for every date.", hint


def _zone_faults(zone: str) -> Iterator[tuple[str, str]]:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        likely = near(zone, available_timezones())
        yield (
            f"There is no time zone {zone!r} on this system.",
            f"did you mean {likely}?" if likely else "write it as in Europe/Berlin",
        )


def _is_of_one(rule: Rule) -> bool:
    """Say whether a rule names the one file it is for."""
    return any(name in ("name", "path") and len(values(expected) or ()) == 1 for name, expected in _demands(rule))


def _demands(rule: Rule) -> list[tuple[str, Any]]:
    return all_demands(rule.when)


@cache
def _examples() -> dict[str, Any]:
    """Return a value of its own kind for every name that a place may use."""
    found = {name: _example(known) for name, known in FACTS.items()}
    return found | {"filename": "x.mkv", "subdir": "folder", "store": "x", "mtime": "2026-01-31T14:05:00+00:00"}


def _example(known: Known) -> Any:
    if known.holds in ("number", "seconds"):
        return int(known.example)
    return known.example.strip("[]").split(", ") if known.holds == "list" else known.example


def _filter_meant(given: str) -> str:
    from reshelve.planner.rules.template_sandbox import sandbox

    likely = near(given.casefold(), sandbox().filters)
    return f"did you mean | {likely}?" if likely else "filters come after `|`, facts before it: reshelve help rules"


def name_meant(given: str, names: Collection[str], kept: Collection[str] = ()) -> str:
    """Return what may have been meant by a name that a person may also declare, as a hint."""
    # A name of a person's own is often a little like one of ours.
    likely = _likely(given, names, kept, 0.7)
    declared = f"declare it, `set: {{{given}: }}`, or see which names there are: reshelve help rules"
    return f"did you mean {likely}?" if likely else declared


def _likely(given: str, names: Collection[str], kept: Collection[str], least: float = 0.6) -> str | None:
    word = given.casefold()
    for often in (OFTEN_MEANT, OFTEN_MEANT_VALUES) if given not in kept else ():
        if often.get(word) in names:
            return often[word]
    spelt = near(word, OFTEN_MEANT, _ALIKE)
    return OFTEN_MEANT[spelt] if spelt is not None and OFTEN_MEANT[spelt] in names else near(word, names, least)


def meant(given: str, names: Collection[str], kept: Collection[str] = ()) -> str:
    """Return what may have been meant, as a hint. `kept` are names that stand for themselves, whatever else they often mean."""
    likely = _likely(given, names, kept)
    if likely:
        return f"did you mean {likely}?"
    if not names:
        return ""
    return f"known: {', '.join(sorted(names)[:12])}" + (", …" if len(names) > 12 else "")
