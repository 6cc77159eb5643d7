"""What holds of every provider of suggestions that a workspace can name: one reply for one prompt, or trouble in words."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import pytest

from reshelve.executors.suggest.provider_contract import Provider, Trouble
from reshelve.executors.suggest.provider_list import connector, model_of
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Prompt, Reply, answer_schema
from tests.support.models import Endpoint, Said, Script, endpoint

PROVIDERS: tuple[str, ...] = get_args(Suggest.model_fields["provider"].annotation)
SECRET = "very-secret-0123456789"
ANSWER = {"kind": "movie", "title": "A", "year": 1999, "confidence": 0.9}
GIVEN = {
    "openai": {"model": "tiny", "base_url": "{url}/v1", "key_env": "OPENAI_API_KEY"},
    "gemini": {"base_url": "{url}/v1beta/openai", "key_env": "GEMINI_API_KEY"},
    "bedrock": {"model": "anthropic.claude-3-haiku-20240307-v1:0", "base_url": "{url}", "region": "eu-west-1"},
    "recorded": {"answers": "answers.ndjson"},
}
"""What each needs in `suggest:`; `{url}` is a server on the loopback."""
REMOTE = [name for name in PROVIDERS if "base_url" in GIVEN.get(name, {})]


def test_every_provider_has_its_settings_here() -> None:
    assert GIVEN.keys() == set(PROVIDERS)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


def settings(name: str, url: str) -> Suggest:
    given = {key: value.format(url=url) for key, value in GIVEN[name].items()}
    return Suggest.model_validate({"provider": name, "timeout": "5s", **given})


@contextmanager
def provider(name: str, folder: Path, url: str) -> Iterator[Provider]:
    (folder / "answers.ndjson").write_text(json.dumps({"from": "inbox:a.bin", **ANSWER}) + "\n")
    made = connector(settings(name, url), folder, {"OPENAI_API_KEY": SECRET, "GEMINI_API_KEY": SECRET})()
    try:
        yield made
    finally:
        made.close()


def prompt() -> Prompt:
    user = json.dumps({"places": [], "files": [{"file": 1, "path": "a.bin"}]})
    return Prompt("Be brief.", user, answer_schema(["films"]), ("inbox:a.bin",))


def good() -> Script:
    said = {"suggestions": [{"file": 1, **ANSWER}]}
    return lambda *_: Said(json.dumps(said), tool=said)


@pytest.fixture
def server() -> Iterator[Endpoint]:
    with endpoint(good()) as one:
        yield one


@pytest.mark.parametrize("name", PROVIDERS)
def test_it_replies_in_the_form_asked_for(name: str, tmp_path: Path, server: Endpoint) -> None:
    with provider(name, tmp_path, server.url) as made:
        reply = made.ask(prompt())
    assert isinstance(reply, Reply) and not reply.truncated
    assert json.loads(reply.text) == {"suggestions": [{"file": 1, **ANSWER}]}


@pytest.mark.parametrize("name", PROVIDERS)
def test_several_threads_may_ask_at_once(name: str, tmp_path: Path, server: Endpoint) -> None:
    with provider(name, tmp_path, server.url) as made, ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: made.ask(prompt()), range(8)))
    assert len({reply.text for reply in replies}) == 1


@pytest.mark.parametrize("name", PROVIDERS)
def test_it_lists_its_models_or_says_that_it_cannot(name: str, tmp_path: Path, server: Endpoint) -> None:
    assert model_of(settings(name, server.url), {})
    with provider(name, tmp_path, server.url) as made:
        assert made.models() in (None, ("tiny",))


@pytest.mark.parametrize("name", PROVIDERS)
def test_it_may_be_closed_twice(name: str, tmp_path: Path, server: Endpoint) -> None:
    with provider(name, tmp_path, server.url) as made:
        made.close()


FAULTS = {
    "busy": (Said(status=429, error={"message": "slow down", "code": "ThrottlingException"}), True),
    "broken": (Said(status=500, error={"message": "oops", "code": "InternalServerException"}), True),
    "forbidden": (Said(status=403, error={"message": "no", "code": "AccessDeniedException"}), False),
}
"""What a server says, and whether the same request may do better."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", REMOTE)
def test_trouble_says_whether_to_try_again_and_never_a_key(name: str, fault: str, tmp_path: Path) -> None:
    said, again = FAULTS[fault]
    with endpoint(lambda *_: said) as server, provider(name, tmp_path, server.url) as made, pytest.raises(Trouble) as trouble:
        made.ask(prompt())
    assert len(server.requests) == 1
    assert trouble.value.again == again
    assert trouble.value.detail and SECRET not in trouble.value.detail + trouble.value.hint


@pytest.mark.parametrize("body", [b"", b"<html>not here</html>", b"{}", b"[1]", b"null"])
@pytest.mark.parametrize("name", REMOTE)
def test_what_is_not_the_protocol_says_nothing(name: str, body: bytes, tmp_path: Path) -> None:
    with endpoint(lambda *_: Said(body=body)) as server, provider(name, tmp_path, server.url) as made:
        try:
            assert made.ask(prompt()).text == ""
        except Trouble as trouble:
            assert trouble.detail


@pytest.mark.parametrize("name", REMOTE)
def test_a_server_that_is_not_there_is_trouble_that_may_pass(name: str, tmp_path: Path) -> None:
    with endpoint(good()) as gone:
        url = gone.url
    with provider(name, tmp_path, url) as made, pytest.raises(Trouble) as trouble:
        made.ask(prompt())
    assert trouble.value.again and trouble.value.detail
