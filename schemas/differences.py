"""In what way a thing is not the one that was meant, told in words that differ."""

from datetime import UTC, datetime, timedelta

from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.quantities import human_size

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def difference(item: Item | None, size: int, mtime_ns: int, ino: int, then: str = "") -> str:
    """Say in what way `item` is not the thing of this size (bytes), modification time (ns) and inode, which it is not.

    Made to follow the thing's name. `then` is when it was seen so, such as "when planned".
    """
    then = f" {then}" if then else ""
    if item is None:
        return "is gone"
    if item.kind == "dir":
        return "is a folder now"
    if item.kind == "other":
        return "is neither a file nor a link now"
    if item.size != size:
        before, now = two_sizes(size, item.size)
        return f"was {before}{then}, and is {now} now"
    another = item.ino != ino and lasting_inodes(item.fs)
    if another and item.fs.startswith("s3:"):
        return "holds other content of the same size now"
    if item.mtime_ns != mtime_ns:
        before, now = two_times(mtime_ns, item.mtime_ns)
        if another:
            return f"is another file of the same size now: it was modified {now}, not {before}"
        return f"was modified {before}{then}, and is modified {now} now"
    return "is another file of the same size and time now" if another else "holds other content of the same size and time now"


def two_sizes(one: int, other: int) -> tuple[str, str]:
    """Return two different sizes (bytes) as people read them, exactly where they would read alike."""
    texts = human_size(one), human_size(other)
    return texts if texts[0] != texts[1] else (f"{one:,} B", f"{other:,} B")


def two_times(one: int, other: int) -> tuple[str, str]:
    """Return two different times (ns since the epoch) in UTC, to the nanosecond where they would read alike."""
    texts = _time(one), _time(other)
    return texts if texts[0] != texts[1] else (_time(one, exactly=True), _time(other, exactly=True))


def _time(moment: int, *, exactly: bool = False) -> str:
    seconds, fraction = divmod(moment, 10**9)
    try:
        told = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
    except OverflowError:
        return f"{moment} ns from 1970"
    return f"{told}.{fraction:09d} UTC" if exactly else f"{told} UTC"


def standing(item: Item | None) -> str:
    """Say in a few words what stands at a place."""
    if item is None:
        return "nothing"
    if item.kind == "file":
        return f"a file of {human_size(item.size)}, modified {_time(item.mtime_ns)}"
    return {"dir": "a folder", "link": "a symbolic link"}.get(item.kind, "something that is not a file")
