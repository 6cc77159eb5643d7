"""Brought: where runs put a `reshelve.local.yaml`, or a whole folder that may hold one. That file is nobody's own word.

One small file a place, in `$XDG_STATE_HOME/reshelve/brought/`, made before the run begins, so that no kill leaves a file of unknown
origin. It stays for good: what lies there later needs consent as anything of a workspace does.
"""

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from reshelve.opening.workspace_search import state_base
from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.locations import decode_path, split
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import stop


def note(plan: Plan, environ: Mapping[str, str]) -> None:
    """Keep which places a plan may bring such a file to. Raises ReshelveError where that cannot be kept: nothing is begun then."""
    places = sorted({os.path.join(decode_path(plan.roots[root].path), rel) for root, rel in _made(plan) if root in plan.roots})
    if not places:
        return
    folder = _folder(state_base(environ))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for place in places:
            kept = folder / _name(place)
            if not kept.exists():
                kept.write_text(f"{os.fsencode(place).decode('utf-8', 'backslashreplace')}\n{plan.run}\n", encoding="utf-8")
    except OSError as trouble:
        detail = f"{trouble.strerror}. What is brought may say things in your name ({LOCAL}), so that it must be known as brought."
        hint = "Give this user the right to write there."
        summary = "It cannot be noted what this run brings."
        raise stop("brought-not-noted", summary, detail, path=str(folder), hint=hint) from trouble


def brought(file: Path, base: Path) -> bool:
    """Say whether a run put a file where it lies, or a folder around it; `base` is where this user's reshelve keeps its state."""
    folder = _folder(base)
    if not folder.is_dir():
        return False
    real = Path(os.path.realpath(file.parent), file.name)
    return any((folder / _name(str(each))).exists() for each in _around([real, Path(os.path.realpath(file))]))


def _around(files: Iterable[Path]) -> Iterator[Path]:
    for file in files:
        yield file
        yield from file.parents


def _made(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield (root key, path) of each overlay and unpacked folder that a plan makes on this machine."""
    for operation in plan.operations:
        if operation.makes is None:
            continue
        root, rel = split(operation.makes)
        if operation.op == "unpack" or _plain(rel.rpartition("/")[2]) == LOCAL:
            yield root, rel


def _folder(base: Path) -> Path:
    return base / "brought"


def _name(place: str) -> str:
    return hashlib.sha256(os.fsencode(_plain(place))).hexdigest()[:32]


def _plain(text: str) -> str:
    """Return a name as file systems may compare it: without regard to case or to how letters are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
