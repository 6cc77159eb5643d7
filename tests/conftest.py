"""What holds for every test: a state folder of its own for each process, and a collector that leaves the tests themselves alone."""

import functools
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import botocore.loaders
import botocore.session
import pytest


@pytest.fixture(scope="session", autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Have locks of buckets, and whatever else is kept outside a workspace, lie in a temporary folder."""
    folder = tmp_path_factory.mktemp("state")
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect nine thousand tests without looking for garbage among them, then or later: it was a third of the time it took."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def service_models() -> Iterator[None]:
    """Read what botocore knows of a service once a process: reading it is two thirds of what a client costs."""
    with patch.object(botocore.session, "create_loader", functools.cache(botocore.loaders.create_loader)):
        yield
