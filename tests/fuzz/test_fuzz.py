"""Hostile bytes at every door, from a fixed seed: each ends in an answer, never in a crash; and none of it takes long."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.doors import DOORS, knock
from tests.fuzz.seeds import SEEDS, TOKENS
from tests.support.shares import examples

BOUNDED = settings(max_examples=examples(150), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """A real document with a few pieces cut out, doubled, overwritten or put in."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        until = min(len(content), at + draw(st.integers(0, 40)))
        match draw(st.integers(0, 3)):
            case 0:
                del content[at:until]
            case 1:
                content[at:at] = content[at:until] * draw(st.integers(1, 3))
            case 2:
                content[at:until] = draw(st.sampled_from(TOKENS))
            case _:
                content[at:at] = draw(st.sampled_from(TOKENS) | st.binary(max_size=12))
    return bytes(content)


@pytest.mark.parametrize("door", DOORS)
def test_a_document_taken_whole(door: str) -> None:
    DOORS[door](SEEDS[door]())


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_a_damaged_document_ends_in_an_answer(door: str) -> None:
    seed = SEEDS[door]()

    @BOUNDED
    @given(damaged(seed))
    def try_it(content: bytes) -> None:
        knock(door, content)

    try_it()


@pytest.mark.drawn
@pytest.mark.parametrize("door", DOORS)
def test_bytes_of_any_kind_end_in_an_answer(door: str) -> None:
    @BOUNDED
    @given(st.binary(max_size=200) | st.lists(st.sampled_from(TOKENS), max_size=12).map(b"".join))
    def try_it(content: bytes) -> None:
        knock(door, content)

    try_it()


DEEP = {
    "brackets": b"[" * 100_000,
    "braces": b'{"a":' * 100_000,
    "dashes": b"- " * 100_000,
    "one long line": b"a" * 3_000_000,
    "many keys": b"".join(b'"k%d": 1\n' % number for number in range(20_000)),
    "a bomb of anchors": b"a: &a [x, x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(1000)),
    "nul": b"\0" * 100_000,
    "a long number": b"9" * 100_000,
    "many dots": b"." * 50_000,
    "many spaces": b"a b " * 20_000,
}


@pytest.mark.parametrize("shape", DEEP)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_deep_or_huge_is_answered_soon(door: str, shape: str) -> None:
    began = time.process_time()
    knock(door, DEEP[shape])
    assert time.process_time() - began < 20, "far beyond what any honest document takes"
