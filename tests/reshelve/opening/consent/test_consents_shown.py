"""Consents shown and taken back, given and asked for from Python too."""

import json
import os
from pathlib import Path

import pytest

from reshelve import api
from reshelve.schemas.problems import ReshelveError
from tests.support.models import endpoint, telling
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay
from tests.support.strangers import FILM, elsewhere, kept, suggest


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
