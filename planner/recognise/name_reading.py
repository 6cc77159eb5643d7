"""What reading a name gives: facts, where each came from, and which of them are not certain."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from reshelve.schemas.quick_dataclasses import dataclass

FILE = "file name"
FOLDER = "folder name"
PARSE = "parsett"
GUESS = "guessit"
OF_ONE_KIND = frozenset(["show", "show_year", "title", "episode_title", "season", "episodes", "part"])
"""Facts that mean something else, or nothing, once an item is of another kind."""


def spoken(source: str) -> str:
    """Return a source of facts as a person calls it: who reads a file name does not matter to them."""
    if source in (PARSE, GUESS):
        return f"the {FILE}"
    return f"the {source}" if source.endswith(" name") else source


@dataclass(slots=True)
class Reading:
    """The facts of one item. `sources` has one of FILE, FOLDER, PARSE, GUESS a fact; `doubtful` names facts that are not certain.

    `alternatives` holds what other readers said of a doubtful fact; `unanimous`: three readers were asked and agree.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    alternatives: dict[str, list[Any]] = field(default_factory=dict)
    unanimous: bool = field(default=False, compare=False)

    @property
    def certain(self) -> bool:
        """Say whether enough is known, without doubt, to file the item: what it is, and what it is called."""
        facts = self.facts
        kind = facts.get("kind", "other")
        if kind == "other" or self.doubtful:
            return False
        if kind == "episode":
            return "show" in facts and ("season" in facts or "date" in facts or bool(facts.get("episodes")))
        return "title" in facts or kind in {"music", "image", "audiobook"}

    def forget(self, name: str) -> None:
        """Drop a fact."""
        self.facts.pop(name, None)
        self.sources.pop(name, None)

    def add(self, source: str, facts: Mapping[str, Any]) -> None:
        """Add the facts that are known (None is not) and new, from one source."""
        for name, value in facts.items():
            if value is not None and name not in self.facts:
                self.facts[name] = value
                self.sources[name] = source


class Recogniser(Protocol):
    """Whatever turns names into facts."""

    def read(self, rel: str) -> Reading:
        """Return the facts of the item at `rel`, a path in its store in the file system's form. Never raises for a name."""

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        """Return the facts of many items, in their order."""
