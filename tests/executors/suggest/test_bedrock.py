"""Bedrock's Converse through the real boto3, against a real server on the loopback."""

import json

import pytest

from reshelve.executors.suggest.bedrock import Bedrock
from reshelve.executors.suggest.provider_contract import Trouble
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Prompt, answer_schema
from tests.support.models import Endpoint, Said, Script, endpoint

TOOL = {"suggestions": [{"file": 1, "kind": "movie", "title": "A", "confidence": 0.9}]}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


def prompt() -> Prompt:
    user = json.dumps({"places": [], "files": [{"file": 1, "path": "a.bin"}]})
    return Prompt("Be brief.", user, answer_schema(["films"]), ("inbox:a.bin",))


def bedrock(server: Endpoint, model: str = "anthropic.claude-3-haiku-20240307-v1:0", **given: object) -> Bedrock:
    told = {"provider": "bedrock", "model": model, "base_url": server.url, "region": "eu-west-1", **given}
    return Bedrock(Suggest.model_validate(told), model, {})


def always(said: Said) -> Script:
    return lambda *_: said


def test_claude_answers_by_the_tool_that_has_the_schema() -> None:
    with endpoint(always(Said(tool=TOOL, usage=(321, 45)))) as server:
        reply = bedrock(server, temperature=0.2, max_tokens=900).ask(prompt())
    assert json.loads(reply.text) == TOOL and (reply.tokens_in, reply.tokens_out) == (321, 45)
    assert server.paths == ["/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse"]
    sent = server.requests[0]
    assert sent["inferenceConfig"] == {"maxTokens": 900, "temperature": 0.2}
    assert sent["system"] == [{"text": "Be brief."}]
    tool = sent["toolConfig"]
    assert tool["toolChoice"] == {"tool": {"name": "suggest"}}
    assert tool["tools"][0]["toolSpec"]["inputSchema"]["json"]["required"] == ["suggestions"]
    assert "eu-west-1/bedrock/aws4_request" in server.keys[0] and "secret" not in json.dumps(sent) + server.keys[0]


def test_llama_takes_no_choice_of_a_tool_and_then_no_tool_at_all() -> None:
    def answer(*_: object) -> Said:
        sent = server.requests[-1]
        if "toolChoice" in sent.get("toolConfig", {}):
            return refused("This model doesn't support the toolConfig.toolChoice.tool field.")
        if "toolConfig" in sent:
            return refused("This model doesn't support tool use.")
        return Said(json.dumps(TOOL))

    with endpoint(answer) as server:
        asking = bedrock(server, "meta.llama3-8b-instruct-v1:0")
        assert json.loads(asking.ask(prompt()).text) == TOOL and len(server.requests) == 3
        asking.ask(prompt())
        asking.close()
    assert len(server.requests) == 4 and "toolConfig" not in server.requests[3]


def refused(message: str) -> Said:
    return Said(status=400, error={"code": "ValidationException", "message": message})


@pytest.mark.parametrize(
    ("status", "code", "again", "hint"),
    [
        (429, "ThrottlingException", True, ""),
        (503, "ServiceUnavailableException", True, ""),
        (500, "InternalServerException", True, ""),
        (408, "ModelTimeoutException", True, ""),
        (403, "AccessDeniedException", False, "access to the model"),
        (404, "ResourceNotFoundException", False, "`model:` and `region:`"),
        (403, "ExpiredTokenException", False, "Sign in"),
        (400, "ValidationException", False, ""),
    ],
)
def test_what_can_be_tried_again_and_what_cannot(status: int, code: str, again: bool, hint: str) -> None:
    said = Said(status=status, error={"code": code, "message": "it is so"}, headers={"retry-after": "3"} if again else {})
    with endpoint(always(said)) as server, pytest.raises(Trouble) as trouble:
        bedrock(server).ask(prompt())
    assert trouble.value.again is again and code in trouble.value.detail and hint in trouble.value.hint
    assert trouble.value.after == (3 if again else None) and len(server.requests) == 1


def test_a_reply_cut_short_a_slow_one_and_one_of_no_shape() -> None:
    with endpoint(always(Said("{", finish="length"))) as server:
        assert bedrock(server).ask(prompt()).truncated
    with endpoint(always(Said("late", delay=1.5))) as server, pytest.raises(Trouble, match=r"within 0\.3s"):
        bedrock(server, timeout="0.3s").ask(prompt())
    for body in (b"{}", b"<html>", b"[1]"):
        with endpoint(always(Said(body=body))) as server:
            try:
                assert bedrock(server).ask(prompt()).text == ""
            except Trouble:
                pass


def test_no_credentials_no_region_and_no_profile_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(always(Said(tool=TOOL))) as server:
        with pytest.raises(Trouble, match="profile"):
            bedrock(server, profile="nobody")
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(Trouble, match="no AWS credentials"):
            bedrock(server).ask(prompt())
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(Trouble, match="region"):
            bedrock(server, region=None)
