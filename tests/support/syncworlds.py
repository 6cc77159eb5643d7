"""People who share a bucket, in memory: what each may do at any moment, cut short and mixed up, and what must hold of it.

Every effect is one that the product's verbs can do at once, and only on what was seen: another content there stops the sync. What a
person takes away knowingly (edited, deleted, cleaned up) is noted in `let_go`; nothing else may leave the folders and the bucket.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reshelve.planner.sync.decisions import (
    DOWN,
    UP,
    USUAL,
    CleanedUp,
    Conflict,
    Decision,
    Download,
    Gone,
    Remove,
    RemovedHere,
    RenamedHere,
    RenamedThere,
    Same,
    Sides,
    Upload,
    Wish,
)
from reshelve.planner.sync.reconcile import emptied, reconcile, remembered

NAMES = ("a.mp4", "b.mp4", "a-jan.mp4", "cut/c.wav")
IDLE = (Same, Gone, CleanedUp, RemovedHere)


class StoppedError(Exception):
    """Another content stood where something was to be done, or the process was killed."""


@dataclass(frozen=True)
class Step:
    """One thing a person did: "add", "edit", "delete" or "rename" a file; "sync" in any way; "clean" the bucket; "lose base"."""

    what: str
    person: str
    name: str = ""
    to: str = ""


@dataclass
class Person:
    """One person's folder, what they last saw equal, and their trash."""

    name: str
    here: dict[str, str] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    trash: list[str] = field(default_factory=list)
    cleaned: dict[str, frozenset[str]] = field(default_factory=dict)


class World:
    """A bucket, the people who share it, and every content there ever was."""

    def __init__(self, people: int) -> None:
        self.people = [Person(name) for name in ("david", "jan", "ann")[:people]]
        self.bucket: dict[str, str] = {}
        self.old: list[str] = []
        self.ever: set[str] = set()
        self.let_go: set[str] = set()
        self.steps: list[Step] = []

    def fresh(self) -> str:
        """Return a content that nobody had before: of one size for all, so that only the content tells."""
        content = f"{len(self.ever):06d}"
        self.ever.add(content)
        return content

    def sides(self, person: Person) -> Sides:
        """Return what a person's sync looks at."""
        cleaned: dict[str, frozenset[str]] = {}
        for each in self.people:
            for name, contents in each.cleaned.items():
                cleaned[name] = cleaned.get(name, frozenset()) | contents
        return Sides(dict(person.base), dict(person.here), dict(self.bucket), cleaned)

    # What people do.

    def add(self, person: Person, name: str) -> None:
        if name not in person.here:
            person.here[name] = self.fresh()

    def edit(self, person: Person, name: str) -> None:
        if name in person.here:
            self.let_go.add(person.here[name])
            person.here[name] = self.fresh()

    def delete(self, person: Person, name: str) -> None:
        if name in person.here:
            self.let_go.add(person.here.pop(name))

    def rename(self, person: Person, name: str, to: str) -> None:
        if name in person.here and to not in person.here:
            person.here[to] = person.here.pop(name)

    def clean(self, person: Person) -> Iterator[None]:
        """Remove from the bucket what was shown, as far as it is still that."""
        for name, content in list(self.bucket.items()):
            yield
            if self.bucket.get(name) == content:
                self.let_go.add(content)
                self.old.append(self.bucket.pop(name))
                person.cleaned[name] = person.cleaned.get(name, frozenset()) | {content}

    def lose_base(self, person: Person) -> None:
        person.base = {}

    # What sync does.

    def sync(self, person: Person, wish: Wish = USUAL, ways: tuple[type, ...] = (*UP, *DOWN)) -> Iterator[None]:
        """Carry out one sync, giving way to others before each effect. Killed (closed) anywhere, nothing is remembered of it."""
        seen = self.sides(person)
        if emptied(seen) and not wish.again:
            return
        carried: list[tuple[str, str]] = []
        for decision in reconcile(seen, person.name, wish):
            if not isinstance(decision, ways):
                continue
            try:
                for effect in self._effects(person, decision, ways):
                    yield
                    effect()
            except StoppedError:
                continue
            if isinstance(decision, Upload | Download):
                carried.append((decision.name, decision.content))
            if isinstance(decision, Remove):
                before = person.cleaned.get(decision.name, frozenset())
                person.cleaned[decision.name] = before | {decision.content}
        yield
        person.base = remembered(self.sides(person), carried)

    def _effects(self, person: Person, decision: Decision, ways: tuple[type, ...]) -> Iterator[Callable[[], None]]:
        here, bucket = person.here, self.bucket
        up, down = ways != DOWN, ways != UP

        def put(side: dict[str, str], trash: list[str], name: str, content: str, over: str) -> Callable[[], None]:
            def effect() -> None:
                if side.get(name, "") != over:
                    raise StoppedError
                if over:
                    trash.append(over)
                side[name] = content

            return effect

        def send(source: str, name: str, content: str, over: str) -> Callable[[], None]:
            def effect() -> None:
                if here.get(source) != content:
                    raise StoppedError
                put(bucket, self.old, name, content, over)()

            return effect

        def move(side: dict[str, str], name: str, to: str, content: str) -> Callable[[], None]:
            def effect() -> None:
                if side.get(name) != content or to in side:
                    raise StoppedError
                side[to] = side.pop(name)

            return effect

        def fetch(name: str, content: str, over: str) -> Callable[[], None]:
            def effect() -> None:
                if bucket.get(name) != content:
                    raise StoppedError
                put(here, person.trash, name, content, over)()

            return effect

        match decision:
            case Download():
                yield fetch(decision.name, decision.content, decision.over)
            case Upload():
                yield send(decision.name, decision.name, decision.content, decision.over)
            case Conflict():
                if up and not decision.sent:
                    yield send(decision.copy if decision.kept else decision.name, decision.copy, decision.mine, "")
                if down and not decision.kept:
                    yield move(here, decision.name, decision.copy, decision.mine)
                if down:
                    yield fetch(decision.name, decision.theirs, decision.mine if decision.kept else "")
            case Remove():

                def remove() -> None:
                    if bucket.get(decision.name) != decision.content:
                        raise StoppedError
                    self.let_go.add(decision.content)
                    self.old.append(bucket.pop(decision.name))

                yield remove
            case RenamedHere():
                yield move(bucket, decision.was, decision.name, decision.content)
            case RenamedThere():
                yield move(here, decision.was, decision.name, decision.content)
            case _:
                pass

    # What must hold.

    def lost(self) -> set[str]:
        """Return the contents that nobody let go of and that stand nowhere, and those that are not even in a trash."""
        live = set(self.bucket.values()).union(*(each.here.values() for each in self.people))
        kept = live.union(self.old, *(each.trash for each in self.people))
        mine = {content for content in self.ever if content not in kept and content not in self.let_go}
        return mine | (self.ever - live - self.let_go)

    def settle(self) -> list[str]:
        """Let everybody sync twice, one after the other; return what then still differs or is still to be done."""
        for _ in range(2):
            for person in self.people:
                for _ in self.sync(person, Wish(again=True) if emptied(self.sides(person)) else USUAL):
                    pass
        wrong = []
        for person in self.people:
            left = reconcile(self.sides(person), person.name)
            wrong += [f"{person.name}: {each}" for each in left if not isinstance(each, IDLE)]
        return wrong


def history(rng: random.Random) -> World:
    """Play one random history of two or three people, their syncs mixed up and killed, and return the world after it."""
    world = World(rng.choice((2, 2, 3)))
    running: list[Iterator[None]] = []
    for _ in range(rng.randint(5, 60)):
        person = rng.choice(world.people)
        name, to = rng.choice(NAMES), rng.choice(NAMES)
        step = Step("sync", person.name)
        match rng.randrange(15):
            case 0 | 1 | 2:
                step = Step("add", person.name, name)
                world.add(person, name)
            case 3 | 4 | 5:
                step = Step("edit", person.name, name)
                world.edit(person, name)
            case 6:
                step = Step("delete", person.name, name)
                world.delete(person, name)
            case 7:
                step = Step("rename", person.name, name, to)
                world.rename(person, name, to)
            case 8:
                step = Step("clean", person.name)
                running.append(world.clean(person))
            case 9 if rng.random() < 0.2:
                step = Step("lose base", person.name)
                world.lose_base(person)
            case 10:
                running.append(world.sync(person, ways=UP))
            case 11:
                running.append(world.sync(person, ways=DOWN))
            case 12 if rng.random() < 0.3:
                running.append(world.sync(person, Wish(again=rng.random() < 0.5, delete=rng.random() < 0.5)))
            case _:
                running.append(world.sync(person))
        world.steps.append(step)
        for each in list(running):
            for _ in range(rng.choice((0, 1, 3, 50))):
                if next(each, "ended") == "ended":
                    running.remove(each)
                    break
            else:
                if rng.random() < 0.05:
                    running.remove(each)  # killed
    for each in running:
        for _ in each:
            pass
    return world
