"""Learning without a model: from where a person filed things to rules that would have done it, offered and never imposed."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reshelve.planner.layouts.scan_marks import is_scans
from reshelve.planner.recognise.extension_tables import halves
from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.rules.condition_matching import Matcher, Subject
from reshelve.planner.scanners.rule_scanner import RuleBook
from reshelve.planner.suggest.typed_places import is_template
from reshelve.schemas.conditions import Condition
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Rule, Scan

ENOUGH = 3
"""So many files filed alike are a habit."""
_PREFIX = 4
"""The fewest letters that names must begin with alike."""
_TEXTS = ("show", "artist", "album_artist", "album", "author", "title", "camera", "device")
_DIGITS = re.compile(r"\d+")

When = tuple[str, dict[str, Any]]
"""A condition in words, and as a workspace has it."""


@dataclass(slots=True, frozen=True)
class Filed:
    """One file, and where a person put it: locations, and what its name says."""

    source: str
    target: str
    reading: Reading

    @property
    def store(self) -> str:
        """The store it lies in."""
        return store_of(split(self.source)[0])

    @property
    def rel(self) -> str:
        """Its path there."""
        return split(self.source)[1]


@dataclass(slots=True, frozen=True)
class Offer:
    """A rule that would file things as a person did: for which store, of what in words, and how many it would have filed.

    `refused` says in a phrase why it is not to be made: it would take files that are none of its business. "" where it may be.
    `sharing` are the stores that have their rules from the same list, and get this one too.
    """

    store: str
    rule: Rule
    like: str
    files: int
    refused: str = ""
    sharing: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this offer from another, whatever its rule is called."""
        return f"{self.store} {self.rule.when.model_dump_json(by_alias=True, exclude_none=True)} {self.rule.place}"

    def files_too(self, source: str) -> bool:
        """Say whether the rule's condition holds of another location."""
        store, rel = split(source)
        name = store_of(store)
        return name in (self.store, *self.sharing) and _holds(self.rule.when, name)(rel)


def offers_for(
    one: Filed,
    names: Collection[str],
    others: Iterable[str],
    decided: Mapping[str, str] | None = None,
    place: str = "",
    sharing: Sequence[str] = (),
) -> list[Offer]:
    """Return the rules that would file just this, the narrowest first; `files` counts those of `others` they would file as well.

    `names` are the rules there are; `others` locations that are undecided; `decided` those that are not, each with its target, or
    "" where it has none. `place` is the template that a person typed, "" where the rule's is to be made of the target. There is no
    rule where the file got another name that no template gives: see `no_rule_because`. `sharing` are stores with the same rules.
    """
    stores = (one.store, *sharing)
    mine = [other for other in others if store_of(split(other)[0]) in stores and other != one.source]
    folder = _folder(one.target)
    # A new rule comes before the others, so that what those file would go where it says.
    here = [source for source in decided or () if store_of(split(source)[0]) in stores]
    settled = {source: _folder((decided or {})[source]) == folder for source in here}
    found: list[Offer] = []
    places = (place,) if place else (_place(one), _place(one, general=False))
    for when in _conditions([one]):
        made = (_offer([one], when, each, names, mine, stores) for each in places if each)
        found += [_weighed(offer, mine, settled) for offer in made if offer is not None][:1]
    return found


def no_rule_because(one: Filed, place: str = "") -> str:
    """Say in a phrase why `offers_for` has no rule for a file and its target, or the template that a person typed."""
    if not place and _name_of(one.target) != _name_of(one.source):
        return "the file would get another name, and a rule can give one only with {{ }}, as in {{ title }}.{{ ext }}"
    if not place and _place(one) is None:
        return f"a rule would read the braces in {printable(_folder(one.target))} as a fact"
    if next(_conditions([one]), None) is None:
        return "its name has no number and no extension, so that nothing tells files like it from others"
    return f"no rule would put it at {printable(one.target)}"


def _weighed(offer: Offer, undecided: Sequence[str], settled: Mapping[str, bool]) -> Offer:
    """Return an offer, refused where its rule would take what is filed elsewhere, or everything. `settled`: in the same folder?"""
    taken = [source for source, alike in settled.items() if not alike and offer.files_too(source)]
    if taken:
        # Of files of before, filed long ago, like ones are still to come.
        what = f"{len(taken):,} file{'' if len(taken) == 1 else 's'} of the layout, filed already or not, that"
        example = f"{', such as' if len(taken) > 1 else ':'} {printable(taken[0])}"
        return replace(offer, refused=f"it would also take {what} other rules or answers decide{example}")
    broad = "name" not in offer.rule.when.demands
    if broad and (undecided or settled) and all(offer.files_too(source) for source in (*undecided, *settled)):
        return replace(offer, refused=f"it would take every file of {' and '.join((offer.store, *offer.sharing))}")
    return offer


def _name_of(location: str) -> str:
    return split(location)[1].rpartition("/")[2]


def _folder(target: str) -> str:
    return target[: len(target) - len(target.rpartition("/")[2].rpartition(":")[2])]


def learned(layout: Layout, scans: Mapping[str, Scan], recogniser: Recogniser) -> list[Offer]:
    """Return the rules that a person's own entries come to, those that file most first.

    Each would have filed at least ENOUGH of them, files nothing of this layout anywhere else, and is not there already.
    """
    filed = list(_filed(layout, scans.keys(), recogniser))
    lists = _by_their_lists(scans)
    elsewhere = _sources(layout)
    groups: dict[tuple[str, str, str], list[Filed]] = {}
    for one in filed:
        place = _place(one)
        if place is not None:
            groups.setdefault((lists[one.store][0], place, halves(one.rel)[1]), []).append(one)
    found: list[Offer] = []
    for (store, place, _), group in sorted(groups.items()):
        if len(group) < ENOUGH:
            continue
        mine = {one.source for one in group}
        rest = [source for each in lists[store] for source in elsewhere.get(each, ()) if source not in mine]
        names = {rule.name for rule in scans[store].rules} | {offer.rule.name for offer in found}
        for when in _conditions(group):
            offer = _offer(group, when, place, names, rest, lists[store])
            if offer is not None and offer.files == len(group):
                if not _there(offer.rule, scans[store]):
                    found.append(offer)
                break
    return sorted(found, key=lambda offer: -offer.files)


def _by_their_lists(scans: Mapping[str, Scan]) -> dict[str, tuple[str, ...]]:
    """Return for each store those that have their rules from the same list, itself among them, in the order of all."""
    return {
        store: tuple(other for other, each in scans.items() if other == store or (each.rules is scan.rules and scan.rules))
        for store, scan in scans.items()
    }


def _filed(layout: Layout, stores: Collection[str], recogniser: Recogniser) -> Iterator[Filed]:
    for target, entry in layout.files.items():
        if entry.source is None or entry.beside is not None or is_scans(target, entry):
            continue
        store, rel = split(entry.source)
        if store in stores:
            yield Filed(entry.source, target, recogniser.read(rel))


def _sources(layout: Layout) -> dict[str, list[str]]:
    """Return the mains that a layout has decided about, whatever it says of them, by store."""
    named = [entry.source for entry in layout.files.values() if entry.source is not None and entry.beside is None]
    named += layout.leave + [thing.path for thing in layout.absent]
    found: dict[str, list[str]] = {}
    for source in named:
        found.setdefault(store_of(split(source)[0]), []).append(source)
    return found


def _numbered(name: str) -> str:
    """Return a name with its numbers left open; the digits of its ending are none: mp3 is not mp4."""
    at = len(name) - len(halves(name)[1])
    return _DIGITS.sub("\0", name[:at]) + name[at:]


def _conditions(group: Sequence[Filed]) -> Iterator[When]:
    """Yield conditions that hold of all of a group, the narrowest first."""
    names = [one.rel.rpartition("/")[2] for one in group]
    exts = {halves(name)[1] for name in names}
    ext = exts.pop() if len(exts) == 1 else ""
    patterns = {_numbered(name) for name in names}
    if len(patterns) == 1 and "\0" in (pattern := patterns.pop()):
        regex = "^" + r"\d+".join(re.escape(part) for part in pattern.split("\0")) + "$"
        yield f"named like {pattern.replace(chr(0), '…')}", {"name": {"regex": regex.replace(r"\ ", " ")}}
    prefix = _common(names)
    if len(group) > 1 and len(prefix) >= _PREFIX and ext:
        yield f"{prefix}….{ext}", {"name": {"regex": f"^{re.escape(prefix)}".replace(r"\ ", " ")}, "ext": ext}
    folders = {one.rel.rpartition("/")[0] for one in group}
    if len(folders) == 1 and (folder := folders.pop()) and not any(char in folder for char in "*?["):
        yield f"in {folder}/", {"path": {"glob": f"{folder}/*"}, **({"ext": ext} if ext else {})}
    if ext:
        yield f"ending in .{ext}", {"ext": ext}


def _common(names: Sequence[str]) -> str:
    """Return what names begin with alike, up to where a word or number ends."""
    first, last = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return re.sub(r"[^\W_]*\Z", "", first[:same]) or first[:same]


def _place(one: Filed, *, general: bool = True) -> str | None:
    """Return the place template by which a file got to its target, None where none does."""
    location, _, name = one.target.rpartition("/")
    if not location:
        location, _, name = one.target.partition(":")
        location += ":"
    else:
        location += "/"
    if name != one.rel.rpartition("/")[2] or is_template(location) or location.partition(":")[0].endswith("%"):
        return None
    return f"{_general(location, one.reading.facts) if general else location}{{{{ filename }}}}"


def _general(location: str, facts: Mapping[str, Any]) -> str:
    """Return a folder with what the file's name says in it written as facts."""
    store, _, folder = location.partition(":")
    values: list[tuple[str, str]] = []
    for name in _TEXTS:
        value = facts.get(name)
        if isinstance(value, str) and len(value) > 2:
            values.append((value, f"{{{{ {name} }}}}"))
    if isinstance(year := facts.get("year"), int):
        values.append((str(year), "{{ year }}"))
    for value, written in sorted(values, key=lambda pair: -len(pair[0])):
        folder = re.sub(rf"(?<![\w{{]){re.escape(value)}(?![\w}}])", lambda _, text=written: text, folder)  # type: ignore[misc]
    season = facts.get("season")
    if isinstance(season, int):
        folder = re.sub(rf"(?<=Season )0{season}(?!\d)", "{{ '%02d' % season }}", folder)
        folder = re.sub(rf"(?<=Season ){season}(?!\d)", "{{ season }}" if season < 10 else "{{ '%02d' % season }}", folder)
    return f"{store}:{folder}"


def _offer(
    group: Sequence[Filed], when: When, place: str, names: Collection[str], others: Sequence[str], stores: Sequence[str]
) -> Offer | None:
    """Return the rule of a condition and a place, for the first of some `stores` with one list of rules.

    None when it does not file all of the group as it was filed.
    """
    like, condition = when
    store, *sharing = stores
    if not _is_writable(condition) or not _is_writable(place):
        return None
    rule = Rule.model_validate({"name": _name(like, names), "when": condition, "place": place})
    if any(not _files(rule, one.store, one) for one in group):
        rule = rule.model_copy(update={"accept": "likely"})
        if any(not _files(rule, one.store, one) for one in group):
            return None
    holds = _holds(rule.when, store)
    more = [other for other in others if holds(split(other)[1])]
    if len(group) >= ENOUGH:
        return None if more else Offer(store, rule, like, len(group), sharing=tuple(sharing))
    return Offer(store, rule, like, len(more), sharing=tuple(sharing))


def _is_writable(value: Any) -> bool:
    """Say whether a document can hold a value: bytes of a name that are no UTF-8 it cannot."""
    return "\\udc" not in repr(value)


def _files(rule: Rule, store: str, one: Filed) -> bool:
    book = RuleBook(store, Scan(rules=[rule]), lambda _: "")
    return not book.problems and book.decide(_item(one.rel), one.reading, 0).target == one.target


def _holds(when: Condition, store: str) -> Callable[[str], bool]:
    matcher = Matcher(when)
    return lambda rel: matcher.holds(Subject(_item(rel), store, {}, 0))


def _item(rel: str) -> Item:
    return Item(rel, "file", 0, 0, 0, 0, 1, 0o644, "")


def _name(like: str, names: Collection[str]) -> str:
    words = re.findall(r"[a-z0-9]+", like.lower().replace("named like", "").replace("ending in", ""))
    base = "-".join(words)[:40] or "learned"
    counted = Counter(names)
    return next(name for name in [base, *(f"{base}-{number}" for number in range(2, len(names) + 3))] if not counted[name])


def _there(rule: Rule, scan: Scan) -> bool:
    return any(known.place == rule.place and known.when == rule.when for known in scan.rules)
