"""What planning found wrong on the way, gathered so that one cause is one problem however many entries it holds up."""

import errno
from collections import Counter
from collections.abc import Sequence
from dataclasses import field

from reshelve.planner.wants.want import State, Want
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import join, printable
from reshelve.schemas.near_words import near
from reshelve.schemas.plan import Blocked
from reshelve.schemas.problems import Problem, Severity, sentence
from reshelve.schemas.quick_dataclasses import dataclass

LOST = "If it was moved, put where it is now into `from:`. Else scan again, or remove the entry."
"""What to do about an entry whose source is gone."""
FILED_ELSEWHERE = (
    "To leave it there: reshelve scan --follow takes its place into the layout. "
    "To have it at its target again, put that into `from:`."
)
"""What to do about an entry whose file was filed, and is known to be elsewhere now."""
BROUGHT_ELSEWHERE = (
    "To have it at this target, put that into `from:`. To leave it there, name that as the target, or remove the entry."
)
"""What to do about an entry whose target was changed after its file had been filed at another."""
FILED_AND_GONE = (
    "If it was moved: reshelve scan --follow looks for it, and takes its place into the layout. "
    "If it was deleted, remove the entry from the layout."
)
"""What to do about an entry whose file was filed, and is nobody knows where."""


@dataclass(slots=True)
class _PassedOver:
    """A root that was passed over: the wants that were kept from it, as they went together, and what these lacked there."""

    key: str
    lots: list[tuple[Sequence[Want], tuple[str, str] | None]] = field(default_factory=list)

    def told(self, why: str) -> str:
        """Return how many entries go to another root, and why; "" where none does after all."""
        lots = [(len(going), lack) for wants, lack in self.lots if (going := [want for want in wants if self._goes(want)])]
        entries = sum(count for count, _ in lots)
        return f"{counted(entries, 'goes', 'go')} to another one: {why}{_figures(*lots[0], entries)}." if lots else ""

    def _goes(self, want: Want) -> bool:
        return goes(want) and want.destination.reader.root.key != self.key


def _figures(together: int, lack: tuple[str, str] | None, entries: int) -> str:
    """Return what was needed and what is left, "" where room was not what kept the entries away."""
    if lack is None:
        return ""
    needs, left = lack
    alone = "it needs" if together == 1 else "they need"
    first = "the first needs" if together == 1 else f"the first {together}, which stay together, need"
    return f": {alone if together == entries else first} {needs}, and there is {left}"


def goes(want: Want) -> bool:
    """Say whether this plan brings a want to its target, as decided so far: what is filed, waits or is blocked does not go."""
    made = want.found is not None or want.deed in ("write", "mkdir")
    return made and want.state == "pending" and want.bound is not None and want.deed != "trash"


@dataclass(slots=True, frozen=True)
class _Parted:
    """What is new in the folder `home` of a show, film, album or project, and the roots it `stood` on before."""

    home: str
    news: Sequence[Want]
    stood: frozenset[str]

    def told(self) -> str:
        """Return how what is new is split over several roots, or goes to others than `stood`; "" where it does not."""
        gone = Counter(want.destination.reader.root.key for want in self.news if goes(want))
        if not (gone.keys() - self.stood if self.stood else len(gone) > 1):
            return ""
        ways = [
            f"{counted(count, 'goes', 'go') if at == 0 else counted(count)} to {key}"
            for at, (key, count) in enumerate(gone.items())
        ]
        why = (
            f"It is on {' and '.join(sorted(self.stood))}, which cannot take all that is new"
            if self.stood
            else "No root has room for all that is new"
        )
        return f"{why}: {', '.join(ways)}."


class Findings:
    """Blocked entries and problems, in the order found; sorted when taken."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self._blocked: list[Blocked] = []
        self._problems: list[Problem] = []
        self._away: dict[str, tuple[Root, int, bool]] = {}
        self._awaited: dict[str, tuple[Root, Counter[str]]] = {}
        self._unreadable: dict[str, tuple[str, str, int]] = {}
        self._stores: dict[str, tuple[list[str], int]] = {}
        self._twice: dict[str, tuple[tuple[str, ...], str]] = {}
        self._fallen: dict[str, dict[str, _PassedOver]] = {}
        self._parted: list[_Parted] = []

    def block(self, want: Want, code: str, detail: str, hint: str = "") -> None:
        """Record that a want is left alone because something stands in its way."""
        want.state = "blocked"
        self._blocked.append(Blocked(want.target, want.source, code, detail, hint))

    def refuse(self, target: str, source: str, code: str, detail: str, hint: str = "") -> None:
        """Record that an entry is left alone before anything was looked at."""
        self._blocked.append(Blocked(target, source, code, detail, hint))

    def say(self, code: str, summary: str, detail: str, path: str, hint: str = "", severity: Severity = "warning") -> None:
        """Record a problem."""
        self._problems.append(Problem(code, summary, detail, path, hint, severity=severity))

    def mark(self, want: Want, state: State, summary: str, detail: str, hint: str = "", severity: Severity = "warning") -> None:
        """Record what became of a want, as a problem whose code is that state."""
        want.state = state
        self._problems.append(Problem(state, summary, detail, want.target, hint, severity=severity))

    def away(self, want: Want | None, root: Root, *, spared: bool = False) -> None:
        """Record that nothing can be said of a want while a root is not available; `spared`: others of its store are there."""
        if want is not None:
            want.state = "unknown"
        _, count, before = self._away.get(root.key, (root, 0, True))
        self._away[root.key] = (root, count + 1, spared and before)

    def wait_for(self, want: Want, root: Root, home: str) -> None:
        """Record that a want waits for a root that is away, which held its home when it was last seen."""
        want.state = "unknown"
        self._awaited.setdefault(root.key, (root, Counter()))[1][home] += 1

    def unreadable(self, want: Want | None, place: str, trouble: OSError) -> None:
        """Record that nothing can be said of a want because a folder or file cannot be read."""
        if want is not None:
            want.state = "unknown"
        reason = str(getattr(trouble, "what", "")) or trouble.strerror or str(trouble)
        told = str(getattr(trouble, "hint", ""))
        if isinstance(trouble, BlockingIOError):
            hint = "Have it thawed, then plan again."
        elif told:
            # A service or a network, which knows better: nobody's read access is in question.
            hint = f"{told[0].upper()}{told[1:].rstrip('.')}."
        elif trouble.errno == errno.EBADMSG:
            hint = "It is damaged: put a whole copy of it in its place, then plan again."
        else:
            hint = "Give read access, then plan again."
        self._unreadable[place] = (reason, hint, self._unreadable.get(place, ("", "", 0))[2] + 1)

    def no_store(self, want: Want | None, store: str, known: list[str]) -> None:
        """Record that an entry names a store that the workspace does not have."""
        if want is not None:
            want.state = "unknown"
        self._stores[store] = (known, self._stores.get(store, (known, 0))[1] + 1)

    def fell_back(self, store: str, key: str, reason: str, wants: Sequence[Want], lack: tuple[str, str] | None = None) -> None:
        """Record that the root `key` of a group was passed over for some wants. `lack` is what these need, and what is left.

        It is a problem only if one of them goes to another root in the end.
        """
        self._fallen.setdefault(store, {}).setdefault(reason, _PassedOver(key)).lots.append((wants, lack))

    def parted(self, home: str, news: Sequence[Want], stood: frozenset[str]) -> None:
        """Record what is new in folder `home` (a location), whose contents belong together, and the roots it `stood` on.

        It is a problem only if it goes to several roots in the end, or to others than those.
        """
        self._parted.append(_Parted(home, news, stood))

    def stands_twice(self, store: str, folder: str, roots: Sequence[str], chosen: str) -> None:
        """Record that the folder of a show, film or album stands on several `roots`, and that what is new goes to `chosen`."""
        self._twice[join(store, folder)] = (tuple(roots), chosen)

    def blocked(self) -> list[Blocked]:
        """Return the blocked entries, sorted."""
        return sorted(self._blocked, key=lambda each: (each.target, each.source, each.code))

    def problems(self) -> list[Problem]:
        """Return all problems, sorted."""
        found = list(self._problems)
        for key, (root, count, spared) in self._away.items():
            why = printable(root.why) or "it cannot be reached"
            detail = f"{sentence(why)}. Nothing is planned for {counted(count)}, and nothing there counts as missing."
            hint = root.way_back("plan again.")
            severity: Severity = "note" if root.optional else "warning" if spared else "error"
            found.append(Problem("store-unavailable", "A store is not available.", detail, key, hint, severity=severity))
        for key, (root, homes) in self._awaited.items():
            hint = root.way_back(f"plan again. If it is gone for good: reshelve doctor --accept {key}")
            summary = "The folder of a show, film or album is on a disk that is not connected."
            for home, count in sorted(homes.items()):
                detail = f"{sentence(printable(root.why))}. {counted(count, 'waits', 'wait')} for that disk."
                found.append(Problem("home-away", summary, detail, join(key, home), hint, severity="warning"))
        for place, (reason, hint, count) in self._unreadable.items():
            detail = f"{printable(place)}: {reason}. Nothing is planned for {counted(count)}."
            found.append(Problem("unreadable", "Something cannot be read.", detail, place, hint, severity="warning"))
        for store, (known, count) in self._stores.items():
            base = store.partition("/")[0]
            meant = near(store, known)
            hint = f"Did you mean `{meant}`?" if meant else f"Stores: {', '.join(known) or 'none'}."
            if base != store and base in known:
                # A store of one folder has no others to be named by.
                hint = f"`{base}` is one place: write {base}:"
            detail = f"{printable(store)} is named by {counted(count)}."
            found.append(Problem("unknown-store", "The workspace has no such store.", detail, store, hint))
        for place, (roots, chosen) in self._twice.items():
            detail = f"Each of {' and '.join(roots)} has this folder. New files go to the one on {chosen}."
            hint = "A media server shows them as one. To have it in one place, move all of it to one disk by hand, then plan again."
            summary = "A show, film or album has a folder on several disks."
            found.append(Problem("home-twice", summary, detail, place, hint, severity="note"))
        for store, reasons in self._fallen.items():
            for why, passed in sorted(reasons.items()):
                if detail := passed.told(why):
                    found.append(Problem("fell-back", "A folder of a store was passed over.", detail, store, severity="note"))
        for parted in self._parted:
            if detail := parted.told():
                summary = "What belongs together is split over several disks."
                found.append(Problem("parted", summary, detail, parted.home, severity="note"))
        return sorted(found, key=Problem.order)


def folder_place(root_key: str, rel: str) -> str:
    """Return the place of a path's folder."""
    return join(root_key, rel.rpartition("/")[0])


def counted(count: int, one: str = "", more: str = "") -> str:
    """Return a number of entries in words, with what one does or more do."""
    return f"1 entry {one}".rstrip() if count == 1 else f"{count} entries {more}".rstrip()
