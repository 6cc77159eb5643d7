"""What real model servers do beside the protocol: told in a line that helps, or gone round; every try is paid from the budget."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from reshelve.executors.suggest.answer_cache import SuggestionCache
from reshelve.executors.suggest.openai_compatible import OpenAICompatible
from reshelve.executors.suggest.provider_contract import Trouble
from reshelve.executors.suggest.provider_list import model_of
from reshelve.executors.suggest.request_queue import ModelSuggester
from reshelve.planner.suggest.answer_checks import check
from reshelve.planner.suggest.budget import Purse, prices_of
from reshelve.planner.suggest.questions import Question
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Prompt, Reply, TooLong, Unanswered, answer_schema
from tests.support.models import Endpoint, Said, Script, answers, endpoint

GOOD = answers([{"file": 1, "path": "a.bin"}], {"a.bin": {"kind": "movie", "title": "A", "year": 1999, "confidence": 0.9}})
PROMPT = Prompt("Be brief.", json.dumps({"places": [], "files": [{"file": 1, "path": "a.bin"}]}), answer_schema(["f"]), ("a.bin",))


def config(server: Endpoint, path: str = "/v1", **given: object) -> Suggest:
    return Suggest.model_validate({"provider": "openai", "model": "tiny", "base_url": f"{server.url}{path}", **given})


def asked(said: Script, path: str = "/v1", **given: object) -> tuple[Reply | TooLong | Unanswered, Endpoint]:
    with endpoint(said) as server:
        told = config(server, path, **given)
        cache = SuggestionCache(":memory:")
        purse = Purse(told, prices_of(told, "tiny"))
        queue = ModelSuggester(told, "tiny", cache, lambda: OpenAICompatible(told, "tiny", {}), sleep=lambda _: None)
        assert purse.take(PROMPT)
        [(_, reply)] = queue.ask([PROMPT], purse.lost)
        cache.close()
    return reply, server


def body(message: Any, finish: str = "stop", **usage: Any) -> Said:
    return Said(body=json.dumps({"choices": [{"message": message, "finish_reason": finish}], "usage": usage}).encode())


@pytest.mark.parametrize(
    ("said", "detail", "times"),
    [
        ({"error": {"message": "model is still loading", "code": 503}}, "still loading", 3),
        ({"error": {"message": "Rate limit reached", "type": "rate_limit"}}, "Rate limit", 3),
        ({"error": {"message": "No such model", "code": 404}}, "No such model", 1),
        ({"error": "invalid request"}, "invalid request", 1),
        ({"error": "model is overloaded"}, "overloaded", 3),
        ({"object": "error", "message": "The model does not exist.", "type": "NotFoundError", "code": 404}, "does not exist", 1),
        ({"detail": "Unauthorized"}, "Unauthorized", 1),
        ({"detail": [{"loc": ["body", "model"], "msg": "field required"}]}, "body.model: field required", 1),
        ([{"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}}], "API key not valid", 1),
        ({"error": {"message": "the model cannot generate text"}}, "cannot generate", 1),
        ({"error": {"message": "at most 500 names are allowed"}}, "at most 500", 1),
        ({"error": {"message": "upstream said 503"}}, "upstream said 503", 3),
        ({"error": {"message": "it broke", "code": "500"}}, "it broke", 3),
        ({"choices": [{"error": {"code": 400, "message": "No such provider"}, "message": {"content": ""}}]}, "No such provider", 1),
        ({"choices": [{"error": {"code": 502, "message": "It broke"}, "message": {"content": ""}}]}, "It broke", 3),
    ],
)
def test_an_error_in_a_200(said: Any, detail: str, times: int) -> None:
    reply, server = asked(lambda *_: Said(body=json.dumps(said).encode()), attempts=3)
    assert isinstance(reply, Unanswered) and detail in reply.detail and len(server.requests) == times


def test_an_error_in_a_list() -> None:
    """As Gemini's compatible endpoint words it."""
    told = json.dumps([{"error": {"code": 400, "message": "API key not valid. Please pass one."}}]).encode()
    reply, server = asked(lambda *_: Said(status=400, body=told), attempts=3)
    assert isinstance(reply, Unanswered) and "API key not valid" in reply.detail and len(server.requests) == 1


def test_a_refusal_is_named_and_the_rest_goes_on() -> None:
    reply, _ = asked(lambda *_: body({"content": None, "refusal": "I cannot help with that."}))
    assert isinstance(reply, Reply)
    checked = check(reply, [Question("inbox:a.bin", "", {})], set())
    assert checked.dropped == [("inbox:a.bin", "the model refused: I cannot help with that")]
    for finish in ("content_filter", "SAFETY", "safety", "RECITATION"):
        reply, _ = asked(lambda *_, held=finish: body({"content": None}, held))
        assert isinstance(reply, Reply) and "filter" in check(reply, [Question("inbox:a.bin", "", {})], set()).dropped[0][1]


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": GOOD}],
        [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": GOOD[:9]}, {"type": "text", "text": GOOD[9:]}],
        f"<think>\nIs it {{a film}}?\n</think>\n\n{GOOD}",
        f"```json\n{GOOD}\n```",
        f"<think>x</think>```\n{GOOD}\n```\n",
        f"The files are films.\n</think>\n\n{GOOD}",
    ],
)
def test_content_in_parts_a_think_block_and_a_fence(content: Any) -> None:
    reply, _ = asked(lambda *_: body({"content": content}))
    assert isinstance(reply, Reply)
    assert check(reply, [Question("inbox:a.bin", "", {})], {"films"}).answers["inbox:a.bin"].title == "A"


@pytest.mark.parametrize(
    "text", [f"Sure! {GOOD}", f"{GOOD} Done.", f"<think>{GOOD}", f"```json\n{GOOD}\n```\nand ```x```", f"{GOOD}</think>x"]
)
def test_anything_else_around_it_is_still_not_guessed_at(text: str) -> None:
    assert not check(Reply(text), [Question("inbox:a.bin", "", {})], {"films"}).answers


SCHEMA_REFUSALS = [
    (400, b'{"error": {"message": "This model does not support structured outputs"}}'),
    (400, b'{"error": {"message": "JSON mode is not enabled for this model"}}'),
    (422, b'{"detail": [{"loc": ["body", "response_format", "type"], "msg": "value is not a valid enumeration member"}]}'),
    (500, b"Internal Server Error"),
]


@pytest.mark.parametrize(("status", "told"), SCHEMA_REFUSALS)
def test_a_schema_that_is_refused_in_other_words_or_none(status: int, told: bytes) -> None:
    def said(_: int, files: Any) -> Said:
        form = requests[-1].get("response_format", {}).get("type")
        return Said(status=status, body=told) if form == "json_schema" else Said(GOOD)

    requests: list[dict[str, Any]] = []
    with endpoint(said) as server:
        requests = server.requests
        asking = OpenAICompatible(config(server), "tiny", {})
        assert "A" in asking.ask(PROMPT).text and len(requests) == 2
        assert "A" in asking.ask(PROMPT).text and len(requests) == 3


def test_a_server_that_is_down_is_asked_but_once_more_for_its_schema() -> None:
    with endpoint(lambda *_: Said(status=500, body=b"Internal Server Error")) as server:
        asking = OpenAICompatible(config(server), "tiny", {})
        for times in (2, 3):
            with pytest.raises(Trouble) as caught:
                asking.ask(PROMPT)
            assert caught.value.again and len(server.requests) == times
        assert server.requests[-1]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_schema_that_is_refused_is_gone_round(status: int) -> None:
    def said(_: int, files: Any) -> Said:
        return Said(GOOD) if taken(server_requests[-1]) else Said(status=status, error={"message": "json_schema grammar failed"})

    def taken(request: dict[str, Any]) -> bool:
        return request.get("response_format", {}).get("type") != "json_schema"

    server_requests: list[dict[str, Any]] = []
    with endpoint(said) as server:
        server_requests = server.requests
        assert "A" in OpenAICompatible(config(server), "tiny", {}).ask(PROMPT).text
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "error", "answer"),
    [
        (400, {"message": "This model's maximum context length is 2048 tokens, and you asked for more."}, False),
        (400, {"message": "too much", "code": "context_length_exceeded"}, False),
        (
            400,
            {"message": "the request exceeds the available context size, try increasing it", "type": "exceed_context_size_error"},
            False,
        ),
        (400, {"message": "4000 tokens (1000 in the messages, 3000 in the completion) exceed the context length of 2048"}, True),
        (400, {"message": "'max_tokens' or 'max_completion_tokens' is too large: 4000. This model's limit is lower"}, True),
        (400, {"message": "max_tokens is too large: 4000. This model supports at most 2048 completion tokens"}, True),
        (422, {"message": "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 999 `inputs` tokens and 4000"}, True),
        (400, {"message": "The input token count (9001) exceeds the maximum number of tokens allowed (8192)."}, False),
        (413, {"message": "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7011"}, False),
        (400, {"message": "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}, True),
        (400, {"message": "prompt is too long: 201000 tokens > 200000 maximum"}, False),
        (500, {"message": "Trying to keep the first 5000 tokens when the context window overflows"}, False),
        (200, {"message": "context length exceeded"}, False),
    ],
)
def test_a_context_that_is_too_short_is_told_as_such_and_asked_once(status: int, error: dict[str, str], answer: bool) -> None:
    reply, server = asked(lambda *_: Said(status=status, body=json.dumps({"error": error}).encode()), attempts=5)
    assert isinstance(reply, TooLong) and reply.answer == answer and "context" in reply.hint and len(server.requests) == 1


@pytest.mark.parametrize(
    "message",
    ["Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."],
)
def test_another_name_for_the_length_of_an_answer_is_gone_round(message: str) -> None:
    def said(_: int, files: Any) -> Said:
        return Said(status=400, error={"message": message}) if "max_tokens" in requests[-1] else Said(GOOD)

    with endpoint(said) as server:
        requests = server.requests
        assert OpenAICompatible(config(server), "tiny", {}).ask(PROMPT).text == GOOD


def test_a_prompt_says_how_long_its_answer_may_be() -> None:
    with endpoint(lambda *_: Said(GOOD)) as server:
        OpenAICompatible(config(server), "tiny", {}).ask(replace(PROMPT, max_tokens=700))
        assert server.requests[-1]["max_tokens"] == 700


@pytest.mark.parametrize("said", [Said(status=404, error={"message": "Not Found"}), Said(body=b"<!doctype html><title>UI</title>")])
def test_a_missing_v1_is_named(said: Said) -> None:
    reply, server = asked(lambda *_: said, "", attempts=5)
    assert isinstance(reply, Unanswered) and f"{server.url}/v1" in reply.hint and len(server.requests) == 1


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/v1/chat/completions", "{url}/v1"),
        ("/api", "Check `base_url:`"),
    ],
)
def test_an_address_where_nothing_answers_is_not_told_as_a_missing_model(path: str, hint: str) -> None:
    reply, server = asked(lambda *_: Said(status=404, body=b"404 page not found"), path, attempts=5)
    assert isinstance(reply, Unanswered) and len(server.requests) == 1
    assert "Not Found" in reply.detail and hint.format(url=server.url) in reply.hint and "model" not in reply.hint


def test_a_body_that_a_proxy_finds_too_large_is_asked_in_smaller_ones() -> None:
    reply, _ = asked(lambda *_: Said(status=413, body=b"<html><h1>413 Request Entity Too Large</h1></html>"), attempts=5)
    assert isinstance(reply, TooLong) and not reply.answer


def test_an_error_that_is_but_a_text_is_read() -> None:
    """As LM Studio words it."""
    told = {"error": "The model is loaded with context length of only 4096 tokens, which is not enough."}
    reply, _ = asked(lambda *_: Said(status=400, body=json.dumps(told).encode()), attempts=5)
    assert isinstance(reply, TooLong) and "only 4096 tokens" in reply.detail


@pytest.mark.parametrize(
    ("status", "told", "hint"),
    [
        (400, {"message": "The model `tiny` has been decommissioned.", "code": "model_decommissioned"}, "Name another model"),
        (410, {"message": "This model has been removed."}, "Name another model"),
        (402, {"message": "Insufficient Balance"}, "nothing left to spend"),
        (400, {"message": "API key not valid. Please pass a valid API key."}, "It was sent no key"),
    ],
)
def test_what_cannot_change_is_asked_once_and_told_with_what_to_do(status: int, told: dict[str, str], hint: str) -> None:
    reply, server = asked(lambda *_: Said(status=status, error=told), attempts=5)
    assert isinstance(reply, Unanswered) and hint in reply.hint and len(server.requests) == 1


def test_several_at_once_all_learn_that_a_server_only_streams() -> None:
    together, replies = threading.Barrier(2), list[Reply]()
    with endpoint(lambda *_: Said()) as server:
        requests = server.requests

        def script(_: int, files: Any) -> Said:
            streams = [one for one in requests if one.get("stream")]
            if len(requests) <= 2:
                together.wait(timeout=10)
                return Said(status=400, error={"message": "Only streaming is supported"})
            assert streams
            piece = {"choices": [{"delta": {"content": GOOD}, "finish_reason": "stop"}]}
            return Said(body=f"data: {json.dumps(piece)}\n\ndata: [DONE]\n\n".encode())

        server.script = script
        asking = OpenAICompatible(config(server), "tiny", {})
        threads = [threading.Thread(target=lambda: replies.append(asking.ask(PROMPT))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [json.loads(reply.text) for reply in replies] == [json.loads(GOOD)] * 2


def test_a_stream_that_breaks_off_is_a_lost_try() -> None:
    piece = json.dumps({"choices": [{"delta": {"content": GOOD[:20]}}]})
    with endpoint(lambda *_: Said(body=f"data: {piece}\n\n".encode())) as server, pytest.raises(Trouble) as caught:
        OpenAICompatible(config(server), "tiny", {}).ask(PROMPT)
    assert caught.value.again and caught.value.sent and "broke off" in caught.value.detail


@pytest.mark.parametrize("refused", [True, False])
def test_a_server_that_only_streams(refused: bool) -> None:
    def said(_: int, files: Any) -> Said:
        if refused and not requests[-1].get("stream"):
            return Said(status=400, error={"message": "stream must be set to true"})
        pieces = [{"choices": [{"delta": {"content": part}}]} for part in (GOOD[:20], GOOD[20:])]
        pieces.append({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 7, "completion_tokens": 5}})
        lines = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces)
        return Said(body=f": ping\n\n{lines}data: [DONE]\n\n".encode())

    with endpoint(said) as server:
        requests = server.requests
        reply = OpenAICompatible(config(server), "tiny", {}).ask(PROMPT)
    assert json.loads(reply.text) == json.loads(GOOD) and (reply.tokens_in, reply.tokens_out) == (7, 5)


def test_tokens_that_stand_only_in_the_total_are_counted() -> None:
    reply, _ = asked(lambda *_: body({"content": GOOD}, prompt_tokens=100, completion_tokens=50, total_tokens=900))
    assert isinstance(reply, Reply) and (reply.tokens_in, reply.tokens_out) == (100, 800)


def test_every_try_is_paid_from_the_budget() -> None:
    """An answer that never came was worked on all the same: what was sent is counted, and nothing is sent beyond the budget."""
    most = len(PROMPT.system) + len(PROMPT.user) + len(str(PROMPT.schema)) + 64 + 100
    reply, server = asked(lambda *_: Said("late", delay=0.4), timeout="0.1s", attempts=5, max_tokens=100, budget={"tokens": most})
    assert isinstance(reply, Unanswered) and "budget" in reply.hint and len(server.requests) == 1


def test_what_was_never_worked_on_costs_nothing() -> None:
    most = len(PROMPT.system) + len(PROMPT.user) + len(str(PROMPT.schema)) + 64 + 100
    down = Said(status=429, error={"message": "slow down"})
    reply, server = asked(lambda number, _: Said(GOOD) if number > 3 else down, attempts=5, max_tokens=100, budget={"tokens": most})
    assert isinstance(reply, Reply) and len(server.requests) == 4


def test_a_lost_try_and_a_cut_answer_are_charged() -> None:
    told = Suggest.model_validate({"provider": "openai", "model": "tiny", "max_tokens": 1000})
    purse = Purse(told, None)
    assert purse.take(PROMPT) and purse.lost(PROMPT)
    after_one = purse.tokens_in
    assert after_one > 0
    purse.charge(PROMPT, Reply("{", truncated=True))
    assert purse.tokens_in > after_one and purse.tokens_out >= 1000


def test_the_usual_model_of_gemini_is_an_alias_and_a_named_one_is_honoured() -> None:
    """What an alias costs changes with what it stands for: a budget of money needs `prices:`, and says so."""
    told = Suggest.model_validate({"provider": "gemini"})
    assert model_of(told, {}) == "gemini-flash-latest" and prices_of(told, "gemini-flash-latest") is None
    assert model_of(told, {"GEMINI_MODEL": "gemini-1.5-flash"}) == "gemini-1.5-flash"
    assert model_of(told.model_copy(update={"model": "gemini-1.5-flash"}), {}) == "gemini-1.5-flash"


def test_a_retired_model_is_said_to_be_and_what_stands_for_it() -> None:
    with endpoint(lambda *_: Said(status=404, error={"message": "models/gemini-1.5-flash is not found"})) as server:
        asking = OpenAICompatible(config(server), "gemini-1.5-flash", {})
        with pytest.raises(Trouble) as caught:
            asking.ask(PROMPT)
    assert "retired" in caught.value.hint and "gemini-flash-latest" in caught.value.hint


@pytest.mark.parametrize("word", ["length", "MAX_TOKENS", "max_tokens", "model_length", "max_output_tokens"])
def test_a_cut_answer_in_the_words_of_others(word: str) -> None:
    reply, _ = asked(lambda *_: body({"content": GOOD[:40]}, word))
    assert isinstance(reply, Reply) and reply.truncated


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 1000.0, "completion_tokens": 500.0}, (1000, 500)),
        ({"prompt_tokens": "1000", "completion_tokens": "500"}, (1000, 500)),
        ({"input_tokens": 1000, "output_tokens": 500}, (1000, 500)),
        ({"prompt_tokens": 1000, "completion_tokens": 500, "completion_tokens_details": {"reasoning_tokens": 3000}}, (1000, 3500)),
        ({"prompt_tokens": 1000, "completion_tokens": 3500, "completion_tokens_details": {"reasoning_tokens": 3000}}, (1000, 3500)),
        ({"prompt_tokens": 1000, "completion_tokens": -5, "total_tokens": 1500.5}, (1000, 0)),
        ({"prompt_tokens": True, "completion_tokens": "many", "completion_tokens_details": []}, (0, 0)),
    ],
)
def test_tokens_are_counted_as_others_tell_them(usage: dict[str, Any], tokens: tuple[int, int]) -> None:
    reply, _ = asked(lambda *_: body({"content": GOOD}, **usage))
    assert isinstance(reply, Reply) and (reply.tokens_in, reply.tokens_out) == tokens


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "System role not supported"),
        (500, "Conversation roles must alternate user/assistant/user/assistant/..."),
        (400, "Only user and assistant roles are supported!"),
        (400, "Developer instruction is not enabled for models/tiny"),
    ],
)
def test_a_model_without_a_system_message_is_told_all_in_one(status: int, message: str) -> None:
    def said(_: int, __: Any) -> Said:
        if server.requests[-1]["messages"][0]["role"] == "system":
            return Said(status=status, error={"message": message})
        return Said(GOOD)

    with endpoint(said) as server:
        told = config(server)
        provider = OpenAICompatible(told, "tiny", {})
        for _ in range(2):
            assert provider.ask(PROMPT).text == GOOD
        provider.close()
        (only,) = server.requests[-1]["messages"]
        assert only["content"] == f"{PROMPT.system}\n\n{PROMPT.user}"
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (500, "model requires more system memory (5.6 GiB) than is available (3.1 GiB)", "smaller"),
        (400, "Your credit balance is too low to access the API.", "nothing left to spend"),
        (403, "Your account has insufficient balance", "nothing left to spend"),
        (429, "You have run out of credits", "nothing left to spend"),
    ],
)
def test_memory_and_money_that_are_not_there_are_asked_for_once(status: int, message: str, hint: str) -> None:
    reply, server = asked(lambda *_: Said(status=status, error={"message": message}))
    assert isinstance(reply, Unanswered) and hint in reply.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "model", ["gemini-1.5-flash-002", "gemini-1.5-flash-latest", "models/gemini-1.5-flash-001", "gemini-1.5-flash-exp-0827"]
)
def test_a_version_of_a_retired_model_is_retired_too(model: str) -> None:
    with endpoint(lambda *_: Said(status=404, error={"message": f"models/{model} is not found"})) as server:
        provider = OpenAICompatible(config(server, model=model), model, {})
        with pytest.raises(Trouble) as caught:
            provider.ask(PROMPT)
        provider.close()
    assert "gemini-flash-latest replaces it" in caught.value.hint


@pytest.mark.parametrize("message", ["File Not Found", "Not Found", "Invalid URL (POST /v2/chat/completions)"])
def test_a_path_that_a_server_does_not_have_is_told_as_that(message: str) -> None:
    """As llama.cpp's server words it, and others, in the form of the protocol."""
    reply, server = asked(lambda *_: Said(status=404, error={"message": message, "code": 404}), "/v2")
    assert isinstance(reply, Unanswered) and "base_url" in reply.hint
    assert len(server.requests) == 1
    reply, _ = asked(lambda *_: Said(status=404, error={"message": "tiny is not found"}), "/v2")
    assert isinstance(reply, Unanswered) and "Is there a model" in reply.hint
