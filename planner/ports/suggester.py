"""What planning may ask of whoever answers questions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from reshelve.schemas.suggestion_protocol import Answer, Prompt, Remembered, Reply, TooLong, Unanswered


class Suggester(Protocol):
    """Whoever answers questions, and remembers what was answered. It never raises for what a model says or does not say."""

    @property
    def model(self) -> str:
        """Who answers, as reasons name it."""

    @property
    def asks(self) -> bool:
        """Whether it may be asked, or only remembers."""

    @property
    def remembers(self) -> bool:
        """Whether anything is remembered at all."""

    def recall(self, keys: Mapping[str, str]) -> dict[str, Remembered]:
        """Return what is remembered, by key; `keys` gives each key's location."""

    def ask(
        self, prompts: Iterable[Prompt | None], lost: Callable[[Prompt], bool] = ...
    ) -> Iterator[tuple[Prompt, Reply | TooLong | Unanswered]]:
        """Yield prompts with their replies, in order. Prompts are taken as they are sent; after an Unanswered no more are.

        None among them: there is none to send before another reply is there, which may bring more.
        `lost` is told, from any thread, of each try that a model may have worked on in vain, and says whether another may follow.
        """

    def remember(self, answers: Sequence[tuple[str, str, Answer]]) -> None:
        """Keep answers, each with its key and location."""
