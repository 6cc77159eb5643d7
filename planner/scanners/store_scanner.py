"""Scanning one store: its roots are looked at, what is not to be filed left out, and every bundle put to the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from sys import intern
from typing import Any

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.bundles.junk import is_junk_video
from reshelve.planner.bundles.sidecars_setting import bundles_as_told
from reshelve.planner.bundles.whole_show_files import is_of_season, may_be_parts_of
from reshelve.planner.layouts.absent_entries import absent_of
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.layouts.rescan_merge import Previous
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.layouts.scan_marks import text_of
from reshelve.planner.library.folder_spelling import spell_by_folders
from reshelve.planner.library.runs_of_episodes import settle_runs
from reshelve.planner.library.runs_of_tracks import settle_albums
from reshelve.planner.observing.observe import seen
from reshelve.planner.ports.downloads import NO_DOWNLOADS, Downloads
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.planner.scanners.downloads_heeded import add_download_facts
from reshelve.planner.scanners.facts_inside_files import Inside
from reshelve.planner.scanners.facts_looked_up import Outside
from reshelve.planner.scanners.file_outcomes import JUNK
from reshelve.planner.scanners.home_videos import doubt_days, judged
from reshelve.planner.scanners.left_out import Globs, NotEntered, Selected, roots_inside, select
from reshelve.planner.scanners.quiet_parts import Parts, Resting
from reshelve.planner.scanners.rule_scanner import RuleBook, Verdict
from reshelve.planner.scanners.scan_findings import Found, LeftFolder, NameFigures
from reshelve.planner.scanners.shared_extras import Company, wholes_of
from reshelve.planner.scanners.undecided import Undecided
from reshelve.schemas import quantities
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.locations import join, printable, split, store_of
from reshelve.schemas.lookup_answers import giver_of
from reshelve.schemas.problems import Problem, Severity, sentence
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Scan

_NOTHING = Reading()
_OF_TWO_ROOTS = "rename one; if they are no one collection, as two cards, give each a store of its own"


class StoreScanner:
    """Scans stores by their rules into `found`, noting in `sight` what was looked at. Ages are counted from `now_ns`.

    `files` are what was to be sorted, by root key, of roots looked at whole; `selected` is all that was seen of each root, with its
    store. `against`: the readers show a saved inventory.
    `resting`: only what came to rest is looked at. `downloads` is what clients say of files: facts for rules.
    """

    def __init__(
        self,
        readers: Readers,
        previous: Previous,
        recogniser: Recogniser,
        inside: Inside,
        outside: Outside,
        now_ns: int,
        *,
        against: bool = False,
        resting: Resting | None = None,
        downloads: Downloads = NO_DOWNLOADS,
    ) -> None:
        self.found = Found()
        self._resting = resting
        self._downloads = downloads
        self.sight = Sight(now=not against)
        self.files: dict[str, Sequence[Item]] = {}
        self.selected: list[tuple[str, Selected]] = []
        self._readers = readers
        self._previous = previous
        self._recogniser = recogniser
        self._inside = inside
        self._outside = outside
        self._now_ns = now_ns
        self._leave: dict[str, set[str]] = {}
        for location in previous.leave:
            store, rel = split(location)
            self._leave.setdefault(store_of(store), set()).add(rel.rstrip("/"))

    def scan(self, store: str, config: Scan, book: RuleBook, *, facts: bool) -> None:
        """Scan one store. `facts`: read them of every main, else only what every item has is known."""
        roots = roots_of(self._readers, store)
        usable = [reader for reader in roots if reader.root.available]
        doors = [NotEntered(book.naming) for _ in usable]
        parts = self._resting.parts[store] if self._resting is not None else Parts()
        listings = [seen(reader, parts.door(door)) for reader, door in zip(usable, doors, strict=True)]
        if self._resting is not None:
            for listing in listings:
                parts.of(listing)
        self.sight.look(store, listings, whole=len(usable) == len(roots) and self._resting is None)
        for reader, door in zip(usable, doors, strict=True):
            self.sight.passed_by(store, reader.stat, door.folders)
        exclude, leave = Globs(config.exclude), self._leave.get(store, set())
        settle_s = self._settle_s(config)
        others = [reader.root for reader in self._readers.values()]
        selected = [
            select(
                listing.items,
                exclude=exclude,
                inside=roots_inside(listing.root, others),
                leave=leave,
                named=book.naming,
                settle_s=settle_s,
                now_ns=self._now_ns,
            )
            for listing in listings
        ]
        self._complain(store, roots, listings, selected)
        self._two_roots(store, listings, selected)
        for reader, door, chosen in zip(usable, doors, selected, strict=True):
            if reader.root.kind == "bucket":
                # Folders are no things of their own there: only the walk has met them.
                chosen.folders |= door.folders
        for reader, chosen in zip(usable, selected, strict=True):
            before = len(self.found.proposals), len(self.found.undecided)
            self._scan_root(_Desk(store, reader, config, book, chosen), facts=facts)
            self._leave_written(reader, *before)

    def _settle_s(self, config: Scan) -> float:
        own, resting = quantities.age(config.settle), self._resting
        if resting is None:
            return own
        return resting.settle_s if resting.told else max(own, resting.settle_s)

    def _scan_root(self, desk: "_Desk", *, facts: bool) -> None:
        """Decide on what was selected in one root."""
        chosen, config, book, reader = desk.chosen, desk.config, desk.book, desk.reader
        self.selected.append((desk.store, chosen))
        self.found.folders += [LeftFolder(join(desk.store, rel), kind.label) for rel, kind in chosen.folders.items()]
        if self._resting is None:
            self.files[reader.root.key] = chosen.items
        bundles = self._bundles(desk)
        if facts:
            rels = [one.main.rel for one in bundles]
            desk.readings = dict(zip(rels, self._recogniser.read_all(rels), strict=True))
            self._add_downloads(desk)
            settle_runs(desk.readings)
            for rel in rels:
                desk.readings[rel] = judged(rel, desk.readings[rel])
                book.homes.note(desk.store, rel, desk.readings[rel])
            spell_by_folders(desk.readings)
            book.homes.spell_alike(desk.readings.values(), book.places, desk.store)
            _share_sources(desk.readings.values())
            settled = [one.main for one in bundles if not chosen.stays(one.main.rel)]
            self._inside.complete(desk.readings, settled, book, reader.root.key, self._now_ns)
            settle_albums(desk.readings)
            self._outside.complete(desk.readings, [main for main in settled if self._is_free(main, desk)], book, self._now_ns)
            doubt_days(desk.readings, book.homes, book.places, desk.store)
            self._count_kinds(bundles, desk.readings)
        if not config.rename:
            for one in bundles:
                reading = desk.readings.get(one.main.rel, _NOTHING)
                one.keep_names(among_others=reading.facts.get("kind") == "episode")
        desk.companies = {one.joins: Company() for one in bundles if one.joins and not one.of_whole}
        desk.wholes = wholes_of(bundles)
        for one in bundles:
            if not one.joins:
                self._decide(one, desk)
        for one in bundles:
            if one.joins and not self._join(one, desk):
                self._decide(one, desk)

    def _add_downloads(self, desk: "_Desk") -> None:
        """Add to readings what download clients say of the files."""
        for rel, reading in desk.readings.items() if self._downloads else ():
            add_download_facts(reading, self._downloads, desk.reader.root.key, rel)

    def _bundles(self, desk: "_Desk") -> list[Bundle]:
        """Return the bundles of what is to be filed. What belongs to a link is left with it."""
        chosen = desk.chosen
        bundles = bundles_as_told(chosen.items, chosen.links, desk.config.sidecars)
        with_links = [member.item.rel for one in bundles if one.main.kind == "link" for member in one.members]
        if with_links:
            self.found.leave_files([join(desk.store, rel) for rel in with_links], "with_links")
        return [one for one in bundles if one.main.kind != "link"]

    def _count_kinds(self, bundles: Iterable[Bundle], readings: Mapping[str, Reading]) -> None:
        for one in bundles:
            reading = readings[one.main.rel]
            kind = reading.facts.get("kind", "other")
            of = self.found.kinds.get(kind)
            if of is None:
                of = self.found.kinds[kind] = NameFigures()
            of.files += 1 + len(one.members)
            of.bytes += one.main.size + sum([member.item.size for member in one.members])
            of.names += 1
            of.certain += reading.certain

    def _leave_written(self, reader: Reader, proposals: int, undecided: int) -> None:
        """Let go of what one root came to since, where a program still writes to it. What stays where it is, is not looked at."""
        made, open_ = self.found.proposals[proposals:], self.found.undecided[undecided:]
        moved = [each for each in (*made, *(one.proposal for one in open_)) if each.source != each.target and not each.follows]
        unsure_ns = self._now_ns - int(self._resting.unsure_s * 1e9) if self._resting is not None else None
        written = reader.being_written([item for each in moved for item in each.bundle.items()], unsure_ns)
        if not written:
            return
        gone = {id(each) for each in moved if any(item.rel in written for item in each.bundle.items())}
        for each in moved:
            if id(each) in gone:
                self.found.waits.append(each.source)
                self.found.leave(each.bundle, each.store, "being_written")
        self.found.proposals[proposals:] = [each for each in made if id(each) not in gone]
        self.found.undecided[undecided:] = [one for one in open_ if id(one.proposal) not in gone]

    def _complain(self, store: str, roots: list[Reader], listings: list[Listing], selected: list[Selected]) -> None:
        if not roots:
            detail = "It has no folder on this machine. Nothing was scanned there."
            self._say("no-such-store", "A store cannot be read.", detail, store, "reshelve doctor", "error")
        for root in [reader.root for reader in roots if not reader.root.available]:
            detail = (
                f"{sentence(root.why) or 'It cannot be reached'}. Nothing was scanned there, and nothing there counts as missing."
            )
            hint = root.way_back("scan again.")
            severity: Severity = "note" if root.optional else "error"
            self._say("store-unavailable", "A store is not available.", detail, root.key, hint, severity)
        for listing, chosen in zip(listings, selected, strict=True):
            for folder, why in listing.unreadable.items():
                if chosen.leaves(folder):
                    continue
                detail = f"{why}. Nothing in it was scanned."
                hint = "give read access, then scan again"
                self._say("unreadable", "A folder cannot be read.", detail, join(listing.root.key, folder), hint, "warning")

    def _say(self, code: str, summary: str, detail: str, path: str, hint: str, severity: Severity) -> None:
        self.found.problems.append(Problem(code, summary, detail, path, hint, severity=severity))

    def _two_roots(self, store: str, listings: list[Listing], selected: list[Selected]) -> None:
        """Leave alone the paths that stand on two roots of a group, having said so: what such a path means cannot be told."""
        once: dict[str, str] = {}
        twice: set[str] = set()
        for listing, chosen in zip(listings, selected, strict=True) if len(listings) > 1 else ():
            for item in chosen.items:
                first = once.setdefault(item.rel, listing.root.key)
                if first != listing.root.key:
                    twice.add(item.rel)
                    detail = f"It is in both {first} and {listing.root.key}, and is left alone."
                    summary = "One path exists in two folders of a store."
                    self._say("two-roots", summary, detail, join(store, item.rel), _OF_TWO_ROOTS, "warning")
        for chosen in selected if twice else ():
            chosen.on_two_roots = {item.rel for item in chosen.items if item.rel in twice}

    def _join(self, one: Bundle, desk: "_Desk") -> bool:
        """Let what belongs to all episodes of a folder alike go with them, as a member of the first; False when it does not."""
        company = (desk.wholes if one.of_whole else desk.companies)[one.joins]
        lead = company.lead
        items = [one.main, *(member.item for member in one.members)]
        if lead is None or not all(self._is_free(item, desk) and not desk.chosen.stays(item.rel) for item in items):
            return False
        if one.is_junk and self._put_away(items, lead.source, desk):
            return True
        lead.bundle.take_in(one, company.up)
        return True

    def _decide(self, one: Bundle, desk: "_Desk") -> None:
        """Put one bundle to the rules, and note where it goes for those that would go with it."""
        asked = len(self.found.undecided)
        proposal = self._proposed(one, desk)
        is_open = len(self.found.undecided) > asked
        folder = one.main.rel.rpartition("/")[0]
        company = desk.companies.get(folder)
        if company is not None and one.is_film and not (is_open and is_of_season(folder.rpartition("/")[2])):
            company.note(proposal)
        if desk.wholes and one.leads:
            for path in may_be_parts_of(folder):
                if (whole := desk.wholes.get(path)) is not None and (one.is_film or not whole.watched):
                    if is_open:
                        whole.note_open()
                    else:
                        whole.note(proposal)

    def _proposed(self, one: Bundle, desk: "_Desk") -> Proposal | None:
        """Put one bundle to the rules, unless all or part of it is a person's own affair or still being written."""
        chosen, previous = desk.chosen, self._previous
        main = one.main
        source = join(desk.store, main.rel)
        if self._inside.unobserved and (desk.reader.root.key, main.rel) in self._inside.unobserved:
            # Another rule would have it as if it said nothing, which nobody knows.
            self.found.leave(one, desk.store, "not_observed")
            self.sight.cannot_tell([source, *(join(desk.store, member.item.rel) for member in one.members)])
            return None
        if (why := chosen.why_left(main.rel)) or source in previous.their_absent:
            self.found.leave(one, desk.store, why or "left_as_told")
            return None
        for waiting, reason in ((chosen.young, "too_young"), (chosen.under_way, "unfinished_downloads")):
            if waiting and (main.rel in waiting or any(member.item.rel in waiting for member in one.members)):
                self.found.leave(one, desk.store, reason)
                self.found.waits.append(source)
                return None
        for member in one.members:
            if why := chosen.why_left(member.item.rel):
                self.found.leave_files([join(desk.store, member.item.rel)], why)
        one.members = [member for member in one.members if self._is_free(member.item, desk)]
        target = previous.placed.get(source)
        if target is not None:
            entry = previous.theirs[target]
            own = Proposal(desk.store, desk.reader, one, source, target, "", entry.transfer, desk.config.on_conflict, follows=True)
            self.found.proposals.append(own)
            return own
        reading = desk.readings.pop(main.rel, _NOTHING)
        facts = reading.facts if main.rel.isascii() else {name: text_of(value) for name, value in reading.facts.items()}
        only = chosen.only.get(main.rel)
        verdict = desk.book.decide(main, reading, self._now_ns, only)
        if only is not None and verdict.rule is None:
            self.found.leave(one, desk.store, chosen.why_not_named(main.rel))
        elif verdict.deed == "leave":
            self.found.leave(one, desk.store, "left_by_rule")
        elif verdict.deed == "absent":
            self._expire(one, source, verdict, desk.store)
        else:
            return self._file(one, source, verdict, reading, facts, desk)
        return None

    def _is_free(self, item: Item, desk: "_Desk") -> bool:
        if desk.chosen.why_left(item.rel):
            return False
        source = join(desk.store, item.rel)
        return source not in self._previous.placed and source not in self._previous.their_absent

    def _file(
        self, one: Bundle, source: str, verdict: Verdict, reading: Reading, facts: dict[str, Any], desk: "_Desk"
    ) -> Proposal | None:
        config, rule = desk.config, verdict.rule
        transfer = rule.transfer if rule is not None else config.transfer
        on_conflict = rule.on_conflict if rule is not None else config.on_conflict
        if on_conflict == "replace" and any(map(giver_of, reading.sources.values())):
            # What a database says never takes away what stands in a file's place.
            on_conflict = "keep-both"
        if not config.rename and on_conflict == "keep-both":
            on_conflict = "skip"
        target, waits = (verdict.target, None) if isinstance(verdict.target, str) else ("", verdict.target)
        own = Proposal(desk.store, desk.reader, one, source, target, verdict.because, transfer, on_conflict, facts, open=waits)
        if config.rename and one.members:
            one.write_extensions(desk.book.extension_case(rule, one.main, reading, self._now_ns))
        if verdict.deed == "place":
            if rule is not None and rule.place is not None:
                own.within = _said_folder(verdict.target, rule.said_depth)
                own.home = desk.book.homes.own_folder(rule.place, verdict.target, facts)
            if rule is not None and config.rename:
                own.content_type = rule.content_type
            # An advertisement beside a film would be shown as another version of it: it does not travel.
            junk = [member for member in one.members if member.is_junk and is_junk_video(member.item.rel.rpartition("/")[2])]
            if junk and desk.config.junk == "travel":
                self._let_go([member.item for member in junk], source, desk)
                one.members = [member for member in one.members if member not in junk]
            junk = [member for member in one.members if member.is_junk]
            if junk and self._put_away([member.item for member in junk], source, desk):
                one.members = [member for member in one.members if not member.is_junk]
            self.found.proposals.append(own)
            return own
        verdict.because = self._outside.noted(source, verdict.because)
        self.found.undecided.append(Undecided(own, verdict, reading, desk.book, config))
        return None

    def _put_away(self, items: Iterable[Item], source: str, desk: "_Desk") -> bool:
        """Let what a release came with go to the trash, or leave it, as `junk` says; False when it travels."""
        if desk.config.junk == "travel":
            return False
        self._let_go(items, source, desk)
        return True

    def _let_go(self, items: Iterable[Item], source: str, desk: "_Desk") -> None:
        for item in items:
            if desk.config.junk == "trash":
                because = f"{JUNK}came with {printable(source)}"
                self.found.absent.append(absent_of(join(desk.store, item.rel), item, because))
            else:
                self.found.leave_files([join(desk.store, item.rel)], "left_by_rule")

    def _expire(self, one: Bundle, source: str, verdict: Verdict, store: str) -> None:
        self.found.absent.append(absent_of(source, one.main, verdict.because))
        for member in one.members:
            self.found.absent.append(absent_of(join(store, member.item.rel), member.item, f"with {printable(source)}"))


@dataclass(slots=True)
class _Desk:
    """What every bundle of one root is decided with."""

    store: str
    reader: Reader
    config: Scan
    book: RuleBook
    chosen: Selected
    readings: dict[str, Reading] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    wholes: dict[str, Company] = field(default_factory=dict)


def _said_folder(target: str | OpenTarget, depth: int) -> str:
    """Return the folder in its store that a target lies in because a person named it, "" for the store itself."""
    if not depth:
        return ""
    rel = target.before if isinstance(target, OpenTarget) else split(target)[1]
    return intern("/".join(rel.split("/")[:-1][:depth]))


def _share_sources(readings: Iterable[Reading]) -> None:
    """Let readings whose facts come from the same places share what says so: nothing adds to it any more."""
    shared: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for reading in readings:
        reading.sources = shared.setdefault(tuple(reading.sources.items()), reading.sources)
