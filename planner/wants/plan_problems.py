"""What planning found wrong on the way, gathered so that one cause is one problem however many entries it holds up."""

import errno
from collections import Counter
from collections.abc import Sequence
from dataclasses import field, replace

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
    "To leave it there: reshelve scan --follow takes its place into the layout.\n"
    "To have it at its target again, put that into `from:`."
)
"""What to do about an entry whose file was filed, and is known to be elsewhere now."""
BROUGHT_ELSEWHERE = (
    "To have it at this target, put that into `from:`. To leave it there, name that as the target, or remove the entry."
)
"""What to do about an entry whose target was changed after its file had been filed at another."""
FILED_AND_GONE = (
    "If it was moved: reshelve scan --follow looks for it, and takes its place into the layout.\n"
    "If that does not find it, make the place where it is now the target. If it was deleted, remove the entry from the layout."
)
"""What to do about an entry whose file was filed, and is nobody knows where."""


@dataclass(slots=True, frozen=True)
class Lack:
    """What some wants that go together need on a root, and what is left there, in words."""

    needs: str
    left: str


@dataclass(slots=True)
class _PassedOver:
    """A root that was passed over: the wants that were kept from it, as they went together, named, and what these lacked there."""

    key: str
    lots: list[tuple[str, Sequence[Want], Lack | None]] = field(default_factory=list)

    def told(self, why: str) -> str:
        """Return what goes to which other root, and why; "" where nothing does after all."""
        lots = [(name, going, lack) for name, wants, lack in self.lots if (going := [want for want in wants if self._goes(want)])]
        if not lots:
            return ""
        name, first, lack = lots[0]
        named = printable(name) if len(first) == 1 else f"{printable(name)} ({counted(len(first))})"
        alone = len(lots) == 1
        lacks = f"{'it' if alone else f'{named},'} needs {lack.needs}, and there is {lack.left}" if lack is not None else ""
        ways = Counter(want.destination.reader.root.key for _, going, _ in lots for want in going)
        if alone:
            where = " and ".join(ways)
            return f"{named} goes to {where}: {why}{f': {lacks}' if lacks else ''}."
        return f"{_ways(ways)}: {why}. {f'The first, {lacks}' if lacks else f'The first is {named}'}."

    def _goes(self, want: Want) -> bool:
        return goes(want) and want.destination.reader.root.key != self.key


def _ways(ways: Counter[str]) -> str:
    """Return how many entries go to which root."""
    told = [
        f"{counted(number, 'goes', 'go') if at == 0 else counted(number)} to {key}" for at, (key, number) in enumerate(ways.items())
    ]
    return ", ".join(told)


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
        why = (
            f"It is on {' and '.join(sorted(self.stood))}, which cannot take all that is new"
            if self.stood
            else "No disk has room for all that is new"
        )
        return f"{why}: {_ways(gone)}."


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
        self._rootless: list[tuple[Blocked, tuple[str, tuple[str, ...]]]] = []
        self._room_told: dict[tuple[str, tuple[str, ...]], str] = {}
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

    def fell_back(self, store: str, key: str, reason: str, name: str, wants: Sequence[Want], lack: Lack | None = None) -> None:
        """Record that the root `key` of a group was passed over for some wants, which go together and are called `name`.

        It is a problem only if one of them goes to another root in the end.
        """
        self._fallen.setdefault(store, {}).setdefault(reason, _PassedOver(key)).lots.append((name, wants, lack))

    def no_root(self, want: Want, store: str, needs: str, figures: Sequence[str], systems: tuple[str, ...]) -> None:
        """Record that no root of a group, on the file `systems` that were asked, has the room that a want needs.

        What each has is said once for all, as it was for the last of them: none that was blocked before found less.
        """
        want.state = "blocked"
        told = (
            f"{'; '.join(figures)}. Free some room there, or add a folder on another disk to `paths:` of {store}; then plan again."
        )
        self._room_told[store, systems] = told
        detail = f"it needs {needs}, for which no disk of {store} has room"
        self._rootless.append((Blocked(want.target, want.source, "no-root", detail), (store, systems)))

    def parted(self, home: str, news: Sequence[Want], stood: frozenset[str]) -> None:
        """Record what is new in folder `home` (a location), whose contents belong together, and the roots it `stood` on.

        It is a problem only if it goes to several roots in the end, or to others than those.
        """
        self._parted.append(_Parted(home, news, stood))

    def stands_twice(self, store: str, folder: str, roots: Sequence[str], chosen: str) -> None:
        """Record that the folder of a work stands on several `roots`, and that what is new goes to `chosen`."""
        self._twice[join(store, folder)] = (tuple(roots), chosen)

    def blocked(self) -> list[Blocked]:
        """Return the blocked entries, sorted."""
        rootless = [replace(each, hint=self._room_told[asked]) for each, asked in self._rootless]
        return sorted([*self._blocked, *rootless], key=lambda each: (each.target, each.source, each.code))

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
            summary = "The folder of a show, film, album, book or comic is on a disk that is not connected."
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
            summary = "A show, film, album, book or comic has a folder on several disks."
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
