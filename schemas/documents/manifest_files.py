"""Manifests out: one JSON document, whole."""

import json
from dataclasses import asdict
from pathlib import Path

from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.schemas.manifest import Manifest


def manifest_text(manifest: Manifest) -> bytes:
    """Return a manifest as JSON. Equal manifests give equal bytes."""
    text = json.dumps({"version": manifest.version, **asdict(manifest)}, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def save_manifest(manifest: Manifest, path: Path, only: str | None = None) -> str:
    """Write a manifest, replacing the file whole, and return its version. Raises what `replace_file` does."""
    return replace_file(path, [manifest_text(manifest)], only)
