"""Mains: what of a folder others travel with, its films, episodes and tracks; later parts of a film go with its first."""

from collections.abc import Collection

from reshelve.planner.bundles.bundle import Member, Members
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.junk import is_junk_video
from reshelve.planner.bundles.sidecars import Lead
from reshelve.planner.bundles.whole_show_files import holds_parts, is_theme
from reshelve.planner.recognise.extension_tables import halves, is_disc, is_sidecar
from reshelve.planner.recognise.extras import extra_folder, extra_name, is_creditless
from reshelve.planner.recognise.film_parts import last_part
from reshelve.planner.recognise.subtitle_tags import language_of, spoken_whole
from reshelve.schemas.inventory import Item

THEMES = "theme-music"
"""A folder of the tunes that a media server plays for a show or film."""
_FEW = 4
"""As many sound files beside the only film may be its sound tracks; more of them are an album with a film."""
_SONGS = frozenset(["songs", "signs", "lyrics"])
"""Words of subtitles that are a folder's of music, too."""


def find_mains(folder: Folder, tree: Tree, members: Members, taken: Collection[str]) -> None:
    """Fill in the mains of a folder and the names they are followed by; later parts of a film become members of its first.

    What is `taken` leads nothing: it goes with another.
    """
    above, _, last = folder.path.rpartition("/")
    in_extras = extra_folder(last, above) is not None and above != ""
    tracks: list[Named] = []
    images: list[Item] = []
    creditless: list[Item] = []
    for one in folder.named:
        if one.item.rel in taken:
            continue
        if one.media == "video" and is_junk_video(one.name):
            continue
        if one.media == "video" and not in_extras and extra_name(one.stem) is None:
            (creditless if is_creditless(one.stem) else folder.films).append(one.item)
        elif one.media == "audio":
            tracks.append(one)
        elif is_disc(one.ext):
            images.append(one.item)
    folder.films = folder.films or creditless
    if not folder.films and all(is_theme(one) for one in tracks):
        # A disc beside films or music says nothing of whose the other files are.
        folder.films += [folder.disc] if folder.disc is not None else images
    _stack_parts(folder, members)
    # Films come first: what is named after a film and its own sound track is the film's, and so is the sound track.
    for item in folder.films:
        folder.names.add(halves(item.rel.rpartition("/")[2])[0], Lead(item))
    folder.mains += folder.films
    is_show = bool(folder.films) or holds_parts(folder, tree)
    for one in tracks:
        if is_sound_of_film_above(one, folder, tree) or (folder.last == THEMES and folder_above_is_watched(folder, tree)):
            continue
        if not (is_theme(one) and is_show) and not (folder.films and _is_sound_of_film(one, folder, len(tracks))):
            folder.names.add(one.stem, Lead(one.item))
            folder.mains.append(one.item)
    for item in folder.mains:
        members.setdefault(item.rel, [])


def is_sound_of_film_above(one: Named, folder: Folder, tree: Tree) -> bool:
    """Say whether a sound file is the sound track of a film in the folder above: "Rus Sound/Film.mka", "Audio/German.ac3".

    It is named after that film, or after a language beside the only one, in a folder that is called after sound or a language.
    """
    above = tree.above(folder)
    if above is None or folder.films:
        return False
    found = above.names.owner(one.stem) if is_sidecar(one.ext) else None
    if found is not None:
        return found[0].main in above.films
    is_told = (
        spoken_whole(folder.last) and folder.last not in _SONGS and spoken_whole(one.stem) and language_of(one.stem) is not None
    )
    return is_told and above.only is not None and above.only in above.films


def folder_above_is_watched(folder: Folder, tree: Tree) -> bool:
    """Say whether the folder above holds films, or the seasons of a show."""
    path = folder.path.rpartition("/")[0]
    above = tree.get(path, Folder(path))
    return path != "" and (bool(above.films) or holds_parts(above, tree))


def _is_sound_of_film(one: Named, folder: Folder, tracks: int) -> bool:
    """Say whether a sound file is the external sound track of a film here: by its name, or as one beside the only film."""
    found = folder.names.owner(one.stem) or folder.names.owner_by_work(one.stem)
    alone = folder.only is not None
    if is_sidecar(one.ext):
        return found is not None or (alone and (spoken_whole(one.stem) or tracks <= _FEW))
    # A number is a song's place on its album, whose titles may be words that languages are called by.
    is_spoken = spoken_whole(one.stem) and not any(letter.isdigit() for letter in one.stem)
    return (found is not None and found[1] != "") or (alone and is_spoken)


def _stack_parts(folder: Folder, members: Members) -> None:
    """Make CD2, part 2… members of the first part, where they differ in nothing else."""
    stacks: dict[tuple[str, str, str], dict[str, tuple[Item, str, str]]] = {}
    for item in folder.films:
        name = item.rel.rpartition("/")[2]
        stem, ext = halves(name)
        part = last_part(stem)
        if part is not None:
            stack = stacks.setdefault((part.before.casefold(), part.word, ext), {})
            stack[part.number] = (item, stem, part.text)
    later: set[str] = set()
    for stack in stacks.values():
        first, _, cut = stack.get("1") or stack.get("a") or (None, "", "")
        if first is None:
            continue
        for item, stem, piece in stack.values():
            if item is not first:
                suffix = piece + item.rel.rpartition("/")[2][len(stem) :]
                members.setdefault(first.rel, []).append(Member(item, suffix, cut=cut))
                folder.names.add(stem, Lead(first, piece, cut))
                later.add(item.rel)
    if later:
        folder.films = [item for item in folder.films if item.rel not in later]
