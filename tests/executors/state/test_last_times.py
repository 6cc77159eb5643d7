"""How long work took the last time."""

from pathlib import Path

from reshelve.executors.state.last_times import LastTimes


def test_what_took_long_is_known_the_next_time(tmp_path: Path) -> None:
    LastTimes(tmp_path).keep("Scanning", 14.26)
    LastTimes(tmp_path).keep("Planning", 0.4)
    assert (LastTimes(tmp_path).of("Scanning"), LastTimes(tmp_path).of("Planning")) == (14.3, None)
    LastTimes(tmp_path).keep("Scanning", 1.0)
    assert LastTimes(tmp_path).of("Scanning") is None, "by now it is quick"


def test_nothing_is_made_for_it_and_what_is_damaged_is_not_known(tmp_path: Path) -> None:
    LastTimes(tmp_path / "none").keep("Scanning", 14)
    assert not (tmp_path / "none").exists()
    for text in ("{", "[]", '{"Scanning": "x"}', '{"Scanning": -1}', '{"Scanning": 1e999}'):
        (tmp_path / "times.json").write_text(text)
        assert LastTimes(tmp_path).of("Scanning") is None
    LastTimes(tmp_path).keep("Scanning", 14)
    assert LastTimes(tmp_path).of("Scanning") == 14
