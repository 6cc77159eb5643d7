"""Free names: how a name is numbered and known again; and a shelf, one store as the place things go to, and what stands there."""

import contextlib
import re
from collections.abc import Sequence

from reshelve.planner.observing.identity import link_to, same_content, same_file
from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.ports.copied_before import Copied, CopiedBefore, nothing_copied
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.recognise.extension_tables import media_type
from reshelve.planner.recognise.subtitle_tags import without_tags
from reshelve.planner.rules.portable_names import LIMIT, encoded, truncate_part
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import join, printable
from reshelve.schemas.name_rules import fold

_NUMBER = re.compile(r"(?:_| - version (?!1\Z))([1-9][0-9]{0,8})\Z")
_TELLING = 40
"""Characters of a stem that numbered names of it surely share: what is cut for a number is cut from the end of a long one."""

_Variant = tuple[int, bool]
"""The number of a name, and whether it is a film's, which counts versions."""
Untold = dict[tuple[str, str], str]
"""Files, by root key and path, whose content had to be compared and could not be, and why: see `note_untold`."""
Held = tuple[Reader, str]
"""Where a name stands: the root, and the path as it is written there."""


def note_untold(untold: Untold, reader: Reader, item: Item, trouble: OSError) -> None:
    """Note why a file could not be compared: a saved inventory stands in for the disks, or one of the two cannot be read.

    What is gone by now need not be compared.
    """
    if isinstance(trouble, NotObserved):
        untold[reader.root.key, item.rel] = "which cannot be told from the inventory"
    elif not isinstance(trouble, FileNotFoundError):
        why = printable(trouble.strerror or str(trouble))
        untold[reader.root.key, item.rel] = f"which cannot be told: one of the two cannot be read ({why})"


class Shelf:
    """The available roots of one store, in order. A folder is listed once, when somebody first asks what is free in it.

    What cannot be compared with what stands there, because it cannot be read or no disk is looked at, is noted in `untold`.
    `copied` tells what runs copied to a place: such a copy counts as the same file however it was edited since, and is noted in
    `changed`, by its place.
    """

    def __init__(self, roots: Sequence[Reader], untold: Untold, copied: CopiedBefore = nothing_copied) -> None:
        self.changed: dict[str, Copied] = {}
        self._copied = copied
        self._untold = untold
        self._roots = [reader for reader in roots if reader.root.available]
        self.folds = any(_folds(reader) for reader in self._roots)
        self._folders: dict[str, dict[str, Held]] = {}
        self._variants: dict[str, dict[tuple[str, str], list[tuple[_Variant, Held]]]] = {}
        self._contents: dict[tuple[str, int], dict[str, str]] = {}

    def key(self, rel: str) -> str:
        """Return what this store compares paths by."""
        return fold(rel) if self.folds else rel

    def find(self, rel: str) -> Held | None:
        """Return what a path would meet, or None where it is free. A folder that cannot be read counts as empty."""
        folder, _, name = rel.rpartition("/")
        held = self._held(folder)
        return held.get(self.key(name)) if held else None

    def paths(self, folder: str) -> list[str]:
        """Return the paths of what stands in a folder, on any root."""
        return [path for _, path in self._held(folder).values()]

    def same(self, held: Held, item: Item, reader: Reader, *, linked: bool = False) -> bool:
        """Say whether what stands there is the very file `item` of `reader`, holds the same, or was copied from it by a run.

        `linked`: a symbolic link to it counts, too.
        """
        there, rel = held
        try:
            found = there.stat(rel)
            if linked and found is not None and found.kind == "link":
                return there.read_link(rel) == link_to(reader, item)
            if found is None or same_file(found, item) or same_content(found, there, item, reader):
                return found is not None
            place = join(there.root.key, rel)
            copied = self._copied(place)
            if copied is not None and copied.is_of(item, reader):
                self.changed[place] = copied
                return True
            return False
        except OSError as trouble:
            note_untold(self._untold, reader, item, trouble)
            return False

    def is_file(self, held: Held, item: Item) -> bool:
        """Say whether what stands there is the very file `item`."""
        try:
            found = held[0].stat(held[1])
        except OSError:
            return False
        return found is not None and same_file(found, item)

    def twin(self, rel: str, item: Item, reader: Reader, *, linked: bool = False) -> str | None:
        """Return the path of a numbered variant of `rel` that already holds what `item` of `reader` holds, or None.

        Where `rel` is numbered itself, the name without that number, and its other numbers, count too: else two rules that copy
        to each other would number each other's numbers for ever.
        """
        found = self._twin(rel, item, reader, linked=linked)
        while found is None and (shorter := without_number(rel)) != rel:
            rel = shorter
            found = self._same_at(rel, item, reader, linked=linked) or self._twin(rel, item, reader, linked=linked)
        return found

    def _same_at(self, rel: str, item: Item, reader: Reader, *, linked: bool) -> str | None:
        held = self.find(rel)
        return held[1] if held is not None and self.same(held, item, reader, linked=linked) else None

    def _twin(self, rel: str, item: Item, reader: Reader, *, linked: bool) -> str | None:
        folder, _, name = rel.rpartition("/")
        variants = self._variants.get(folder)
        if variants is None:
            variants = self._variants[folder] = self._numbered(folder)
        stem, ext = split_name(name)
        alike = variants.get((self.key(stem)[:_TELLING], self.key(ext)), ())
        found = [held for variant, held in alike if self.key(_varied(rel, *variant)) == self.key(held[1])]
        if not found:
            return None
        if linked and (link := self._link(found, link_to(reader, item))):
            return link
        try:
            contents = self._contents.get((rel, item.size))
            if contents is None:
                contents = self._contents[rel, item.size] = {}
                for there, path in found:
                    seen = there.stat(path)
                    if seen is not None and seen.kind == "file" and seen.size == item.size:
                        contents.setdefault(there.digest(path), path)
            return contents.get(reader.digest(item.rel)) if contents else None
        except OSError as trouble:
            note_untold(self._untold, reader, item, trouble)
            return None

    def _link(self, found: Sequence[Held], text: str) -> str:
        """Return the path of the symbolic link among some things that holds a text, "" where none does."""
        for there, path in found:
            with contextlib.suppress(OSError):
                item = there.stat(path)
                if item is not None and item.kind == "link" and there.read_link(path) == text:
                    return path
        return ""

    def _held(self, folder: str) -> dict[str, Held]:
        held = self._folders.get(folder)
        if held is None:
            held = self._folders[folder] = self._list(folder)
        return held

    def _list(self, folder: str) -> dict[str, Held]:
        held: dict[str, Held] = {}
        for reader in self._roots:
            try:
                names = reader.names(folder)
            except OSError:
                continue
            above = f"{folder}/" if folder else ""
            for name in sorted(names or ()):
                held.setdefault(self.key(name), (reader, above + name))
        return held

    def _numbered(self, folder: str) -> dict[tuple[str, str], list[tuple[_Variant, Held]]]:
        found: dict[tuple[str, str], list[tuple[_Variant, Held]]] = {}
        for held in self._folders.get(folder, {}).values():
            stem, ext = split_name(held[1].rpartition("/")[2])
            number = _NUMBER.search(stem)
            if number:
                beginning = self.key(stem[: number.start()])[:_TELLING]
                found.setdefault((beginning, self.key(ext)), []).append((_variant(number), held))
        return found


def split_name(name: str) -> tuple[str, str]:
    """Return a file name's stem, and its extension with the dot; a leading dot begins no extension."""
    stem, dot, ext = name.rpartition(".")
    return (stem, dot + ext) if stem else (name, "")


def own_halves(name: str) -> tuple[str, str]:
    """Return a file name's stem, and its extension with the dot, as places have them.

    To a subtitle's extension belongs the chain of languages and flags before it: else two languages of one film would get one name
    from `{{ title }}.{{ ext }}`, and neither would say which it is.
    """
    stem, ext = split_name(name)
    if media_type(ext[1:]) != "subtitle":
        return stem, ext
    bare = without_tags(stem)
    return bare, stem[len(bare) :] + ext


def numbered(rel: str, number: int) -> str:
    """Return `stem_1.ext` of a path: its last part no longer than 255 bytes, or than it is now."""
    above, slash, name = rel.rpartition("/")
    return f"{above}{slash}{with_number(*split_name(name), number)}"


def version(rel: str, number: int) -> str:
    """Return `stem - version 2.ext` of a film's path for number 1, and so on, as media servers read it; cut as by `numbered`."""
    return with_label(rel, f"version {number + 1}")


def with_label(rel: str, label: str) -> str:
    """Return `stem - LABEL.ext` of a path: its last part no longer than 255 bytes, or than it is now."""
    above, slash, name = rel.rpartition("/")
    return f"{above}{slash}{_with_end(*split_name(name), f' - {label}')}"


def with_number(stem: str, rest: str, number: int) -> str:
    """Return `stem_1rest`, the stem cut so that the name is no longer than 255 bytes, or than it would be without the number."""
    return _with_end(stem, rest, f"_{number}")


def _with_end(stem: str, rest: str, told: str) -> str:
    end = told + rest
    if (len(stem) + len(end)) * 4 <= LIMIT:
        return stem + end
    limit = max(LIMIT, len(encoded(stem + rest)))
    return truncate_part(stem, max(limit - len(encoded(end)), 1)) + end


def without_number(rel: str) -> str:
    """Return a path without the number that `numbered` or `version` gave it; a path that has none as it is."""
    above, slash, name = rel.rpartition("/")
    stem, ext = split_name(name)
    found = _NUMBER.search(stem)
    return f"{above}{slash}{stem[: found.start()]}{ext}" if found and found.start() else rel


def is_variant(rel: str, base: str) -> bool:
    """Say whether a path is `base`, or a numbered variant or version of it."""
    if rel == base:
        return True
    found = _NUMBER.search(split_name(rel.rpartition("/")[2])[0])
    return found is not None and _varied(base, *_variant(found)) == rel


def is_labelled(rel: str, base: str) -> bool:
    """Say whether a path is `stem - LABEL.ext` of `base`."""
    (stem, ext), (own, own_ext) = (split_name(path) for path in (rel, base))
    return ext == own_ext and stem.startswith(f"{own} - ")


def _variant(found: re.Match[str]) -> _Variant:
    film = found[0][0] != "_"
    return int(found[1]) - film, film


def _varied(rel: str, number: int, film: bool) -> str:
    return version(rel, number) if film else numbered(rel, number)


def _folds(reader: Reader) -> bool:
    try:
        return reader.folds()
    except OSError:
        return False
