"""The registry of what a workspace wants of a machine: what needs consent, what does not, and what consent is bound to."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.schemas import consent_needs
from reshelve.schemas.consent_needs import Declared, may_be_secret
from reshelve.schemas.suggest_settings import Suggest, whom
from reshelve.schemas.workspace import Workspace

EVIL = "https://evil.example/v1"
SET = {"GITHUB_TOKEN": "1", "OPENAI_API_KEY": "2", "GEMINI_API_KEY": "3"}


def wanted(environ: dict[str, str] | None = None, **block: Any) -> list[str]:
    told = Workspace.model_validate({"stores": {"a": {"path": "a"}}, "suggest": {"model": "m", **block}})
    found = consent_needs.later(Declared(told, Path("/w"), SET if environ is None else environ))
    return [f"{reach.key}: {reach.does}" for reach in found]


@pytest.mark.parametrize(
    "block",
    [
        {"provider": "openai"},
        {"provider": "openai", "key_env": "OPENAI_API_KEY"},
        {"provider": "openai", "base_url": "https://api.openai.com/v1"},
        {"provider": "openai", "base_url": "https://eu.api.openai.com/v1"},
        {"provider": "openai", "base_url": "https://generativelanguage.googleapis.com/v1beta/openai/", "key_env": "GEMINI_API_KEY"},
        {"provider": "openai", "base_url": "http://localhost:11434/v1"},
        {"provider": "openai", "base_url": "http://127.0.0.1:1/v1", "key_env": "NOT_SET"},
        {"provider": "gemini"},
        {"provider": "bedrock", "profile": "p", "region": "eu-west-1"},
        {"provider": "bedrock", "base_url": "https://bedrock-runtime.eu-west-1.amazonaws.com"},
        {"provider": "bedrock", "base_url": "http://127.0.0.1:1"},
        {"provider": "recorded", "answers": "said.ndjson", "always": True},
    ],
)
def test_what_needs_no_consent(block: dict[str, Any]) -> None:
    assert wanted(**block) == []


@pytest.mark.parametrize(
    ("block", "does"),
    [
        ({"provider": "openai", "base_url": EVIL}, "send names of files and $OPENAI_API_KEY to https://evil.example"),
        ({"provider": "openai", "key_env": "GITHUB_TOKEN"}, "send names of files and $GITHUB_TOKEN to https://api.openai.com"),
        ({"provider": "gemini", "key_env": "OPENAI_API_KEY"}, "and $OPENAI_API_KEY to https://generativelanguage.googleapis.com"),
        ({"provider": "gemini", "base_url": EVIL}, "send names of files and $GEMINI_API_KEY to https://evil.example"),
        ({"provider": "openai", "base_url": "http://api.openai.com/v1"}, "and $OPENAI_API_KEY to http://api.openai.com"),
        ({"provider": "openai", "base_url": "https://api.openai.com:444/v1"}, "$OPENAI_API_KEY to https://api.openai.com:444"),
        ({"provider": "openai", "base_url": "https://evilapi.openai.com/v1"}, "to https://evilapi.openai.com"),
        (
            {"provider": "openai", "base_url": "http://127.0.0.1:1/v1", "key_env": "GITHUB_TOKEN"},
            "$GITHUB_TOKEN to http://127.0.0.1:1",
        ),
        (
            {"provider": "bedrock", "base_url": EVIL},
            "names of files, in requests signed with your AWS credentials, to https://evil.example",
        ),
        (
            {"provider": "bedrock", "base_url": EVIL, "profile": "prod"},
            "signed with the AWS profile 'prod', to https://evil.example",
        ),
    ],
)
def test_what_needs_consent_before_anybody_is_asked(block: dict[str, Any], does: str) -> None:
    [found] = wanted(**block)
    assert found.startswith("suggest: ") and does in found


def test_a_token_of_awss_is_sent_itself_so_this_machine_gets_it_with_consent_only() -> None:
    token = {"AWS_BEARER_TOKEN_BEDROCK": "t"}
    [found] = wanted(token, provider="bedrock", base_url="http://127.0.0.1:1")
    assert "and $AWS_BEARER_TOKEN_BEDROCK to http://127.0.0.1:1" in found
    assert wanted(token, provider="bedrock") == []


def test_what_this_machines_environment_names_is_its_users_word() -> None:
    own = {**SET, "OPENAI_BASE_URL": "https://proxy.example/v1"}
    assert wanted(own, provider="openai") == []
    [found] = wanted(own, provider="openai", key_env="GITHUB_TOKEN")
    assert "$GITHUB_TOKEN to https://proxy.example" in found
    assert whom(Suggest(provider="openai", model="m"), own).at == "proxy.example"
    assert wanted({"OPENAI_BASE_URL": "https://me:pass@x"}, provider="openai") == []
    assert wanted({"AWS_ENDPOINT_URL": "http://10.0.0.1"}, provider="bedrock") == []


def test_always_needs_consent_wherever() -> None:
    assert wanted(provider="openai", always=True) == ["suggest.always: ask m at api.openai.com in every scan, without --suggest"]
    assert wanted(provider="bedrock", always=True) == ["suggest.always: ask m at AWS Bedrock in every scan, without --suggest"]
    assert len(wanted(provider="openai", base_url="http://127.0.0.1:1", always=True)) == 1
    assert len(wanted(provider="openai", base_url=EVIL, always=True)) == 2


def test_the_profile_and_the_host_of_a_bucket_are_what_consent_is_bound_to() -> None:
    def exact(**store: Any) -> list[str]:
        told = Workspace.model_validate({"stores": {"b": {"s3": "bucket", **store}}})
        return [reach.exact for reach in consent_needs.later(Declared(told, Path("/w"), {}))]

    assert exact() == exact(profile="prod", region="eu-west-1") == exact(endpoint_url="http://127.0.0.1:9", profile="prod") == []
    [one] = exact(endpoint_url=EVIL)
    assert [one] == exact(endpoint_url="https://EVIL.example:443/other", prefix="x") != exact(endpoint_url=EVIL, profile="prod")
    assert [one] != exact(endpoint_url="http://evil.example") != exact(endpoint_url="https://evil.example:444")


@pytest.mark.parametrize(
    "name",
    [
        *("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "APIKEY", "GHTOKEN", "GITHUB_PAT", "PGPASSWORD", "NPM_AUTH"),
        *("token", "OP_SESSION_my", "MYSECRET", "SENTRY_DSN"),
    ],
)
def test_names_that_tell_of_a_secret(name: str) -> None:
    assert may_be_secret(name)


@pytest.mark.parametrize("name", ["HOME", "PROJECTS_DIR", "MEDIA", "USER", "AUTHOR_DIR", "PASSAGE", "SOURCE", "INTO", "KEYBOARDS"])
def test_names_that_do_not(name: str) -> None:
    assert not may_be_secret(name)
