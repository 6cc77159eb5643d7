"""Names read before are not read again, and say the same."""

from collections.abc import Sequence
from pathlib import Path

from reshelve.executors.state.name_readings_cache import ReadingCache
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.names_cache import CachedRecogniser, readers_version
from reshelve.planner.recognise.recogniser import NameRecogniser

NAMES = [
    "Show.Name.S01E02.720p.mkv",
    "Show/Season 1/16 Some Title.avi",
    "l\udcff長.mkv",
    "Alien (1979)/movie.mkv",
    "Show 13.mkv",
    "",
]


class Counting:
    """A recogniser that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, rel: str) -> Reading:
        self.asked.append(rel)
        return NameRecogniser().read(rel)

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        return [self.read(rel) for rel in rels]


def test_a_name_is_read_once(tmp_path: Path) -> None:
    for expected in (NAMES, []):
        asked = Counting()
        memory = ReadingCache(tmp_path / "catalog.db", "1")
        recogniser = CachedRecogniser(asked, memory)
        for name in NAMES * 2:
            assert recogniser.read(name) == NameRecogniser().read(name)
        assert recogniser.read_all(NAMES) == NameRecogniser().read_all(NAMES)
        memory.close()
        assert asked.asked == expected


def test_another_version_reads_anew_and_forgets_the_old(tmp_path: Path) -> None:
    for version in ("1", "2", "1"):
        asked = Counting()
        memory = ReadingCache(tmp_path / "catalog.db", version)
        CachedRecogniser(asked, memory).read(NAMES[0])
        memory.close()
        assert asked.asked == NAMES[:1]


def test_a_damaged_catalog_is_made_anew(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.db"
    ReadingCache(catalog, "1").close()
    catalog.write_bytes(catalog.read_bytes()[:100] + b"no database" * 1000)
    memory = ReadingCache(tmp_path / "catalog.db", "1")
    memory.put("a", "b")
    memory.close()
    assert ReadingCache(tmp_path / "catalog.db", "1").get_all(["a"]) == ["b"]


def test_what_is_read_is_not_what_is_kept() -> None:
    recogniser = CachedRecogniser(NameRecogniser(), ReadingCache(":memory:", "1"))
    recogniser.read(NAMES[0]).facts["show"] = "another"
    assert recogniser.read(NAMES[0]).facts["show"] == "Show Name"


def test_the_version_names_what_was_asked() -> None:
    assert len(readers_version().split()) == 3
