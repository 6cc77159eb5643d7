"""What the tests of sessions share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.casebuckets import CaseBuckets
from tests.support.syncpeople import People


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    return People(tmp_path, CaseBuckets())
