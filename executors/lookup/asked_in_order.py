"""The databases of a workspace together: each is made when it is first asked, and one that does not answer is left in peace."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from reshelve.executors.lookup.provider_contract import NoAnswerError, Provider
from reshelve.executors.lookup.remembered_requests import Requests
from reshelve.schemas.lookup_answers import NAMES, EpisodeAsked, Episodes, WorkAsked, Works
from reshelve.schemas.problems import Problem

_T = TypeVar("_T")


class Databases:
    """Asks databases, and never raises for what they do. Satisfies reshelve.planner.ports.work_lookup.WorkLookup.

    `makers` make each provider by its name, and raise NoAnswerError where it cannot be asked.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Provider]], requests: Requests) -> None:
        self._makers = makers
        self._requests = requests
        self._made: dict[str, Provider] = {}

    @property
    def databases(self) -> tuple[str, ...]:
        """The names of the databases, in the order in which they are to be asked: those of facts that hold their ids."""
        return tuple(self._makers)

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._requests.sent

    @property
    def remembered(self) -> int:
        """How many answers were remembered, each counted once."""
        return self._requests.remembered

    def works(self, database: str, asked: WorkAsked) -> Works | None:
        """Return what a database has for a film or show; None: it did not answer, and nothing is remembered."""
        return self._answer(database, lambda provider: provider.works(asked))

    def episodes(self, database: str, asked: EpisodeAsked) -> Episodes | None:
        """Return what a database has for an episode; None: it did not answer, and nothing is remembered."""
        return self._answer(database, lambda provider: provider.episodes(asked))

    def problems(self) -> list[Problem]:
        """Return why databases were not asked, or not to the end: one problem in all."""
        given_up = self._requests.given_up
        if not given_up:
            return []
        if all(why.over_budget for why in given_up.values()):
            [first, *_] = given_up.values()
            summary = "Not all was looked up."
            return [Problem("lookup-budget", summary, f"{_sentence(str(first))}.", hint=first.hint, severity="warning")]
        told = "; ".join(f"{NAMES.get(name, name)}: {why}" for name, why in given_up.items())
        detail = f"{told}. What is remembered counts, and names and rules decide the rest."
        hint = next((why.hint for why in given_up.values() if why.hint), "Scan again later: reshelve scan --lookup")
        return [Problem("lookup-failed", "Not all could be looked up.", detail, hint=hint, severity="warning")]

    def _answer(self, database: str, question: Callable[[Provider], _T]) -> _T | None:
        try:
            return question(self._provider(database))
        except NoAnswerError:
            return None
        except (TypeError, ValueError, IndexError):
            # What came was checked; so what is remembered was written by another version, or by somebody else.
            self._requests.out(database, NoAnswerError("what is remembered of it is damaged", "reshelve cache clear"))
            return None

    def _provider(self, database: str) -> Provider:
        provider = self._made.get(database)
        if provider is None:
            try:
                provider = self._made[database] = self._makers[database]()
            except NoAnswerError as trouble:
                self._requests.out(database, trouble)
                raise
        return provider


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
