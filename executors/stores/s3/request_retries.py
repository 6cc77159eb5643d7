"""Trying again: what goes wrong on the way is asked anew, after growing waits of chance length, while a store is patient."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reshelve.executors.contracts.object_store import Cancel
from reshelve.executors.contracts.retry_after import asked_wait
from reshelve.executors.stores.s3.error_meanings import BUSY, FAILED, MEANINGS
from reshelve.executors.stores.s3.upload_pieces import UnreadableError

_FIRST, _MOST = 0.25, 20.0
_SLICE = 0.2
_UNREACHED = 3
"""How often a service that has not answered yet is asked again: whoever mistyped an address is told at once."""
_OFTEN_UNKNOWN = frozenset(("GetObjectAcl", "GetBucketOwnershipControls", "GetObjectLockConfiguration"))
"""What some services that do not know of it answer with a failure (500): that is asked again as seldom."""


_SAID = frozenset(code for code, meaning in MEANINGS.items() if meaning in (BUSY, FAILED) and not code.isdigit())
"""The names that S3 has for what passes."""


class Patience:
    """How long a bucket's requests are tried again, in seconds from the first failure of each. Safe to share by threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.reached = False
        self._cancels: list[Cancel] = []

    @contextmanager
    def until(self, cancel: Cancel | None) -> Iterator[None]:
        """Have nothing wait any longer once `cancel` says so."""
        if cancel is None:
            yield
            return
        self._cancels.append(cancel)
        try:
            yield
        finally:
            self._cancels.remove(cancel)

    def trying(self) -> "Trying":
        """Return the count of one request's, or one body's, failures."""
        return Trying(self)

    def cancelled(self) -> bool:
        """Say whether somebody wants an end."""
        return any(cancel() for cancel in list(self._cancels))

    def needs_retry(
        self,
        *,
        response: Any = None,
        caught_exception: Exception | None = None,
        request_dict: dict[str, Any],
        operation: Any = None,
        attempts: int = 1,
        **_: object,
    ) -> float | None:
        """Answer boto3, which asks after every try: 0 once it has been waited, None where that was all."""
        if not (_passing(caught_exception) if response is None else _failed(*response)):
            return None
        # Whoever says what is wrong as S3 does is no mistyped address, and only busy.
        self.reached = self.reached or (response is not None and _code(response[1]) in _SAID)
        unknown = response is not None and response[0].status_code == 500 and getattr(operation, "name", "") in _OFTEN_UNKNOWN
        if unknown and attempts > _UNREACHED:
            return None
        trying: Trying = request_dict["context"].setdefault("reshelve_trying", self.trying())
        return 0.0 if trying.again(_asked_for(response)) else None


class Trying:
    """The failures in a row of one request or body."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._count = 0
        self._since = 0.0

    def went_on(self) -> None:
        """Begin anew: something has come."""
        self._count = 0

    def again(self, least: float = 0.0) -> bool:
        """Wait, at least `least` seconds, and return True; or False where patience is at its end, or somebody wants an end."""
        patience, now = self._patience, time.monotonic()
        if not self._count:
            self._since = now
        self._count += 1
        left = self._since + patience.seconds - now
        if left <= 0 or least > left or (not patience.reached and self._count > _UNREACHED):
            return False
        # Full jitter: those that failed together do not come back together.
        chance = random.random()  # noqa: S311 - no secret
        end = now + min(left, max(least, min(_MOST, _FIRST * 2.0 ** min(self._count, 10)) * chance))
        while (rest := end - time.monotonic()) > 0:
            if patience.cancelled():
                return False
            time.sleep(min(rest, _SLICE))
        return not patience.cancelled()


def _passing(error: Exception | None) -> bool:
    from botocore import exceptions

    if isinstance(error, exceptions.SSLError | exceptions.ProxyConnectionError):
        return False
    if isinstance(error, exceptions.HTTPClientError) and isinstance(error.kwargs.get("error"), UnreadableError):
        return False  # nothing on the way is to blame
    return isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError | exceptions.ChecksumError)


def _failed(answer: Any, told: Any) -> bool:
    return (MEANINGS.get(_code(told)) or MEANINGS.get(str(answer.status_code))) in (BUSY, FAILED)


def _code(told: Any) -> str:
    """Return the service's own name of an error, or, where it gave none, the HTTP status as boto3 fills it in."""
    return str((told or {}).get("Error", {}).get("Code", ""))


def _asked_for(response: Any) -> float:
    """Return the seconds that an answer asks to wait, 0 where it does not say."""
    return asked_wait(response[0].headers.get("Retry-After")) or 0.0 if response is not None else 0.0
