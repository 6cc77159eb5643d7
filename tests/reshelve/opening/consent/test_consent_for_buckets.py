"""What a stranger's workspace asks of buckets."""

import json
from pathlib import Path

import pytest

from reshelve import api
from tests.support.models import endpoint, telling
from tests.support.shellcalls import call
from tests.support.strangers import TOKEN, bucket, elsewhere, told


@pytest.mark.usefixtures("credentials")
def test_a_bucket_at_another_service_is_asked_nothing_without_consent(folder: Path) -> None:
    with endpoint(telling({})) as server:
        bucket(folder, elsewhere(server))
        call_plan = ("plan", "layout.yaml")
        (folder / "layout.yaml").write_text("version: 1\n")
        for args in (("scan",), call_plan, ("apply", "--yes"), ("check",), ("observe",), ("trash", "list")):
            came = call(folder, *args)
            assert came.code == 7 and f"requests signed with your AWS credentials, to {elsewhere(server)}" in came.err, args
        assert call(folder, "status").code == 0
        doctor = call(folder, "doctor")
        assert doctor.code == 1 and "BAD  consent to stores.far" in doctor.out and "BAD  far:" in doctor.out
        assert call(folder, "validate", "reshelve.yaml").code == 0 and call(folder, "log").code == 0
        assert server.headers == []
        came = call(folder, "scan", answers="no\n")
        assert came.code == 7 and server.headers == []
        call(folder, "scan", answers="yes\n")
        assert server.headers and "secret" not in json.dumps(server.headers).replace("session-secret", "")


@pytest.mark.usefixtures("credentials")
def test_an_optional_bucket_without_consent_is_away(folder: Path) -> None:
    with endpoint(telling({})) as server:
        bucket(folder, elsewhere(server), ", optional: true")
        assert call(folder, "scan").code == 0 and server.headers == []
        assert "reshelve trust" in call(folder, "status").out


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://localhost:9000", "http://[::1]:9", "https://s3.eu-west-1.amazonaws.com"]
)
def test_aws_and_this_machine_need_no_consent(folder: Path, url: str) -> None:
    bucket(folder, url)
    assert api.wants(folder) == []


def test_one_consent_after_another_on_a_terminal(folder: Path) -> None:
    with endpoint(telling({})) as server:
        bucket(folder, elsewhere(server), ', prefix: "${GITHUB_TOKEN}", optional: true')
        block = f"suggest: {{provider: openai, model: tiny, base_url: '{elsewhere(server)}/v1'}}\n"
        with (folder / "reshelve.yaml").open("a") as out:
            out.write(block)
        came = call(folder, "scan", "--suggest", answers="yes\nno\n")
        assert came.code == 7 and came.err.count("Consent to that") == 2 and server.headers == []
        assert TOKEN not in told(came)


@pytest.mark.parametrize(
    ("own", "whose"),
    [
        ("", "reshelve.yaml"),
        ("far: {profile: jan}", "reshelve.yaml"),
        ("far: {endpoint_url: 'https://s3.mine.example', profile: jan}", "reshelve.yaml"),
        ("far: {s3: mine, endpoint_url: 'https://s3.mine.example'}", "reshelve.yaml"),
        ("far: {s3: mine, endpoint_url: 'https://s3.mine.example', profile: jan}", "reshelve.local.yaml"),
        ("far: {path: /mine}", ""),
    ],
)
def test_a_store_is_ones_own_word_only_if_the_overlay_says_where_it_is_and_who_asks(folder: Path, own: str, whose: str) -> None:
    bucket(folder, "https://s3.far.example", ", profile: david")
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / "reshelve.local.yaml").write_text(f"version: 1\nstores: {{{own}}}\n")
    wanted = [reach for reach in api.wants(folder) if reach.key == "stores.far"]
    assert [reach.document for reach in wanted] == ([whose] if whose else [])


@pytest.mark.parametrize(("own", "asked"), [("profile: jan", True), ("prefix: mine", False), ("path: /mine", False)])
def test_a_variable_that_the_overlay_leaves_in_a_store_needs_consent(folder: Path, own: str, asked: bool) -> None:
    bucket(folder, "https://s3.eu-west-1.amazonaws.com", ', prefix: "${GITHUB_TOKEN}"')
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / "reshelve.local.yaml").write_text(f"version: 1\nstores: {{far: {{{own}}}}}\n")
    assert [reach.key for reach in api.wants(folder)] == (["stores.far.prefix"] if asked else [])


def test_a_variable_that_the_overlay_puts_into_a_strangers_bucket_needs_consent(folder: Path) -> None:
    bucket(folder, "https://s3.eu-west-1.amazonaws.com")
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / "reshelve.local.yaml").write_text('version: 1\nstores: {far: {prefix: "${GITHUB_TOKEN}"}}\n')
    assert [(reach.key, reach.document) for reach in api.wants(folder)] == [("stores.far.prefix", "reshelve.yaml")]
