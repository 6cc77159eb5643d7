"""The entries of a workspace's layout, for plans of other layouts: what such a plan puts away may be one of theirs."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from reshelve.opening.wiring import Setting
from reshelve.planner.diff.put_away import Entries
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.problems import ReshelveError


def entries_of(setting: Setting, digest: str = "", without: Callable[[Layout], Layout] | None = None) -> Entries:
    """Return what gives the entries of a workspace's layout: none where it has none, or that is unsound or has this `digest`.

    `without` tells what is left of the layout once the plan is done.
    """

    def entries() -> Mapping[str, Entry]:
        from reshelve.schemas.documents.layout_files import load_layout

        path = setting.layout or setting.folder / "layout.yaml"
        if setting.file is None or setting.fresh:
            return {}
        try:
            if not path.exists() or digest_of(path) == digest:
                return {}
            layout = load_layout(path)
            return (without(layout) if without is not None else layout).files
        except (ReshelveError, OSError):
            return {}

    return entries


def is_another(setting: Setting, digest: str) -> bool:
    """Say whether `digest` is of a layout beside the workspace's own."""
    path = setting.layout or setting.folder / "layout.yaml"
    try:
        return bool(digest) and setting.file is not None and path.exists() and digest_of(path) != digest
    except (ReshelveError, OSError):
        return True


def digest_of(path: Path) -> str:
    """Return what the bytes of a layout, a file or a folder of files, hash to. Raises ReshelveError and OSError."""
    from reshelve.schemas.documents.source_lines import opened

    digest = hashlib.sha256()
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        with opened(file) as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
