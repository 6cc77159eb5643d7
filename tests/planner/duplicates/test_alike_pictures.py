"""Alike pictures: the same groups as comparing every picture with every larger one."""

import random
from collections.abc import Iterable
from typing import Any

import pytest

from reshelve.planner.duplicates.alike_pictures import find_alike, review_of
from reshelve.planner.duplicates.duplicate_sets import Scope
from reshelve.planner.duplicates.duplicate_words import LOOK_BITS
from reshelve.schemas.inventory import Item
from tests.support.readers import File, TreeReader, readers


class Looks:
    """Knows what each picture looks like, and how large it is."""

    media = frozenset({"look"})

    def __init__(self, looks: dict[str, tuple[int, int]]) -> None:
        self.looks = looks
        self.expected: list[str] = []

    def expect(self, root_key: str, items: Iterable[tuple[Item, str]]) -> None:
        self.expected += [f"{root_key}:{item.rel}" for item, medium in items if medium == "look"]

    def read(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        assert medium == "look"
        found = self.looks.get(f"{root_key}:{item.rel}")
        return {"look": f"{found[0]:032x}", "width": found[1], "height": 1} if found else {}


def flipped(look: int, bits: int, given: random.Random) -> int:
    for bit in given.sample(range(LOOK_BITS), bits):
        look ^= 1 << bit
    return look


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("most", [0, 3, 10, 32])
def test_the_groups_are_those_of_comparing_all(seed: int, most: int) -> None:
    given = random.Random(seed)
    tree = TreeReader("a", {f"{number:03}.jpg": "x" for number in range(150)})
    looks: dict[str, tuple[int, int]] = {}
    for number in range(150):
        look = given.getrandbits(LOOK_BITS)
        if number > 5 and given.random() < 0.6:
            look = flipped(looks[f"a:{given.randrange(number):03}.jpg"][0], given.randrange(2 * most + 2), given)
        looks[f"a:{number:03}.jpg"] = look, given.randrange(1, 9)
    expected: list[list[str]] = []
    for location in sorted(looks, key=lambda each: (-looks[each][1], each)):
        distances = [((looks[group[0]][0] ^ looks[location][0]).bit_count(), at) for at, group in enumerate(expected)]
        nearest = min(distances, default=(LOOK_BITS, -1))
        if nearest[0] <= most:
            expected[nearest[1]].append(location)
        else:
            expected.append([location])
    found = find_alike(readers(tree), Looks(looks), Scope(), most)
    groups = [[one.location for one in group] for group in found.groups]
    assert groups == sorted(group for group in expected if len(group) > 1)
    assert found.pictures == 150


def test_only_pictures_that_are_meant_are_looked_at() -> None:
    tree = TreeReader(
        "a",
        {
            "in/a.jpg": File(b"12345", ino=1),
            "in/b.PNG": "12345",
            "in/link.jpg": File(b"12345", ino=1),
            "in/small.jpg": "1",
            "in/empty.jpg": "",
            "in/raw.nef": "12345",
            "in/film.mkv": "12345",
            "out/c.jpg": "12345",
            "@eaDir/d.jpg": "12345",
        },
    )
    looks = Looks({"a:in/a.jpg": (7, 1), "a:in/b.PNG": (7, 2)})
    found = find_alike(readers(tree), looks, Scope(lambda _store, rel: not rel.startswith("out/"), (), 2), 0)
    assert [[one.location for one in group] for group in found.groups] == [["a:in/b.PNG", "a:in/a.jpg"]]
    assert looks.expected == ["a:in/a.jpg", "a:in/b.PNG"]
    assert (found.pictures, found.unseen) == (2, ["a:in/raw.nef"])


def test_all_but_the_first_of_a_group_are_asked_about() -> None:
    looks = Looks({"a:1.jpg": (0, 9), "a:2.jpg": (1, 8), "a:3.jpg": (3, 7)})
    found = find_alike(readers(TreeReader("a", dict.fromkeys(("1.jpg", "2.jpg", "3.jpg"), "x"))), looks, Scope(), 2)
    layout = review_of(found.groups)
    assert not layout.absent
    assert [(one.source, one.because) for one in layout.review] == [
        ("a:2.jpg", "looks like a:1.jpg (9×1), 1 of 128 bits differs"),
        ("a:3.jpg", "looks like a:1.jpg (9×1), 2 of 128 bits differ"),
    ]
