"""Workspaces of strangers that ask this machine for more than they may, and what is kept of the consent to it."""

from pathlib import Path

from tests.support.models import Endpoint
from tests.support.shellcalls import Came
from tests.support.shellplaces import WORKSPACE, lay

TOKEN = "ghp_very-secret-0123456789"
FILM = {"kind": "movie", "title": "Xyz", "year": 1999, "confidence": 0.9, "reason": "a film"}


def elsewhere(server: Endpoint) -> str:
    """Return an address of the server that is not written as this machine's own."""
    return server.url.replace("127.0.0.1", "0.0.0.0")


def suggest(folder: Path, server: Endpoint, more: str = "", *, url: str = "") -> Path:
    """Make a workspace that wants suggestions of a model elsewhere, with a key of this machine, and return it."""
    at = url or elsewhere(server)
    block = f"{{provider: openai, model: tiny, base_url: '{at}/v1', key_env: GITHUB_TOKEN, rate: 100000{more}}}"
    return lay(folder, {"inbox/xyz.bin": "what is this"}, WORKSPACE + f"suggest: {block}\n")


def kept(tmp_path: Path) -> list[Path]:
    """Return the files of the consents that were given."""
    return sorted((tmp_path / "state").rglob("trust/*.json"))


def told(came: Came) -> str:
    """Return all that a command said."""
    return came.out + came.err


def bucket(folder: Path, url: str, more: str = "") -> Path:
    """Make a workspace with a bucket at `url`, and return it."""
    store = f"  far: {{s3: strangers, endpoint_url: '{url}'{more}}}\n"
    return lay(folder, workspace=WORKSPACE.replace("scan:\n", f"{store}scan:\n", 1))
