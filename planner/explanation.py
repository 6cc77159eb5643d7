"""Explaining one file: why a scan leaves it alone, what it travels with, what is known of it, and what each rule made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from shlex import quote
from typing import Any, Literal, cast

from reshelve.planner.bundles.bundle import Bundle, Member
from reshelve.planner.bundles.sidecars_setting import bundles_as_told
from reshelve.planner.explained_projects import by_project, proposed
from reshelve.planner.layouts.filings import Filing, filing_of
from reshelve.planner.layouts.rescan_merge import Previous, sort_out
from reshelve.planner.layouts.undone_entries import held_of
from reshelve.planner.library.folder_spelling import spell_by_folders
from reshelve.planner.library.show_homes import Homes
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.observing.observe import seen
from reshelve.planner.ports.brought_by import BroughtBy, brought_by_nobody
from reshelve.planner.ports.copied_before import CopiedBefore, nothing_copied
from reshelve.planner.ports.downloads import NO_DOWNLOADS, Downloads
from reshelve.planner.ports.file_facts import MetadataReader
from reshelve.planner.ports.project_configs import ConfigReader
from reshelve.planner.ports.store_reader import Enter, Reader, Readers, roots_of
from reshelve.planner.ports.work_lookup import WorkLookup
from reshelve.planner.recognise.doubts_told import why_doubtful
from reshelve.planner.recognise.extension_tables import is_partial
from reshelve.planner.recognise.name_reading import FILE, GUESS, PARSE, Reading, Recogniser, spoken
from reshelve.planner.rules.condition_matching import Subject
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.planner.scanners.downloads_heeded import WORDS, add_download_facts, why_left
from reshelve.planner.scanners.facts_inside_files import Inside
from reshelve.planner.scanners.facts_looked_up import Outside
from reshelve.planner.scanners.home_videos import doubt_days, judged
from reshelve.planner.scanners.left_out import Globs, NotEntered, Selected, roots_inside, select
from reshelve.planner.scanners.project_config_settings import ProjectSettings
from reshelve.planner.scanners.rule_scanner import Cite, RuleBook
from reshelve.planner.suggest.answer_proposals import SUGGESTED
from reshelve.schemas import quantities
from reshelve.schemas.facts import Facts, identifying
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Entry, Layout, Transfer
from reshelve.schemas.locations import join, location_of, printable, split, store_of
from reshelve.schemas.lookup_answers import CREDITS
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Scan
from reshelve.schemas.undone import Undone
from reshelve.schemas.workspace import Workspace

Outcome = Literal["left", "place", "absent", "leave", "review", "settled"]


@dataclass(slots=True, frozen=True)
class FactTold:
    """One fact of a file: where it comes from, and whether it is certain, or why not."""

    name: str
    value: Any
    source: str
    certain: bool
    why: str = ""


@dataclass(slots=True, frozen=True)
class RuleTried:
    """One rule asked of a file: `failed` is the first demand that does not hold, "" where the rule holds."""

    label: str
    failed: str


@dataclass(slots=True)
class Explanation:
    """What a scan makes of one file, and why.

    `outcome` "left": it is no file a scan is about; "settled": the layout has a person's word for it. `beside`: where the last scan
    put it instead of `target`, as that name was taken or the rules were others. `leads` is the file it travels with, "" when it is
    put to the rules itself. `rules` are those asked, up to the one that held. `disk` says, where the target's store has several,
    which one takes it by itself, and why; `number`, where the place uses `seq`, who gives the number. `waits`: why the next plan
    leaves it nevertheless: its disk is away, or as far as what was kept tells. `filed`: how it got to its place, or how its copy at
    `target` got there, as far as the layout and the runs know. `credits` is what the databases want said whose answers it shows.
    """

    location: str
    outcome: Outcome
    because: str
    target: str = ""
    beside: str = ""
    leads: str = ""
    members: list[str] = field(default_factory=list)
    facts: list[FactTold] = field(default_factory=list)
    rules: list[RuleTried] = field(default_factory=list)
    disk: str = ""
    number: str = ""
    waits: str = ""
    filed: Filing | None = None
    credits: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class ExplainRequest:
    """All that an explanation looks at; `now_ns` is ns since the epoch; `configs` reads what projects say of themselves.

    `held` is what undos took back. `lookup` tells what databases answered before, `downloads` what download clients say.
    """

    workspace: Workspace
    readers: Readers
    recogniser: Recogniser
    metadata: MetadataReader | None
    cite: Cite
    now_ns: int
    layout: Layout | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    configs: ConfigReader | None = None
    held: frozenset[Undone] = frozenset()
    brought_by: BroughtBy = brought_by_nobody
    copied: CopiedBefore = nothing_copied
    lookup: WorkLookup | None = None
    downloads: Downloads = NO_DOWNLOADS


def explain(request: ExplainRequest, location: str) -> Explanation:
    """Return what a scan makes of the file at `location`, and how it got there. Raises ReshelveError where there is none."""
    found = _at(request.readers, location)
    if found is None:
        detail = f"There is nothing at {printable(location)}."
        hint = f"Where it went, if a run moved it: reshelve history {quote(location)}"
        raise stop("no-such-file", "There is no such file.", detail, path=location, hint=hint, kind="usage")
    told = _scanned(request, location, *found)
    told.filed = filing_of(location, *found, request.layout, request.brought_by) or _copied(request, told)
    return told


def _copied(request: ExplainRequest, told: Explanation) -> Filing | None:
    """Return how a file that stays where it is got to its target too, None where it is not there."""
    target = told.beside or told.target
    found = _at(request.readers, target) if told.outcome == "place" and target != told.location else None
    filed = filing_of(target, *found, None, request.brought_by) if found is not None else None
    return filed if filed is not None and filed.was == location_of(told.location) else None


def _scanned(request: ExplainRequest, location: str, reader: Reader, item: Item) -> Explanation:
    """Return what a scan makes of a file."""
    root, rel = split(location)
    store = store_of(root)
    config = request.workspace.scan.get(store, Scan())
    homes = Homes(request.readers, request.workspace.scan)
    kept = request.layout.values if request.layout is not None else {}
    values = {**request.workspace.defaults, **kept, **request.values}
    book = RuleBook(store, config, request.cite, values, homes, unset=request.workspace.set_.keys() - values.keys())
    if book.problems:
        raise ReshelveError(book.problems)
    left = request.layout.leave if request.layout is not None else ()
    leave = {split(each)[1].rstrip("/") for each in left if store_of(split(each)[0]) == store}
    listing = seen(reader, _towards(rel, NotEntered(book.naming)))
    exclude = Globs(config.exclude)
    chosen = select(
        listing.items,
        exclude=exclude,
        inside=roots_inside(reader.root, [each.root for each in request.readers.values()]),
        leave=leave,
        named=book.naming,
        settle_s=quantities.age(config.settle),
        now_ns=request.now_ns,
    )
    if not any(one.rel == rel for one in chosen.items):
        return Explanation(location, "left", _left_out(item, exclude, chosen))
    one = next(each for each in _bundles(chosen, config) if any(one.rel == rel for one in each.items()))
    told = Explanation(location, "left", "")
    if store not in request.workspace.scan:
        scanned = ", ".join(request.workspace.scan) or "none"
        told.because = f"the store `{store}` is not scanned (scanned stores: {scanned})"
        told.facts = _facts(_read(request, book, reader, item), book.values, item.rel)
        return told
    told.leads = "" if one.main.rel == rel else join(store, one.main.rel)
    told.members = [join(store, each.rel) for each in one.items() if each.rel not in (rel, one.main.rel)]
    told.because = _stays(one, rel, chosen, config) or _on_two_roots(request.readers, store, dict.fromkeys((rel, one.main.rel)))
    told.because = told.because or WORDS[why_left(reader, one, request.downloads, store)]
    if not told.because:
        _decided(request, book, reader, one, rel, told, chosen)
    return told


def _decided(
    request: ExplainRequest, book: RuleBook, reader: Reader, one: Bundle, rel: str, told: Explanation, chosen: Selected
) -> None:
    """Tell what becomes of the file `rel` of a bundle: what a person settled, else what the rules make of it."""
    store, previous = book.store, sort_out(request.layout)
    source = join(store, one.main.rel)
    settled = _settled(previous, source)
    if settled:
        told.outcome, told.because = "settled", settled
        return
    there = previous.before.get(source, "")
    transfer = _by_rules(request, book, reader, one, told, chosen, there)
    if told.outcome == "review":
        _as_suggested(told, source, previous)
    if told.outcome == "place":
        told.beside = there if there != told.target else ""
        facts = identifying(cast("Facts", {fact.name: fact.value for fact in told.facts if fact.certain}))
        told.disk, told.waits = _disk(request, Entry(source=source, facts=facts, transfer=transfer), told.beside or told.target)
    if told.leads and told.target:
        _tell_companion(
            told, next(member for member in one.members if member.item.rel == rel), previous.before.get(join(store, rel), "")
        )
    if told.outcome == "place":
        told.waits = _waits(request, join(store, rel), told.beside or told.target, previous) or told.waits


def _tell_companion(told: Explanation, own: Member, there: str) -> None:
    """Put the target of a companion, which the layout has `there`, in the place of its main's."""
    store, rel = split(told.target)
    told.target = join(store, own.beside(rel))
    told.beside = there if told.outcome == "place" and there != told.target else ""


def _waits(request: ExplainRequest, source: str, target: str, previous: Previous) -> str:
    """Say why a plan leaves a file that the rules place: an undo holds it, or the last scan found what no rule tells of."""
    if held_of(Layout(files={target: Entry(source)}), request.held):
        return "an undo took it back, or a run put its file away: it is not planned until `reshelve release`"
    item = next((item for item in previous.review if item.source == source), None)
    return f"the last scan left it for review: {item.because}" if item is not None and item.because else ""


def _as_suggested(told: Explanation, source: str, previous: Previous) -> None:
    """Tell what the layout has of a suggestion about a file that the rules leave open: a scan goes by it."""
    target = previous.before.get(source, "")
    entry = previous.ours.get(target)
    if entry is not None and (entry.because or "").startswith(SUGGESTED):
        told.outcome, told.target, told.because = "place", target, entry.because or ""
        _tell_suggested(told, entry.facts, entry.because or "")
        return
    item = next((item for item in previous.review if item.source == source), None)
    suggestion = item.suggestion if item is not None else None
    if suggestion is not None and (suggestion.because or "").startswith(SUGGESTED):
        told.because = f"{told.because}; {suggestion.because}"
        told.target = told.target or suggestion.to
        _tell_suggested(told, suggestion.facts, suggestion.because or "")


def _tell_suggested(told: Explanation, facts: "Facts | None", because: str) -> None:
    """Put the facts that came with a suggestion in the place of those that were not certain, with whose they are."""
    who = because.removeprefix(SUGGESTED).partition(":")[0]
    known = {fact.name: fact for fact in told.facts}
    for name, value in (facts or {}).items():
        if name not in known or known[name].value != value:
            known[name] = FactTold(name, value, f"{who}, by its suggestion", True)
    told.facts = list(known.values())


_AWAY = {"home-away": "is where its show, film, album, book or comic is, and is not there", "store-unavailable": "is not available"}
"""Why a plan leaves a file whose disk is away, by the code of its problem."""


def _disk(request: ExplainRequest, entry: Entry, target: str) -> tuple[str, str]:
    """Say which root of the target's store would take an entry that is planned alone, and why; then what it waits for instead.

    "" where there is no choice, and where it waits for nothing.
    """
    place, rel = split(target)
    store = store_of(place)
    roots = roots_of(request.readers, store)
    if place != store or len(roots) < 2:
        return "", ""
    asked = PlanRequest(stores=request.workspace.stores)
    plan = make_plan(Layout(files={target: entry}), request.readers, asked)
    if plan.blocked:
        reasons = (f"{one.detail}. {one.hint}".rstrip(". ") for one in plan.blocked)
        return f"none: {'; '.join(dict.fromkeys(reasons))}", ""
    chosen = next((split(op.makes)[0] for op in plan.operations if op.makes and store_of(split(op.makes)[0]) == store), "")
    if not chosen:
        away = next((one for one in plan.problems if one.code in _AWAY), None)
        return "", f"{printable(away.path)} {_AWAY[away.code]}: {away.detail.partition('. ')[0]}" if away is not None else ""
    parts = rel.split("/")
    homes = ("/".join(parts[:depth]) for depth in range(len(parts) - 1, 0, -1))
    standing = next((home for home in homes if _stands_on(roots, chosen, home)), "")
    # Only a folder that no other root has as well says why this one takes the file.
    if standing and not any(_stands_on(roots, reader.root.key, standing) for reader in roots if reader.root.key != chosen):
        return f"{chosen}, where {printable(standing)}/ is", ""
    notes = (problem.detail for problem in plan.problems if problem.code == "fell-back")
    passed = "; ".join(note.partition(f" goes to {chosen}: ")[2].rstrip(".") for note in notes)
    why = f"for {passed}" if passed else f"the first of {len(roots)} with room for it"
    return f"{chosen}, {why}, if it is filed alone: what a plan files before it takes room, too", ""


def _stands_on(roots: Sequence[Reader], key: str, rel: str) -> bool:
    reader = next(reader for reader in roots if reader.root.key == key)
    item = reader.stat(rel) if reader.root.available else None
    return item is not None and item.kind == "dir"


def _towards(rel: str, enter: Enter) -> Enter:
    """Return what also goes into every folder on the way to a file."""
    return lambda folder: enter(folder) or rel.startswith(f"{folder}/")


def _at(readers: Readers, location: str) -> tuple[Reader, Item] | None:
    """Return what stands at a location, with the root that it is on."""
    root, rel = split(location)
    for reader in roots_of(readers, store_of(root)):
        item = reader.stat(rel) if reader.root.available and root in (store_of(root), reader.root.key) else None
        if item is not None:
            return reader, item
    return None


def _bundles(chosen: Selected, config: Scan) -> list[Bundle]:
    return bundles_as_told(chosen.items, chosen.links, config.sidecars)


def _left_out(item: Item, exclude: Globs, chosen: Selected) -> str:
    """Say why an item is not among those a scan is about."""
    if item.kind != "file":
        told = {"dir": "it is a folder: ask about a file in it", "link": "it is a symbolic link"}
        return told.get(item.kind, "it is not a regular file")
    parts = item.rel.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        if folder in chosen.folders:
            label = chosen.folders[folder].label
            return f"it is in {printable(folder)}/{f' ({label})' if label else ', which is left alone'}"
        if exclude.match(folder, parts[depth - 1], folder=True):
            return f"`exclude:` names the folder {printable(folder)}/"
    if exclude.match(item.rel, parts[-1], folder=False):
        return "`exclude:` names it"
    if is_partial(parts[-1]):
        return "it is an unfinished download"
    return "it is a hidden or system file, or one of reshelve's own, or it is in another store"


def _stays(one: Bundle, rel: str, chosen: Selected, config: Scan) -> str:
    """Say why a bundle is not put to the rules for now, "" where it is."""
    if one.main.kind == "link":
        return f"{printable(one.main.rel)}, which it goes with, is a symbolic link"
    if one.main.rel in chosen.left or rel in chosen.left:
        return "the layout's `leave:` names it"
    young = [each.rel for each in one.items() if each.rel in chosen.young]
    if young:
        return f"{printable(young[0])} was written less than {config.settle} ago (`settle:`)"
    under_way = [each.rel for each in one.items() if each.rel in chosen.under_way]
    return f"{printable(under_way[0])} is still being downloaded" if under_way else ""


def _on_two_roots(readers: Readers, store: str, rels: Iterable[str]) -> str:
    """Say which of some files of a store is on two of its roots, "" where none is: what its path means cannot be told."""
    usable = [reader for reader in roots_of(readers, store) if reader.root.available]
    for rel in rels if len(usable) > 1 else ():
        keys = [reader.root.key for reader in usable if (item := reader.stat(rel)) is not None and item.kind == "file"]
        if len(keys) > 1:
            return f"{printable(rel)} is in two folders of the store, {' and '.join(keys)}, and its path cannot mean both"
    return ""


def _settled(previous: Previous, source: str) -> str:
    if source in previous.placed:
        return f"your own entry in the layout files it at {printable(previous.placed[source])}"
    return "your own `absent:` entry in the layout names it" if source in previous.their_absent else ""


def _by_rules(
    request: ExplainRequest, book: RuleBook, reader: Reader, one: Bundle, told: Explanation, chosen: Selected, there: str
) -> Transfer:
    """Tell what the rules make of a bundle, which the layout has `there`; return how its files would get to their place."""
    main = one.main
    outside = Outside(request.lookup, sort_out(request.layout))
    reading = _read(request, book, reader, main, outside)
    told.facts = _facts(reading, book.values, main.rel)
    only = chosen.only.get(main.rel)
    subject = Subject(main, book.store, {**reading.facts, **book.values}, request.now_ns)
    for number, rule in enumerate(book.rules):
        if only is not None and number not in only:
            told.rules.append(RuleTried(rule.cited, "not tried: it does not name what is left alone otherwise"))
            continue
        told.rules.append(RuleTried(rule.cited, rule.matcher.failing(subject)))
        if not told.rules[-1].failed:
            break
    verdict = book.decide(main, reading, request.now_ns, only)
    if not request.workspace.scan[book.store].rename:
        one.keep_names(among_others=reading.facts.get("kind") == "episode")
    one.write_extensions(book.extension_case(verdict.rule, main, reading, request.now_ns))
    told.outcome, told.because = verdict.deed, verdict.because
    if told.outcome == "review":
        told.because = outside.noted(join(book.store, main.rel), told.because)
    told.credits = tuple(CREDITS[by] for by in sorted(outside.tally.by))
    transfer = (verdict.rule.transfer if verdict.rule is not None else None) or "move"
    own = proposed(book, reader, one, verdict, transfer, reading, rename=request.workspace.scan[book.store].rename)
    settings = ProjectSettings(request.readers, request.configs, copied=request.copied)
    kept, target = by_project(settings, verdict, own, there, told.location)
    if kept:
        told.outcome, told.because = "review", kept
    if isinstance(target, OpenTarget):
        given = target.is_of(there)
        told.target = there if given else target.unnumbered
        told.number = "the last scan gave it, and the layout keeps it" if given else "the next scan gives it"
    else:
        told.target = target
    if not told.target and verdict.suggestion is not None:
        told.target = verdict.suggestion.to
    return transfer


def _read(request: ExplainRequest, book: RuleBook, reader: Reader, main: Item, outside: Outside | None = None) -> Reading:
    """Return what is known of a file, as a scan knows it."""
    reading = request.recogniser.read_all([main.rel])[0]
    add_download_facts(reading, request.downloads, reader.root.key, main.rel)
    readings = {main.rel: judged(main.rel, reading)}
    book.homes.note(book.store, main.rel, readings[main.rel])
    spell_by_folders(readings)
    book.homes.spell_alike(readings.values(), book.places, book.store)
    Inside(request.metadata, request.workspace.policies).complete(readings, [main], book, reader.root.key, request.now_ns)
    if outside is not None:
        outside.complete(readings, [main], book, request.now_ns)
    doubt_days(readings, book.homes, book.places, book.store)
    return readings[main.rel]


def _told_source(source: str) -> str:
    """Say where a fact comes from, and which library read it from the name if we did not."""
    return f"{spoken(source)}, as {source} reads it" if source in (PARSE, GUESS) else spoken(source)


def _facts(reading: Reading, values: Mapping[str, Any], rel: str) -> list[FactTold]:
    found = [
        FactTold(name, value, _told_source(reading.sources.get(name, FILE)), not (why := why_doubtful(name, reading, rel)), why)
        for name, value in reading.facts.items()
        if name not in values
    ]
    return [*found, *(FactTold(name, value, "`set:`", True) for name, value in values.items())]
