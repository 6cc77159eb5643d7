"""Extensions of a workspace's own: read here, and known to nobody once it is left."""

import pytest
from pydantic import ValidationError

from reshelve.planner.recognise.extension_tables import adding, adds, media_type
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.own_extensions import OwnExtensions
from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.rules.place_templates import filled
from reshelve.schemas.workspace import Media

NAMES = ["Nordlys.S01E02.strm", "letter.pdf", "x/Nordlys.S01E03.STRM", "Heat (1995).mkv"]


class Asked(NameRecogniser):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def read_all(self, rels: object) -> list[Reading]:
        self.names += list(rels)  # type: ignore[call-overload]
        return super().read_all(rels)  # type: ignore[arg-type]


def test_names_of_added_extensions_are_read_past_what_is_remembered() -> None:
    inner = Asked()
    with adding({"video": [".Strm"]}):
        readings = OwnExtensions(inner).read_all(NAMES)
        assert adds("strm") and media_type("STRM") == "video"
    assert inner.names == ["letter.pdf", "Heat (1995).mkv"]
    assert [reading.facts["kind"] for reading in readings] == ["episode", "other", "episode", "movie"]
    assert media_type("strm") == "other" and not adds("strm")


def test_an_added_extension_counts_before_the_table() -> None:
    with adding({"audio": ["ts"], "video": ["torrent"]}):
        assert media_type("ts") == "audio" and media_type("torrent") == "video"
        assert OwnExtensions(NameRecogniser()).read("Nordlys.S01E02.torrent").facts["kind"] == "episode"


@pytest.mark.parametrize("media", [{"video": ["a/b"]}, {"video": [""]}, {"video": ["ts", ".TS"]}, {"video": ["x"], "audio": ["x"]}])
def test_what_is_no_extension_is_refused(media: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        Media.model_validate(media)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("TV", "a:TV/{{ show }}"),
        ("Café", "a:Café/{{ show }}"),
        *((bad, "a:{{ shows }}/{{ show }}") for bad in ("", "a/b", "..", "{{ x", "CON", "x\n")),
    ],
)
def test_what_is_the_same_for_all_is_written_into_a_place(value: str, text: str) -> None:
    assert filled("a:{{ shows }}/{{ show }}", {"shows": value}) == text
