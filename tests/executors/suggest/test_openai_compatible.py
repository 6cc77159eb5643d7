"""The real `openai` client against a real server on the loopback, which answers well, throttles, drips, breaks off and lies."""

import json
import threading
from collections.abc import Callable

import pytest

from reshelve.executors.suggest.answer_cache import SuggestionCache
from reshelve.executors.suggest.openai_compatible import OpenAICompatible
from reshelve.executors.suggest.provider_contract import Trouble
from reshelve.executors.suggest.request_queue import ModelSuggester
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Prompt, Reply, Unanswered, answer_schema
from tests.support.models import Endpoint, Said, Script, answers, endpoint, telling

KEY = "sk-very-secret-0123456789"
GOOD = {"a.bin": {"kind": "movie", "title": "A", "year": 1999, "confidence": 0.9}}
DOWN = {"message": "slow down", "type": "requests", "code": "rate_limit_exceeded"}


def config(server: Endpoint, **given: object) -> Suggest:
    return Suggest.model_validate({"provider": "openai", "model": "tiny", "base_url": f"{server.url}/v1", **given})


def prompt(*names: str) -> Prompt:
    files = [{"file": number, "path": name} for number, name in enumerate(names, 1)]
    return Prompt("Be brief.", json.dumps({"places": [], "files": files}), answer_schema(["films"]), names)


def provider(server: Endpoint, **given: object) -> OpenAICompatible:
    return OpenAICompatible(config(server, **{"key_env": "OPENAI_API_KEY", **given}), "tiny", {"OPENAI_API_KEY": KEY})


def asked(
    server: Endpoint, *prompts: Prompt, waits: list[float] | None = None, chance: Callable[[], float] = lambda: 0.5, **given: object
) -> list[tuple[Prompt, Reply | Unanswered]]:
    """Ask as a scan does; `waits` takes down what was waited instead of waiting."""
    # Far apart in no time: what waits are told of are those after a failure.
    told = config(server, **{"rate": 10_000_000, **given})
    cache = SuggestionCache(":memory:")
    slept = [] if waits is None else waits
    suggester = ModelSuggester(told, "tiny", cache, lambda: provider(server, **given), sleep=slept.append, chance=chance)
    found = list(suggester.ask(prompts))
    cache.close()
    return found


def script(*said: Said, then: Said | None = None) -> Script:
    """Answer in this order, the last (or `then`) for ever."""
    return lambda number, _: said[number - 1] if number <= len(said) else (then or said[-1])


def test_a_good_answer_with_what_it_took() -> None:
    with endpoint(telling(GOOD)) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), temperature=0.3, max_tokens=777)
    assert isinstance(reply, Reply)
    assert json.loads(reply.text)["suggestions"][0]["title"] == "A"
    assert (reply.tokens_in, reply.tokens_out, reply.truncated) == (100, 50, False)
    sent = server.requests[0]
    assert server.paths == ["/v1/chat/completions"] and server.keys == [f"Bearer {KEY}"]
    assert sent["model"] == "tiny" and sent["temperature"] == 0.3 and sent["max_tokens"] == 777
    form = sent["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"] is True
    one = form["json_schema"]["schema"]["properties"]["suggestions"]["items"]
    assert one["additionalProperties"] is False and one["properties"]["place"]["enum"] == ["films", None]
    assert KEY not in json.dumps(sent)


def test_throttled_it_waits_longer_each_time_and_at_least_as_long_as_it_is_told() -> None:
    waits: list[float] = []
    slow = Said(status=429, error=DOWN)
    told = Said(status=429, error=DOWN, headers={"retry-after": "7"})
    with endpoint(script(slow, slow, told, then=Said(answers([{"file": 1, "path": "a.bin"}], GOOD)))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), waits=waits)
    assert isinstance(reply, Reply) and len(server.requests) == 4
    assert waits[:2] == [0.5, 1.0] and 7 <= waits[2] <= 8


def test_jitter_spreads_the_waits() -> None:
    chances = iter([0.0, 0.25, 1.0, 0.5])
    waits: list[float] = []
    with endpoint(script(Said(status=503, error=DOWN))) as server:
        asked(server, prompt("a.bin"), waits=waits, chance=lambda: next(chances))
    assert waits == [0.0, 0.5, 4.0, 4.0]


def test_it_gives_up_in_bounded_time_and_asks_nothing_more() -> None:
    waits: list[float] = []
    with endpoint(script(Said(status=429, error=DOWN))) as server:
        found = asked(server, *(prompt(f"{n}.bin") for n in range(30)), waits=waits, attempts=3, parallel=1)
    assert len(found) == 1 and isinstance(found[0][1], Unanswered)
    assert "429" in found[0][1].detail and "3 times" in found[0][1].detail and KEY not in str(found)
    assert len(server.requests) == 3 and sum(waits) < 10


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    waits: list[float] = []
    with endpoint(script(Said(status=429, error=DOWN, headers={"retry-after": "86400"}))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), waits=waits)
    assert isinstance(reply, Unanswered) and "86400 s" in reply.detail and waits == [] and len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}, "Check the key"),
        (403, {"message": "no access"}, "Check the key"),
        (404, {"message": "The model `tiny` does not exist", "code": "model_not_found"}, "doctor --suggest"),
        (429, {"message": "You exceeded your quota", "code": "insufficient_quota"}, "nothing left to spend"),
    ],
)
def test_what_no_waiting_mends_is_said_at_once_without_the_key(status: int, error: dict[str, str], said: str) -> None:
    waits: list[float] = []
    with endpoint(script(Said(status=status, error=error))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), waits=waits)
    assert isinstance(reply, Unanswered) and said in reply.hint and KEY not in reply.detail and waits == []
    assert len(server.requests) == 1


def test_a_slow_answer_is_let_go_of_and_asked_for_again() -> None:
    good = Said(answers([{"file": 1, "path": "a.bin"}], GOOD))
    with endpoint(script(Said("late", delay=1.5), then=good)) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), timeout="0.3s")
    assert isinstance(reply, Reply) and "late" not in reply.text and len(server.requests) == 2


def test_an_answer_that_drips_for_ever_is_let_go_of() -> None:
    with endpoint(script(Said("x" * 400, drip=0.05))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), timeout="0.4s", attempts=1)
    assert isinstance(reply, Unanswered) and "in time" in reply.detail


def test_an_answer_without_end_is_let_go_of() -> None:
    with endpoint(script(Said(body=b" " * (3 * 1024 * 1024)))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), attempts=1)
    assert isinstance(reply, Unanswered) and "no end" in reply.detail


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"[]", b'{"choices": 7}', b'{"choices": [{"message": {"content": [1]}}]}', b"[" * 9999]
)
def test_what_is_not_the_protocol_says_nothing(body: bytes) -> None:
    with endpoint(script(Said(body=body))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"), attempts=1)
    assert isinstance(reply, Unanswered) or reply.text == ""


def test_a_connection_that_breaks_off_and_a_port_where_nobody_listens() -> None:
    with endpoint(script(Said("x"))) as server:
        gone = server
    [(_, reply)] = asked(gone, prompt("a.bin"), attempts=2)
    assert isinstance(reply, Unanswered) and "127.0.0.1 cannot be reached" in reply.detail


def test_a_reply_cut_short_is_said_to_be() -> None:
    with endpoint(script(Said('{"suggestions": [', finish="length"))) as server:
        [(_, reply)] = asked(server, prompt("a.bin"))
    assert isinstance(reply, Reply) and reply.truncated


def test_it_does_without_what_the_endpoint_does_not_take_and_remembers_that() -> None:
    def answer(_: int, files: list[dict[str, object]]) -> Said:
        sent = server.requests[-1]
        if sent.get("response_format", {}).get("type") == "json_schema":
            return Said(status=400, error={"message": "response_format: json_schema is not supported", "param": "response_format"})
        if "temperature" in sent:
            return Said(status=400, error={"message": "Unsupported value: 'temperature'", "param": "temperature"})
        if "max_tokens" in sent:
            return Said(status=400, error={"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."})
        return Said(answers(files, GOOD))

    with endpoint(answer) as server:
        asking = provider(server)
        assert "A" in asking.ask(prompt("a.bin")).text and len(server.requests) == 4
        assert "A" in asking.ask(prompt("a.bin")).text and len(server.requests) == 5
        asking.close()
    assert server.requests[-1]["max_completion_tokens"] == 4000


def test_several_at_once_in_order_and_never_more_than_allowed() -> None:
    def answer(number: int, files: list[dict[str, object]]) -> Said:
        return Said(f"reply to {files[0]['path']}", delay=0.2 if number % 3 == 1 else 0.02)

    with endpoint(answer) as server:
        prompts = [prompt(f"{n}.bin") for n in range(12)]
        found = asked(server, *prompts, parallel=3, rate=100_000)
    assert [one for one, _ in found] == prompts
    assert [reply.text for _, reply in found if isinstance(reply, Reply)] == [f"reply to {n}.bin" for n in range(12)]
    assert 2 <= server.most_at_once <= 3


def test_prompts_are_taken_only_as_they_are_sent() -> None:
    taken: list[int] = []

    def some() -> object:
        for number in range(100):
            taken.append(number)
            yield prompt(f"{number}.bin")

    with endpoint(telling(GOOD)) as server:
        told = config(server, parallel=2, rate=100_000)
        cache = SuggestionCache(":memory:")
        suggester = ModelSuggester(told, "tiny", cache, lambda: provider(server))
        replies = suggester.ask(some())  # type: ignore[arg-type]
        next(replies)
        assert len(taken) <= 2
        replies.close()  # type: ignore[attr-defined]
        cache.close()
    assert threading.active_count() < 10


def test_the_models_there_are() -> None:
    with endpoint(telling({}), models=("tiny", "models/gemini-1.5-flash")) as server:
        assert provider(server).models() == ("gemini-1.5-flash", "tiny")


@pytest.mark.parametrize(
    ("given", "environ", "missing"),
    [
        ({"base_url": None}, {}, "OPENAI_API_KEY"),
        ({"base_url": None}, {"OPENAI_API_KEY": "  "}, "OPENAI_API_KEY"),
        ({"provider": "gemini", "base_url": None}, {"OPENAI_API_KEY": KEY}, "GEMINI_API_KEY"),
        ({"key_env": "MY_KEY"}, {"OPENAI_API_KEY": KEY}, "MY_KEY"),
    ],
)
def test_no_key_is_said_by_the_name_of_its_variable(given: dict[str, object], environ: dict[str, str], missing: str) -> None:
    told = Suggest.model_validate({"provider": "openai", "model": "tiny", "base_url": "http://127.0.0.1:9/v1", **given})
    with pytest.raises(Trouble) as trouble:
        OpenAICompatible(told, "tiny", environ)
    assert f"{missing} is not set" in trouble.value.detail and f"export {missing}" in trouble.value.hint


def test_gemini_and_local_endpoints_get_the_right_key_or_none() -> None:
    with endpoint(telling(GOOD)) as server:
        told = {"provider": "gemini", "base_url": f"{server.url}/v1beta/openai/", "key_env": "GEMINI_API_KEY"}
        gemini = Suggest.model_validate(told)
        OpenAICompatible(gemini, "gemini-1.5-flash", {"GEMINI_API_KEY": "g-1", "OPENAI_API_KEY": KEY}).ask(prompt("a.bin"))
        OpenAICompatible(config(server, key_env="OWN"), "tiny", {"OWN": "o-1"}).ask(prompt("a.bin"))
        OpenAICompatible(config(server), "tiny", {}).ask(prompt("a.bin"))
        OpenAICompatible(config(server), "tiny", {"OPENAI_API_KEY": KEY}).ask(prompt("a.bin"))
        own = Suggest.model_validate({"provider": "openai", "model": "tiny"})
        OpenAICompatible(own, "tiny", {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{server.url}/v1"}).ask(prompt("a.bin"))
    assert server.keys == ["Bearer g-1", "Bearer o-1", "Bearer none", "Bearer none", f"Bearer {KEY}"]
    assert server.paths[0] == "/v1beta/openai/chat/completions"


def test_an_endpoint_that_wants_a_key_it_was_not_sent_is_told_of_as_that() -> None:
    with endpoint(script(Said(status=401, error={"message": "no key"}))) as server, pytest.raises(Trouble) as trouble:
        OpenAICompatible(config(server), "tiny", {"OPENAI_API_KEY": KEY}).ask(prompt("a.bin"))
    assert "`key_env:`" in trouble.value.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_sends_on_to_another_address_is_not_followed(status: int) -> None:
    with endpoint(telling(GOOD)) as other:
        sent_on = Said(status=status, headers={"location": f"{other.url}/v1/chat/completions"})
        with endpoint(script(sent_on)) as server, pytest.raises(Trouble) as trouble:
            provider(server).ask(prompt("a.bin"))
    assert other.keys == [] and other.requests == []
    assert f"redirects to another address ({status})" in trouble.value.detail and not trouble.value.again


def test_an_endpoint_the_workspace_names_gets_nothing_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: gateway-secret\nAuthorization: Bearer corporate-secret")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "admin-secret")
    with endpoint(telling(GOOD)) as server:
        provider(server).ask(prompt("a.bin"))
        provider(server).models()
    assert "secret" not in json.dumps([dict(headers) for headers in server.headers]).replace(KEY, "")
    assert {headers["authorization"] for headers in server.headers} == {f"Bearer {KEY}"} and len(server.headers) == 2
