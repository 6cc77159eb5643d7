"""Content groups: which names may hold the same."""

import pytest

from reshelve.planner.scanners.content_groups import is_of_a_kind


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("a.jpg", "b.JPEG", True), ("a.mp4", "b.mkv", True), ("a.mp4", "b.wav", False), ("a.json", "b.txt", False), ("a", "b", True)],
)
def test_of_a_kind(one: str, other: str, alike: bool) -> None:
    assert is_of_a_kind(one, other) is alike
