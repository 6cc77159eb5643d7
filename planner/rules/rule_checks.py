"""Rules checked where they are written: names, values, bounds and places that cannot be meant, and rules that never get a turn."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from reshelve.planner.rules.condition_matching import ATTRIBUTES, ConditionError, amount, captured_by
from reshelve.planner.rules.condition_reach import reaches_as_far
from reshelve.planner.rules.contradictions import never_holds
from reshelve.planner.rules.place_checks import meant, name_meant, other_values, place_faults, place_warnings
from reshelve.planner.rules.place_templates import OFFERED
from reshelve.schemas.conditions import EVERYTHING, Condition, Match
from reshelve.schemas.documents.layout_checks import Fault, Path
from reshelve.schemas.fact_vocabulary import FACTS, MEDIA
from reshelve.schemas.problems import Severity
from reshelve.schemas.scan_settings import Rule, Scan
from reshelve.schemas.workspace import Policy, Workspace

_COUNTED = frozenset(name for name, known in FACTS.items() if known.holds in ("number", "seconds"))
_KNOWN = {"known": "true", "unknown": "false"}
_MEASURED = frozenset({"size", "age", "duration"})
_CLOSED: dict[str, Sequence[str]] = {"media": MEDIA} | {name: known.values for name, known in FACTS.items() if known.values}
_DATED = frozenset(name for name, known in FACTS.items() if known.holds == "date")
_OPERATORS = {">": "over", "<": "under", ">=": "at_least", "<=": "at_most", "=>": "at_least", "=<": "at_most"}
_OPERATOR = re.compile(r"(>=|<=|=>|=<|>|<)\s*(\S+)")
_RANGE = re.compile(r"(\d+)\s*(?:-|\.\.|to)\s*(\d+)")
_PRINTED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_OF_A_VIOLATION = frozenset({"target", "entry", "file", "path", "source", "value", "policy", "line", "place", "location"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"\d{4}-\d\d")


def rule_faults(workspace: Workspace) -> Iterator[tuple[Severity, Fault]]:
    """Yield what is wrong with the rules and policies of a workspace, each with how grave it is.

    An error is what can only be a slip; a warning is a rule that can never decide anything.
    """
    yield from _of_set(workspace)
    for store, scan in workspace.scan.items():
        if scan.like in workspace.sharing(store):
            continue  # told of that store
        yield from _of_names(("scan", store, "rules"), "rule", [rule.name for rule in scan.rules])
        yield from _of_store(("scan", store, "rules"), scan, workspace)
    yield from _of_names(("policies",), "policy", [policy.name for policy in workspace.policies])
    for number, policy in enumerate(workspace.policies):
        yield from _of_policy(("policies", number), policy, workspace)


def _of_set(workspace: Workspace) -> Iterator[tuple[Severity, Fault]]:
    """Yield a warning for each value of `set:` that stands in for what files themselves tell, or never gets to stand in."""
    for name, value in workspace.set_.items():
        if name in ATTRIBUTES or name in OFFERED:
            detail = f"`{name}` already has a meaning in conditions or places, so that this value is never used."
        elif name in FACTS and value is not None:
            detail = f"`{name}` is a fact: with this value every file has it, whatever its own name says."
        else:
            continue
        hint = f"call it otherwise, as in {'my' if name != 'kind' else 'shelf'}_{name}"
        yield "warning", Fault(("set", name), "set-hides", "a value that is called like a fact", detail, hint, True)


def _of_names(path: Path, what: str, names: Sequence[str]) -> Iterator[tuple[Severity, Fault]]:
    """Yield a fault for each name that tells of nothing, or that another one of the same list has."""
    for number, name in enumerate(names):
        at = (*path, number, "name")
        if not name.strip():
            detail = f"Plans and problems would not say which {what} they mean."
            yield "error", Fault(at, "name-empty", f"a {what} without a name", detail, "give it a name")
        elif name in names[:number]:
            detail = f"Another {what} before it is called {name!r} too: plans and problems could mean either."
            yield "error", Fault(at, "name-twice", f"the same name twice: {name!r}", detail, "give each a name of its own")


def _of_store(path: Path, scan: Scan, workspace: Workspace) -> Iterator[tuple[Severity, Fault]]:
    declared = frozenset(workspace.set_)
    above: list[Rule] = []
    for number, rule in enumerate(scan.rules):
        at = (*path, number)
        wrong = [*_names(rule.when, (*at, "when"), declared, workspace.stores), *_asked(rule.when, (*at, "when"))]
        yield from (("error", fault) for fault in wrong)
        misplaced = [*place_faults(rule.place, (*at, "place"), captured_by(rule.when), declared)] if rule.place is not None else []
        yield from (("error", fault) for fault in misplaced)
        if not misplaced:
            yield from (("warning", fault) for fault in place_warnings(rule, (*at, "place"), declared))
        if wrong:
            continue
        never = _never(rule, at, workspace) or _shadowed(rule, at, above)
        if never is not None:
            yield "warning", never
        else:
            above.append(rule)


def _never(rule: Rule, at: Path, workspace: Workspace) -> Fault | None:
    """Return why no file ever meets the condition of a rule, None where one may."""
    reason = never_holds(rule.when, workspace.stores)
    if not reason:
        return None
    hint = "change its `when:`, or remove the rule"
    return Fault((*at, "when"), "rule-never", "a rule that never matches", f"Rule {rule.name}: {reason}.", hint, True)


def _shadowed(rule: Rule, at: Path, above: Sequence[Rule]) -> Fault | None:
    """Return which rule above another one decides about all that it matches, None where none does."""
    before = next((earlier for earlier in above if reaches_as_far(earlier.when, rule.when)), None)
    if before is None:
        return None
    hint = f"move it above rule {before.name}"
    if reaches_as_far(rule.when, before.when):
        hint = f"change the `when:` of one of them, or remove rule {rule.name}"
    detail = f"Rule {rule.name}: rule {before.name} above it decides about every file that it matches."
    return Fault(at, "rule-shadowed", "a rule that never gets a turn", detail, hint, True)


def _of_policy(path: Path, policy: Policy, workspace: Workspace) -> Iterator[tuple[Severity, Fault]]:
    for part, condition in (("when", policy.when), ("require", policy.require)):
        at = (*path, part)
        wrong = [*_names(condition, at, frozenset(workspace.set_), workspace.stores), *_asked(condition, at)]
        yield from (("error", fault) for fault in wrong)
        reason = "" if wrong else never_holds(condition, workspace.stores)
        if reason:
            summary = "a policy that never applies" if part == "when" else "a policy that nothing can keep"
            detail = f"Policy {policy.name}: {reason}."
            yield "warning", Fault(at, "policy-never", summary, detail, f"change its `{part}:`, or remove the policy", True)
    yield from (("warning", fault) for fault in _of_message(policy.message or "", (*path, "message"), frozenset(workspace.set_)))
    if policy.require == EVERYTHING:
        detail = f"Policy {policy.name}: every entry meets it."
        yield "warning", Fault((*path, "require"), "policy-empty", "a policy that asks for nothing", detail, "say what must hold")


def _of_message(message: str, path: Path, declared: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each value that a policy's message seems to expect to be filled in."""
    known = {*FACTS, *ATTRIBUTES, *OFFERED, *declared, *_OF_A_VIOLATION}
    pieces = [found[0] for found in _PRINTED.finditer(message)]
    pieces += [piece for piece, name, _ in other_values(_PRINTED.sub("\0", message)) if name in known]
    for piece in dict.fromkeys(pieces):
        detail = f"A message is printed as it is written: nothing is put in the place of {piece}."
        hint = "say it in words; `check` names the policy, the entry and its line beside it"
        yield Fault(path, "policy-message", "a message that is no template", detail, hint, piece=piece)


def _inner(condition: Condition, path: Path) -> Iterator[tuple[Condition, Path]]:
    for key, inner in (("all", condition.all_of), ("any", condition.any_of)):
        for number, each in enumerate(inner or ()):
            yield each, (*path, key, number)
    if condition.none_of is not None:
        yield condition.none_of, (*path, "not")


def _names(condition: Condition, path: Path, declared: Collection[str], stores: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each name that nothing is called, and each value of a closed set that is not in it."""
    for name, expected in condition.demands.items():
        if name not in ATTRIBUTES and name not in FACTS and name not in declared:
            detail = f"`{name}` is neither an attribute of a file nor a fact, and not declared in `set:`."
            yield Fault(
                (*path, name),
                "rule-name",
                "an unknown name in a condition",
                detail,
                name_meant(name, [*ATTRIBUTES, *FACTS, *declared]),
                True,
            )
        elif name in _CLOSED or (name == "store" and stores):
            known = list(stores) if name == "store" else _CLOSED[name]
            folded = {value.casefold() for value in known}
            for value, at in _plain_values(expected, (*path, name)):
                if str(value).casefold() not in folded:
                    detail = f"`{name}` is never {value!r}."
                    yield Fault(at, "rule-value", "an unknown value in a condition", detail, meant(str(value), known))
    for each, at in _inner(condition, path):
        yield from _names(each, at, declared, stores)


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
                    yield Fault(
                        at,
                        "rule-number",
                        "not a number",
                        f"`{name}` is a number, and {value!r} is not.",
                        _bounded(value) or "write a number",
                    )
                elif isinstance(value, str) and "." not in value and value != str(int(value)):
                    detail = f"`{name}` is compared without zeros before it, and {value!r} has some."
                    yield Fault(at, "rule-number", "not a number as it is compared", detail, f"write {int(value)}")
            continue
        if name == "age":
            yield from _without_unit(expected, (*path, name))
        if name in _DATED:
            yield from _days(name, expected, (*path, name))
        if name in _MEASURED:
            yield from _amounts(name, expected, (*path, name))
    for each, at in _inner(condition, path):
        yield from _asked(each, at)


def _amounts(name: str, expected: Any, path: Path) -> Iterator[Fault]:
    """Yield a fault for each size, age or duration that is none."""
    hint = "write it as in 700MB" if name == "size" else "write it as in 12h or 30d"
    for value, at in [*_plain_values(expected, path), *_bounds(expected, path)]:
        try:
            amount(name, value)
        except ConditionError as fault:
            yield Fault(at, "rule-bound", "a bound that cannot be read", f"{fault.reason}.", _bounded(value) or hint)


def _without_unit(expected: Any, path: Path) -> Iterator[Fault]:
    """Yield a fault for each age that is a bare number: it would be seconds, and is hardly meant so."""
    for value, at in [*_plain_values(expected, path), *_bounds(expected, path)]:
        if isinstance(value, int | float) and not isinstance(value, bool) and value != 0:
            detail = f"`age` is a time, and {value} has no unit."
            yield Fault(at, "rule-bound", "a bound that cannot be read", detail, f"write it as in {value}d or {value}h")


def _bounded(value: Any) -> str:
    """Return how a bound is written that was written with an operator, as a range or as `known`; "" for anything else."""
    if isinstance(value, str) and (known := _KNOWN.get(value.strip().lower())):
        return f"write {{known: {known}}}"
    if isinstance(value, str) and (found := _OPERATOR.fullmatch(value.strip())):
        return f"write {{{_OPERATORS[found[1]]}: {found[2]}}}"
    if isinstance(value, str) and (found := _RANGE.fullmatch(value.strip())):
        return f"write {{at_least: {found[1]}, at_most: {found[2]}}}"
    return ""


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


def _days(name: str, expected: Any, path: Path) -> Iterator[Fault]:
    """Yield a fault for each bound and value of a date that no date is ever compared with."""
    of_a_year = f'write it as in 2020-01-31, or `{name}: {{glob: "2020-*"}}`'
    wanted = [(value, at, _DAY, of_a_year) for value, at in _plain_values(expected, path)]
    wanted += [(value, at, _MONTH, "write it as in 2020-01-31") for value, at in _bounds(expected, path)]
    for value, at, form, hint in wanted:
        if not form.match(str(value)):
            hint = _bounded(value) if str(value).strip().lower() in _KNOWN else hint
            yield Fault(at, "rule-bound", "a bound that cannot be read", f"`{name}` is a day, and {value!r} is none.", hint)
