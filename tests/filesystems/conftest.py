"""Each test over file systems gets them one after the other, mounted once for a file of tests, a fresh folder for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.filesystems import mounts


@pytest.fixture(scope="module", params=mounts.KINDS)
def mount(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A mounted file system of the list; skipped, with the reason, where it cannot be mounted."""
    try:
        with mounts.KINDS[request.param](tmp_path_factory.mktemp(request.param) / "disk") as at:
            yield at
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


@pytest.fixture
def kind(mount: Path, request: pytest.FixtureRequest) -> str:
    """The name of the file system `mount` is."""
    return str(request.node.callspec.params["mount"])


@pytest.fixture
def disk(mount: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of this test's own on the mounted file system."""
    number = len(list(mount.iterdir()))
    folder = mount / f"{number}"
    folder.mkdir()
    return folder
