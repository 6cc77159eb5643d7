"""A model whose context is too short, or whose answers are cut: asked in smaller requests from then on, within the budget."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.suggest.answer_cache import SuggestionCache
from reshelve.executors.suggest.openai_compatible import OpenAICompatible
from reshelve.executors.suggest.recorded_replies import Recorded, Recording
from reshelve.executors.suggest.request_queue import ModelSuggester
from reshelve.planner.scan import ScanResult
from reshelve.schemas.suggest_settings import Suggest
from tests.support.models import Said, answers, endpoint
from tests.support.readers import TreeReader
from tests.support.scanning import scanned
from tests.support.suggesting import suggesting

FILM: dict[str, Any] = {"kind": "movie", "title": "Xyz", "year": 1999, "confidence": 0.9, "reason": "a film"}
NAMES = [f"{n:02}.bin" for n in range(40)]
KNOWN = {name: {**FILM, "title": f"Film {name[:2]}"} for name in NAMES}
REFUSED = Said(status=400, error={"message": "This request exceeds the model's context length.", "code": "context_length_exceeded"})


def holding(files: int, most: int = 10**6) -> Callable[[list[dict[str, Any]], int], Said]:
    """Return a model whose context holds so many files, and answers of at most so many tokens."""
    return lambda asked, max_tokens: Said(answers(asked, KNOWN)) if len(asked) <= files and max_tokens <= most else REFUSED


def cut_after(files: int) -> Callable[[list[dict[str, Any]], int], Said]:
    """Return a model whose answers end, cut short, after so many files."""

    def said(asked: list[dict[str, Any]], _: int) -> Said:
        whole = answers(asked, KNOWN)
        if len(asked) <= files:
            return Said(whole)
        ends = [at + 1 for at in range(len(whole)) if whole[at] == "}"]
        return Said(whole[: ends[files - 1] + 9] if files else whole[:30], finish="length")

    return said


def scan(
    says: Callable[[list[dict[str, Any]], int], Said], *, record: Path | None = None, parallel: int = 4, **given: Any
) -> tuple[ScanResult, list[tuple[int, int]]]:
    """Scan NAMES with this model on a real server; return what came of it, and files and `max_tokens` of each request."""
    requests: list[tuple[int, int]] = []

    def script(_: int, files: list[dict[str, Any]]) -> Said:
        body = server.requests[-1] if parallel == 1 else next(b for b in reversed(server.requests) if files[0] in _files(b))
        requests.append((len(files), body["max_tokens"]))
        return says(files, body["max_tokens"])

    with endpoint(script) as server:
        block = {"base_url": f"{server.url}/v1", "parallel": parallel, "rate": 10**6, "attempts": 2, **given}
        workspace = suggesting(**block)
        assert workspace.suggest is not None
        config = workspace.suggest
        made = OpenAICompatible(config, "tiny", {})
        connect = (lambda: made) if record is None else (lambda: Recording(made, record))
        queue = ModelSuggester(config, "tiny", SuggestionCache(":memory:"), connect, sleep=lambda _: None)
        inbox = TreeReader("inbox", {name: name for name in NAMES})
        result = scanned(workspace, inbox, TreeReader("movies"), TreeReader("tv"), suggester=queue)
    return result, requests


def _files(body: dict[str, Any]) -> Any:
    return json.loads(body["messages"][-1]["content"])["files"]


def told(result: ScanResult) -> list[str]:
    return [f"{problem.code}: {problem.detail} {problem.hint}" for problem in result.problems]


@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize("files", [1, 3, 7])
def test_fewer_files_a_request_for_the_rest_of_the_scan(files: int, parallel: int) -> None:
    result, requests = scan(holding(files), parallel=parallel)
    assert len(result.layout.files) == 40
    batch = {1: 1, 3: 2, 7: 5}[files]
    assert [code.partition(":")[0] for code in told(result)] == ["suggest-narrowed"]
    assert f"`batch: {batch}` instead of 10" in told(result)[0] and "max_tokens" not in told(result)[0]
    refused = [asked for asked, _ in requests if asked > files]
    assert len(refused) <= 3 + parallel * 3 and len(requests) <= len(refused) + 40 // batch + 4
    assert result.suggested.answered == 40 and result.suggested.requests == len(requests)


def test_a_shorter_answer_where_one_file_is_asked_about() -> None:
    result, requests = scan(holding(10, 1000), parallel=1)
    assert requests[:6] == [(10, 4000), (5, 4000), (2, 4000), (1, 4000), (1, 2000), (1, 1000)] and len(requests) == 45
    assert len(result.layout.files) == 40
    assert "`batch: 1` instead of 10 and `max_tokens: 1000` instead of 4000" in told(result)[0]


def test_a_shorter_answer_first_where_the_refusal_names_it() -> None:
    why = {"message": "max_tokens is too large: this model supports at most 2048 completion tokens"}

    def says(asked: list[dict[str, Any]], most: int) -> Said:
        return Said(answers(asked, KNOWN)) if most <= 2048 else Said(status=400, error=why)

    result, requests = scan(says, parallel=1)
    assert requests == [(10, 4000)] + [(10, 2000)] * 4 and len(result.layout.files) == 40
    assert "`max_tokens: 2000` instead of 4000" in told(result)[0] and "batch" not in told(result)[0]


def test_nothing_smaller_is_left() -> None:
    result, requests = scan(holding(0), parallel=1)
    assert requests == [(10, 4000), (5, 4000), (2, 4000), (1, 4000), (1, 2000), (1, 1000), (1, 500)]
    assert result.layout.files == {} and any("longer context" in line for line in told(result) if line.startswith("suggest-failed"))


@pytest.mark.parametrize("files", [1, 4, 9])
def test_an_answer_that_is_cut_short_costs_what_it_left_out_a_smaller_request(files: int) -> None:
    result, requests = scan(cut_after(files), parallel=1)
    assert len(result.layout.files) == 40 and [line.partition(":")[0] for line in told(result)] == ["suggest-narrowed"]
    assert "an answer was cut short" in told(result)[0]
    assert all(asked <= 5 for asked, _ in requests[1:])


def test_answers_that_are_cut_short_for_one_file_too_end_the_asking() -> None:
    result, requests = scan(cut_after(0), parallel=1)
    assert [asked for asked, _ in requests] == [10, 5, 2, 1]
    assert result.layout.files == {} and any(
        "`max_tokens: 4000`" in line for line in told(result) if line.startswith("suggest-failed")
    )


@pytest.mark.parametrize("says", [holding(3), cut_after(2), cut_after(0), holding(10, 600)])
@pytest.mark.parametrize("tokens", [3_000, 12_000, 40_000])
def test_the_budget_holds_for_smaller_requests_too(says: Callable[[list[dict[str, Any]], int], Said], tokens: int) -> None:
    worked: list[int] = []

    def counted(asked: list[dict[str, Any]], most: int) -> Said:
        said = says(asked, most)
        if said.status == 200:
            said.usage = (1500, 700)
            worked.append(2200)
        return said

    result, _ = scan(counted, budget={"tokens": tokens}, max_tokens=800)
    assert sum(worked) <= tokens and result.suggested.tokens_in + result.suggested.tokens_out == sum(worked)
    assert (
        any(line.startswith("suggest-budget") for line in told(result)) or len(result.layout.files) == 40 or not result.layout.files
    )


def test_what_was_recorded_in_smaller_requests_is_replayed_in_them(tmp_path: Path) -> None:
    result, _ = scan(holding(3), record=tmp_path / "said.ndjson")
    config = Suggest.model_validate({"provider": "recorded", "answers": "said.ndjson"})
    replay = ModelSuggester(
        config, "tiny", SuggestionCache(":memory:"), lambda: Recorded(tmp_path / "said.ndjson"), sleep=lambda _: None
    )
    inbox = TreeReader("inbox", {name: name for name in NAMES})
    workspace = suggesting(provider="recorded", answers="said.ndjson")
    again = scanned(workspace, inbox, TreeReader("movies"), TreeReader("tv"), suggester=replay)
    assert again.layout == result.layout
