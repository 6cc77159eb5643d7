"""What a stranger's workspace would show: variables of the environment, and secrets in URLs."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay
from tests.support.strangers import TOKEN, told


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
