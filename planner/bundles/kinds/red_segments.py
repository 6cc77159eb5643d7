"""RED: the segments of one clip, `A001_C001_0101AB_001.R3D` and on, and its look and metadata, `A001_C001_0101AB.RMD`."""

import re
from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind

_SEGMENT = re.compile(r"(?P<clip>.+)(?P<tail>_\d{3})\Z")
_PROXY = re.compile(r"_[HMFPQ]\Z", re.IGNORECASE)


def gather(folder: Folder, _tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every clip: RED's programs find segments, looks and proxies by the clip's name before `_001`."""
    if "r3d" not in folder.exts:
        return
    clips: dict[str, tuple[Named, int, str]] = {}
    for one in folder.named:
        found = _SEGMENT.match(one.stem) if one.ext == "r3d" else None
        if found is not None:
            clips.setdefault(found["clip"].casefold(), (one, len(found["clip"]), found["tail"]))
    for one in folder.named:
        for key in (one.key, _PROXY.sub("", one.key), *([found["clip"].casefold()] if (found := _SEGMENT.match(one.stem)) else ())):
            main, length, tail = clips.get(key, (one, 0, ""))
            if main is not one:
                yield Kin(main.item, Member(one.item, one.name[length:], cut=tail), tail)
                break


RED = Kind("red segments", gather)
