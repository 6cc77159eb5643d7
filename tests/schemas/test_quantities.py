"""Sizes, ages and shares are read as people write them, and nothing else is."""

import random
from decimal import Decimal

import pytest

from reshelve.schemas import quantities


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("512", 512), ("1GB", 10**9), ("1.5 GiB", 3 * 2**29), ("700 mb", 7 * 10**8), (" 2TiB ", 2**41), ("3 b", 3)],
)
def test_sizes(text: str, count: int) -> None:
    assert quantities.size(text) == count


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("12h", 43200), ("30d", 2592000), ("2w", 1209600), ("6months", 15552000), ("1y", 31536000)],
)
def test_ages(text: str, seconds: float) -> None:
    assert quantities.age(text) == seconds


def test_shares() -> None:
    assert quantities.share("10%") == quantities.share("10 %") == (0.1, True)
    assert quantities.share("250") == (250, False)


@pytest.mark.parametrize("text", ["", "GB", "-1", "1e3", "1 2", "1XB", "١GB", "1GB!", "nan"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        quantities.size(text)


@pytest.mark.parametrize("text", ["10%", "10 %", "10% "])
def test_a_share_in_place_of_a_size_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a size such as 700MB or 1\.5GiB: a share of a disk is not known here"):
        quantities.size(text)


@pytest.mark.parametrize("text", ["", "5", "5 parsecs", "-5m", "m"])
def test_no_ages(text: str) -> None:
    with pytest.raises(ValueError, match="is not an age"):
        quantities.age(text)


@pytest.mark.parametrize("text", ["", "%", "101%", "-1%", "nan%", "x%", "x", "1.5"])
def test_no_shares(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not (between 0% and 100%|a number of files)"):
        quantities.share(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (48, "48 B"), (999, "999 B"), (1000, "1.0 kB"), (48211, "48 kB"), (3435973836, "3.4 GB"), (10**18, "1000 PB")],
)
def test_human_sizes(count: int, text: str) -> None:
    assert quantities.human_size(count) == text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_199, "120 min"), (7_200, "2 h"), (172_800, "2 d"), (2_592_000, "30 d")],
)
def test_a_span_is_told_in_the_largest_unit_of_which_there_are_two(seconds: float, said: str) -> None:
    assert quantities.human_span(seconds) == said


def test_a_sum_is_shown_so_fine_that_it_adds_up() -> None:
    parts = [167_000, 5_000_000, 28_058_480, 65_520]
    assert quantities.human_sum(parts, 65_520) == (["167 kB", "5 MB", "28.058 MB", "66 kB"], "33.291 MB")
    assert quantities.human_sum([300 * 10**9, 50 * 10**9], 50 * 10**9) == (["300 GB", "50 GB"], "350 GB")
    assert quantities.human_sum([1, 2], 1) == (["1 B", "2 B"], "3 B")


@pytest.mark.parametrize("seed", range(20))
def test_what_rounding_leaves_over_is_given_to_a_part(seed: int) -> None:
    drawn = random.Random(seed)
    parts = [drawn.randrange(1, 10 ** drawn.randrange(1, 14)) for _ in range(4)]
    finest = min(parts)
    sizes, whole = quantities.human_sum(parts, finest)
    shown = [_exactly(size) for size in sizes]
    assert sum(shown) == _exactly(whole)
    assert all(abs(size - part) < quantities.finest_read(finest) for size, part in zip(shown, parts, strict=True))


def _exactly(size: str) -> Decimal:
    number, _, unit = size.partition(" ")
    return Decimal(number) * quantities.SIZE_UNITS[unit.lower()]
