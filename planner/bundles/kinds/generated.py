"""Generated media: a video with the same video with sound, its first frame, its workflow and prompt.

Generators write `x_00001.mp4`, `x_00001-audio.mp4`, and `x_00001.png`, which holds the workflow. What shares the video's stem
follows it as any sidecar does; this kind adds what is named after it otherwise. Pictures with their documents are photos.
"""

from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind
from reshelve.planner.recognise.extension_tables import companions

_SOUND = "-audio"
_DOCUMENTS = frozenset(["json", "txt", "yaml", "yml"])


def gather(folder: Folder, _tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every video here."""
    videos = {one.key: one for one in reversed(folder.named) if one.media == "video"}
    if not videos:
        return
    words = companions()["generated"]
    for one in folder.named:
        if one.media == "video" and one.key.endswith(_SOUND):
            length = len(one.stem) - len(_SOUND)
        elif one.ext in _DOCUMENTS and (word := one.key.replace("_", ".").replace("-", ".").rpartition(".")[2]) in words:
            length = len(one.stem) - len(word) - 1
        else:
            continue
        main = videos.get(one.key[:length]) if length > 0 else None
        if main is not None:
            yield Kin(main.item, Member(one.item, one.name[length:]))


GENERATED = Kind("generated media", gather)
