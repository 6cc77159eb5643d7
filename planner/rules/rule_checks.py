"""Rules checked where they are written: names, values, bounds and places that cannot be meant, and rules that never get a turn."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from reshelve.planner.rules.condition_matching import ATTRIBUTES, ConditionError, Matcher, captured_by
from reshelve.planner.rules.condition_reach import never_holds, reaches_as_far
from reshelve.planner.rules.place_templates import OFFERED, PlaceError, PlaceTemplate
from reshelve.schemas.conditions import EVERYTHING, Condition, Match
from reshelve.schemas.documents.layout_checks import Fault, Path
from reshelve.schemas.fact_vocabulary import FACTS, MEDIA, OFTEN_MEANT
from reshelve.schemas.problems import Severity
from reshelve.schemas.workspace import Policy, Rule, Scan, Workspace

_COUNTED = frozenset(name for name, known in FACTS.items() if known.holds in ("number", "seconds"))
_MEASURED = frozenset({"size", "age", "duration"})
_CLOSED: dict[str, Sequence[str]] = {"media": MEDIA} | {name: known.values for name, known in FACTS.items() if known.values}
_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_FOLDED = "\x00"
_NO_FILTER = re.compile(r"[Nn]o filter named '([^']+)'")


def rule_faults(workspace: Workspace) -> Iterator[tuple[Severity, Fault]]:
    """Yield what is wrong with the rules and policies of a workspace, each with how grave it is.

    An error is what can only be a slip; a warning is a rule that can never decide anything.
    """
    declared = frozenset(workspace.set_)
    for store, scan in workspace.scan.items():
        yield from _of_names(("scan", store, "rules"), "rule", [rule.name for rule in scan.rules])
        yield from _of_store(("scan", store, "rules"), scan, declared)
    yield from _of_names(("policies",), "policy", [policy.name for policy in workspace.policies])
    for number, policy in enumerate(workspace.policies):
        yield from _of_policy(("policies", number), policy, declared)


def _of_names(path: Path, what: str, names: Sequence[str]) -> Iterator[tuple[Severity, Fault]]:
    """Yield a fault for each name that tells of nothing, or that another one of the same list has."""
    for number, name in enumerate(names):
        at = (*path, number, "name")
        if not name.strip():
            detail = f"Plans and problems would not say which {what} they mean."
            yield "error", Fault(at, "name-empty", f"a {what} without a name", detail, "give it a name")
        elif name in names[:number]:
            detail = f"Another {what} before it is called {name!r} too: plans and problems could mean either."
            yield "error", Fault(at, "name-twice", f"two of one name: {name!r}", detail, "give each a name of its own")


def _of_store(path: Path, scan: Scan, declared: Collection[str]) -> Iterator[tuple[Severity, Fault]]:
    sound: list[tuple[int, Rule]] = []
    for number, rule in enumerate(scan.rules):
        at = (*path, number)
        wrong = [*_names(rule.when, (*at, "when"), declared), *_asked(rule.when, (*at, "when"))]
        if rule.place is not None:
            wrong += _place(rule.place, (*at, "place"), captured_by(rule.when), declared)
        yield from (("error", fault) for fault in wrong)
        if wrong:
            continue
        reason = never_holds(rule.when)
        if reason:
            yield (
                "warning",
                Fault(
                    (*at, "when"),
                    "rule-never",
                    "a rule that never matches",
                    f"Rule {rule.name}: {reason}.",
                    "change its `when:`, or remove the rule",
                    True,
                ),
            )
            continue
        before = next((earlier for _, earlier in sound if reaches_as_far(earlier.when, rule.when)), None)
        if before is not None:
            detail = f"Rule {rule.name}: rule {before.name} above it decides about every file that it matches."
            yield (
                "warning",
                Fault(at, "rule-shadowed", "a rule that never gets a turn", detail, f"move it above rule {before.name}", True),
            )
            continue
        sound.append((number, rule))


def _of_policy(path: Path, policy: Policy, declared: Collection[str]) -> Iterator[tuple[Severity, Fault]]:
    for part, condition in (("when", policy.when), ("require", policy.require)):
        at = (*path, part)
        yield from (("error", fault) for fault in [*_names(condition, at, declared), *_asked(condition, at)])
    if policy.require == EVERYTHING:
        detail = f"Policy {policy.name}: every entry meets it."
        yield "warning", Fault((*path, "require"), "policy-empty", "a policy that asks for nothing", detail, "say what must hold")


def _inner(condition: Condition, path: Path) -> Iterator[tuple[Condition, Path]]:
    for key, inner in (("all", condition.all_of), ("any", condition.any_of)):
        for number, each in enumerate(inner or ()):
            yield each, (*path, key, number)
    if condition.none_of is not None:
        yield condition.none_of, (*path, "not")


def _names(condition: Condition, path: Path, declared: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each name that nothing is called, and each value of a closed set that is not in it."""
    for name, expected in condition.demands.items():
        if name not in ATTRIBUTES and name not in FACTS and name not in declared:
            detail = f"`{name}` is neither an attribute of a file nor a fact, and not declared in `set:`."
            yield Fault(
                (*path, name),
                "rule-name",
                "an unknown name in a condition",
                detail,
                _meant(name, [*ATTRIBUTES, *FACTS, *declared]),
                True,
            )
        elif name in _CLOSED:
            for value, at in _plain_values(expected, (*path, name)):
                if str(value).casefold() not in _CLOSED[name]:
                    detail = f"`{name}` is never {value!r}."
                    yield Fault(at, "rule-value", "an unknown value in a condition", detail, _meant(str(value), _CLOSED[name]))
    for each, at in _inner(condition, path):
        yield from _names(each, at, declared)


def _plain_values(expected: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    if isinstance(expected, Match):
        if expected.equals is not None:
            yield expected.equals, (*path, "equals")
        yield from ((value, (*path, "in", number)) for number, value in enumerate(expected.one_of or ()))
    elif isinstance(expected, list):
        yield from ((value, (*path, number)) for number, value in enumerate(expected))
    else:
        yield expected, path


def _asked(condition: Condition, path: Path) -> Iterator[Fault]:
    """Yield a fault for each bound and value that what it is asked of can never be compared with."""
    for name, expected in condition.demands.items():
        if name in _COUNTED and name not in _MEASURED:
            given = [*_plain_values(expected, (*path, name)), *_bounds(expected, (*path, name))]
            for value, at in given:
                if not _is_number(value):
                    yield Fault(at, "rule-number", "not a number", f"`{name}` is a number, and {value!r} is not.", "write a number")
            continue
        try:
            Matcher(Condition.model_validate({name: expected}))
        except ConditionError as fault:
            hint = "write it as in 700MB" if name == "size" else "write it as in 12h or 30d"
            yield Fault((*path, name), "rule-bound", "a bound that cannot be read", f"{fault.reason}.", hint)
    for each, at in _inner(condition, path):
        yield from _asked(each, at)


def _bounds(expected: Any, path: Path) -> Iterator[tuple[Any, Path]]:
    if isinstance(expected, Match):
        for how in ("over", "under", "at_least", "at_most"):
            if (bound := getattr(expected, how)) is not None:
                yield bound, (*path, how)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


def _place(text: str, path: Path, captured: Collection[str], declared: Collection[str]) -> Iterator[Fault]:
    try:
        template = PlaceTemplate(text)
    except PlaceError as fault:
        detail = f"{fault.reason[:1].upper()}{fault.reason[1:].rstrip('.')}."
        unknown = _NO_FILTER.search(fault.reason)
        hint = _filter_meant(unknown[1]) if unknown else 'write it as in "library:{{ title }}/{{ filename }}"'
        yield Fault(path, "rule-place", "a place that is not a location template", detail, hint)
        return
    known = {*OFFERED, *FACTS, *captured, *declared}
    for name in sorted(template.names - known):
        detail = f"`{name}` is not a fact, not a group of the rule's own pattern, and not declared in `set:`."
        yield Fault(path, "rule-name", "an unknown name in a place", detail, _meant(name, known, OFFERED))
    for part in _CODE.sub(_FOLDED, text).partition(":")[2].split("/"):
        if part in (".", ".."):
            detail = f"A folder cannot be called {part!r}: a place never leads out of its store."
            yield Fault(path, "rule-place", "a place that is not a location template", detail, "write the folders below the store")


def _filter_meant(given: str) -> str:
    from reshelve.planner.rules.template_sandbox import sandbox
    from reshelve.schemas.documents.schema_diagnostics import near

    meant = near(given.casefold(), sandbox().filters)
    return f"did you mean | {meant}?" if meant else "filters come after `|`, facts before it: reshelve help rules"


def _meant(given: str, names: Collection[str], kept: Collection[str] = ()) -> str:
    """Return what may have been meant, as a hint. `kept` are names that stand for themselves, whatever else they often mean."""
    from reshelve.schemas.documents.schema_diagnostics import near

    often = OFTEN_MEANT.get(given.casefold()) if given not in kept else None
    meant = often if often in names else near(given.casefold(), names)
    return (
        f"did you mean {meant}?"
        if meant
        else f"known: {', '.join(sorted(names)[:12])}, …"
        if len(names) > 12
        else f"known: {', '.join(sorted(names))}"
    )
