"""A corpus of hostile answers ends with no unsafe proposal; and so does whatever text a model returns."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reshelve.planner.layouts.scan_marks import is_scans
from reshelve.planner.scan import ScanResult
from reshelve.schemas.documents.layout_files import layout_lines, parse_layout
from reshelve.schemas.locations import fault, split
from reshelve.schemas.suggestion_protocol import Answer, Reply
from tests.support.readers import TreeReader
from tests.support.scanning import Told, scanned
from tests.support.shares import examples
from tests.support.suggesting import FILES, Scripted, suggesting

CORPUS = Path(__file__).with_name("hostile_answers.txt")
PRECIOUS = "Precious (2009)/Precious.mkv"
TOLD = Told(
    {"2 Heat.mkv": {"kind": "movie", "title": "Heat"}, "4 Gone.mkv": {"kind": "movie", "title": "Gone"}}, {"2 Heat.mkv": {"kind"}}
)
MANY = re.compile(r"<<(.+?) \* (\d+)>>")
relaxed = settings(derandomize=True, max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))


def cases() -> list[tuple[str, str, str]]:
    """Return (name, reply, what it comes to) of the corpus. `<<x * 9>>` in a reply stands for nine times x."""
    found = []
    for part in CORPUS.read_text(encoding="utf-8").split("=== ")[1:]:
        name, _, rest = part.partition("\n")
        reply, _, comes_to = rest.partition("\n--- comes to\n")
        found.append((name, reply, comes_to))
    return found


CASES = cases()


def scan(reply: Reply) -> tuple[ScanResult, Scripted]:
    """Return what a scan comes to when a model answers so, and leaves out whatever it is asked again about."""
    model = Scripted(lambda _: reply if len(model.asked) == 1 else Reply('{"suggestions": []}', tokens_in=1, tokens_out=1))
    movies = TreeReader("movies", {PRECIOUS: "precious", "Xyz (1999)/1.bin": "there already"})
    return scanned(suggesting(), TreeReader("inbox", FILES), movies, TreeReader("tv"), told=TOLD, suggester=model), model


def assert_safe(result: ScanResult) -> None:
    """Fail unless the layout is valid, of inventoried sources alone, inside its stores, and takes nothing away."""
    layout = result.layout
    text = "".join(layout_lines(layout)).encode()
    assert parse_layout(text, "layout.yaml") == layout
    assert layout.absent == [] and layout.leave == []
    sources = {f"inbox:{name}" for name in FILES}
    for target, entry in layout.files.items():
        assert entry.source in sources, target
        assert entry.on_conflict == "fail" and entry.transfer == "move" and entry.content is None
        assert is_scans(target, entry) and (entry.because or "").startswith("suggested by tiny: ")
    assert {item.source for item in layout.review} | {entry.source for entry in layout.files.values()} == sources
    for place in [*layout.files, *(item.suggestion.to for item in layout.review if item.suggestion)]:
        store, rel = split(place)
        parts = rel.split("/")
        assert fault(place) is None and store in ("movies", "tv"), place
        assert not {"", ".", ".."} & set(parts) and rel != PRECIOUS, place
        assert rel.isprintable() and all(len(part.encode()) <= 255 and "\\" not in part for part in parts), place
        assert not parts[0].startswith(".reshelve"), place


def came_to(result: ScanResult) -> str:
    """Return what became of every file, and everything that was dropped, a line each."""
    lines = [f"{entry.source} -> {target}" for target, entry in result.layout.files.items()]
    lines += [f"{item.source}? {item.suggestion.to}" for item in result.layout.review if item.suggestion]
    dropped = [problem for problem in result.problems if problem.code == "suggestion-dropped"]
    whole = {problem.detail for problem in dropped if len([one for one in dropped if one.detail == problem.detail]) == len(FILES)}
    lines += [f"dropped: {detail}" for detail in sorted(whole)]
    missing = "the reply leaves it out."
    lines += [f"{one.path or '?'} dropped: {one.detail}" for one in dropped if one.detail not in whole and one.detail != missing]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(("name", "reply", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_hostile_answer(name: str, reply: str, expected: str) -> None:
    text = MANY.sub(lambda match: match.group(1) * int(match.group(2)), reply)
    result, model = scan(Reply(text, truncated=name.endswith("[truncated]"), tokens_in=1, tokens_out=1))
    assert len(model.asked) == 1 or name.endswith("[truncated]")
    assert_safe(result)
    if not os.environ.get("UPDATE_CASES"):
        assert came_to(result) == expected


def test_the_corpus_is_large_and_its_cases_are_told_apart() -> None:
    assert len(CASES) >= 60 and len({name for name, _, _ in CASES}) == len(CASES)
    if os.environ.get("UPDATE_CASES"):
        written = []
        for name, reply, _ in CASES:
            text = MANY.sub(lambda match: match.group(1) * int(match.group(2)), reply)
            result, _ = scan(Reply(text, truncated=name.endswith("[truncated]"), tokens_in=1, tokens_out=1))
            written.append(f"=== {name}\n{reply}\n--- comes to\n{came_to(result)}")
        CORPUS.write_text("".join(written), encoding="utf-8")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*Answer.model_fields, "x"]), inner, max_size=6),
    max_leaves=12,
)
texts = st.text(max_size=40) | st.sampled_from(
    ["..", "/", "a/../b", "CON", "films", "clips", "albums", "x\\y", ".", "~", "a:b", "Xyz", "é"]
)
likely = st.fixed_dictionaries(
    {"file": st.integers(-1, 5), "confidence": st.floats(0, 1) | st.integers(0, 2)},
    optional={
        "kind": st.sampled_from(["movie", "episode", "audiobook", "standup", "documentary", "image", "music", "other", "nothing"]),
        **dict.fromkeys(("show", "title", "artist", "album", "reason", "episode_title", "author"), texts),
        **dict.fromkeys(("year", "season", "track", "show_year"), st.integers(-5, 3000) | texts),
        "episodes": st.lists(st.integers(-2, 20000), max_size=4),
        "place": st.none() | texts,
    },
)
replies = st.one_of(
    st.text(max_size=300),
    json_values.map(lambda value: json.dumps({"suggestions": value})),
    st.lists(likely | json_values, max_size=6).map(lambda said: json.dumps({"suggestions": said})),
    st.lists(likely, max_size=6).map(lambda said: json.dumps({"suggestions": said})),
)


@pytest.mark.drawn
@relaxed
@given(replies, st.booleans())
def test_whatever_a_model_returns_the_layout_is_safe(text: str, truncated: bool) -> None:
    result, model = scan(Reply(text, truncated, 1, 1))
    assert_safe(result)
    again = scanned(
        suggesting(),
        TreeReader("inbox", FILES),
        TreeReader("movies", {PRECIOUS: "precious", "Xyz (1999)/1.bin": "there already"}),
        TreeReader("tv"),
        told=TOLD,
        before=result.layout,
        suggester=remembering(model),
    )
    assert again.layout == result.layout


def remembering(model: Scripted) -> Scripted:
    """Return a suggester that asks nothing and knows what another was told."""
    only = Scripted(refuse, asks=False)
    only.kept = model.kept
    return only


def refuse(_: list[dict[str, Any]]) -> str:
    raise AssertionError("something was asked")
