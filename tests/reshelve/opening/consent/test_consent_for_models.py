"""What a stranger's workspace asks of a model is refused until its owner agrees, once, outside the folder."""

from pathlib import Path

import pytest

from reshelve import api
from tests.support.models import endpoint, telling
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay
from tests.support.strangers import FILM, TOKEN, elsewhere, kept, suggest, told


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
