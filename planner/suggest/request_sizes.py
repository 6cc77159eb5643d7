"""Requests still to be made, in the size that a model can take: smaller, for the rest of a scan, once one was too long for it."""

from collections import deque
from collections.abc import Iterable, Sequence

from reshelve.planner.suggest.prompts import prompts_for
from reshelve.planner.suggest.questions import Place, Question
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Prompt, TooLong

LEAST = 500
"""The fewest tokens that an answer is left room for: with less, none about a file comes whole."""
_ENOUGH = 200
"""The tokens that an answer about one file takes at most, as a rule."""


@dataclass(slots=True, frozen=True)
class Request:
    """One request: what is sent, its questions, and the places it offers."""

    prompt: Prompt
    questions: list[Question]
    places: tuple[Place, ...]

    @property
    def offered(self) -> frozenset[str]:
        """The names of the places."""
        return frozenset(place.name for place in self.places)


class Requests:
    """What is still to be asked, one request after the other. `batch` and `max_tokens` only ever get smaller."""

    def __init__(self, config: Suggest, questions: Iterable[tuple[tuple[Place, ...], Sequence[Question]]]) -> None:
        self.batch = config.batch
        self.max_tokens = config.max_tokens
        self._config = config
        self._cut = False
        self._waiting = deque(request for places, of_a_store in questions for request in self._made(places, of_a_store))

    @property
    def prompts(self) -> list[Prompt]:
        """The requests that wait, as they would be sent now."""
        return [request.prompt for request in self._waiting]

    @property
    def files(self) -> int:
        """How many files wait to be asked about."""
        return sum(len(request.questions) for request in self._waiting)

    def next(self) -> Request | None:
        """Take the next request, no larger than what is sent by now; None when none waits."""
        if not self._waiting:
            return None
        first = self._waiting.popleft()
        if len(first.questions) > self.batch or first.prompt.max_tokens != self.max_tokens:
            self._waiting.extendleft(reversed(list(self._made(first.places, first.questions))))
            first = self._waiting.popleft()
        return first

    def put_back(self, request: Request) -> None:
        """Let a request wait again, as the next."""
        self._waiting.appendleft(request)

    def refused(self, request: Request, why: TooLong) -> bool:
        """Have what was too long asked again in a smaller form; say whether there is a smaller one.

        Fewer files make question and answer shorter, so they come first, except where the refusal is about an answer that may be
        longer than one about so many files will be.
        """
        files = len(request.questions)
        sent_before = files > self.batch or (request.prompt.max_tokens or 0) > self.max_tokens
        if not sent_before and why.answer and self.max_tokens > max(LEAST, files * _ENOUGH):
            self.max_tokens = max(LEAST, files * _ENOUGH, self.max_tokens // 2)
        elif not sent_before and files > 1:
            self.batch = files // 2
        elif not sent_before and self.max_tokens > LEAST:
            self.max_tokens = max(LEAST, self.max_tokens // 2)
        elif not sent_before:
            return False
        self.put_back(request)
        return True

    def cut_short(self, request: Request, left: Sequence[Question]) -> bool:
        """Have what a reply that was cut short left out asked again, about fewer files; say whether there is anything to ask so."""
        files = len(request.questions)
        if files == 1 or not left:
            return False
        self.batch = min(self.batch, files // 2)
        self._cut = True
        self._waiting.extendleft(reversed(list(self._made(request.places, left))))
        return True

    def narrowed(self) -> tuple[str, str] | None:
        """Return what is asked in a smaller form than the workspace says, and how to say so there; None: nothing."""
        lower = [("batch", self.batch, self._config.batch), ("max_tokens", self.max_tokens, self._config.max_tokens)]
        lower = [(key, now, said) for key, now, said in lower if now < said]
        if not lower:
            return None
        why = "an answer was cut short" if self._cut else "a request was too long for the model"
        now = " and ".join(f"`{key}: {now}` instead of {said}" for key, now, said in lower)
        keys = " and ".join(f"`{key}: {now}`" for key, now, _ in lower)
        return f"The rest was asked with {now}, because {why}.", f"Put {keys} into `suggest:`, or give the model a longer context."

    def _made(self, places: tuple[Place, ...], questions: Sequence[Question]) -> Iterable[Request]:
        for prompt, held in prompts_for(questions, places, self.batch, self.max_tokens):
            yield Request(prompt, held, places)
