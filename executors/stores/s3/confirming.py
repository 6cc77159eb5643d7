"""Asking what the bucket now shows of objects just put: those that wait at the same time are asked for by one listing."""

from threading import Condition

from executors.stores.s3.bucket import Bucket
from executors.stores.s3.listing import list_from
from schemas.inventory import Item

_FEW = 3
_PAGE = 1000


class Confirming:
    """Shared by the threads of a bucket. Whoever finds nobody asking asks for all who wait, in one call where they lie together."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._changed = Condition()
        self._waiting: list[str] = []
        self._found: dict[str, Item | None] = {}
        self._asking = False

    def item(self, rel: str) -> Item:
        """Return what stands at a path now. FileNotFoundError where nothing does."""
        with self._changed:
            self._waiting.append(rel)
            while self._asking and rel not in self._found:
                self._changed.wait()
            if rel in self._found:
                found = self._found.pop(rel)
                return found if found is not None else self._bucket.head(rel).item
            self._asking = True
            wanted, self._waiting = sorted(set(self._waiting)), []
        answers: dict[str, Item] = {}
        try:
            if len(wanted) >= _FEW:
                answers = list_from(self._bucket, wanted[0], min(_PAGE, 2 * len(wanted) + 10))
        except OSError:
            pass  # each is then asked for by itself, and told what is wrong
        finally:
            with self._changed:
                self._asking = False
                self._found.update((each, answers.get(each)) for each in wanted if each != rel)
                self._changed.notify_all()
        found = answers.get(rel)
        return found if found is not None else self._bucket.head(rel).item
