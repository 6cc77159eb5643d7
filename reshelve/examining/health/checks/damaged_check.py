"""Check: files that nobody changed hold what they held. A bounded share is read each time, on from where the last one ended."""

import json
import shlex
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.executors.state.state_files import replace_state_file
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.inventory import Item, tells_changes
from reshelve.schemas.locations import join, printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_POSITION = "scrub.json"


def damaged(sight: Sight) -> CheckResult:
    """Read files again whose content is known, and compare; read those that are not known yet, and remember what they hold.

    A file counts as damaged when its content differs while its size, times and inode say that nobody wrote to it.
    """
    cache, read = sight.digests, _Read()
    if cache is None or sight.scrub <= 0:
        return CheckResult(figures=asdict(read))
    problems: list[Problem] = []
    position = _Position(sight.session.setting.state.folder / "health" / _POSITION)
    files = [(join(key, item.rel), key, item) for key, item in sight.files() if tells_changes(item.fs)]
    start = next((number for number, (place, _, _) in enumerate(files) if place > position.at), 0)
    left = sight.scrub
    for place, key, item in files[start:] + files[:start]:
        if left <= 0:
            break
        left -= max(item.size, 1 << 12)
        position.at = place
        problem = _read(sight, cache, place, key, item, read)
        if problem is not None:
            problems.append(problem)
    position.save()
    return CheckResult(problems, asdict(read))


@dataclass(slots=True)
class _Read:
    """How much was read: files and bytes, and of how many the content was not known before."""

    read_count: int = 0
    read_bytes: int = 0
    new_count: int = 0


def _read(sight: Sight, cache: DigestCache, place: str, key: str, item: Item, read: _Read) -> Problem | None:
    store = sight.stores.stores[key]
    known = cache.get(item)
    try:
        began = cache.now_ns()
        digest = store.digest(item.rel)
        after = store.stat(item.rel)
    except OSError as trouble:
        detail = f"{trouble.strerror or trouble}."
        hint = "Look at the disk (dmesg, smartctl -a), and bring the file back from a copy or backup."
        return Problem("file-unreadable", "A file cannot be read through.", detail, printable(place), hint)
    if after is None or (after.size, after.mtime_ns, after.ctime_ns, after.ino) != (
        item.size,
        item.mtime_ns,
        item.ctime_ns,
        item.ino,
    ):
        return None
    read.read_count += 1
    read.read_bytes += item.size
    if known is None:
        cache.put(item, digest, since_ns=began)
        read.new_count += 1
        return None
    if digest == known:
        return None
    detail = f"Its content is {digest}, and was {known}; size, times and inode are unchanged."
    hint = f"Bring it back from a copy or backup: reshelve history {shlex.quote(printable(place))}"
    return Problem("file-damaged", "A file's content changed although nobody wrote to it.", detail, printable(place), hint)


class _Position:
    """The place where the last scrub ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.at = ""
        with suppress(OSError, ValueError, AttributeError):
            self.at = str(json.loads(read_file(path)).get("at", ""))

    def save(self) -> None:
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_state_file(self._path, json.dumps({"at": self.at}).encode())
