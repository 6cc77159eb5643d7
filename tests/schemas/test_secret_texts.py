"""What is secret in a text is not shown: in URLs, by the form of keys, and in lines of documents by the name it stands under."""

import pytest

from reshelve.schemas.problems import Problem, ReshelveError, Where
from reshelve.schemas.secret_texts import (
    masked,
    masked_line,
    may_hold_secret,
    names_secret,
    secret_of,
    secrets_in,
    without_secrets,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("base_url: https://me:pass@host/v1", "base_url: https://*******@host/v1"),
        ("x: 'https://host/v1?key=secret' # why", "x: 'https://host/v1?**********' # why"),
        ("https://me:a b@host", "https://******@host"),
        ("http://me:a/b@host", "http://******@host"),
        ('[{url: "https://hooks.slack.com/services/T0/B0/XyZ"}]', '[{url: "https://hooks.slack.com/******************"}]'),
        ("url: https://discord.com/api/webhooks/12/ab-c", "url: https://discord.com/api/webhooks/*******"),
        ("url: https://a.webhook.office.com/b2/x/z", "url: https://a.webhook.office.com/******"),
        ("nothing: a@b?c", "nothing: a@b?c"),
        ("http://host/path", "http://host/path"),
    ],
)
def test_what_is_secret_in_a_url_is_not_shown_and_the_rest_stays_where_it_was(text: str, shown: str) -> None:
    assert masked(text) == shown and len(shown) == len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/me/https:/key:planted@host/x", "/home/me/https:/***********@host/x"),
        ("profile 'AKIAIOSFODNN7EXAMPLE' is none", "profile '********************' is none"),
        ("'sk-proj-0123456789abcdef' does not match", "'************************' does not match"),
        ("inbox:a@b/sk-8 board.mkv", "inbox:a@b/sk-8 board.mkv"),
        ("token: in this order", "token: in this order"),
    ],
)
def test_keys_known_by_their_form_are_not_shown(text: str, shown: str) -> None:
    assert masked(text) == shown and len(shown) == len(text)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("    aws_secret_access_key: planted+/x=", "    aws_secret_access_key: ***********"),
        ('a: {secretAccessKey: "pl,an}ted", path: x}', "a: {secretAccessKey: ***********, path: x}"),
        ("api-key: 'planted", "api-key: ********"),
        ('{"password":"planted"}', '{"password":*********}'),
        ('content: \'{"apiKey": "planted"}\'', "content: '{\"apiKey\": *********}'"),
        ("DB_PASSWORD=planted", "DB_PASSWORD=*******"),
        ("key_env: MY_KEY, max_tokens: 100", "key_env: MY_KEY, max_tokens: 100"),
        ("kms_key: arn:aws:kms:x", "kms_key: arn:aws:kms:x"),
        ("from: secret:a/b.mkv", "from: secret:a/b.mkv"),
    ],
)
def test_a_line_of_a_document_is_shown_without_its_secrets(line: str, shown: str) -> None:
    assert masked_line(line) == shown == masked_line(shown) and len(shown) == len(line)


def test_names_of_secrets() -> None:
    assert all(map(names_secret, ("aws_secret_access_key", "apiKey", "db-password", "TOKEN", "session_token")))
    assert not any(map(names_secret, ("key_env", "kms_key", "secretary", "max_tokens", "keyboard")))


def test_where_secrets_stand() -> None:
    raw = {
        "a": [{"aws_secret_access_key": "planted0"}, {"aws_secret_access_key": "${MY_SECRET}"}],
        "b": "http://me:pw@host",
        "c": "http://h",
    }
    assert [path for path, _ in secrets_in(raw)] == [("a", 0, "aws_secret_access_key"), ("b",)]
    assert secret_of('{"aws_secret_access_key": "planted0"}') and not secret_of('{"aws_secret_access_key": ""}')


def test_a_problem_has_no_secret_in_any_field() -> None:
    url = "https://me:planted@host"
    problem = Problem("x", f"a {url}", f"b {url}", f"c {url}", f"d {url}", Where("f", 1, 1, "aws_secret_access_key: planted"))
    assert "planted" not in f"{problem} {ReshelveError(problem)}"


@pytest.mark.parametrize(
    "key",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
        "ghp_" + "a1" * 18,
        "github_pat_" + "a1" * 20,
        "glpat-" + "a1" * 10,
        "xoxb-" + "1234567890-ab",
        "sk-proj-" + "a1" * 20,
        "sk_live_" + "a1" * 12,
        "hf_" + "aB" * 17,
    ],
)
def test_a_key_is_known_by_its_form(key: str) -> None:
    assert secret_of(f"it is {key}") and masked(key) == "*" * len(key) and may_hold_secret(key.encode())
    assert without_secrets({"a": [key, "b"], "n": 1}) == {"a": ["*" * len(key), "b"], "n": 1}


@pytest.mark.parametrize("text", ["sk-8 board", "sk-subtitles-and-more-of-them", "ghost", "hf_", "https://host/v?a=b"])
def test_what_has_no_form_of_a_key_is_no_secret(text: str) -> None:
    assert not secret_of(text) and without_secrets(text) == text
