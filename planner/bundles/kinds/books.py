"""Books: the formats of one book with its metadata and cover, as Calibre and readers keep them."""

from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind
from reshelve.planner.recognise.extension_tables import companions

_OF_FOLDER = frozenset(
    ["metadata.opf", "metadata.json", "cover.jpg", "cover.jpeg", "cover.png", "cover.webp", "comicinfo.xml", "desc.txt"]
)
_FORMATS = (
    *("epub", "azw3", "azw", "kfx", "mobi", "fb2", "lit", "lrf", "pdb"),
    *("cbz", "cbr", "cb7", "cbt", "djvu", "pdf"),
)
"""From the one that says most of itself to the one that may be any document."""


def gather(folder: Folder, _tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every book here; a cover that is nobody's by name is that of the only book of a folder."""
    if folder.exts.isdisjoint(_FORMATS):
        return
    books: dict[str, list[Named]] = {}
    sure: set[str] = set()
    for one in folder.named:
        if one.ext in _FORMATS:
            books.setdefault(one.key, []).append(one)
        if one.ext == "opf" or (one.ext in _FORMATS and one.ext not in ("pdf", "lrf")):
            sure.add(one.key)
    # The pdf of an audiobook is its booklet, also where notes of the book lie beside it.
    heard = {one.key for one in folder.named if one.media == "audio"}
    sure -= {key for key, formats in books.items() if key in heard and all(one.ext == "pdf" for one in formats)}
    in_own_folder = "metadata.opf" in {one.name.casefold() for one in folder.named}
    mains = {key: min(formats, key=_rank) for key, formats in books.items() if key in sure or (in_own_folder and len(books) == 1)}
    if not mains:
        return
    has_media = any(one.media in ("video", "audio") for one in folder.named)
    only = next(iter(mains.values())) if len(books) == 1 and folder.path and not has_media else None
    with_it = companions()["beside_books"]
    for one in folder.named:
        main = mains.get(one.key)
        if main is not None and one is not main and (one.ext in _FORMATS or one.ext in with_it):
            yield Kin(main.item, Member(one.item, one.name[len(one.stem) :]))
        elif only is not None and one.name.casefold() in _OF_FOLDER:
            yield Kin(only.item, Member(one.item, "", name=one.name))


def _rank(one: Named) -> tuple[int, str]:
    return _FORMATS.index(one.ext), one.name


BOOKS = Kind("books", gather)
