"""The saved inventory: what was seen comes back as it was, and a damaged file never passes for an empty disk."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from reshelve.schemas.documents.inventory_files import Record, inventory_lines, load_inventory, save_inventory
from reshelve.schemas.inventory import Inventory, Item, Listing, Root, Space
from reshelve.schemas.problems import Problem, ReshelveError
from tests.support.shares import examples

RAW = st.binary(min_size=1, max_size=8).filter(lambda raw: b"/" not in raw and b"\0" not in raw and raw not in (b".", b".."))
NAMES = RAW.map(os.fsdecode)
NUMBER = st.integers(0, 2**63)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    listings = {}
    for key in draw(st.sets(st.sampled_from(["inbox", "tv/nas", "tv/1"]))):
        why = draw(st.text(st.characters(codec="utf-8"), max_size=5))
        root = Root(key, "/" + draw(NAMES), "f", available=draw(st.booleans()), why=why)
        rels = sorted(draw(st.sets(NAMES, max_size=5)))
        kinds = st.sampled_from(["file", "dir", "link", "other"])
        items = [Item(rel, draw(kinds), *(draw(NUMBER) for _ in range(6)), "f") for rel in rels]
        unreadable = dict.fromkeys(draw(st.sets(NAMES, max_size=2)), "Permission denied")
        space = draw(st.none() | st.builds(Space, NUMBER, NUMBER, st.integers(-1, 9)))
        listings[key] = Listing(root, items, unreadable, draw(st.booleans()), space)
    return Inventory(draw(st.integers(0, 4 * 10**18)), listings)


@pytest.mark.drawn
@settings(derandomize=True, max_examples=examples(60), deadline=None)
@given(inventories())
def test_what_was_seen_comes_back(tmp_path_factory: pytest.TempPathFactory, inventory: Inventory) -> None:
    path = tmp_path_factory.mktemp("inventory") / "inventory.ndjson"
    save_inventory(inventory, path)
    assert load_inventory(path) == inventory
    assert path.read_bytes() == b"".join(inventory_lines(inventory))
    for line in path.read_bytes().splitlines():
        TypeAdapter(Record).validate_json(line)


def saved(tmp_path: Path) -> tuple[Path, list[bytes]]:
    items = [Item(f"a{count}", "file", 1, 2, 3, 4, 1, 0o644, "f") for count in range(3)]
    listing = Listing(Root("inbox", "/x", fs="f"), items, {"locked": "Permission denied"})
    inventory = Inventory(1_700_000_000 * 10**9, {"inbox": listing})
    path = tmp_path / "inventory.ndjson"
    return path, list(inventory_lines(inventory))


def problems(path: Path, lines: list[bytes]) -> list[Problem]:
    path.write_bytes(b"".join(lines))
    with pytest.raises(ReshelveError) as caught:
        load_inventory(path)
    return caught.value.problems


def test_the_first_line_says_when_and_what(tmp_path: Path) -> None:
    header = json.loads(saved(tmp_path)[1][0])
    assert (header["version"], header["kind"], header["at"], header["lines"]) == (1, "inventory", "2023-11-14T22:13:20Z", 4)
    assert header["roots"]["inbox"]["path"] == "/x"


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path, lines = saved(tmp_path)
    assert "4 lines were to follow" in problems(path, lines[:-1])[0].detail
    assert [problem.where.line for problem in problems(path, [*lines[:-1], lines[-1][:20]]) if problem.where] == [5]
    assert problems(path, [])[0].code == "bad-inventory"


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    path, lines = saved(tmp_path)
    good = json.loads(lines[1])
    bad = [
        b"not json\n",
        b"[]\n",
        json.dumps({**good, "size": "big"}).encode() + b"\n",
        json.dumps({**good, "size": True}).encode() + b"\n",
        json.dumps({**good, "kind": "socket"}).encode() + b"\n",
        json.dumps({**good, "place": "inbox:../etc/passwd"}).encode() + b"\n",
        json.dumps({**good, "place": "elsewhere:x"}).encode() + b"\n",
        json.dumps({**good, "more": 1}).encode() + b"\n",
        json.dumps({key: value for key, value in good.items() if key != "ino"}).encode() + b"\n",
        b"[" * 100_000 + b"\n",
    ]
    header = {**json.loads(lines[0]), "lines": len(bad)}
    found = problems(path, [json.dumps(header).encode() + b"\n", *bad])
    assert [problem.where.line for problem in found if problem.where] == list(range(2, 12))
    said = " ".join(problem.detail for problem in found)
    for words in ("not JSON", "size", "kind", "'..'", "no folder of a store 'elsewhere'", "more", "ino"):
        assert words in said
    assert all(problem.hint for problem in found)


def test_a_file_of_another_kind_is_not_read_to_its_end(tmp_path: Path) -> None:
    path, lines = saved(tmp_path)
    assert len(problems(path, [lines[0], *[b"x\n"] * 1000])) == 50


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ReshelveError, match="No such file"):
        load_inventory(tmp_path / "none")
