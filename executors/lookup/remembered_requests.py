"""Asking a database: what is remembered is not asked for, what is asked for keeps its distance, and nobody is pressed."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from reshelve.executors.contracts.http_calls import NotDeliveredError, call
from reshelve.executors.contracts.retry_waits import ENOUGH, Pace, wait_before
from reshelve.executors.lookup.lookup_cache import Kept, LookupCache
from reshelve.executors.lookup.provider_contract import NoAnswerError
from reshelve.schemas.quick_dataclasses import dataclass

Parse = Callable[[Any], Any]
"""Makes the few plain values that are kept of an answer. Raises KeyError, TypeError or ValueError for one that is none."""
Address = tuple[str, Mapping[str, str]]
"""Where a request goes, and the headers that it has."""
_MOST = 4 << 20
"""Bytes that an answer may have: a page of films, or a season's episodes, is some hundreds of kilobytes."""
_AGENT = {"Accept": "application/json", "User-Agent": "reshelve"}
_REFUSED = frozenset({http.client.UNAUTHORIZED, http.client.FORBIDDEN})


@dataclass(slots=True, frozen=True)
class Patience:
    """How a database is asked: how long one answer may take, how often it is tried, how many requests a minute and in all."""

    seconds: float
    attempts: int
    rate: float
    requests: int


class Requests:
    """Sends requests for all providers of one scan, within one budget. `clock` in seconds, `sleep` and `chance` can be told."""

    def __init__(
        self,
        cache: LookupCache,
        patience: Patience,
        *,
        asks: bool,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        chance: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self.sent = 0
        self.remembered = 0
        self._cache = cache
        self._patience = patience
        self._asks = asks
        self._sleep = sleep
        self._chance = chance
        self._clock = clock
        self._paces: dict[str, Pace] = {}
        self._counted: set[tuple[str, str]] = set()
        self._out: dict[str, NoAnswerError] = {}

    def fetch(
        self, provider: str, request: str, url: Callable[[], Address], parse: Parse, *, lately: bool = False, may_lack: bool = True
    ) -> Kept:
        """Return what is remembered of a request while it holds, else what `url` (with headers) answers now, else the former.

        `request` is what the answer is kept by, and holds no key. `may_lack`: a 404 is an answer, there is nothing. Raises
        NoAnswerError.
        """
        known = self._cache.get(provider, request)
        if known is not None and known.holds(self._cache.now(), lately=lately):
            self._count(provider, request)
            return known
        try:
            answer = self._asked(provider, url, parse, may_lack=may_lack)
        except NoAnswerError:
            if known is None:
                raise
            self._count(provider, request)
            return known
        self._counted.add((provider, request))
        return self._cache.put(provider, request, answer)

    def out(self, provider: str, why: NoAnswerError) -> None:
        """Ask a database nothing more."""
        self._out.setdefault(provider, why)

    @property
    def given_up(self) -> Mapping[str, NoAnswerError]:
        """Why databases were asked nothing more, by provider."""
        return self._out

    def send(self, provider: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> bytes | None:
        """Send one request, as often as makes sense; None: there is no such thing. Raises NoAnswerError."""
        pace = self._paces.setdefault(provider, Pace(self._patience.rate, self._clock, self._sleep))
        for attempt in range(1, self._patience.attempts + 1):
            if self.sent >= self._patience.requests:
                why = f"{self._patience.requests:,} requests were sent, which is all that one scan may send"
                raise NoAnswerError(
                    why, "Raise `requests:` of `lookup:`, or scan again: what was answered is remembered.", over_budget=True
                )
            pace.wait()
            self.sent += 1
            try:
                return call(url, self._patience.seconds, {**_AGENT, **headers}, body, most=_MOST)
            except NotDeliveredError as trouble:
                if trouble.status == http.client.NOT_FOUND:
                    return None
                if trouble.status in _REFUSED:
                    raise NoAnswerError(f"it answered {trouble.status}: it does not take the key", "Check the key") from None
                again = trouble.reached and (trouble.status is None or trouble.status >= 500 or trouble.status == 429)
                if not again or attempt == self._patience.attempts or (trouble.after or 0) > ENOUGH:
                    raise NoAnswerError(_tried(trouble, attempt)) from None
                self._sleep(wait_before(attempt, trouble.after, self._chance))
        raise NoAnswerError("it was not asked")

    def _asked(self, provider: str, url: Callable[[], Address], parse: Parse, *, may_lack: bool) -> Any:
        if provider in self._out:
            raise self._out[provider]
        if not self._asks:
            raise NoAnswerError("nothing is remembered")
        try:
            read = self.send(provider, *url())
            if read is None and not may_lack:
                raise NoAnswerError("it answered 404", "Check `base_url:` of `lookup:`.")
            return None if read is None else parsed(read, parse)
        except NoAnswerError as trouble:
            self.out(provider, trouble)
            raise

    def _count(self, provider: str, request: str) -> None:
        if (provider, request) not in self._counted:
            self._counted.add((provider, request))
            self.remembered += 1


def parsed(read: bytes, parse: Parse) -> Any:
    """Return what `parse` makes of an answer. Raises NoAnswerError for one that is no JSON, or not of the form that is expected."""
    try:
        return parse(json.loads(read))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise NoAnswerError("its answer is not of the form that is expected") from None


def _tried(trouble: NotDeliveredError, attempts: int) -> str:
    if (trouble.after or 0) > ENOUGH:
        return f"{trouble}, and asks to be left alone for {trouble.after:.0f} s, which is not waited for"
    return f"{trouble}, {attempts} times" if attempts > 1 else str(trouble)
