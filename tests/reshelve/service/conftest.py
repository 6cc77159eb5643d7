"""What the tests of the service share."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from reshelve.service import processes
from tests.support.forked_program import Forked


@pytest.fixture(autouse=True, scope="package")
def forked() -> Iterator[None]:
    """Let a service in this process fork what it starts. One that is `served` by the command starts interpreters."""
    with patch.object(processes, "start", Forked):
        yield
