"""The recogniser of names: by its extension a file goes to the readers of sounds, pictures, subtitles, or things to watch."""

import re
import unicodedata
from collections.abc import Sequence

from reshelve.planner.recognise import camera_names, kind_words, music_names, title_text
from reshelve.planner.recognise.abbreviated_titles import spell_out
from reshelve.planner.recognise.copy_names import without_copy
from reshelve.planner.recognise.disc_folders import disc_top, on_card
from reshelve.planner.recognise.episodes import read_episode
from reshelve.planner.recognise.extension_tables import halves, is_disc, is_foreign, is_partial, media_type
from reshelve.planner.recognise.extras import extra_folder, is_subtitle_folder
from reshelve.planner.recognise.name_reading import FILE, FOLDER, Reading
from reshelve.planner.recognise.subtitle_tags import language_of, spoken_whole, without_tags
from reshelve.planner.recognise.video_names import read_watched

_CUT = re.compile(r"(?<=[\[【])[^\[\]【】]*/[^\[\]【】]*(?=[\]】])| / ")
"""One name that a program took apart at a slash inside of it: "[Two/Titles]"."""
_LONGEST = 255
"""Characters of a name beyond which it is no file's or folder's: no file system holds more. Nothing is tried on more."""


class NameRecogniser:
    """Reads names without touching a disk. What plain patterns settle is certain, and so is what two readers agree on."""

    __slots__ = ()

    def read(self, rel: str) -> Reading:
        """Return the facts of the item at `rel`. Never raises for a name; a hostile one costs no more than a long one."""
        reading = self._read(rel, slowly=True)
        assert reading is not None
        return reading

    def quick(self, rel: str) -> Reading | None:
        """Return the facts of the item at `rel` where plain patterns settle them; None where slow readers would be asked."""
        return self._read(rel, slowly=False)

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        """Return the facts of many items, in their order."""
        return [self.read(rel) for rel in rels]

    def _read(self, rel: str, *, slowly: bool) -> Reading | None:
        if len(rel) > _LONGEST and any(len(part) > _LONGEST for part in rel.split("/")):
            return Reading({"kind": "other"}, {"kind": FILE})
        if not rel.isascii():
            # A Mac takes letters with accents apart.
            rel = unicodedata.normalize("NFC", rel)
        if "/" in rel:
            rel = _CUT.sub(lambda found: found.group().replace("/", " ∕ "), rel)
        path, _, name = rel.rpartition("/")
        folders = path.split("/") if path else []
        stem, ext = halves(name)
        disc = disc_top(rel)
        folders = _without_own(folders, stem, name) if disc is None else folders
        media = media_type(ext) if disc is None else "video"
        if not name or (name[0] == "." and not name.startswith("..")) or is_partial(name):
            return Reading({"kind": "other"}, {"kind": FILE})
        if media in {"audio", "image"}:
            return _still_or_sound(stem, ext, media, folders)
        if media == "subtitle":
            return _subtitle(stem, ext, folders, slowly=slowly)
        if media == "document":
            return Reading({"kind": "other"}, {"kind": FILE})
        if media == "other" and ext and not is_disc(ext):
            # No extension anyone knows: the dot was part of a release's name, or this is not for us.
            said = title_text.QUALITY.search(name) or read_episode(name)
            if not said or is_foreign(stem, ext) or (_is_volume(ext) and (title_text.QUALITY.search(stem) or read_episode(stem))):
                return Reading({"kind": "other"}, {"kind": FILE})
            stem = name.rstrip()
        if media != "other":
            own = camera_names.read_clip(stem)
            if own is None and stem.isdecimal():
                own = camera_names.read_card_clip(stem, ext, card=on_card(rel))
            own = own or camera_names.read_generated(stem, folders)
            if own:
                reading = Reading()
                reading.add(FILE, {"kind": "other", **own})
                return reading
            original = without_copy(stem)
            if original != stem:
                stem, name = original, f"{original}.{ext}"
        may_guess = media == "video" or (not ext or not is_disc(ext))
        watched = read_watched(stem, name, folders, guessing=("yes" if slowly else "elsewhere") if may_guess else "no")
        return spell_out(watched, folders) if watched is not None else None


def _without_own(folders: list[str], stem: str, name: str) -> list[str]:
    """Return the folders without one of a release that has its file's own name: what is said again tells nothing more."""
    if not folders or folders[-1] not in {stem, name} or media_type(halves(name)[1]) == "audio":
        return folders
    return folders if extra_folder(folders[-1], folders[-2] if len(folders) > 1 else "") else folders[:-1]


def _is_volume(ext: str) -> bool:
    """Say whether "001" is how a file was cut in pieces, where all of a name has been said before it."""
    return len(ext) == 3 and ext[0] == "0" and ext.isdigit()


def _still_or_sound(stem: str, ext: str, media: str, folders: list[str]) -> Reading:
    reading = Reading()
    recorded = camera_names.read_recording(stem) if media == "audio" else None
    if recorded:
        reading.add(FILE, {"kind": "other", **recorded})
        return reading
    if media == "image":
        reading.add(FILE, {"kind": "image", **(camera_names.read_clip(stem) or camera_names.read_generated(stem, folders) or {})})
        return reading
    if kind_words.is_audiobook(stem, ext, music_names.without_discs(folders)[0]):
        facts, by_folder = music_names.read_book(stem, folders, whole=ext in kind_words.WHOLE_BOOKS)
        reading.add(FILE, {"kind": "audiobook"})
    else:
        facts, by_folder = music_names.read_track(stem, folders)
        reading.add(FILE, {"kind": "music"})
    reading.add(FILE, facts)
    reading.add(FOLDER, by_folder)
    return reading


def _subtitle(stem: str, ext: str, folders: list[str], *, slowly: bool) -> Reading | None:
    """Read a subtitle as what it is the subtitle of, and its language; None where slow readers are to be asked elsewhere."""
    base = without_tags(stem)
    told = len(folders) > 1 and is_subtitle_folder(folders[-1]) and spoken_whole(stem)
    if told:
        # "Film/Subs/2_English": only the folder says of what.
        *folders, base, _ = folders
    reading = read_watched(base, f"{base}.{ext}", folders, guessing="yes" if slowly else "elsewhere")
    if reading is None:
        return None
    if told:
        reading.sources |= dict.fromkeys(reading.sources, FOLDER)
        reading.doubtful |= {"kind"}
    reading.add(FILE, {"language": language_of(stem if told else stem[len(base) :])})
    return reading
