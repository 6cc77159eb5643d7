"""Where a review is done: answers are written as they come, and taken back as long as nobody else changed what they made."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from reshelve import api
from reshelve.cli.terminal import Shell
from reshelve.planner.recognise.extension_tables import halves
from reshelve.schemas.layout import Layout, Review
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.session import review_answers
from reshelve.session.session import Session
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.documents.rule_insertion import Added
    from reshelve.planner.suggest.learned_rules import Offer

LEFT = "left where it is for good"


@dataclass(slots=True)
class Answered:
    """An answer that was written down: what it changed in the layout, and the rule that was made of it."""

    source: str
    change: review_answers.Change
    rule: "tuple[Offer, Added] | None" = None

    @property
    def target(self) -> str | None:
        """Where it was filed; None where it is left."""
        return self.change.targets()[self.source]

    @property
    def along(self) -> str:
        """A word on what was settled with it, "" where nothing was."""
        more = len(self.change.settled) - 1
        return f", and {count(more, 'more file')} with it" if more else ""

    def told(self) -> Iterator[str]:
        """Yield what it made, a line each."""
        yield f"filed at {printable(target)}{self.along}" if (target := self.target) is not None else f"{LEFT}{self.along}"
        if self.rule is not None:
            yield f"rule {printable(self.rule[0].rule.name)} in {printable(self.rule[1].file.name)}"


@dataclass(slots=True)
class Desk:
    """Where a review is done: the layout as it is by now, and the workspace it belongs to, when there is one around."""

    shell: Shell
    path: Path
    layout: Layout
    versions: dict[Path, str]
    session: Session | None
    rules: "list[Offer]" = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    """Items that are decided later, each by the one that this was answered for."""
    unwritten: set[str] = field(default_factory=set)
    """Items whose answer, and rules that, could not be written, and were not since."""

    @property
    def decided(self) -> int:
        """How many files the answers decided, what goes with others among them: what is left is counted in files as well."""
        return sum(len(answer.change.settled) for answer in self.answered)

    @property
    def decided_text(self) -> str:
        return f"{count(self.decided, 'file')} decided, {len(self.layout.review):,} left"

    @property
    def stores(self) -> set[str] | None:
        return set(self.session.workspace.stores) if self.session is not None else None

    @property
    def somewhere(self) -> str:
        """A store to show a place in: one that is filed into, where the workspace has any."""
        if self.session is None:
            return "movies"
        workspace = self.session.workspace
        return next((store for store in workspace.stores if store not in workspace.scan), next(iter(workspace.stores), "movies"))

    def placed(self, item: Review, answer: str) -> str:
        """Return an answer that is a place without its store with the store that alone is filed into; any other as it is."""
        into = (
            [store for store in self.session.workspace.stores if store not in self.session.workspace.scan] if self.session else []
        )
        named_alike = halves(answer)[1] == halves(item.source)[1] != ""
        if len(into) != 1 or ":" in answer or "/" not in answer.strip("/") + answer[-1:] or answer[:1] in ("/", "~", "."):
            return answer
        return f"{into[0]}:{answer}" if answer[-1:] == "/" or named_alike else answer

    def ask_again(self, item: Review) -> None:
        """Forget which items were to be decided later as `item` is."""
        self.skipped = {each: lead for each, lead in self.skipped.items() if lead != item.source}

    def say(self, lines: Iterable[str]) -> None:
        """Talk to whoever answers: on standard error where events go to standard output."""
        if self.shell.json:
            self.shell.tell(lines)
        else:
            self.shell.say(lines)

    def keep(self, item: Review, answer: Callable[[Layout, Review], Layout]) -> None:
        """Write an answer down at once, in the layout as it is by now. Raises ReshelveError when that cannot be."""
        with self.writing(item.source):
            self._look_again()
        now = next((one for one in self.layout.review if one.source == item.source), None)
        if now is None:
            self.unwritten.add(item.source)
            detail = "The layout was changed, and no longer asks about it."
            raise stop("decided-meanwhile", "That was decided meanwhile.", detail, path=item.source)
        layout = answer(self.layout, now)
        with self.writing(item.source):
            self.versions = api.save_layout(layout, self.path, self.versions)
        self.unwritten.discard(item.source)
        done = Answered(now.source, review_answers.change_of(self.layout, layout))
        self.answered.append(done)
        self.layout = layout
        self.say([f"  -> {printable(done.target)}{done.along}" if done.target is not None else f"  {LEFT}{done.along}"])
        targets = done.change.targets()
        self.shell.events({"type": "decided", "from": source, "target": target} for source, target in targets.items())

    def take_back(self) -> None:
        """Take the last answer back, with the rule that it made. Raises ReshelveError, and keeps both, when that cannot be."""
        self._look_again()
        answer = self.answered[-1]
        layout = review_answers.take_back(self.layout, answer.change)
        if answer.rule is not None and self.session is not None:
            offer, added = answer.rule
            self.session.rules.take_out(added)
            self.rules.remove(offer)
            answer.rule = None
        self.versions = api.save_layout(layout, self.path, self.versions)
        self.layout = layout
        self.answered.pop()
        self.shell.events({"type": "undecided", "from": item.source} for item in answer.change.settled)

    def _look_again(self) -> None:
        """Read the layout anew where it is another by now. Raises ReshelveError."""
        versions = api.layout_versions(self.path)
        if versions != self.versions:
            self.layout, self.versions = api.load_layout(self.path), versions

    def make(self, offer: "Offer") -> "Added":
        """Write a rule into the workspace. Raises ReshelveError."""
        assert self.session is not None
        added = self.session.rules.add(offer)
        self.rules.append(offer)
        whose = f", for {' and '.join((offer.store, *offer.sharing))}" if offer.sharing else ""
        self.say([f"  Added rule {printable(offer.rule.name)} to {printable(added.file.name)}{whose}."])
        self.shell.events([{"type": "rule-added", "name": offer.rule.name, "path": str(added.file)}])
        return added

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Take note of what could not be written, if this raises ReshelveError."""
        try:
            yield
        except ReshelveError:
            self.unwritten.add(what)
            raise

    def waits(self, item: Review) -> bool:
        """Say whether an item is still undecided."""
        return any(one.source == item.source for one in self.layout.review)
