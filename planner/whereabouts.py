"""Whereabouts: where the rules would file a name, and which folders its show or film has, on roots that are away as last seen."""

from collections.abc import Iterator
from dataclasses import field

from reshelve.planner.library.show_homes import Homes, work_of
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.recognise.same_title import Work
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.planner.scanners.rule_scanner import Cite, RuleBook
from reshelve.schemas.inventory import Item
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Workspace


@dataclass(slots=True)
class Whereabouts:
    """One name: its facts, where the rules would file it ("" when they leave it) and why, and the places its work has already.

    `homes` are on roots that are there, `away` those that the other roots had when they were last seen.
    """

    reading: Reading
    target: str
    because: str
    homes: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)


class Finder:
    """Finds names by the rules of a workspace; each folder of shows or films is listed once. `now_ns`: ns since the epoch.

    Raises ReshelveError, with every problem, when a rule cannot be used.
    """

    def __init__(self, workspace: Workspace, readers: Readers, recogniser: Recogniser, cite: Cite, now_ns: int) -> None:
        self._recogniser = recogniser
        self._now_ns = now_ns
        self._homes = Homes(readers, workspace.scan)
        self._books = [
            RuleBook(store, config, cite, workspace.defaults, self._homes, unset=workspace.set_)
            for store, config in workspace.scan.items()
        ]
        unusable = [problem for book in self._books for problem in book.problems]
        if unusable:
            raise ReshelveError(unusable)

    def find(self, name: str) -> Whereabouts:
        """Return where a file of this name (or relative path) would go. A bare title finds the folder of that show or film too."""
        reading = self._recogniser.read(name)
        work = work_of(reading.facts) or Work(name)
        found = Whereabouts(reading, "", "nothing is scanned")
        for book in self._books:
            self._homes.spell_alike([reading], book.places, book.store)
            verdict = book.decide(Item(name, "file", 0, self._now_ns, self._now_ns, 0, 1, 0o644, ""), reading, self._now_ns)
            found.because = verdict.because
            if verdict.deed == "place":
                found.target = verdict.target.unnumbered if isinstance(verdict.target, OpenTarget) else verdict.target
                break
        standing = dict(self._standing(work))
        found.homes = [place for place, is_there in standing.items() if is_there]
        found.away = [place for place, is_there in standing.items() if not is_there]
        return found

    def _standing(self, work: Work) -> Iterator[tuple[str, bool]]:
        for book in self._books:
            yield from self._homes.standing(work, book.places, book.store)
