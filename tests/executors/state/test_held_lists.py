"""The lists of what an undo holds are written piece by piece, and read whole."""

import json
from pathlib import Path

import pytest

from reshelve.executors.state.held_lists import load_held, save_held
from reshelve.schemas.undone import Undone


@pytest.mark.parametrize("number", [1, 1_999, 2_000, 2_001, 4_500])
def test_a_list_of_any_length_comes_back_in_order(tmp_path: Path, number: int) -> None:
    entries = [Undone(f"tv:{index:06}", f"inbox:é{index}", index if index % 3 else None) for index in range(number)]
    save_held(tmp_path / "held.json", entries if number % 2 else set(entries))
    text = (tmp_path / "held.json").read_text(encoding="utf-8")
    assert load_held(tmp_path / "held.json") == entries
    assert text == json.dumps([list(one) for one in entries], indent=1, ensure_ascii=False)
