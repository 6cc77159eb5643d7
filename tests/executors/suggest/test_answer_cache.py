"""Answers remembered, imported and recorded; and the pace of asking, on a clock that is told."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reshelve.executors.contracts.retry_waits import Pace, wait_before
from reshelve.executors.state.cache_db import empty, rows
from reshelve.executors.suggest.answer_cache import SuggestionCache
from reshelve.executors.suggest.csv_answers import read_csv
from reshelve.executors.suggest.provider_contract import Trouble
from reshelve.executors.suggest.provider_list import connector, model_of
from reshelve.executors.suggest.recorded_replies import Recorded, Recording
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Answer, Prompt, Remembered

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FILM = Answer(file=1, kind="movie", title="A", year=1999, confidence=0.9, reason="so")
SHOW = Answer(file=2, kind="episode", show="B", season=1, episodes=[2], confidence=0.8)


def prompt(*files: str) -> Prompt:
    return Prompt("s", "u", {}, files)


def test_one_and_many_are_kept_by_question_and_model(tmp_path: Path) -> None:
    memory = SuggestionCache(tmp_path / "catalog.db", now=lambda: NOW)
    assert not memory and memory.get("k1", "inbox:a", "tiny") is None
    memory.put_many([("k1", "inbox:a", FILM), ("k2", "inbox:b", SHOW)], "tiny")
    memory.put_many([("k1", "inbox:a", SHOW)], "large")
    memory.close()
    memory = SuggestionCache(tmp_path / "catalog.db", now=lambda: NOW)
    assert memory.get("k1", "inbox:a", "tiny") == Remembered(FILM.model_dump(exclude_none=True, exclude={"file"}), "tiny")
    assert memory.get_many({"k1": "inbox:a", "k2": "inbox:b", "k3": "inbox:c"}, "tiny").keys() == {"k1", "k2"}
    assert memory.get("k1", "inbox:a", "large") != memory.get("k1", "inbox:a", "tiny")
    assert [(one.by, one.answers, one.newest) for one in memory.kept()] == [
        ("large", 1, "2026-01-02T03:04:05Z"),
        ("tiny", 2, "2026-01-02T03:04:05Z"),
    ]
    assert rows(tmp_path / "catalog.db")["suggestions"] == 3
    assert memory.clear("large") == 1 and memory.clear() == 2 and not memory
    memory.close()


def test_thousands_at_once(tmp_path: Path) -> None:
    memory = SuggestionCache(tmp_path / "catalog.db")
    memory.put_many([(f"k{n}", f"inbox:{n}", FILM) for n in range(3000)], "tiny")
    assert len(memory.get_many({f"k{n}": f"inbox:{n}" for n in range(4000)}, "tiny")) == 3000
    memory.close()
    empty(tmp_path / "catalog.db")
    assert rows(tmp_path / "catalog.db") == {"suggestions": 0}
    assert rows(tmp_path / "none.db") == {} and not (tmp_path / "none.db").exists()


def test_what_was_imported_comes_first_the_most_exact_name_before_others(tmp_path: Path) -> None:
    memory = SuggestionCache(tmp_path / "catalog.db", now=lambda: NOW)
    memory.put_many([("k", "inbox:x/a.bin", SHOW)], "tiny")
    memory.import_many([("a.bin", FILM)], "names.csv")
    assert memory.get("k", "inbox:x/a.bin", "tiny") == Remembered(FILM.model_dump(exclude_none=True, exclude={"file"}), "names.csv")
    memory.import_many([("inbox:x/a.bin", FILM.model_copy(update={"title": "Exact"}))], "exact.csv")
    found = memory.get("k", "inbox:x/a.bin", "other model")
    assert found is not None and found.said["title"] == "Exact"
    assert memory.get("k", "inbox:b.bin", "tiny") is not None and memory.get("z", "inbox:b.bin", "tiny") is None
    memory.close()


def test_csv_in_the_words_of_others_and_in_ours(tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text(
        "id,Filename,media_type,classification_source,confidence,title,year,episodes,season,show\n"
        "1,a.bin,MOVIE,bedrock,0.95,A: B,1999,,,\n"
        '2,inbox:b.bin,tv,rules,,,,"1,2",3,Nordlys\n',
        encoding="utf-8-sig",
    )
    assert read_csv(file) == [
        ("a.bin", Answer(file=1, kind="movie", title="A: B", year=1999, confidence=0.95)),
        ("inbox:b.bin", Answer(file=1, kind="episode", show="Nordlys", season=3, episodes=[1, 2], confidence=1.0)),
    ]


@pytest.mark.parametrize("between", [";", "\t"])
def test_csv_of_spreadsheets_elsewhere(tmp_path: Path, between: str) -> None:
    file = tmp_path / "known.csv"
    head = ["filename", "kind", "title", "year", "episodes"]
    rows = [head, ["a, b.bin", "movie", '"A, B"', "1999", ""], ["c.bin", "tv", "", "", '"1;2"']]
    file.write_text("".join(between.join(row) + "\r\n" for row in rows), encoding="utf-8-sig", newline="")
    assert read_csv(file) == [
        ("a, b.bin", Answer(file=1, kind="movie", title="A, B", year=1999, confidence=1.0)),
        ("c.bin", Answer(file=1, kind="episode", episodes=[1, 2], confidence=1.0)),
    ]


def test_every_row_that_is_no_answer_is_named_and_none_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(
        "path,kind,title,year,confidence\n"
        "a.bin,movie,A,1999,0.9\n"
        "../up.bin,movie,A,1999,0.9\n"
        "b.bin,delete,A,1999,0.9\n"
        "c.bin,movie,../../etc,1999,0.9\n"
        "d.bin,movie,D,soon,0.9\n"
        ",movie,E,1999,0.9\n"
        "f.bin,movie,F,1999,0.9,more\n"
        "g.bin,movie,G,1999,nan\n"
    )
    with pytest.raises(ReshelveError) as refused:
        read_csv(file)
    assert [problem.where.line for problem in refused.value.problems if problem.where] == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("text", ["", "title,year\nA,1999\n", "path,virus\na,b\n", "\0"])
def test_csv_that_says_nothing_of_files(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(ReshelveError):
        read_csv(tmp_path / "x.csv")
    with pytest.raises(ReshelveError):
        read_csv(tmp_path / "none.csv")


def test_recorded_answers_are_replayed_and_recordings_too(tmp_path: Path) -> None:
    told = tmp_path / "answers.ndjson"
    told.write_text(
        '{"from": "inbox:a", "kind": "movie", "title": "A", "confidence": 0.9}\n\n'
        '{"files": ["inbox:b"], "reply": "word for word"}\n'
    )
    recorded = Recorded(told)
    said = json.loads(recorded.ask(prompt("inbox:a", "inbox:z")).text)["suggestions"]
    assert said[0]["title"] == "A" and said[1]["confidence"] == 0
    assert recorded.ask(prompt("inbox:b")).text == "word for word" and recorded.models() is None
    recording = Recording(recorded, tmp_path / "new.ndjson")
    recording.ask(prompt("inbox:a", "inbox:z"))
    recording.close()
    replayed = Recorded(tmp_path / "new.ndjson").ask(prompt("inbox:a", "inbox:z"))
    assert json.loads(replayed.text)["suggestions"] == said
    assert json.loads((tmp_path / "new.ndjson").read_text())["user"] == "u"


@pytest.mark.parametrize("line", ["{", "[]", '{"reply": "x"}', '{"from": 7}', "[" * 5000])
def test_a_line_that_is_no_answer_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a").write_text(f'{{"from": "inbox:a", "confidence": 1}}\n{line}\n')
    with pytest.raises(Trouble, match=":2 is no recorded answer"):
        Recorded(tmp_path / "a")
    with pytest.raises(Trouble, match="cannot be read"):
        Recorded(tmp_path / "none")


def test_which_model_is_asked() -> None:
    gemini = Suggest(provider="gemini")
    assert model_of(gemini, {}) == "gemini-flash-latest"
    assert model_of(gemini, {"GEMINI_MODEL": "gemini-2.0-flash"}) == "gemini-2.0-flash"
    assert model_of(Suggest(provider="gemini", model="own"), {"GEMINI_MODEL": "gemini-2.0-flash"}) == "own"
    assert model_of(Suggest(provider="recorded", answers="x/answers.ndjson"), {}) == "answers.ndjson"


def test_a_provider_is_made_when_it_is_needed_and_not_before(tmp_path: Path) -> None:
    connect = connector(Suggest(provider="recorded", answers="none"), tmp_path, {})
    with pytest.raises(Trouble):
        connect()


def test_waits_grow_and_are_bounded() -> None:
    assert [wait_before(n, None, lambda: 1.0) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert [wait_before(n, None, lambda: 0.0) for n in (1, 5)] == [0, 0]
    assert wait_before(1, 20.0, lambda: 1.0) == 21 and wait_before(9, 20.0, lambda: 1.0) == 21


@pytest.mark.parametrize(("rate", "asked", "at"), [(3, 4, [0, 20, 40, 60]), (0.5, 3, [0, 120, 240]), (600, 3, [0, 0.1, 0.2])])
def test_requests_are_spaced_by_the_rate(rate: float, asked: int, at: list[float]) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(rate, lambda: now[0], sleep)
    begun = []
    for _ in range(asked):
        pace.wait()
        begun.append(now[0])
    assert begun == at
    now[0] += 1000
    pace.wait()
    pace.wait()
    assert now[0] == at[-1] + 1000 + 60 / rate  # a rest saves up no burst


ROW = [("a.bin", "movie", "Heat", 1995)]


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\nfilename;kind;title;year\r\na.bin;movie;Heat;1995\r\n",
        b"\n\r\nfilename,kind,title,year\n\na.bin,movie,Heat,1995\n\n",
        "filename\tkind\ttitle\tyear\r\na.bin\tmovie\tHeat\t1995\r\n".encode("utf-16"),
        b"Filename,Kind,Title,Year\na.bin,Movie,Heat,1995.0\n",
        b'\xef\xbb\xbf"filename","kind","title","year"\r\n"a.bin","movie","Heat","1995"',
        b"filename;kind;title;year;confidence\na.bin;movie;Heat;1995;0,9\n",
    ],
    ids=[
        "the line of Excel that names what separates",
        "blank lines",
        "UTF-16",
        "spelled and counted otherwise",
        "all quoted",
        "0,9",
    ],
)
def test_csv_as_spreadsheets_save_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    found = [(about, answer.kind, answer.title, answer.year) for about, answer in read_csv(tmp_path / "x.csv")]
    assert found == ROW


@pytest.mark.parametrize(
    ("content", "said", "line"),
    [
        (b"", "It is empty.", 0),
        (b"filename,kind\n", "It has no row below its head.", 0),
        (b"filename|kind\na|movie\n", "Its columns are: filename|kind.", 0),
        ("filename;title\na;München\n".encode("cp1252"), "It is not UTF-8", 0),
        (b"filename,filename,kind\na,b,movie\n", "'filename' appears twice", 0),
        (b'filename,kind\n\n"a,movie\n', "a quote is not closed", 3),
        (b'filename,title,year\n"a","Two\nlines",1995\nb,c,x\n', "year: 'x' is no whole number", 4),
        (b"filename,kind,confidence\na,movie,much\n", "confidence: 'much' is no number", 2),
        (b"filename,episodes\na,1-2\n", "episodes: '1-2' is no list of whole numbers", 2),
    ],
)
def test_csv_that_cannot_be_taken_is_told_in_our_words(tmp_path: Path, content: bytes, said: str, line: int) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(ReshelveError) as refused:
        read_csv(tmp_path / "x.csv")
    problem = refused.value.problems[-1]
    assert said in problem.detail and "codec" not in problem.detail
    assert (problem.where.line if problem.where else 0) == line
