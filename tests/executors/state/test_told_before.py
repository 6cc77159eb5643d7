"""What was told of files left for review."""

from pathlib import Path

from reshelve.executors.state.told_before import ToldBefore
from reshelve.schemas.layout import Review

ITEMS = [Review("inbox:a", "no rule matched"), Review("inbox:\udcff", "no rule matched")]


def test_what_was_told_is_known_with_its_reason(tmp_path: Path) -> None:
    told = ToldBefore(tmp_path)
    assert told.among(ITEMS) == frozenset()
    told.keep(ITEMS)
    assert told.among([ITEMS[0], ITEMS[1], Review("inbox:b", "no rule matched")]) == {"inbox:a", "inbox:\udcff"}
    assert told.among([Review("inbox:a", "rule films: year is not known")]) == frozenset()
    told.keep(ITEMS[:1])
    assert told.among(ITEMS) == {"inbox:a"}


def test_a_damaged_file_says_all_again_and_no_folder_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text('{"a": [', encoding="utf-8")
    assert ToldBefore(tmp_path).among(ITEMS) == frozenset()
    ToldBefore(tmp_path / "none").keep(ITEMS)
    assert not (tmp_path / "none").exists()
