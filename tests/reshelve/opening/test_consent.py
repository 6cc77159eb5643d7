"""Consent: what a stranger's workspace asks of this machine is refused until its owner agrees, once, outside the folder."""

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from reshelve import api
from reshelve.schemas.problems import ReshelveError
from tests.support.models import Endpoint, endpoint, telling
from tests.support.shellcalls import Came, call
from tests.support.shellplaces import WORKSPACE, lay

TOKEN = "ghp_very-secret-0123456789"
FILM = {"kind": "movie", "title": "Xyz", "year": 1999, "confidence": 0.9, "reason": "a film"}


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "GEMINI_MODEL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cloned"


def elsewhere(server: Endpoint) -> str:
    """Return an address of the server that is not written as this machine's own."""
    return server.url.replace("127.0.0.1", "0.0.0.0")


def suggest(folder: Path, server: Endpoint, more: str = "", *, url: str = "") -> Path:
    at = url or elsewhere(server)
    block = f"{{provider: openai, model: tiny, base_url: '{at}/v1', key_env: GITHUB_TOKEN, rate: 100000{more}}}"
    return lay(folder, {"inbox/xyz.bin": "what is this"}, WORKSPACE + f"suggest: {block}\n")


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state").rglob("trust/*.json"))


def told(came: Came) -> str:
    return came.out + came.err


# A model.


def test_a_plain_scan_of_a_strangers_folder_sends_nothing_and_says_so_in_a_line(folder: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        suggest(folder, server, ", always: true")
        came = call(folder, "scan")
        assert server.requests == [] and came.code == 0
    [line] = [line for line in came.out.splitlines() if "uggestions" in line]
    assert "are off" in line and "always: true" in line and "reshelve trust" in line
    assert "inbox:xyz.bin: no rule matched" in came.out
    off = next(event for event in call(folder, "scan", "--json").events if event["type"] == "suggestions-off")
    assert off["hint"] == "reshelve trust"


def test_asked_for_without_a_terminal_it_is_refused_naming_host_variable_and_what_to_do(folder: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        suggest(folder, server)
        came = call(folder, "scan", "--suggest")
        assert server.requests == [] and server.headers == []
    assert came.code == 7 and not (folder / "layout.yaml").exists()
    assert elsewhere(server) in came.err and "$GITHUB_TOKEN" in came.err and "reshelve trust" in came.err
    assert TOKEN not in told(came)


def test_on_a_terminal_it_is_asked_once_and_the_answer_is_kept_outside_the_folder(folder: Path, tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        suggest(folder, server)
        before = sorted(folder.rglob("*"))
        came = call(folder, "scan", "--suggest", answers="no\n")
        assert came.code == 7 and server.requests == [] and not kept(tmp_path) and sorted(folder.rglob("*")) == before
        assert f"send names of files and $GITHUB_TOKEN to {elsewhere(server)}" in came.err

        came = call(folder, "scan", "--suggest", answers="yes\n")
        assert came.code == 0 and server.keys == [f"Bearer {TOKEN}"]
        assert f"Asking tiny at {elsewhere(server).removeprefix('http://')} about 1 file" in came.out
        [file] = kept(tmp_path)
        assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o077 == 0
        assert TOKEN not in file.read_text() + told(came)

        call(folder, "cache", "clear")
        came = call(folder, "scan", "--suggest")
        assert came.code == 0 and len(server.requests) == 2 and "Consent" not in told(came)


def test_consent_is_for_that_host_port_scheme_and_variable_in_that_folder_alone(folder: Path, tmp_path: Path) -> None:
    with endpoint(telling({})) as server, endpoint(telling({})) as other:
        suggest(folder, server)
        assert call(folder, "trust", "--yes").code == 0
        assert call(folder, "scan", "--suggest").code == 0 and len(server.requests) == 1
        text = (folder / "reshelve.yaml").read_text()
        for was, now in [
            (elsewhere(server), elsewhere(other)),
            (elsewhere(server), elsewhere(server).replace("0.0.0.0", "0.0.0.0.nip.test")),
            ("http:", "https:"),
            ("GITHUB_TOKEN", "HOME"),
            ("provider: openai", "provider: gemini"),
        ]:
            (folder / "reshelve.yaml").write_text(text.replace(was, now))
            assert call(folder, "scan", "--suggest").code == 7, now
        (folder / "reshelve.yaml").write_text(text)
        moved = folder.rename(tmp_path / "moved")
        assert call(moved, "scan", "--suggest").code == 7
        assert len(server.requests) == 1 and other.requests == []
        (tmp_path / "link").symlink_to(moved.rename(folder))
        call(folder, "cache", "clear")
        assert call(tmp_path / "link", "scan", "--suggest").code == 0 and len(server.requests) == 2


def test_always_counts_once_it_has_consent_and_no_longer_when_the_host_is_another(folder: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        suggest(folder, server, ", always: true")
        came = call(folder, "trust", "--yes")
        assert came.code == 0 and "in every scan, without --suggest" in came.out
        assert "1 to file" in call(folder, "scan").out and len(server.requests) == 1
        text = (folder / "reshelve.yaml").read_text()
        (folder / "reshelve.yaml").write_text(text.replace("0.0.0.0", "127.0.0.1"))
        call(folder, "cache", "clear")
        assert "Suggestions are off" in call(folder, "scan").out and len(server.requests) == 1


def test_always_needs_consent_at_the_providers_own_host_too(folder: Path) -> None:
    lay(folder, workspace=WORKSPACE + "suggest: {provider: openai, model: tiny, always: true}\n")
    assert "Suggestions are off" in call(folder, "scan").out
    assert "ask tiny at api.openai.com in every scan" in call(folder, "trust", "--show").out


@pytest.mark.parametrize("block", ["{provider: openai, model: x}", "{provider: gemini}", "{provider: recorded, answers: a.ndjson}"])
def test_the_providers_own_host_and_variable_need_no_consent(folder: Path, block: str) -> None:
    lay(folder, workspace=WORKSPACE + f"suggest: {block}\n")
    (folder / "a.ndjson").write_text("")
    assert api.wants(folder) == [] and call(folder, "trust").out == "There is nothing to consent to.\n"
    assert call(folder, "scan", "--suggest").code != 7


def test_a_service_on_this_machine_needs_none_and_gets_no_key_it_was_not_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with endpoint(telling({"xyz.bin": FILM})) as server:
        suggest(folder, server, url=server.url)
        assert call(folder, "scan", "--suggest").code == 7 and server.requests == []
        text = (folder / "reshelve.yaml").read_text()
        (folder / "reshelve.yaml").write_text(text.replace("key_env: GITHUB_TOKEN, ", ""))
        assert call(folder, "scan", "--suggest").code == 0 and server.keys == ["Bearer none"]


# Shown, and taken back.


def test_consents_are_shown_and_taken_back(folder: Path, tmp_path: Path) -> None:
    with endpoint(telling({})) as server:
        suggest(folder, server, ", always: true")
        shown = call(folder, "trust", "--show").out
        assert "Wanted, without consent:" in shown and "suggest.always:" in shown and not kept(tmp_path)
        assert "BAD  consent to suggest: none" in call(folder, "doctor").out
        assert call(folder, "trust").code == 7 and not kept(tmp_path)
        assert call(folder, "trust", answers="y\n").code == 0
        shown = call(folder, "trust", "--show").out
        assert "Consented to:" in shown and "without consent" not in shown
        line = f"ok   consent to suggest: send names of files and $GITHUB_TOKEN to {elsewhere(server)}"
        assert line in call(folder, "doctor").out
        events = call(folder, "trust", "--show", "--json").events
        assert [event["key"] for event in events if event["type"] == "consent"] == ["suggest", "suggest.always"]

        assert "Taken back: suggest:" in call(folder, "trust", "--revoke", "suggest").out
        assert call(folder, "scan", "--suggest").code == 7 and "are off" in call(folder, "scan").out
        assert call(folder, "trust", "--yes", "suggest").code == 0 and call(folder, "scan", "--suggest").code == 0
        assert call(folder, "trust", "--revoke").out.count("Taken back") == 2
        assert call(folder, "trust", "--revoke").out == "There was no such consent.\n"
        assert call(folder, "trust", "--yes", "elsewhere").out.startswith("There is nothing to consent to in that. 2 other things")
        assert call(folder, "trust", "--show", "--revoke").code == 64


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_a_consent_that_others_could_have_written_is_none(folder: Path, tmp_path: Path) -> None:
    with endpoint(telling({})) as server:
        suggest(folder, server)
        call(folder, "trust", "--yes")
        [file] = kept(tmp_path)
        file.chmod(0o666)
        assert call(folder, "scan", "--suggest").code == 7
        file.chmod(0o600)
        assert call(folder, "scan", "--suggest").code == 0
        text = file.read_text()
        file.unlink()
        (folder / "consent.json").write_text(text)
        file.symlink_to(folder / "consent.json")
        assert call(folder, "scan", "--suggest").code == 7
        file.unlink()
        for broken in ("", "[]", "{", json.dumps({"folder": str(folder)}), text.replace("cloned", "others")):
            file.write_text(broken)
            file.chmod(0o600)
            assert call(folder, "scan", "--suggest").code == 7


# This machine's own overlay.


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *args], cwd=folder, check=True, capture_output=True)


def test_the_overlay_is_this_users_word_while_git_does_not_track_it(folder: Path) -> None:
    with endpoint(telling({})) as server:
        lay(folder)
        own = folder / "reshelve.local.yaml"
        url = f"{elsewhere(server)}/v1"
        own.write_text(f"suggest: {{provider: openai, model: tiny, base_url: '{url}', key_env: GITHUB_TOKEN, always: true}}\n")
        came = call(folder, "scan", "--suggest")
        assert came.code == 7 and "lies in no repository" in came.err
        git(folder, "init", "-q")
        assert call(folder, "scan", "--suggest").code == 0 and server.keys == [f"Bearer {TOKEN}"]
        call(folder, "cache", "clear")
        assert call(folder, "scan").code == 0 and len(server.requests) == 2
        own.chmod(0o666)
        came = call(folder, "scan", "--suggest")
        assert came.code == 7 and "written by everybody" in came.err
        own.chmod(0o644)
        git(folder, "add", "reshelve.local.yaml")
        came = call(folder, "scan", "--suggest")
        assert came.code == 7 and "tracked by git" in came.err and "reshelve.local.yaml" in came.err
        assert "Suggestions are off" in call(folder, "scan").out and len(server.requests) == 2
        git(folder, "rm", "-q", "--cached", "reshelve.local.yaml")
        assert call(folder, "scan", "--suggest").code == 0


STORES = """version: 1
stores: {inbox: {path: inbox}, lib: {path: lib}}
"""


@pytest.mark.parametrize("way", ["unpack", "move", "copy", "write"])
def test_an_overlay_that_a_run_brought_is_not_this_users_word(folder: Path, tmp_path: Path, way: str) -> None:
    """Also where a .gitignore keeps git from it, as sync writes one."""
    with endpoint(telling({})) as server:
        url = f"{elsewhere(server)}/v1"
        said = f"suggest: {{provider: openai, model: tiny, base_url: '{url}', key_env: GITHUB_TOKEN, always: true}}\n"
        bait = folder / "lib" / "theirs"
        lay(folder / "inbox" / "theirs")
        (folder / "lib").mkdir(parents=True)
        (folder / "inbox" / "theirs" / "reshelve.local.yaml").write_text(said)
        if way == "unpack":
            with tarfile.open(folder / "inbox" / "theirs.tar.gz", "w:gz") as archive:
                archive.add(folder / "inbox" / "theirs", ".")
            entry = '"lib:theirs/": {unpack: "inbox:theirs.tar.gz"}'
        elif way == "write":
            lay(bait)
            entry = f'"lib:theirs/reshelve.local.yaml": {{content: {json.dumps(said)}}}'
        else:
            entry = f'"lib:theirs/": {{from: "inbox:theirs/", transfer: {way}}}'
        (folder / "reshelve.yaml").write_text(STORES)
        (folder / "layout.yaml").write_text(f"version: 1\nfiles: {{{entry}}}\n")
        git(folder, "init", "-q")
        assert call(folder, "apply", "--yes").code == 0
        (bait / ".gitignore").write_text("*\n")
        git(folder, "add", "-A")
        came = call(bait, "scan", "--suggest")
        assert came.code == 7 and "put there by a run" in came.err and not server.requests
        assert call(bait, "scan").code == 0 and not server.requests
        # A file of one's own elsewhere is, and consent can be given.
        assert call(bait, "trust", "--yes").code == 0
        assert call(bait, "scan", "--suggest").code == 0 and server.requests


def test_a_run_that_cannot_note_what_it_brings_does_not_begin(folder: Path, tmp_path: Path) -> None:
    (folder / "inbox").mkdir(parents=True)
    (folder / "lib").mkdir()
    (folder / "inbox" / "reshelve.local.yaml").write_text("version: 1\n")
    (folder / "reshelve.yaml").write_text(STORES)
    (folder / "layout.yaml").write_text('version: 1\nfiles: {"lib:RESHELVE.local.yaml": {from: "inbox:reshelve.local.yaml"}}\n')
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "reshelve").write_text("in the way")
    came = call(folder, "apply", "--yes")
    assert came.code == 1 and "brought-not-noted" in came.err and (folder / "inbox" / "reshelve.local.yaml").exists()


def test_an_overlay_beside_a_link_to_the_workspace_is_looked_at_where_it_lies(folder: Path, tmp_path: Path) -> None:
    mine = lay(tmp_path / "mine")
    git(mine, "init", "-q")
    (mine / "reshelve.local.yaml").write_text("stores: {}\n")
    with endpoint(telling({})) as server:
        folder.mkdir()
        (folder / "reshelve.yaml").symlink_to(mine / "reshelve.yaml")
        url = f"{elsewhere(server)}/v1"
        text = f"suggest: {{provider: openai, model: tiny, base_url: '{url}', key_env: GITHUB_TOKEN}}\n"
        (folder / "reshelve.local.yaml").write_text(text)
        assert call(folder, "scan", "--suggest").code == 7 and server.requests == []


# Buckets.


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"ACCESS_KEY_ID": "AKIDEXAMPLE", "SECRET_ACCESS_KEY": "wJalr-secret", "SESSION_TOKEN": "session-secret"}
    for name, value in given.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def bucket(folder: Path, url: str, more: str = "") -> Path:
    store = f"  far: {{s3: strangers, endpoint_url: '{url}'{more}}}\n"
    return lay(folder, workspace=WORKSPACE.replace("scan:\n", f"{store}scan:\n", 1))


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


# Variables.


@pytest.mark.parametrize(
    "store",
    [
        '{path: "${GITHUB_TOKEN}"}',
        '{paths: [inbox, "x/${GITHUB_TOKEN}"]}',
        '{paths: {a: inbox, b: "x/${GITHUB_TOKEN}"}}',
        '{path: inbox, reserve: "${GITHUB_TOKEN}"}',
        '{path: inbox, nonsense: "${GITHUB_TOKEN}"}',
        '{s3: strangers, prefix: "${GITHUB_TOKEN}"}',
        '{s3: "${GITHUB_TOKEN}"}',
        '{s3: strangers, uploaded_by: "${PLAIN}"}',
        '{s3: strangers, endpoint_url: "https://${PLAIN}.example"}',
    ],
)
def test_what_the_environment_holds_is_put_nowhere_without_consent(
    folder: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAIN", "plain-value")
    lay(folder, workspace=WORKSPACE.replace("{path: inbox}", store))
    for args in (("scan",), ("validate", "reshelve.yaml"), ("doctor",), ("status",), ("trust", "--show")):
        came = call(folder, *args)
        assert "put the value of $" in told(came) and TOKEN not in told(came) and "plain-value" not in told(came), args
    assert call(folder, "scan").code == 7


def test_a_folder_that_a_plain_variable_names_needs_none_nor_does_a_secret_that_is_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECTS_DIR", str(folder / "inbox"))
    lay(folder, workspace=WORKSPACE.replace("{path: inbox}", '{path: "${PROJECTS_DIR}"}'))
    assert call(folder, "scan").code == 0
    lay(folder, workspace=WORKSPACE.replace("{path: inbox}", '{path: "${NO_SUCH_TOKEN}"}'))
    came = call(folder, "scan")
    assert came.code == 1 and "NO_SUCH_TOKEN is not set" in came.err


def test_consent_to_a_variable_in_a_bucket_is_for_that_bucket(folder: Path) -> None:
    text = WORKSPACE.replace("scan:\n", '  far: {s3: mine, prefix: "${GITHUB_TOKEN}"}\nscan:\n', 1)
    lay(folder, workspace=text)
    assert call(folder, "trust", "--yes").code == 0 and call(folder, "validate", "reshelve.yaml").code == 0
    (folder / "reshelve.yaml").write_text(text.replace("mine", "strangers"))
    assert call(folder, "validate", "reshelve.yaml").code == 1


# Files elsewhere.


@pytest.mark.parametrize("way", ["absolute", "above", "home", "link", "link inside", "overlay"])
def test_what_lies_outside_the_folder_is_not_read_without_consent(folder: Path, tmp_path: Path, way: str) -> None:
    private = tmp_path / "home" / "private"
    private.mkdir(parents=True)
    (private / "config.yaml").write_text("cluster: kube-secret\n")
    named = {"absolute": str(private), "above": "../home/private", "home": "~/private", "overlay": ""}.get(way, "templates")
    lay(folder, workspace=WORKSPACE + (f"templates_dir: {named}\n" if named else ""))
    if way == "link":
        (folder / "templates").symlink_to(private)
    if way == "link inside":
        (folder / "templates").mkdir()
        (folder / "templates" / "config.yaml").symlink_to(private / "config.yaml")
    if way == "overlay":
        (folder / "reshelve.local.yaml").symlink_to(private / "config.yaml")
    for args in (("scan",), ("validate", "reshelve.yaml")):
        came = call(folder, *args)
        assert f"read {private}" in came.err and "kube-secret" not in told(came)
    assert call(folder, "scan").code == 7
    call(folder, "trust", "--yes")
    assert "kube-secret" in call(folder, "validate", "reshelve.yaml").err


def test_prices_and_recorded_answers_elsewhere_need_consent(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "credentials"
    secret.write_text("aws_secret_access_key: wJalr-secret\n")
    lay(folder, workspace=WORKSPACE + "cost: {prices: ../credentials}\nsuggest: {provider: recorded, answers: ../credentials}\n")
    for args in (("cost", "--scenario", "STANDARD=1"), ("scan", "--suggest")):
        came = call(folder, *args)
        assert came.code == 7 and f"read {secret}" in came.err and "wJalr" not in told(came), args
    assert call(folder, "scan").code == 0
    assert call(folder, "trust", "--yes", "suggest.answers").code == 0
    assert call(folder, "scan", "--suggest").code == 0 and call(folder, "cost", "--scenario", "STANDARD=1").code == 7


# Secrets in URLs.


@pytest.mark.parametrize(
    "url",
    ["https://me:hunter2@host/v1", "https://hunter2@host", "https://host/v1?key=hunter2&x=hunter2", "http://me:hu/nter2@host"],
)
def test_a_secret_in_a_url_is_a_problem_and_is_never_shown(folder: Path, url: str) -> None:
    for text in (
        WORKSPACE + f"suggest: {{provider: openai, model: tiny, base_url: '{url}'}}\n",
        WORKSPACE + f"suggest:\n  provider: openai\n  model: tiny\n  base_url: {url}\n  nonsense: {url}\n",
        WORKSPACE.replace("{path: inbox}", f"{{s3: bucket, endpoint_url: '{url}'}}"),
        WORKSPACE.replace("{path: inbox}", f"{{s3: bucket, verify: '{url}'}}"),
        WORKSPACE.replace("{path: inbox}", f"{{s3: [bucket], endpoint_url: '{url}', 'x"),
    ):
        lay(folder, workspace=text)
        for args in (("validate", "reshelve.yaml"), ("scan", "--suggest"), ("scan", "--json"), ("doctor",)):
            came = call(folder, *args)
            assert came.code in (1, 7) and "hunter2" not in told(came) and "nter2" not in told(came), (args, told(came))


# From Python.


def test_from_python(folder: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        suggest(folder, server)
        with pytest.raises(ReshelveError, match="nobody here has consented") as refused:
            api.open_workspace(folder).layouts.scan(asking=api.Asking("model"))
        assert refused.value.kind == "declined"
        [want] = api.wants(folder)
        assert want.key == "suggest" and want.does == f"send names of files and $GITHUB_TOKEN to {elsewhere(server)}"
        api.consent(folder, [want])
        assert api.open_workspace(folder).layouts.scan(asking=api.Asking("model")).suggested.filed == 1


def test_a_rule_and_a_project_are_added_where_the_workspace_has_consent(folder: Path, tmp_path: Path) -> None:
    elsewhere_ = tmp_path / "templates"
    elsewhere_.mkdir()
    (elsewhere_ / "own.yaml").write_text("dirs: [Raw]\n")
    lay(folder, workspace=WORKSPACE + "templates_dir: ../templates\n")
    assert call(folder, "new", "b1", "--template", "own", "--yes").code == 7
    assert call(folder, "trust", "--yes").code == 0
    assert call(folder, "new", "b1", "--template", "own", "--yes").code == 0
    assert "b1" in (folder / "reshelve.yaml").read_text() and (folder / "projects" / "b1" / "Raw").is_dir()
