"""Bodies of requests: of one type, of a size, within a time; and only a few at once from whoever is not known yet."""

import asyncio
import threading

from starlette.requests import Request

from reshelve.schemas.problems import ReshelveError, stop
from reshelve.service.routes import JSON

LONGEST_BODY = 1 << 20
SLOWEST_BODY = 30.0
"""Bytes, and seconds, that a body may have."""
SLOWEST_TOKEN = 5.0
MOST_TOKENS = 16
"""Seconds that a body may take that shows the token, and how many such come at one time: anybody may send them."""

FORM = "application/x-www-form-urlencoded"


class TokenBodies:
    """The bodies by which people sign in."""

    def __init__(self) -> None:
        self._room = threading.BoundedSemaphore(MOST_TOKENS)

    async def read(self, request: Request, wanted: str = JSON) -> bytes:
        """Return the body of a request of somebody who is not known. Raises ReshelveError as `body_of`, and of too many."""
        if not self._room.acquire(blocking=False):
            raise stop("too-many", "Too many sign in at once.", f"{MOST_TOKENS} are being read.", hint="Try again later.")
        try:
            return await body_of(request, wanted, SLOWEST_TOKEN)
        finally:
            self._room.release()


async def body_of(request: Request, wanted: str = JSON, slowest: float = SLOWEST_BODY) -> bytes:
    """Return the body of a request. Raises ReshelveError where it is too large, too slow, or of another type than `wanted`."""
    said = request.headers.get("content-length", "0")
    if not said.isascii() or not said.isdigit() or int(said) > LONGEST_BODY:
        raise _too_large()
    if "content-length" in request.headers and "transfer-encoding" in request.headers:
        raise stop("usage", "Two lengths are given.", "A body has a length or comes in pieces.", kind="usage")
    pieces, size = [], 0
    try:
        async with asyncio.timeout(slowest):
            async for piece in request.stream():
                size += len(piece)
                if size > LONGEST_BODY:
                    raise _too_large()
                pieces.append(piece)
    except TimeoutError:
        detail = f"It did not come within {slowest:.0f} seconds."
        raise stop("too-slow", "The body arrives too slowly.", detail, kind="usage") from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted and (size or kind):
        detail = f"Its Content-Type is {kind[:100]!r}."
        words = "The body is not JSON." if wanted == JSON else "The body is no form."
        raise stop("not-json", words, detail, hint=f"Content-Type: {wanted}", kind="usage")
    return b"".join(pieces)


def _too_large() -> ReshelveError:
    return stop("request-too-large", "The body is too large.", f"It may have {LONGEST_BODY:,} bytes.", kind="usage")
