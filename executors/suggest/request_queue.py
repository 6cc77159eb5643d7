"""Asking a provider: several requests side by side, in order, with patience, and never on after one that has no reply."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future

from reshelve.executors.contracts.retry_waits import ENOUGH, Pace, wait_before
from reshelve.executors.suggest.answer_cache import SuggestionCache
from reshelve.executors.suggest.provider_contract import Provider, Trouble
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Answer, Prompt, Remembered, Reply, TooLong, Unanswered

_Under = Future[Reply | TooLong | Unanswered | None]
"""The reply of a request under way; None: it was not sent, as another one had no reply."""


class ModelSuggester:
    """Answers from what is remembered, and from a model. Satisfies reshelve.planner.ports.suggester.Suggester.

    `connect` makes the provider, and is called when the first request is sent: what is all remembered needs no key. None: it only
    remembers. `clock` (seconds), `sleep` and `chance` (0 to 1) are arguments so that waiting can be told.
    """

    def __init__(
        self,
        config: Suggest | None,
        model: str,
        cache: SuggestionCache,
        connect: Callable[[], Provider] | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._model = model
        self._cache = cache
        self._connect = connect
        self._chance = chance
        self._stopped = threading.Event()
        # Whoever waits is woken when nothing more is asked.
        self._sleep = sleep or self._stopped.wait
        self._pace = Pace(config.rate if config is not None else 60, clock, self._sleep)

    @property
    def model(self) -> str:
        """Who answers, as reasons name it."""
        return self._model

    @property
    def asks(self) -> bool:
        """Whether it may be asked, or only remembers."""
        return self._connect is not None

    @property
    def remembers(self) -> bool:
        """Whether anything is remembered at all."""
        return bool(self._cache)

    def recall(self, keys: Mapping[str, str]) -> dict[str, Remembered]:
        """Return what is remembered, by key; `keys` gives each key's location."""
        return self._cache.get_many(keys, self._model)

    def remember(self, answers: Sequence[tuple[str, str, Answer]]) -> None:
        """Keep answers, each with its key and location."""
        self._cache.put_many(answers, self._model)

    def ask(
        self, prompts: Iterable[Prompt | None], lost: Callable[[Prompt], bool] = lambda _: True
    ) -> Iterator[tuple[Prompt, Reply | TooLong | Unanswered]]:
        """Yield prompts with their replies, in order. Prompts are taken as they are sent; after an Unanswered no more are.

        None among them: there is none to send before another reply is there, which may bring more.
        `lost` is told, from any thread, of each try that a model may have worked on in vain, and says whether another may follow.
        """
        if self._connect is None or self._config is None:
            return
        try:
            provider = self._connect()
        except Trouble as trouble:
            for prompt in prompts:
                if prompt is not None:
                    yield prompt, Unanswered(trouble.detail, trouble.hint)
                return
            return
        waiting: deque[tuple[Prompt, _Under]] = deque()
        try:
            for prompt in prompts:
                if prompt is not None:
                    waiting.append((prompt, self._begun(provider, prompt, lost)))
                if waiting and (prompt is None or len(waiting) >= self._config.parallel):
                    yield from _answered(waiting.popleft())
                if self._stopped.is_set():
                    break
            while waiting:
                yield from _answered(waiting.popleft())
        finally:
            self._stopped.set()
            provider.close()

    def _begun(self, provider: Provider, prompt: Prompt, lost: Callable[[Prompt], bool]) -> "_Under":
        """Begin a request in a thread that nobody waits for once nothing more is asked: an interrupted scan ends at once."""
        future: _Under = Future()

        def work() -> None:
            try:
                future.set_result(self._patiently(provider, prompt, lost))
            except BaseException as error:  # noqa: BLE001 - raised again where the reply is waited for
                future.set_exception(error)

        threading.Thread(target=work, name="suggest", daemon=True).start()
        return future

    def _patiently(self, provider: Provider, prompt: Prompt, lost: Callable[[Prompt], bool]) -> Reply | TooLong | Unanswered | None:
        """Send one request as often as makes sense. None: not sent, as another one had no reply."""
        assert self._config is not None
        for attempt in range(1, self._config.attempts + 1):
            self._pace.wait()
            if self._stopped.is_set():
                return None
            try:
                return provider.ask(prompt)
            except Trouble as trouble:
                if trouble.too_long:
                    return TooLong(trouble.detail, trouble.hint, trouble.too_long == "answer")
                paid = not trouble.sent or lost(prompt)
                if trouble.again and not paid and attempt < self._config.attempts:
                    self._stopped.set()
                    hint = "The budget leaves no further try: raise `budget:` of `suggest:`, or scan again."
                    return Unanswered(_tried(trouble, attempt), hint)
                if not trouble.again or attempt == self._config.attempts or (trouble.after or 0) > ENOUGH:
                    self._stopped.set()
                    return Unanswered(_tried(trouble, attempt), trouble.hint)
                self._sleep(wait_before(attempt, trouble.after, self._chance))
        return None


def _answered(
    sent: tuple[Prompt, _Under],
) -> Iterator[tuple[Prompt, Reply | TooLong | Unanswered]]:
    prompt, future = sent
    reply = future.result()
    if reply is not None:
        yield prompt, reply


def _tried(trouble: Trouble, attempts: int) -> str:
    if (trouble.after or 0) > ENOUGH:
        return f"{trouble.detail} It asks to be left alone for {trouble.after:.0f} s, which is not waited for."
    return f"{trouble.detail} It was tried {attempts} times." if attempts > 1 else trouble.detail
