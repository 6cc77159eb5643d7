"""Looking inside files, where a rule or policy asks for what only they can tell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from reshelve.planner.metadata.joined_facts import merged
from reshelve.planner.metadata.media_facts import FACTS, INSIDE, TAGS
from reshelve.planner.ports.file_facts import MetadataReader
from reshelve.planner.recognise.album_artists import without_guests
from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.rules.condition_matching import ATTRIBUTES, Matcher, Subject, demands_of
from reshelve.planner.scanners.rule_scanner import RuleBook, StoreRule
from reshelve.schemas.conditions import Condition
from reshelve.schemas.extras import install
from reshelve.schemas.inventory import Item
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Policy

_SELDOM = frozenset({"disc", "album_artist"})
"""What most files do not tell because there is nothing to tell: nobody misses it."""
_OF_TARGET = frozenset({"kind", "ext", "media"})
"""What a policy asks of an entry that is known of its source already."""


@dataclass(slots=True, frozen=True)
class _Asker:
    """A rule or policy: the facts inside a file it uses, and what must hold for it to ask. `rule`: what ends the asking."""

    names: frozenset[str]
    gate: Matcher
    rule: StoreRule | None = None


@dataclass(slots=True, frozen=True)
class _Wanted:
    """A file to look into, and the facts that are asked for; `unknown` are those its name does not tell."""

    main: Item
    medium: str
    names: frozenset[str]
    unknown: frozenset[str]


@dataclass(slots=True)
class Inside:
    """Completes readings of names with what files say of themselves. `problems` says what could not be asked for.

    A file is opened only when a rule that may decide about it, or a policy, uses a fact that such a file tells and its
    name does not (a sound's tags are compared with its name). `reader` None: nothing can be opened.
    `unobserved` are the files, by root key and path, that could not be asked because no disk is looked at.
    """

    reader: MetadataReader | None
    policies: Sequence[Policy] = ()
    unobserved: set[tuple[str, str]] = field(default_factory=set)
    _unread: dict[str, set[str]] = field(default_factory=dict)

    def complete(self, readings: dict[str, Reading], mains: Iterable[Item], book: RuleBook, root_key: str, now_ns: int) -> None:
        """Put into `readings` (by path) what is asked for of the facts inside these main files of one root."""
        askers = self._askers(book)
        if not any(asker.names for asker in askers):
            return
        wanted: list[_Wanted] = []
        for main in mains:
            medium = media_type(halves(main.rel)[1])
            facts = readings[main.rel].facts
            if medium not in INSIDE or main.kind != "file":
                continue
            names = _names(askers, Subject(main, book.store, facts, now_ns), medium)
            unknown = names - facts.keys() - _SELDOM
            if unknown or (medium == "audio" and names & TAGS):
                wanted.append(_Wanted(main, medium, names, unknown))
        sounds: list[tuple[_Wanted, Mapping[str, Any]]] = []
        for each, told in self._told(root_key, wanted):
            if "disc" in told:
                sounds.append((each, told))
            else:
                readings[each.main.rel] = merged(readings[each.main.rel], told, each.medium, each.names)
        for each, told in _with_discs_of_several(sounds):
            readings[each.main.rel] = merged(readings[each.main.rel], told, each.medium, each.names)

    def problems(self) -> list[Problem]:
        """Return what is to be said of files that could not be asked: for want of the disks, or of what reads them."""
        return [*self._not_observed(), *self._not_read()]

    def _not_observed(self) -> Iterator[Problem]:
        if self.unobserved:
            number = len(self.unobserved)
            files = "1 file is" if number == 1 else f"{number:,} files are"
            detail = f"Rules or policies ask what is inside files, and an inventory does not hold that. {files} left alone."
            hint = "Scan once with the disks: what files say is remembered from then on."
            yield Problem("not-observed", "Some files could not be looked into.", detail, hint=hint, severity="warning")

    def _not_read(self) -> list[Problem]:
        if not self._unread:
            return []
        names = sorted(set().union(*self._unread.values()))
        media = " and ".join(sorted(self._unread))
        detail = (
            f"Rules or policies use {', '.join(names)} of {media} files, which nothing installed here reads. They stay unknown."
        )
        hint = install("media")
        return [Problem("metadata-not-read", "Some files were not looked into.", detail, hint=hint, severity="note")]

    def _askers(self, book: RuleBook) -> list[_Asker]:
        """Return who may ask, policies before rules."""
        asking = [
            _Asker((demands_of(policy.when) | demands_of(policy.require)) & FACTS, _gate(policy.when, _OF_TARGET))
            for policy in self.policies
        ]
        of_source = ATTRIBUTES | {"kind"}
        return asking + [_Asker(_asked_by(rule), _gate(rule.matcher.condition, of_source), rule) for rule in book.rules]

    def _told(self, root_key: str, wanted: list[_Wanted]) -> Iterator[tuple[_Wanted, Mapping[str, Any]]]:
        """Yield what each file says of itself, all of them read side by side."""
        readable = self.reader.media if self.reader is not None and wanted else frozenset()
        asked = [each for each in wanted if each.medium in readable]
        for each in wanted:
            if each.medium not in readable and each.unknown:
                self._unread.setdefault(each.medium, set()).update(each.unknown)
        if self.reader is not None and asked:
            self.reader.expect(root_key, [(each.main, each.medium) for each in asked])
            for each in asked:
                try:
                    told = self.reader.read(root_key, each.main, each.medium)
                except OSError:
                    self.unobserved.add((root_key, each.main.rel))
                else:
                    yield each, told


def _asked_by(rule: StoreRule) -> frozenset[str]:
    """Return the facts inside files that a rule uses; one that numbers what it knows by tags puts tracks into their order."""
    asked = rule.needs & FACTS
    ordered = asked & TAGS and rule.place is not None and "seq" in rule.place.names
    return asked | {"disc", "track"} if ordered else asked


def _with_discs_of_several(
    sounds: list[tuple[_Wanted, Mapping[str, Any]]],
) -> Iterator[tuple[_Wanted, Mapping[str, Any]]]:
    """Yield what files say without the disc where that is the only one: many programs write "1" or "1/1" on every album."""
    several = {_album(each, told) for each, told in sounds if told["disc"] > 1 or told.get("discs", 0) > 1}
    for each, told in sounds:
        if _album(each, told) in several:
            yield each, told
        else:
            yield each, {name: value for name, value in told.items() if name != "disc"}


def _album(each: _Wanted, told: Mapping[str, Any]) -> tuple[str, str]:
    """Return whose album a sound file is of, and its title; without tags for these, where it lies."""
    album = str(told.get("album") or "")
    artist = told.get("album_artist") or without_guests(str(told.get("artist") or ""))
    return (str(artist), album) if album else ("", each.main.rel.rpartition("/")[0])


def _gate(condition: Condition, names: frozenset[str]) -> Matcher:
    """Return the part of a condition that is about these names; what holds of an item must hold of it too."""
    return Matcher(Condition.model_validate({name: asked for name, asked in condition.demands.items() if name in names}))


def _names(askers: Sequence[_Asker], subject: Subject, medium: str) -> frozenset[str]:
    """Return the facts inside a file of this medium that somebody asks for, as far as rules come to be asked at all."""
    names: set[str] = set()
    for asker in askers:
        inside = asker.names & INSIDE[medium]
        rule = asker.rule
        if inside and asker.gate.holds(subject):
            names |= inside
        elif rule is not None and not inside and rule.matcher.demands <= rule.needs and rule.matcher.holds(subject):
            break  # decided, and nothing inside the file could change that
    return frozenset(names)
