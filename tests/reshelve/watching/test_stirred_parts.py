"""When what stirred is looked at: once it is quiet, or at the latest after a while, and again while something is not at rest."""

from reshelve.watching.stirred_parts import LATEST, SELDOM, StirredParts

A, B = ("inbox", "a"), ("inbox", "b")


def test_a_part_is_looked_at_once_it_was_quiet_for_long_enough() -> None:
    parts = StirredParts(5)
    parts.stir(A, 0)
    parts.stir(A, 3)
    parts.stir(B, 4)
    assert parts.next() == 8
    assert parts.take(7.9) == set()
    assert parts.restless(8) == {B}
    assert parts.take(8) == {A}
    assert parts.take(9) == {B}
    assert parts.take(100) == set() and parts.next() is None


def test_a_part_that_never_rests_is_looked_at_all_the_same() -> None:
    parts = StirredParts(5)
    for second in range(5 * LATEST):
        parts.stir(A, second)
        assert parts.take(second) == set()
    assert parts.take(5 * LATEST) == {A}


def test_what_is_not_at_rest_is_looked_at_again_and_ever_more_seldom() -> None:
    parts = StirredParts(1)
    now, waits = 0.0, []
    for _ in range(8):
        parts.again([A], now)
        then = parts.next()
        assert then is not None
        waits.append(then - now)
        now = then
        assert parts.take(now) == {A}
    assert waits == [1, 2, 4, 8, 16, 32, SELDOM, SELDOM]
    parts.stir(A, now)
    assert parts.take(now + 1) == {A}
    parts.again([A], now)
    assert parts.next() == now + 1


def test_before_everything_is_looked_at_only_what_stirs_now_is_kept() -> None:
    parts = StirredParts(5)
    parts.stir(A, 0)
    parts.stir(B, 7)
    parts.again([("inbox", "c")], 0)
    assert parts.take_all(8) == {B}
    assert parts.next() == 12
