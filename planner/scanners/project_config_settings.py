"""The settings in a project's project_config.json that a scan heeds: whether anything is filed into it unasked, and by what names.

A project is any folder with a `project_config.json`; of two above a file the nearer one counts. Its settings are read once.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.layouts.proposal import Proposal, as_facts, companions
from reshelve.planner.layouts.scan_marks import absent_mark
from reshelve.planner.ports.copied_before import CopiedBefore, nothing_copied
from reshelve.planner.ports.project_configs import ConfigReader
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.rules.free_names import Shelf, Untold
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.planner.scanners.naming_convention import convention_name
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Entry, Review, Suggestion, Transfer
from reshelve.schemas.locations import join, name, parent, printable, split, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.project_config_parsing import CONFIG, settings_in
from reshelve.schemas.quick_dataclasses import dataclass

_ALONE = "Correct it; until then nothing is filed into this project."


@dataclass(slots=True, frozen=True)
class Told:
    """What one project says: where its config is, and the folder that is the project's ("" for a whole store).

    `fault` says why it could not be read.
    """

    location: str
    store: str
    home: str
    settings: Mapping[str, object]
    fault: str = ""

    def holds(self, location: str) -> bool:
        """Say whether a location is inside the project."""
        root, rel = split(location)
        return store_of(root) == self.store and (not self.home or rel.startswith(f"{self.home}/"))


class ProjectSettings:
    """Finds the project that a place is in, and what that says. `coming` are files that the same layout writes, by target.

    `copied` tells what runs copied to a place. `problems` names what could not be taken.
    """

    def __init__(
        self,
        readers: Readers,
        configs: ConfigReader | None,
        coming: Mapping[str, Entry] | None = None,
        copied: CopiedBefore = nothing_copied,
    ) -> None:
        self.problems: list[Problem] = []
        self._readers = readers
        self._configs = configs
        self._copied = copied
        self._untold: Untold = {}
        self._shelves: dict[str, Shelf] = {}
        self._coming = {target: entry.content for target, entry in (coming or {}).items() if name(target) == CONFIG}
        self._known: dict[tuple[str, str], tuple[Told | None, bool]] = {}
        self._shut: dict[str, str] = {}

    def of(self, location: str) -> Told | None:
        """Return what the project says that a location is in, or would be; None where it is in none."""
        root, rel = split(location)
        store = store_of(root)
        above, folder = self._look(store, "", None), ""
        for part in rel.split("/")[:-1]:
            folder = f"{folder}/{part}" if folder else part
            above = self._look(store, folder, above)
        return above[0]

    def shut(self, location: str) -> str:
        """Return why nothing is to be filed into, or taken out of, a place without a person's word; "" where it may be."""
        # A folder has many files, and all of them ask the same.
        folder = location[: max(location.find(":"), location.rfind("/"))]
        known = self._shut.get(folder)
        if known is None:
            known = self._shut[folder] = self._asked(location)
        return known

    def _asked(self, location: str) -> str:
        told = self.of(location)
        if told is None:
            return ""
        place = printable(told.location)
        if told.fault:
            self._say(told, told.fault, _ALONE)
            return f"{place} cannot be taken ({told.fault}), and may say that nothing is filed into its project"
        wish = told.settings.get("auto_organize")
        if wish is None or wish is True:
            return ""
        if wish is not False:
            self._say(told, f"settings.auto_organize is {printable(repr(wish)[:60])}, which is neither true nor false", _ALONE)
            return f"{place} does not say plainly whether anything is filed into its project (auto_organize)"
        return f"{place} says `auto_organize: false`: nothing in this project is filed unless you say so"

    def _look(self, store: str, folder: str, above: tuple[Told | None, bool] | None) -> tuple[Told | None, bool]:
        """Return what counts in a folder, and whether that folder stands."""
        known = self._known.get((store, folder))
        if known is None:
            stands = above is None or (above[1] and self._find(store, folder) is not None)
            known = self._known[store, folder] = (
                self._told(store, folder, stands=stands) or (above[0] if above is not None else None),
                stands,
            )
        return known

    def filed(self, target: str, places: Iterable[str], item: Item, reader: Reader, transfer: Transfer) -> str:
        """Return at which of some places, of the closed project that `target` is in, a file was copied or linked already; "" none.

        Where that cannot be told (a saved inventory) it counts as standing: then nothing is done about it.
        """
        linked = transfer == "symlink"
        for location in places if transfer != "move" else ():
            store, rel = split(location)
            held = self._shelf(store).find(rel) if location and self._is_of(target, location) else None
            if held is None:
                continue
            if self._shelf(store).same(held, item, reader, linked=linked) or (reader.root.key, item.rel) in self._untold:
                return location
        return ""

    def _is_of(self, one: str, other: str) -> bool:
        """Say whether two places are of one closed project."""
        project = self.of(one)
        return project is not None and self.of(other) == project and bool(self.shut(other))

    def _shelf(self, store: str) -> Shelf:
        shelf = self._shelves.get(store)
        if shelf is None:
            shelf = self._shelves[store] = Shelf(roots_of(self._readers, store), self._untold, self._copied)
        return shelf

    def _find(self, store: str, rel: str) -> Reader | None:
        """Return the root that has something at `rel`, the first that has; what cannot be read has nothing."""
        for reader in roots_of(self._readers, store):
            with suppress(OSError):
                if reader.root.available and reader.stat(rel) is not None:
                    return reader
        return None

    def _told(self, store: str, folder: str, *, stands: bool) -> Told | None:
        rel = f"{folder}/{CONFIG}" if folder else CONFIG
        location = join(store, rel)
        held = self._find(store, rel) if stands else None
        try:
            if held is not None and self._configs is not None:
                return Told(location, store, folder, self._configs.settings(held.root.key, rel))
            content = self._coming.get(location)
            return Told(location, store, folder, settings_in(content.encode())) if content is not None else None
        except ValueError as fault:
            return Told(location, store, folder, {}, f"{fault}")

    def _say(self, told: Told, why: str, hint: str) -> None:
        problem = Problem(
            "project-setting", "A project's own setting cannot be taken.", f"{why}.", told.location, hint, severity="warning"
        )
        if problem not in self.problems:
            self.problems.append(problem)

    def named(self, proposal: Proposal) -> str:
        """Give a proposal the name that its project's convention has for it; return why it cannot be, "" where all is well.

        Only what a rule brings into the project under its own name, and knows the kind of, is named.
        """
        main = proposal.bundle.main
        own = main.rel.rpartition("/")[2]
        if not proposal.content_type or proposal.follows or not proposal.target or disc_top(main.rel) is not None:
            return ""
        if name(proposal.target) != own:
            return ""
        told = self.of(proposal.target)
        convention = told.settings.get("naming_convention") if told is not None else None
        if told is None or convention is None or told.holds(proposal.source):
            return ""
        try:
            before, width, after = convention_name(convention, proposal, own)
        except ValueError as fault:
            hint = "Correct it, or remove naming_convention; until then what it would name is left to you."
            self._say(told, f"settings.naming_convention: {fault}", hint)
            return f"{printable(told.location)}: naming_convention: {fault}"
        root, rel = split(proposal.target)
        folder = f"{parent(rel)}/" if parent(rel) else ""
        if width:
            proposal.open = OpenTarget(root, folder + before, width, after)
            proposal.target = ""
        else:
            proposal.target = join(root, folder + before)
        return ""


def closed(settings: ProjectSettings, source: str, target: str, transfer: Transfer = "move") -> str:
    """Return why a project keeps a file from going from `source` to `target` ("": the trash); "" where none does."""
    because = settings.shut(target) if target else ""
    if not because and transfer == "move" and source != target:
        because = settings.shut(source)
    return because


def heed(
    proposals: Iterable[Proposal], settings: ProjectSettings, before: Mapping[str, str] | None = None
) -> tuple[list[Proposal], list[Review]]:
    """Return the proposals that the projects they concern let through, named by these; and what is left to a person instead.

    `before` are the targets of the last scan, by source: what was copied there into a project that is closed now is filed already.
    """
    through: list[Proposal] = []
    review: list[Review] = []
    for proposal in proposals:
        if proposal.follows:
            through.append(proposal)
            continue
        target = proposal.target or (proposal.open.numbered(0) if proposal.open is not None else "")
        because = closed(settings, proposal.source, target, proposal.transfer)
        if because and (proposal.source == target or _stays_filed(proposal, settings, target, before or {})):
            # It is where it belongs; what would be brought to stand beside it is not.
            brought = _brought(proposal, settings, target, before or {})
            review += [Review(proposal.location(member.item), because) for member in brought]
            proposal.bundle.members = [member for member in proposal.bundle.members if member not in brought]
            through.append(proposal)
            continue
        because = because or settings.named(proposal)
        if because:
            suggestion = Suggestion(proposal.target, because=proposal.because) if proposal.target else None
            facts = as_facts(proposal.facts) if proposal.facts else None
            review += [Review(proposal.source, because, facts, suggestion), *companions(proposal)]
        else:
            through.append(proposal)
    return through, review


def heeded(proposal: Proposal, settings: ProjectSettings, before: Mapping[str, str], asked: str) -> tuple[str, str | OpenTarget]:
    """Return why a project keeps one file of a proposal for a person ("" where none does), and the target of the main by then.

    `asked` is where that file is: what is new beside a main that is filed may be kept alone.
    """
    alone = replace(proposal, bundle=replace(proposal.bundle))
    through, review = heed([alone], settings, before)
    kept = [one for one in review if not through or one.source == asked]
    return (kept[0].because or "" if kept else ""), alone.open or alone.target


def _stays_filed(proposal: Proposal, settings: ProjectSettings, target: str, before: Mapping[str, str]) -> bool:
    """Say whether a copy of what a proposal brings stands in the closed project already; the proposal gets the place of that."""
    places = (before.get(proposal.source, ""), proposal.target)
    there = settings.filed(target, places, proposal.bundle.main, proposal.reader, proposal.transfer)
    if there:
        proposal.target, proposal.open = there, None
    return bool(there)


def _brought(proposal: Proposal, settings: ProjectSettings, target: str, before: Mapping[str, str]) -> list[Member]:
    """Return the members that a proposal would bring to stand beside what is in its place already, in the project of `target`."""
    brought: list[Member] = []
    store, rel = split(proposal.target)
    for member in proposal.bundle.members:
        source, beside = proposal.location(member.item), join(store, member.beside(rel))
        places = (before.get(source, ""), beside)
        if source != beside and not settings.filed(target, places, member.item, proposal.reader, proposal.transfer):
            brought.append(member)
    return brought


def spare(absent: Iterable[Absent], settings: ProjectSettings) -> tuple[list[Absent], list[Review]]:
    """Return what rules let go of, and what is left to a person because its project says so."""
    going: list[Absent] = []
    review: list[Review] = []
    for thing in absent:
        because = settings.shut(thing.path) if thing.mark is None or thing.mark == absent_mark(thing) else ""
        if because:
            review.append(Review(thing.path, because))
        else:
            going.append(thing)
    return going, review
