"""A layout that is a folder of files: made one, and parted again so that each thing stays in the file that held it."""

from collections.abc import Iterable
from pathlib import Path

from reshelve.schemas.layout import Layout


def merged(layouts: Iterable[Layout]) -> Layout:
    """Return one layout of several that share no target; junk names of one store are joined."""
    whole = Layout()
    for layout in layouts:
        whole.files.update(layout.files)
        whole.dirs.extend(layout.dirs)
        whole.absent.extend(layout.absent)
        whole.review.extend(layout.review)
        whole.leave.extend(layout.leave)
        for store, junk in layout.tidy.items():
            whole.tidy[store] = sorted({*whole.tidy.get(store, []), *junk})
        whole.values.update(layout.values)
    return whole


def parted(layout: Layout, parts: dict[Path, Layout], new: Path) -> dict[Path, Layout]:
    """Return what each file of a folder is to hold: what it held of `layout`, and in `new` whatever none held."""
    made = {file: Layout() for file in (*parts, new)}
    homes: dict[tuple[str, str], Path] = {}
    for file, part in parts.items():
        homes.update((("files", target), file) for target in part.files)
        homes.update((("dirs", place), file) for place in part.dirs)
        homes.update((("absent", thing.path), file) for thing in part.absent)
        homes.update((("review", item.source), file) for item in part.review)
        homes.update((("leave", place), file) for place in part.leave)
        homes.update((("tidy", store), file) for store in part.tidy)
        homes.update((("set", name), file) for name in part.values)
    for target, entry in layout.files.items():
        made[homes.get(("files", target), new)].files[target] = entry
    for place in layout.dirs:
        made[homes.get(("dirs", place), new)].dirs.append(place)
    for thing in layout.absent:
        made[homes.get(("absent", thing.path), new)].absent.append(thing)
    for item in layout.review:
        made[homes.get(("review", item.source), new)].review.append(item)
    for place in layout.leave:
        made[homes.get(("leave", place), new)].leave.append(place)
    for store, junk in layout.tidy.items():
        made[homes.get(("tidy", store), new)].tidy[store] = junk
    for name, value in layout.values.items():
        made[homes.get(("set", name), new)].values[name] = value
    if new not in parts and made[new] == Layout():
        del made[new]
    return made
