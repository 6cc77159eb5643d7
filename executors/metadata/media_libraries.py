"""Asking the libraries about one open file, in this process."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, BinaryIO

from reshelve.executors.metadata import music_files, picture_files, picture_looks, video_files
from reshelve.executors.metadata.bounded_file import BoundedFile
from reshelve.schemas.quick_dataclasses import dataclass

_OWN_VERSION = "3"
"""Changes with every change to what our own code makes of a file."""

_BY_MEDIUM: dict[str, tuple[ModuleType, ...]] = {
    "video": (video_files,),
    "audio": (music_files, video_files),
    "image": (picture_files,),
    "look": (picture_looks,),
}
"""Who is asked of a medium, in this order, until one knows the file; without the first, the medium is not read.

"look" is what a picture looks like, which takes decoding it.
"""
_MODULES = tuple(dict.fromkeys(module for modules in _BY_MEDIUM.values() for module in modules))


@dataclass(slots=True, frozen=True)
class Answer:
    """The facts inside a file. `lasting`: the same file would say so again; time and disks have their moods."""

    facts: dict[str, Any]
    lasting: bool


def readers() -> dict[str, str]:
    """Return the media that can be read with what is installed, each with what its answers depend on. Loads the libraries."""
    versions = {module: version for module in _MODULES if (version := _version(module))}
    return {
        medium: " ".join([_OWN_VERSION, medium, *(versions[each] for each in modules if each in versions)])
        for medium, modules in _BY_MEDIUM.items()
        if modules[0] in versions
    }


def ask(medium: str, content: BinaryIO, name: str, seconds: float) -> Answer:
    """Return what an open file says of itself, asked for no longer than `seconds` a library (between reads). Never raises."""
    for module in _BY_MEDIUM.get(medium, ()):
        if not _version(module):
            continue
        try:
            content.seek(0)
        except OSError:
            return Answer({}, lasting=False)
        file = BoundedFile(content, name, most=module.MOST, seconds=seconds)
        facts = _asked(module, file)
        if file.interrupted:
            return Answer({}, lasting=False)
        if facts is not None:
            # Half a file may tell half the truth: how long it lasts, for one.
            return Answer({} if file.exhausted else facts, lasting=True)
    return Answer({}, lasting=True)


def _version(module: ModuleType) -> str:
    """Return a library and its version; "" where it is not installed, or does not load."""
    version: Callable[[], str] = module.version
    try:
        return version()
    except (ImportError, OSError):
        return ""


def _asked(module: ModuleType, file: BoundedFile) -> dict[str, Any] | None:
    """Return what a library says of a file; nothing where it trips over what is in it, however it does."""
    read: Callable[[BoundedFile], dict[str, Any] | None] = module.read
    try:
        return read(file)
    except Exception:  # noqa: BLE001 - broken files make libraries raise anything: struct.error, AssertionError, MemoryError
        return None
