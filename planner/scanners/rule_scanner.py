"""The rule scanner: the first rule of a store that holds of a bundle's main file decides what becomes of the bundle."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from reshelve.planner.bundles.bundle import ExtensionCase
from reshelve.planner.layouts.proposal import as_facts
from reshelve.planner.layouts.scan_marks import text_of
from reshelve.planner.left_alone.known_names import Kind
from reshelve.planner.left_alone.named_by_rules import asked_of, names
from reshelve.planner.library.show_homes import Homes
from reshelve.planner.observing.identity import time_text
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.recognise.extension_tables import is_packed
from reshelve.planner.recognise.name_reading import spoken
from reshelve.planner.rules.clear_filename import clear_name
from reshelve.planner.rules.condition_matching import ConditionError, Matcher, Subject, describe
from reshelve.planner.rules.free_names import split_name
from reshelve.planner.rules.place_templates import MissingFact, PlaceError, PlaceTemplate, filled
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import OnConflict, Suggestion, Transfer
from reshelve.schemas.locations import join, parent, printable, split
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Rule, Scan

if TYPE_CHECKING:
    from reshelve.planner.recognise.name_reading import Reading

Cite = Callable[[tuple[str | int, ...]], str]
"""From a path in the workspace ("scan", "inbox", "rules", 0) to where that is written: "reshelve.yaml:18"."""

_OF_NAMES = frozenset({"path", "name", "stem"})
"""The attributes by which a rule may name what is left alone otherwise."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_NO_RULE = "no rule matched"
_TOLD_BY_NAMES = frozenset({"year", "title", "show", "season", "episodes", "artist", "album", "author"})
"""Facts that a name can be given by whoever renames a file."""
_NAMED = 4
"""How many folders that may be meant are named."""

Deed = Literal["place", "absent", "leave", "review"]

_MIXED = ".Qz"
"""An extension that no file has, in both cases."""


@dataclass(slots=True, frozen=True)
class StoreRule:
    """One compiled rule of a store. `needs` are the facts it cannot be wrong about.

    `label` names it in reasons, which are kept: it has no line, or each edit above a rule would change every entry of it. `cited`
    also says where it is written.
    `said_depth` is how many folders of its place, from the top, are there because a person named them.
    """

    name: str
    matcher: Matcher
    place: PlaceTemplate | None
    needs: frozenset[str]
    label: str
    cited: str
    deed: Deed
    certain: bool
    transfer: Transfer
    on_conflict: OnConflict
    when: str
    content_type: str = ""
    said_depth: int = 0


@dataclass(slots=True)
class Verdict:
    """What becomes of one bundle, and why; `rule` None: no rule held.

    `target` is a location ("" unless placed), or one that waits for its number.
    """

    deed: Deed
    because: str
    rule: StoreRule | None = None
    target: str | OpenTarget = ""
    suggestion: Suggestion | None = None


class RuleBook:
    """The compiled rules of one store; `homes` knows the folders that stand, `values` are what `set:` and `--set` give.

    `said` are the names of values that a person gave, `unset` those of values that nothing gives. `whose` names the preset that the
    rules are from, "" for a workspace's own. `problems` names rules that cannot be used.
    """

    def __init__(
        self,
        store: str,
        scan: Scan,
        cite: Cite,
        values: Mapping[str, Any] | None = None,
        homes: Homes | None = None,
        said: Collection[str] = (),
        whose: str = "",
        unset: Collection[str] = (),
    ) -> None:
        self.store = store
        self._whose = f" ({whose})" if whose else ""
        self.homes = homes or Homes({})
        self.problems: list[Problem] = []
        self.values = dict(values or {})
        self._said = frozenset(said)
        self._unset = frozenset(unset) - self.values.keys()
        self._renames = scan.rename
        self._reasons: dict[tuple[str, ...], str] = {}
        self.rules: list[StoreRule] = []
        self._asked: list[tuple[int, str]] = []
        for index, rule in enumerate(scan.rules):
            compiled = self._compile(rule, scan, cite(("scan", store, "rules", index)))
            if compiled is not None:
                self._asked += [(len(self.rules), text) for text in asked_of(rule.when, _OF_NAMES)]
                self.rules.append(compiled)

    @property
    def places(self) -> list[PlaceTemplate]:
        """The places of the rules that have one."""
        return [rule.place for rule in self.rules if rule.place is not None]

    @cached_property
    def stores(self) -> tuple[str, ...]:
        """The stores that places name, each once."""
        named = [place.text.partition(":")[0] for place in self.places]
        return tuple(dict.fromkeys([self.store if "{" in name else name for name in named]))

    @property
    def reads_facts(self) -> bool:
        """Whether any rule asks for more than what every item has."""
        return any(rule.needs for rule in self.rules)

    def _compile(self, rule: Rule, scan: Scan, at: str) -> StoreRule | None:
        try:
            matcher = Matcher(rule.when)
            place = PlaceTemplate(filled(rule.place, self.values)) if rule.place is not None else None
        except ConditionError as fault:
            self.problems.append(_unusable("bad-condition", "A rule's condition cannot be checked.", rule, fault.reason, at))
            return None
        except PlaceError as fault:
            self.problems.append(_unusable("bad-place", "A rule's place is not a location template.", rule, fault.reason, at))
            return None
        uses = place.uses if place is not None else frozenset()
        return StoreRule(
            rule.name,
            matcher,
            place,
            frozenset((matcher.demands | uses) - self.values.keys() - matcher.gives),
            f"rule {rule.name}{self._whose}",
            f"rule {rule.name} ({at})" if at else f"rule {rule.name}",
            "place" if place is not None else "absent" if rule.absent else "leave" if rule.leave else "review",
            rule.accept == "certain" and (not rule.leave or "accept" in rule.model_fields_set),
            rule.transfer or scan.transfer,
            rule.on_conflict or scan.on_conflict,
            describe(rule.when),
            rule.content_type,
            self._said_depth(rule.place or ""),
        )

    def _said_depth(self, place: str) -> int:
        parts = place.partition(":")[2].split("/")[:-1] if self._said else []
        return max((depth for depth, part in enumerate(parts, 1) if not self._said.isdisjoint(_WORD.findall(part))), default=0)

    def naming(self, name: str, kind: Kind) -> frozenset[int]:
        """Return the numbers of the rules that name a folder or file which is left alone otherwise, and is of this kind."""
        return frozenset(number for number, text in self._asked if names(text, name, kind))

    def decide(self, main: Item, reading: "Reading", now_ns: int, only: frozenset[int] | None = None) -> Verdict:
        """Return what becomes of the bundle that `main` leads. `now_ns` is what ages are counted from, ns since the epoch.

        With `only`, no rules are asked but those of these numbers.
        """
        # What a person said of everything scanned holds in conditions as it does in places.
        facts = {**reading.facts, **self.values} if self.values else reading.facts
        subject = Subject(main, self.store, facts, now_ns)
        for rule in self.rules if only is None else [self.rules[number] for number in sorted(only)]:
            if rule.matcher.holds(subject):
                return self._carry_out(rule, subject, reading)
        return Verdict("review", self._unset_values(subject, only) or self._no_rule(subject, only))

    def extension_case(self, rule: StoreRule | None, main: Item, reading: "Reading", now_ns: int) -> ExtensionCase:
        """Return how the place of a rule that holds of `main` writes an extension: what is named after the main follows it."""
        if rule is None or rule.place is None or not rule.place.computes or not self._renames or disc_top(main.rel) is not None:
            return ""
        # What its own extension becomes does not tell: it may be lower case already, or stand in the place as it is.
        other = replace(main, rel=f"{split_name(main.rel)[0]}{_MIXED}")
        try:
            target = self._target(rule, rule.place, Subject(other, self.store, {**reading.facts, **self.values}, now_ns), reading)
        except (MissingFact, PlaceError):
            return ""
        path = target.after if isinstance(target, OpenTarget) else target
        if path.endswith(_MIXED.lower()):
            return "lower"
        return "upper" if path.endswith(_MIXED.upper()) else ""

    def _unset_values(self, subject: Subject, only: frozenset[int] | None) -> str:
        """Say which values nobody gave keep the first rule from holding that would hold with them; "" where that is not why."""
        for number, rule in enumerate(self.rules if self._unset else ()):
            if only is None or number in only:
                lacking = rule.matcher.lacking(subject, self._unset)
                if lacking:
                    return f"{rule.label}: {_not_set(sorted(lacking))}"
        return ""

    def _no_rule(self, subject: Subject, only: frozenset[int] | None) -> str:
        """Say that no rule held; and what a name lacks for the rule of its kind that asks for least, or that it is packed."""
        if is_packed(subject.name):
            return f"{_NO_RULE} (it is packed)"
        of_kind = [rule for number, rule in enumerate(self.rules) if "kind" in rule.needs and (only is None or number in only)]
        found = [lacking for rule in of_kind if rule.place and (lacking := rule.matcher.lacking(subject, _TOLD_BY_NAMES))]
        if not found:
            return _NO_RULE
        least: frozenset[str] = min(found, key=len)
        return f"{_NO_RULE} ({' and '.join(sorted(least))} {'is' if len(least) == 1 else 'are'} not known)"

    def at_place(self, name: str, main: Item, reading: "Reading", now_ns: int) -> Verdict:
        """Return what the first rule called `name` that has a place would make of the bundle, though its condition may not hold."""
        facts = {**reading.facts, **self.values} if self.values else reading.facts
        rule = next((rule for rule in self.rules if rule.name == name and rule.place is not None), None)
        if rule is None:
            return Verdict("review", f"there is no rule {name} with a place")
        return self._carry_out(rule, Subject(main, self.store, facts, now_ns), reading)

    def _carry_out(self, rule: StoreRule, subject: Subject, reading: "Reading") -> Verdict:
        if rule.deed == "leave":
            if rule.certain and not reading.doubtful.isdisjoint(rule.needs):
                return self._doubt(rule, "", reading)
            return Verdict("leave", rule.label, rule)
        if rule.deed == "review":
            return Verdict("review", f"{rule.label} leaves it to you", rule)
        target: str | OpenTarget = ""
        perhaps: tuple[str, ...] = ()
        near: tuple[str, ...] = ()
        if rule.place is not None:
            try:
                target = self._target(rule, rule.place, subject, reading)
                source = join(self.store, subject.item.rel)
                target, perhaps, near = self.homes.settle(rule.place, target, subject.facts, source)
            except MissingFact as missing:
                if missing.name in self._unset:
                    return Verdict("review", f"{rule.label}: {_not_set([missing.name])}", rule)
                return Verdict("review", f"{rule.label}: {missing.name} is not known", rule)
            except PlaceError as fault:
                return Verdict("review", f"{rule.label}: {fault.reason}", rule)
            if kept := self._kept(target, source):
                return Verdict("review", f"{rule.label}: {kept}", rule)
        if rule.certain and not reading.doubtful.isdisjoint(rule.needs):
            return self._doubt(rule, target, reading)
        if perhaps:
            return self._perhaps(rule, target, reading, perhaps)
        if rule.deed == "absent":
            return Verdict("absent", f"{rule.label}: {rule.when}" if rule.when else rule.label, rule)
        reason = self._reason(rule, reading)
        if near:
            reason += f"; a new folder, though there is {_either(near)}"
        return Verdict("place", reason, rule, target)

    def _kept(self, target: str | OpenTarget, source: str) -> str:
        """Say of a target in a folder that another program keeps with its database that nothing is filed there; "" of any other."""
        location = join(target.store, target.before) if isinstance(target, OpenTarget) else target
        # What stays in its folder asks nothing of a disk.
        around = self.homes.programs.around(location) if parent(location) != parent(source) else None
        if around is None or source.startswith(f"{around[0]}/"):
            return ""
        folder = repr(printable(around[0]))
        return f"{folder} is a {around[1]} that another program keeps; add it with that, or let the rule's place be another folder"

    def _target(self, rule: StoreRule, place: PlaceTemplate, subject: Subject, reading: "Reading") -> str | OpenTarget:
        folder = subject.item.rel.rpartition("/")[0]
        disc = disc_top(subject.item.rel)
        subdir = folder if disc is None else disc.rpartition("/")[0]
        captured = rule.matcher.captures(subject) if rule.matcher.gives else {}
        values = {**subject.facts, **captured, **self.values, "filename": subject.name, "subdir": subdir, "store": self.store}
        if "mtime" in place.names and "mtime" not in values:
            values["mtime"] = time_text(subject.item.mtime_ns)
        if "clear_filename" in place.names and disc is None:
            values["clear_filename"] = clear_name(subject.name, reading)
        target = place.render(values)
        if not self._renames:
            target = _under_own_name(target, subject.name)
        if disc is None:
            return target
        if isinstance(target, OpenTarget):
            raise PlaceError("the files of a disc keep their names, and have no `seq`")
        return _in_disc_folder(target, folder[len(subdir) :].strip("/"))

    def _doubt(self, rule: StoreRule, target: str | OpenTarget, reading: "Reading") -> Verdict:
        doubtful = sorted(reading.doubtful & rule.needs)
        because = f"{rule.label}: {', '.join(doubtful)} {'is' if len(doubtful) == 1 else 'are'} not certain"
        disputed = [told for name in doubtful if reading.alternatives.get(name) and (told := _readings(name, reading))]
        if disputed:
            because += f" ({'; '.join(disputed)})"
        suggestion = None
        if target and isinstance(target, str):
            used = sorted(rule.needs & reading.facts.keys())
            facts = {name: reading.facts[name] for name in used}
            sure = round(sum(name not in reading.doubtful for name in used) / len(used), 2) if used else 0.0
            suggestion = Suggestion(target, as_facts(facts), self._reason(rule, reading), sure)
        return Verdict("review", because, rule, "", suggestion)

    def _perhaps(self, rule: StoreRule, target: str | OpenTarget, reading: "Reading", folders: tuple[str, ...]) -> Verdict:
        """Leave an item to a person whose show or film may have one of several folders, or has one that is only like it."""
        title = reading.facts.get("show") or reading.facts.get("title")
        because = f"{rule.label}: {'it' if title is None else repr(title)} may be in {_either(folders)}"
        if folders == (title,):
            because = f"{rule.label}: {printable(folders[0])!r} may hold another of that title"
        suggestion = Suggestion(target, None, self._reason(rule, reading)) if isinstance(target, str) else None
        return Verdict("review", because, rule, "", suggestion)

    def _reason(self, rule: StoreRule, reading: "Reading") -> str:
        """Return "rule episodes, facts from the file name", one object however often it is used."""
        sources = reading.sources
        found = {sources[name] for name in rule.needs if name in sources}
        key = (rule.label, *sorted(found, key=str.casefold))
        reason = self._reasons.get(key)
        if reason is None:
            reason = f"{rule.label}, facts from {_spoken(key[1:])}" if found else rule.label
            self._reasons[key] = reason
        return reason


def _not_set(names: Sequence[str]) -> str:
    """Say which values are not given, and how they are."""
    given = " ".join(f"--set {name}=…" for name in names)
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set (give it with {given})"


def _either(folders: tuple[str, ...]) -> str:
    return " or ".join(f"{printable(folder)!r}" for folder in folders[:_NAMED]) + (" or another" if folders[_NAMED:] else "")


def _readings(name: str, reading: "Reading") -> str:
    """Return what the readers that disagree made of one fact: "title: 'Heat' or 'Heat 2'", or "" if they agree."""
    said = [reading.facts.get(name), *reading.alternatives[name]]
    texts = dict.fromkeys(repr(text_of(one)) if one is not None else "none" for one in said)
    return f"{name}: {' or '.join(texts)}" if len(texts) > 1 else ""


def _unusable(code: str, summary: str, rule: Rule, reason: str, at: str) -> Problem:
    return Problem(code, summary, f"rule {rule.name}: {reason}.", at, "change the rule in reshelve.yaml; nothing was scanned")


def _spoken(sources: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(map(spoken, sources)))


def _under_own_name(target: str | OpenTarget, name: str) -> str | OpenTarget:
    """Return a target in the same folder under the item's own name; one whose folder waits for its number is left."""
    if isinstance(target, OpenTarget):
        if "/" in target.after:
            return replace(target, after=f"{parent(target.after)}/{name}")
        return join(target.store, "/".join(part for part in (parent(target.before), name) if part))
    store, rel = split(target)
    return join(store, "/".join(part for part in (parent(rel), name) if part))


def _in_disc_folder(target: str, inner: str) -> str:
    """Return the target of a disc's index inside the disc's own folder, without which it would be no disc."""
    store, rel = split(target)
    above, _, name = rel.rpartition("/")
    if f"/{above}".lower().endswith(f"/{inner}".lower()):
        return target
    return join(store, "/".join(part for part in (above, inner, name) if part))
