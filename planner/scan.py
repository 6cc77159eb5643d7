"""Scanning: from what lies in the stores, by the workspace's rules, to a proposed layout merged with the one that is there."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import chain
from typing import Any

from reshelve.planner.layouts.composer import Composed, Composer
from reshelve.planner.layouts.departures import Departure, departures
from reshelve.planner.layouts.followed_moves import follow
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.layouts.rescan_merge import Previous, Proposed, kept_edit, merge, sort_out
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.layouts.stores_gone import let_go
from reshelve.planner.layouts.undone_entries import entries_of, held_of, planned_anew
from reshelve.planner.left_alone.known_names import strewn
from reshelve.planner.library.show_homes import Homes
from reshelve.planner.metadata import MetadataReader
from reshelve.planner.observing.odd_keys import odd_keys
from reshelve.planner.ports.copied_before import Copied
from reshelve.planner.ports.downloads import NO_DOWNLOADS, Downloads
from reshelve.planner.ports.earlier_runs import NO_RUNS, EarlierRuns
from reshelve.planner.ports.project_configs import ConfigReader
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.ports.suggester import Suggester
from reshelve.planner.ports.work_lookup import WorkLookup
from reshelve.planner.recognise.name_reading import Recogniser
from reshelve.planner.scanners.downloads_heeded import kept_seeding, leave_downloads
from reshelve.planner.scanners.facts_inside_files import Inside
from reshelve.planner.scanners.facts_looked_up import Outside
from reshelve.planner.scanners.file_outcomes import Outcomes, Settled
from reshelve.planner.scanners.filed_already import FiledAlready, Open, Sifted, copies_known
from reshelve.planner.scanners.project_config_settings import ProjectSettings, heed, spare
from reshelve.planner.scanners.project_scanner import LaidOut, lay_out
from reshelve.planner.scanners.quiet_parts import Resting
from reshelve.planner.scanners.rule_scanner import Cite, RuleBook
from reshelve.planner.scanners.scan_findings import Among, LeftFile, LeftFolder, NameFigures
from reshelve.planner.scanners.store_scanner import StoreScanner
from reshelve.planner.scanners.tier_scanner import Shelved, shelve
from reshelve.planner.scanners.undecided import Undecided
from reshelve.planner.suggest.suggestion_round import Announce, Settler
from reshelve.planner.wants.targets_away import not_compared, targets_away
from reshelve.planner.wants.unseen_roots import unseen_problem, unseen_roots
from reshelve.schemas.garbage_collector import collector_off
from reshelve.schemas.layout import Entry, Layout, Review
from reshelve.schemas.locations import location_of, printable, store_of
from reshelve.schemas.lookup_answers import LookupTally
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import Scan
from reshelve.schemas.suggestion_protocol import Tally
from reshelve.schemas.undone import Undone
from reshelve.schemas.workspace import Workspace


@dataclass(slots=True)
class ScanRequest:
    """What a scan is about. `previous` is the layout that is there; `now_ns` the clock, ns since the epoch.

    `cite` says where a part of the workspace is written; `whose` names the preset that it is, if it is one. `only` names one store;
    `values` are given to place templates.
    With `prune`, entries go whose file stands where it should. `metadata` looks into files; without it none is opened.
    `configs` reads what projects say of themselves; `restored` is when some were restored by name, ns since the epoch by location.
    `lookup` is asked what names leave in doubt; `suggester` is put what no rule settles; `announce` is told before what asking will
    come to. `against` True: the readers show a saved inventory, and `now_ns` is when that was taken. `resting`: only what came to
    rest is looked at.
    `among`: the layout is about the files that it means, and what travels with them, as if nothing else were to be filed; counts
    are of those, and of what is left where it is. `held` are the (target, source) that undos hold back from plans.
    `earlier` tells what runs did before. With `follow`, entries whose files were moved by hand get the targets that these have now:
    those of it, and what the catalog knows. `downloads` is what download clients say.
    """

    workspace: Workspace
    readers: Readers
    previous: Layout | None
    now_ns: int
    recogniser: Recogniser
    cite: Cite
    whose: str = ""
    only: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    prune: bool = False
    metadata: MetadataReader | None = None
    configs: ConfigReader | None = None
    restored: Mapping[str, int] = field(default_factory=dict)
    suggester: Suggester | None = None
    lookup: WorkLookup | None = None
    announce: Announce | None = None
    against: bool = False
    resting: Resting | None = None
    among: Among | None = None
    held: frozenset[Undone] = frozenset()
    earlier: EarlierRuns = NO_RUNS
    follow: Mapping[str, str] | None = None
    downloads: Downloads = NO_DOWNLOADS


@dataclass(slots=True)
class ScanResult:
    """The layout proposed, what was wrong, what was kept of a person's, how many files came to what, and what was suggested.

    `left_alone` are the folders of systems and other programs, those that are one thing, and those of work under way; `left_files`
    single files, each counted in `counts`, where `files` is the sum of the others without `to_tiers`. `kinds` says what was seen of
    each kind, where names were read. `waits` are the locations of what is not at rest yet. `held` is how many entries of the layout
    undos hold back, `to_plan` how many they do not. `left` is what was taken out of the layout. `duplicates` are files that stay
    as another file brings their content, with the target that has it. `followed` are the targets that entries have now whose files
    were moved by hand, by those they had. `looked_up` is what came of asking databases. `sought`: what was moved by hand was looked
    for.
    """

    layout: Layout
    problems: list[Problem]
    kept: list[str]
    counts: dict[str, int]
    suggested: Tally
    left_alone: list[LeftFolder] = field(default_factory=list)
    kinds: dict[str, NameFigures] = field(default_factory=dict)
    waits: list[str] = field(default_factory=list)
    left_files: list[LeftFile] = field(default_factory=list)
    held: int = 0
    to_plan: int = 0
    left: list[Departure] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    followed: dict[str, str] = field(default_factory=dict)
    looked_up: LookupTally = field(default_factory=LookupTally)
    sought: bool = False


def scan(request: ScanRequest) -> ScanResult:
    """Return the layout that the rules propose, merged with the one that is there; scanning again changes nothing.

    Raises ReshelveError, with every problem, when a rule cannot be used or the store of `only` is not scanned.
    """
    with collector_off():
        return _scan(request)


def _scan(request: ScanRequest) -> ScanResult:
    workspace = request.workspace
    previous = sort_out(request.previous)
    stores_gone = let_go(previous, workspace.stores, request.readers, request.earlier.filed)
    followed = {}
    if request.follow is not None:
        followed = follow(previous, request.readers, request.earlier.filed, request.follow, workspace.scan)
    values = _values(workspace, request)
    inside = Inside(request.metadata, workspace.policies)
    outside = Outside(request.lookup, previous)
    scanner = _look(request, previous, inside, outside, values)
    found, sight = scanner.found, scanner.sight
    leave_downloads(found, request.downloads, request.readers)
    about = found.keep(request.among) if request.among is not None else None
    # What is undecided waits for a whole scan to be told more of: a watch does not walk the library for it.
    undecided = [_open(one) for one in found.undecided] if request.resting is None else []
    settler = Settler(workspace, request.suggester, previous, request.announce, request.now_ns)
    settled = settler.settle(found.undecided, sight)
    made = _make(request, previous, sight, values)
    settings = ProjectSettings(request.readers, request.configs, made.laid.files, request.earlier.copied)
    proposals = kept_seeding(chain(_drained(found.proposals), settled.proposals), request.downloads)
    let_through, kept_back = heed(proposals, settings, previous.before)
    going, spared = spare(found.absent, settings)
    not_filed = chain((one.source for one in (*settled.review, *kept_back)), (one.path for one in going), previous.their_absent)
    filed = FiledAlready(request.readers, workspace.scan, scanner.files, sight, copies_known(request.previous))
    sifted = filed.sift(let_through, frozenset(not_filed), undecided)
    composed = _compose(request, previous, {**made.files, **previous.standing(sight)}, sifted)
    proposed = Proposed(
        files={**made.files, **composed.files},
        review=[*_with_twins(settled.review, sifted.told), *kept_back, *spared, *sifted.review, *composed.review],
        absent=[*going, *composed.absent, *made.shelved.absent],
        dirs=made.laid.dirs,
        tidy=_tidy(workspace, previous, made.shelved.tidy),
        values={name: str(value) for name, value in request.values.items()},
    )
    away = frozenset(target for target, _ in held_of(request.previous or Layout(), request.held))
    merged = merge(previous, proposed, sight, request.readers, prune=request.prune, filed_before=request.earlier.filed, held=away)
    follows = {kept_edit(target) for target in followed.values()}
    layout, kept = merged.layout, [line for line in merged.kept if line not in follows]
    found.leave_files(sifted.not_observed, "not_observed")
    same_as = composed.duplicates | sifted.same_as
    settled_already = Settled(composed.standing, same_as.keys() | sifted.as_desired)
    theirs = previous.placed.keys() | previous.their_absent.keys()
    held = held_of(layout, request.held)
    counts, left_files = Outcomes(layout, found.files, theirs, settled_already, held).count(scanner.selected, about)
    stays = {file.location: file.told for file in left_files}
    left = departures(request.previous, layout, stores_gone | merged.why_left, stays, request.readers, done=merged.done)
    if about is not None:
        layout = _alone(layout, about)
    if workspace.tiers:
        counts["to_tiers"] = sum(pair not in held for pair in entries_of(made.shelved.files, made.shelved.absent))
    told = [*_changed(composed.changed), *_planned_anew(request, layout), *not_compared(filed.away.values())]
    problems = _problems(
        request,
        layout,
        [told, found.problems, inside.problems(), outside.problems(), settled.problems, made.problems, settings.problems],
    )
    waiting = sum(pair in held for pair in entries_of(layout.files, layout.absent, layout.dirs)) if held else 0
    figures = counts, settled.tally, found.folders, found.kinds, found.waits, left_files
    return ScanResult(
        layout,
        problems,
        kept,
        *figures,
        waiting,
        len(layout.files) + len(layout.absent) + len(layout.dirs) - waiting,
        left,
        _held_at(same_as, layout),
        followed,
        outside.counted(),
        request.follow is not None,
    )


def _problems(request: ScanRequest, layout: Layout, told: Iterable[Iterable[Problem]]) -> list[Problem]:
    """Return what the parts of a scan `told`, and what is to be said of the stores, sorted."""
    problems = [*odd_keys(request.readers), *_unseen(request), *_nothing_scanned(request.workspace), *chain.from_iterable(told)]
    if request.resting is None:
        problems += targets_away(layout, request.readers, {problem.path for problem in problems})
    return sorted(problems, key=Problem.order)


def _changed(changed: Mapping[str, Copied]) -> Iterator[Problem]:
    """Yield a warning that copies are not as runs left them: their entries stay as they are."""
    if changed:
        place, first = min(changed.items())
        more = f", nor are {len(changed) - 1:,} more as they were left" if len(changed) > 1 else ""
        summary = "Copies have changed since." if len(changed) > 1 else "A copy has changed since."
        detail = f"{first.changed(place)}{more}."
        yield Problem("target-changed", summary, detail, location_of(place), first.ways_on, severity="warning")


def _planned_anew(request: ScanRequest, layout: Layout) -> Iterator[Problem]:
    """Yield a note that files which an undo took back have another target since this scan: those are not held."""
    before = request.previous.files if request.previous is not None else {}
    anew = [pair for pair in planned_anew(layout, request.held) if pair[0] not in before]
    if anew:
        target, source = anew[0]
        files, are = ("1 file", "is") if len(anew) == 1 else (f"{len(anew):,} files", "are")
        one = f"{printable(source)}{', for one,' if len(anew) > 1 else ''} at {printable(target)}"
        detail = f"{files} of an undone run {are} to be filed again: {one}."
        hint = "To leave such a file where it is, take its entry out of the layout, and list it below `leave:`."
        summary = "What an undo took back has another target now."
        yield Problem("no-longer-held", summary, detail, location_of(source), hint, severity="note")


def _held_at(same_as: Mapping[str, str], layout: Layout) -> dict[str, str]:
    """Return the targets that hold what files do that stay because others bring it, by location."""
    sources = {file: same_as.get(twin, twin) for file, twin in same_as.items()}
    asked = set(sources.values())
    targets = {entry.source: target for target, entry in layout.files.items() if entry.source in asked}
    found = {file: targets.get(twin, twin if twin in layout.files else "") for file, twin in sources.items()}
    return {file: target for file, target in sorted(found.items()) if target}


def _unseen(request: ScanRequest) -> list[Problem]:
    """Return a warning for each folder of a store that was never there; those that are scanned are complained of there."""
    scanned = {store for store, _ in _chosen(request.workspace, request.only)}
    return [unseen_problem(root, "warning") for root in unseen_roots(request.readers) if store_of(root.key) not in scanned]


def _look(request: ScanRequest, previous: Previous, inside: Inside, outside: Outside, values: dict[str, Any]) -> StoreScanner:
    """Return the scanner that has read every store asked for. Raises ReshelveError where a rule cannot be used."""
    workspace, resting = request.workspace, request.resting
    chosen = {store: config for store, config in _chosen(workspace, request.only) if resting is None or store in resting.parts}
    books = _books(request, chosen, values, Homes(request.readers, chosen))
    scanner = StoreScanner(
        request.readers,
        previous,
        request.recogniser,
        inside,
        outside,
        request.now_ns,
        against=request.against,
        resting=resting,
        downloads=request.downloads,
    )
    for store, config in chosen.items():
        scanner.scan(store, config, books[store], facts=books[store].reads_facts or bool(workspace.policies))
    return scanner


@dataclass(slots=True, frozen=True)
class _Made:
    """What no file found asks for: the folders and files of new projects, and what the tiers move."""

    laid: LaidOut
    shelved: Shelved

    @property
    def files(self) -> dict[str, Entry]:
        return {**self.laid.files, **self.shelved.files}

    @property
    def problems(self) -> list[Problem]:
        return [*self.laid.problems, *self.shelved.problems]


def _make(request: ScanRequest, previous: Previous, sight: Sight, values: dict[str, Any]) -> _Made:
    """Return the projects laid out and what the tiers shelve; what these let rest is neither made nor kept in the layout."""
    laid = lay_out(request.workspace, request.cite, request.now_ns, previous.ours, values)
    shelved = shelve(
        request.workspace,
        request.readers,
        previous,
        sight,
        request.now_ns,
        request.configs,
        look=request.only is None,
        restored=request.restored,
        homes=laid.homes,
    )
    gone = laid.leave_out(shelved.resting)
    previous.dirs = [place for place in previous.dirs if place not in gone]
    return _Made(laid, shelved)


def _compose(request: ScanRequest, previous: Previous, taken: dict[str, Entry], sifted: Sifted) -> Composed:
    """Return the entries of what was proposed, beside those that are `taken` already."""
    filed = {**previous.ours, **previous.theirs}
    composer = Composer(request.readers, taken, previous.before, prune=request.prune, filed=filed, copied=request.earlier.copied)
    return composer.compose(_drained(sifted.proposals))


def _alone(layout: Layout, about: Container[str]) -> Layout:
    """Return what a layout says of the files at these locations."""
    return Layout(
        files={target: entry for target, entry in layout.files.items() if entry.source in about},
        absent=[thing for thing in layout.absent if thing.path in about],
        review=[one for one in layout.review if one.source in about],
        tidy=layout.tidy,
    )


def _books(request: ScanRequest, chosen: Mapping[str, Scan], values: dict[str, Any], homes: Homes) -> dict[str, RuleBook]:
    """Return the rules of each store that is scanned. Raises ReshelveError, with every problem, where one cannot be used."""
    said = (request.previous.values if request.previous is not None else {}) | dict(request.values)
    unset = request.workspace.set_.keys() - {name for name, value in values.items() if value != ""}
    books = {
        store: RuleBook(store, config, request.cite, values, homes, said, request.whose, unset) for store, config in chosen.items()
    }
    unusable = [problem for book in books.values() for problem in book.problems]
    if unusable:
        raise ReshelveError(unusable)
    return books


def _with_twins(review: Iterable[Review], told: Mapping[str, str]) -> Iterator[Review]:
    """Yield what is undecided, each with where its content is already, as far as that is known."""
    for one in review:
        yield replace(one, because=f"{one.because}; {told[one.source]}") if one.source in told else one


def _open(one: Undecided) -> Open:
    own = one.proposal
    return Open(own.store, own.source, own.reader, own.bundle.main, one.book.stores)


def _drained(proposals: list[Proposal]) -> Iterator[Proposal]:
    """Yield what is in a list, and keep nothing of it there."""
    while proposals:
        yield proposals.pop()


def _values(workspace: Workspace, request: ScanRequest) -> dict[str, Any]:
    """Return what rules are given: what was said now, else at an earlier scan, else the workspace's default."""
    return workspace.defaults | (request.previous.values if request.previous is not None else {}) | dict(request.values)


def refuse_unscanned(workspace: Workspace, only: str | None) -> None:
    """Raise, of kind "usage", when `only` names a store that the workspace does not scan."""
    if only is not None and only not in workspace.scan:
        meant = near(only, workspace.scan)
        hint = f"Did you mean `{meant}`?" if meant else f"Scanned stores: {', '.join(sorted(workspace.scan)) or 'none'}."
        detail = f"`scan:` has no {only!r}."
        raise stop("store-not-scanned", "That store is not scanned.", detail, path=only, hint=hint, kind="usage")


def _nothing_scanned(workspace: Workspace) -> list[Problem]:
    """Return a warning where a workspace says of no store what a scan shall do with its files."""
    if workspace.scan or workspace.projects or workspace.tiers:
        return []
    source, target = next(iter(workspace.stores), "STORE"), ["STORE", *workspace.stores][-1]
    detail = "No store has a `scan:`, so no file was looked at."
    rule = f'{{name: films, when: {{kind: movie}}, place: "{target}:{{{{ title }}}} ({{{{ year }}}})/{{{{ filename }}}}"}}'
    hint = f"Say where the files of a store go, as in:\nscan:\n  {source}:\n    rules:\n      - {rule}\nMore: reshelve help rules"
    return [Problem("nothing-scanned", "Nothing is scanned.", detail, hint=hint, severity="warning")]


def _chosen(workspace: Workspace, only: str | None) -> Iterator[tuple[str, Scan]]:
    refuse_unscanned(workspace, only)
    for store, config in workspace.scan.items():
        if only is None or store == only:
            yield store, config


def _tidy(workspace: Workspace, previous: Previous, emptied: Iterable[str]) -> dict[str, list[str]]:
    """Return the stores to tidy, with their junk: the workspace's word, the layout's own for stores it does not scan, `emptied`."""
    given = {store: junk for store, junk in previous.tidy.items() if store not in workspace.scan}
    junk = {store: strewn() if config.tidy_junk == "system" else config.tidy_junk for store, config in workspace.scan.items()}
    told = {store: sorted(set(junk[store])) for store, config in workspace.scan.items() if config.tidy}
    return dict(sorted({**{store: [] for store in emptied}, **given, **told}.items()))
