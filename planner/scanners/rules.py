"""The rule scanner: the first rule of a store that holds of a bundle's main file decides what becomes of the bundle."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from planner.discs import disc_top
from planner.match import ConditionError, Matcher, Subject, describe
from planner.place import MissingFact, PlaceError, PlaceTemplate
from schemas.facts import Facts
from schemas.inventory import Item
from schemas.layout import OnConflict, Suggestion, Transfer
from schemas.locations import join, split
from schemas.problems import Problem
from schemas.workspace import Rule, Scan

if TYPE_CHECKING:
    from planner.recognise.reading import Reading

Cite = Callable[[tuple[str | int, ...]], str]
"""From a path in the workspace ("scan", "inbox", "rules", 0) to where that is written: "reshelve.yaml:18"."""

Deed = Literal["place", "absent", "leave", "review"]


@dataclass(slots=True, frozen=True)
class StoreRule:
    """One compiled rule of a store. `needs` are the facts it cannot be wrong about; `label` names it in reasons, with its line."""

    name: str
    matcher: Matcher
    place: PlaceTemplate | None
    needs: frozenset[str]
    label: str
    deed: Deed
    certain: bool
    transfer: Transfer
    on_conflict: OnConflict
    when: str


@dataclass(slots=True)
class Verdict:
    """What becomes of one bundle, and why. `target` is a location ("" unless placed); `rule` None: no rule held."""

    deed: Deed
    because: str
    rule: StoreRule | None = None
    target: str = ""
    suggestion: Suggestion | None = None


class RuleBook:
    """The compiled rules of one store. `problems` names those that cannot be used."""

    def __init__(self, store: str, scan: Scan, cite: Cite, values: Mapping[str, Any] | None = None) -> None:
        self.store = store
        self.problems: list[Problem] = []
        self._values = dict(values or {})
        self._reasons: dict[tuple[str, ...], str] = {}
        self.rules: list[StoreRule] = []
        for index, rule in enumerate(scan.rules):
            compiled = self._compile(rule, scan, cite(("scan", store, "rules", index)))
            if compiled is not None:
                self.rules.append(compiled)

    @property
    def reads_facts(self) -> bool:
        """Whether any rule asks for more than what every item has."""
        return any(rule.needs for rule in self.rules)

    def _compile(self, rule: Rule, scan: Scan, at: str) -> StoreRule | None:
        try:
            matcher = Matcher(rule.when)
            place = PlaceTemplate(rule.place) if rule.place is not None else None
        except ConditionError as fault:
            self.problems.append(_unusable("bad-condition", "A rule's condition cannot be asked.", rule, fault.reason, at))
            return None
        except PlaceError as fault:
            self.problems.append(_unusable("bad-place", "A rule's place is not a location template.", rule, fault.reason, at))
            return None
        uses = place.uses if place is not None else frozenset()
        return StoreRule(
            rule.name,
            matcher,
            place,
            frozenset((matcher.demands | uses) - self._values.keys() - matcher.gives),
            f"rule {rule.name} ({at})" if at else f"rule {rule.name}",
            "place" if place is not None else "absent" if rule.absent else "leave" if rule.leave else "review",
            rule.accept == "certain",
            rule.transfer or scan.transfer,
            rule.on_conflict or scan.on_conflict,
            describe(rule.when),
        )

    def decide(self, main: Item, reading: "Reading", now_ns: int) -> Verdict:
        """Return what becomes of the bundle that `main` leads. `now_ns` is what ages are counted from, ns since the epoch."""
        # What a person said of everything scanned holds in conditions as it does in places.
        facts = {**reading.facts, **self._values} if self._values else reading.facts
        subject = Subject(main, self.store, facts, now_ns)
        for rule in self.rules:
            if rule.matcher.holds(subject):
                return self._carry_out(rule, subject, reading)
        return Verdict("review", "no rule matched")

    def at_place(self, name: str, main: Item, reading: "Reading", now_ns: int) -> Verdict:
        """Return what the first rule called `name` that has a place would make of the bundle, though its condition may not hold."""
        facts = {**reading.facts, **self._values} if self._values else reading.facts
        rule = next((rule for rule in self.rules if rule.name == name and rule.place is not None), None)
        if rule is None:
            return Verdict("review", f"there is no rule {name} with a place")
        return self._carry_out(rule, Subject(main, self.store, facts, now_ns), reading)

    def _carry_out(self, rule: StoreRule, subject: Subject, reading: "Reading") -> Verdict:
        if rule.deed == "leave":
            return Verdict("leave", rule.label, rule)
        if rule.deed == "review":
            return Verdict("review", f"{rule.label} leaves it to you", rule)
        target = ""
        if rule.place is not None:
            try:
                target = self._target(rule, rule.place, subject)
            except MissingFact as missing:
                return Verdict("review", f"{rule.label}: {missing.name} is not known", rule)
            except PlaceError as fault:
                return Verdict("review", f"{rule.label}: {fault.reason}", rule)
        if rule.certain and not reading.doubtful.isdisjoint(rule.needs):
            return self._doubt(rule, target, reading)
        if rule.deed == "absent":
            return Verdict("absent", f"{rule.label}: {rule.when}" if rule.when else rule.label, rule)
        return Verdict("place", self._reason(rule, reading), rule, target)

    def _target(self, rule: StoreRule, place: PlaceTemplate, subject: Subject) -> str:
        folder = subject.item.rel.rpartition("/")[0]
        disc = disc_top(folder)
        subdir = folder if disc is None else disc.rpartition("/")[0]
        captured = rule.matcher.captures(subject) if rule.matcher.gives else {}
        values = {**subject.facts, **captured, **self._values, "filename": subject.name, "subdir": subdir, "store": self.store}
        target = place.render(values)
        return target if disc is None else _in_disc_folder(target, folder[len(subdir) :].strip("/"))

    def _doubt(self, rule: StoreRule, target: str, reading: "Reading") -> Verdict:
        doubtful = sorted(reading.doubtful & rule.needs)
        because = f"{rule.label}: {', '.join(doubtful)} {'is' if len(doubtful) == 1 else 'are'} not certain"
        suggestion = None
        if target:
            used = sorted(rule.needs & reading.facts.keys())
            facts = {name: reading.facts[name] for name in used}
            sure = round(1 - len(doubtful) / len(used), 2) if used else 0.0
            suggestion = Suggestion(target, _as_facts(facts), self._reason(rule, reading), sure)
        return Verdict("review", because, rule, "", suggestion)

    def _reason(self, rule: StoreRule, reading: "Reading") -> str:
        """Return "rule episodes (reshelve.yaml:18), facts from the file name", one object however often it is used."""
        sources = reading.sources
        found = {sources[name] for name in rule.needs if name in sources}
        key = (rule.label, *sorted(found))
        reason = self._reasons.get(key)
        if reason is None:
            reason = f"{rule.label}, facts from {_spoken(key[1:])}" if found else rule.label
            self._reasons[key] = reason
        return reason


def _unusable(code: str, summary: str, rule: Rule, reason: str, at: str) -> Problem:
    return Problem(code, summary, f"rule {rule.name}: {reason}.", at, "correct the rule; nothing was scanned")


def _spoken(sources: Iterable[str]) -> str:
    named = [f"the {source}" if source.endswith(" name") else source for source in sources]
    return " and ".join(named)


def _in_disc_folder(target: str, inner: str) -> str:
    """Return the target of a disc's index inside the disc's own folder, without which it would be no disc."""
    store, rel = split(target)
    above, _, name = rel.rpartition("/")
    if f"/{above}".lower().endswith(f"/{inner}".lower()):
        return target
    return join(store, "/".join(part for part in (above, inner, name) if part))


def _as_facts(facts: dict[str, Any]) -> Facts:
    return facts  # type: ignore[return-value]  # any names are allowed
