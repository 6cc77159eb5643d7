"""Manifests out: one JSON document, whole."""

import json
from dataclasses import asdict
from pathlib import Path

from schemas.documents.files import replace_file
from schemas.manifest import Manifest


def save_manifest(manifest: Manifest, path: Path) -> None:
    """Write a manifest, replacing the file whole. Equal manifests give equal bytes. Raises OSError."""
    text = json.dumps({"version": manifest.version, **asdict(manifest)}, indent=2, ensure_ascii=False) + "\n"
    replace_file(path, [text.encode("utf-8", "backslashreplace")])
