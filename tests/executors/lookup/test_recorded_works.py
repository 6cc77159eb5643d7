"""Recorded answers: a file that a person writes, one film or show a line, and what is wrong with one."""

from pathlib import Path

import pytest

from reshelve.executors.lookup.provider_contract import NoAnswerError
from reshelve.executors.lookup.recorded_works import Recorded
from reshelve.schemas.lookup_answers import EpisodeAsked, KnownWork, WorkAsked

FILE = """\
{"film": "Quiet Harbor", "year": 1995, "id": "1", "by": "TheTVDB", "day": "2026-11-01", "also": ["Stiller Hafen"]}

{"show": "Moss Clock", "id": "2", "by": "TheTVDB", "day": "2026-11-02", "episodes": [{"season": 2, "episode": 1, "number": 27}]}
"""


def test_what_a_file_has(tmp_path: Path) -> None:
    path = tmp_path / "answers.ndjson"
    path.write_text(FILE)
    recorded = Recorded(path)
    films = recorded.works(WorkAsked("film", "quiet harbor"))
    assert (films.by, films.day, films.works) == (
        "TheTVDB",
        "2026-11-01",
        (KnownWork("1", ("Quiet Harbor", "Stiller Hafen"), 1995),),
    )
    assert recorded.works(WorkAsked("film", "x", id="2")).works == ()
    assert [work.id for work in recorded.works(WorkAsked("show", "Moss Clock")).works] == ["2"]
    assert recorded.episodes(EpisodeAsked("2", 27)).found == ((2, 1),)
    assert recorded.episodes(EpisodeAsked("2", 28)).found == recorded.episodes(EpisodeAsked("9", 27)).found == ()


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"id": "1", "by": "TMDB", "day": "2026-11-01"}',
        '{"film": "A", "show": "A", "id": "1", "by": "TMDB", "day": "2026-11-01"}',
        '{"film": "A", "id": "1", "by": "Somebody", "day": "2026-11-01"}',
        '{"film": "A", "id": "1", "by": "TMDB", "day": "yesterday"}',
        '{"film": "A", "id": "tt1", "by": "TMDB", "day": "2026-11-01"}',
        '{"film": "A", "id": "1", "by": "TMDB", "day": "2026-11-01", "place": "movies:A"}',
    ],
)
def test_a_line_of_another_form_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "answers.ndjson"
    path.write_text(FILE + line)
    with pytest.raises(NoAnswerError, match=r"answers\.ndjson:4 is no recorded film or show"):
        Recorded(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError, match="cannot be read"):
        Recorded(tmp_path / "answers.ndjson")
