"""Identity: when two files are the same, and when a file is what a layout entry means."""

from datetime import UTC, datetime

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.differences import two_sizes
from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.layout import Absent, Entry
from reshelve.schemas.quantities import time_ns


def same_file(one: Item, other: Item) -> bool:
    """Say whether two items are names of one file. An object has one name; two with one ETag only hold the same.

    Where inode numbers do not last, one of them may be given to another file between two looks: size and time must be equal too.
    """
    if one.fs.startswith("s3:"):
        return one.fs == other.fs and one.rel == other.rel and one.ino == other.ino
    if one.ino != other.ino or one.fs != other.fs or one.ino == 0:
        return False
    return lasting_inodes(one.fs) or (one.kind, one.size, one.mtime_ns) == (other.kind, other.size, other.mtime_ns)


def same_content(one: Item, reader: Reader, other: Item, other_reader: Reader) -> bool:
    """Say whether two items hold the same: size, then content hash; links, by what they hold. Raises OSError."""
    if one.kind != other.kind or one.kind not in ("file", "link"):
        return False
    if one.kind == "link":
        return reader.read_link(one.rel) == other_reader.read_link(other.rel)
    return one.size == other.size and (one.size == 0 or reader.digest(one.rel) == other_reader.digest(other.rel))


def link_to(reader: Reader, item: Item) -> str:
    """Return what a symbolic link to a file holds that reshelve makes: its absolute path."""
    return f"{reader.root.path.rstrip('/')}/{item.rel}"


def told_apart(entry: Entry) -> bool:
    """Say whether an entry says enough of its file to know it again: a size or a hash."""
    return entry.hash is not None or entry.size is not None


def is_entry(entry: Entry, item: Item, reader: Reader) -> bool:
    """Say whether an item is what an entry describes: its hash, else its size, else any file. Raises OSError."""
    return item.kind in ("file", "link") and not differences(entry, item, reader)


def differences(entry: Entry, item: Item, reader: Reader) -> str:
    """Return in what a file is not what an entry describes, in words; "" where size and hash are as described. Raises OSError."""
    if entry.size is not None and item.size != entry.size:
        size, said = two_sizes(item.size, entry.size)
        return f"it has {size}, the layout says {said}"
    if entry.hash is not None and item.kind == "file":
        found = reader.digest(item.rel)
        return f"its content is {found}, the layout says {entry.hash}" if found != entry.hash else ""
    return ""


def is_absent(absent: Absent, item: Item, reader: Reader) -> bool:
    """Say whether an item is the thing that should be gone. Raises OSError, and ValueError where `mtime` is no time."""
    if item.kind not in ("file", "link"):
        return False
    if absent.size is not None and item.size != absent.size:
        return False
    if absent.mtime is not None:
        seen_ns, digits = time_ns(absent.mtime)
        unit = 10 ** (9 - digits)
        if item.mtime_ns // unit != seen_ns // unit:
            return False
    return absent.hash is None or (item.kind == "file" and reader.digest(item.rel) == absent.hash)


def nanoseconds(when: datetime) -> int:
    """Return a time in nanoseconds since the epoch, to the microsecond."""
    return int(when.timestamp() * 1_000_000) * 1000


def time_text(time_ns: int) -> str | None:
    """Return a time (ns since the epoch) in ISO 8601 to the second, in UTC; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(time_ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None
