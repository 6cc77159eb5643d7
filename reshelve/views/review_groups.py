"""What is left for review, by folder: so many files of which kind, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.schemas.layout import SAME_CONTENT, Review
from reshelve.schemas.locations import printable
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.colour import count

UNDECIDED = "undecided"
_KINDS = {
    "image": ("picture",),
    "video": ("video",),
    "audio": ("sound file",),
    "subtitle": ("subtitle",),
    "document": ("document",),
    "other": ("other file",),
}
_WITH = "with "
_SAME_IN_SHORT = f"{SAME_CONTENT}a file that is filed"
"""A reason that names a file, which is another one each time, and how it is told with its number."""
_AND_SAME = f"; {SAME_CONTENT}"
_NAMED = 3
"""Files of a group that are named."""
_CERTAIN = " not certain"
"""What may follow it is what the readers of this one name said."""


@dataclass(slots=True)
class _Group:
    """Items of one folder, or of several below it, that are left for one reason."""

    folder: str
    why: str
    items: list[Review]

    @property
    def folders(self) -> int:
        return len({_folder(item.source) for item in self.items})

    @property
    def depth(self) -> int:
        path = self.folder.partition(":")[2]
        return path.count("/") + 1 if path else 0


def group_lines(items: Sequence[Review], most: int) -> Iterator[str]:
    """Yield a line for each folder and reason, the largest first: `most` of them, then what the others come to.

    Where there are more, the deepest folders are told as the one that they lie in.
    """
    groups = _groups(items)
    while len(groups) > most and (deepest := max(group.depth for group in groups)) > 1:
        groups = _joined(groups, deepest)
    groups.sort(key=lambda group: (-len(group.items), group.folder, group.why))
    for group in groups[:most]:
        yield f"  {_line(group)}"
    if rest := groups[most:]:
        files, folders = sum(len(group.items) for group in rest), len({group.folder for group in rest})
        yield f"  … and {count(files, 'more file', 'more files')} in {count(folders, 'folder')} (--full names all)"
    elif any(len(group.items) > _NAMED for group in groups):
        yield "  (--full names all)"


def reasons(items: Sequence[Review]) -> list[str]:
    """Return why each item is left, in short. What travels with another has the reason of that."""
    told = {item.source: item.because or UNDECIDED for item in items}
    whys = [item.because or UNDECIDED for item in items]
    return [in_short(told.get(why.removeprefix(_WITH), why)) for why in whys]


def in_short(because: str) -> str:
    """Return a reason without the one file that it names, and without what was read of one name."""
    if because.startswith(_WITH):
        return "with another file that is left"
    short = _SAME_IN_SHORT if because.startswith(SAME_CONTENT) else because.partition(_AND_SAME)[0]
    head, certain, _ = short.partition(_CERTAIN)
    return head + certain


def _groups(items: Sequence[Review]) -> list[_Group]:
    """Return the items by folder and reason."""
    found: dict[tuple[str, str], _Group] = {}
    for item, why in zip(items, reasons(items), strict=True):
        folder = _folder(item.source)
        found.setdefault((folder, why), _Group(folder, why, [])).items.append(item)
    return list(found.values())


def _joined(groups: Iterable[_Group], deepest: int) -> list[_Group]:
    """Return groups in which those at one depth are put together in the folders above them."""
    found: dict[tuple[str, str], _Group] = {}
    for group in groups:
        folder = _folder(group.folder) if group.depth == deepest else group.folder
        found.setdefault((folder, group.why), _Group(folder, group.why, [])).items += group.items
    return list(found.values())


def _folder(location: str) -> str:
    """Return the location of the folder that something lies in; "inbox:" for what lies at the top."""
    store, _, path = location.partition(":")
    return f"{store}:{path.rpartition('/')[0]}"


def _line(group: _Group) -> str:
    if len(group.items) == 1:
        item = group.items[0]
        return f"{printable(item.source)}: {printable(item.because or UNDECIDED)}"
    where = printable(group.folder) if group.depth == 0 else f"{printable(group.folder)}/"
    if group.folders > 1:
        where += f" ({count(group.folders, 'folder')})"
    colon = "" if where.endswith(":") else ":"
    return f"{where}{colon} {_what(group.items)}, {printable(group.why)} ({_first(group.items)})"


def _first(items: Sequence[Review]) -> str:
    """Return the names of the first few items."""
    names = [printable(item.source.rpartition("/")[2].rpartition(":")[2]) for item in items[:_NAMED]]
    return ", ".join([*names, "…"] if len(items) > _NAMED else names)


def _what(items: Iterable[Review]) -> str:
    """Return how many of which kind: "312 pictures and 4 videos"."""
    kinds: dict[str, int] = defaultdict(int)
    for item in items:
        kinds[media_type(halves(item.source.rpartition("/")[2])[1])] += 1
    told = [count(number, *_KINDS[kind]) for kind, number in Counter(kinds).most_common()]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
