"""Bodies: the content of an object on its way here, asked for anew from where an answer breaks off."""

import errno
from typing import Any

from reshelve.executors.stores.s3.bucket import Bucket

_CHUNK = 1 << 20


class Coming:
    """The content of one range of an object, from `start` to `end`. It is OSError(ESTALE) once there is another of that name.

    `body` is an answer that has begun already. What keeps content from coming is told as the network's fault, and costs only what
    had not come yet, for as long as the bucket is patient.
    """

    def __init__(self, bucket: Bucket, rel: str, etag: str, start: int, end: int, body: Any = None) -> None:
        self._bucket = bucket
        self._rel = rel
        self._etag = etag
        self._at, self._end = start, end
        self._body = body
        self._trying = bucket.patience.trying()

    def __enter__(self) -> "Coming":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fill(self, room: memoryview) -> None:
        """Fill `room` with what comes next. OSError: ESTALE, or what keeps it from coming."""
        at = 0
        while at < len(room):
            at += self.read_into(room[at : at + _CHUNK])

    def read_into(self, room: memoryview) -> int:
        """Read what comes next into `room`, and return how many bytes; 0 only at the end."""
        if self._at >= self._end or not len(room):
            return 0
        while True:
            body = self._ask() if self._body is None else self._body
            try:
                with self._bucket.telling(self._rel):
                    count = _into(body, room[: self._end - self._at])
                if not count:
                    raise self._bucket.broke_off(self._rel, "ended before its end")
            except OSError as trouble:
                self.close()
                if not self._trying.again():
                    raise self._bucket.broke_off(self._rel, "broke off on its way here") from trouble
            else:
                self._trying.went_on()
                self._at += count
                return count

    def close(self) -> None:
        """Let go of the answer; what was not read of it is not sent."""
        if self._body is not None:
            self._body.close()
        self._body = None

    def _ask(self) -> Any:
        bucket = self._bucket
        part = f"bytes={self._at}-{self._end - 1}"
        with bucket.telling(self._rel):
            asked = {"Bucket": bucket.name, "Key": bucket.key(self._rel), "Range": part}
            found = bucket.found(self._rel, bucket.client.get_object(**asked))  # type: ignore[arg-type]
        self._body = found["Body"]
        if found["ETag"].strip('"') != self._etag:
            raise bucket.trouble(errno.ESTALE, "changed while it was being downloaded", self._rel)
        return self._body


def _into(body: Any, room: memoryview) -> int:
    readinto = getattr(body, "readinto", None)
    if readinto is not None:
        return int(readinto(room))
    content: bytes = body.read(len(room))
    room[: len(content)] = content
    return len(content)
