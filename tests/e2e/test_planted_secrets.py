"""A secret that stands in a document or in the environment is in no output of any command, and in no file of the state."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reshelve.cli.entry import run

Outputs = Callable[..., tuple[int, str]]

SECRET = "PLANTEDvalue0123456789"
URL = f"https://KEY:{SECRET}@127.0.0.1:1"

GOOD = """version: 1
stores: {inbox: {path: in}, library: {path: out}}
scan: {inbox: {settle: 0s, rules: [{name: all, when: {ext: mkv}, place: "library:{{ filename }}"}]}}
"""
WORKSPACES = {
    "key of a store": f"version: 1\nstores:\n  inbox:\n    path: in\n    aws_secret_access_key: {SECRET}\n",
    "address of a store": f'version: 1\nstores: {{inbox: {{s3: bucket, endpoint_url: "{URL}"}}}}\n',
    "folder": f'version: 1\nstores: {{inbox: {{path: "{URL}/x"}}}}\n',
    "bucket": f'version: 1\nstores: {{inbox: {{s3: "{URL}/x"}}}}\n',
    "prefix": f'version: 1\nstores: {{inbox: {{s3: bucket, prefix: "{URL}/x"}}}}\n',
    "model": f'{GOOD}suggest: {{provider: openai, model: m, base_url: "{URL}/v1", api_key: {SECRET}, key_env: sk-{SECRET}}}\n',
    "template": f'{GOOD}templates: {{t: {{files: {{c.json: {{json: {{aws_secret_access_key: "{SECRET}"}}}}}}}}}}\n',
    "client": f'{GOOD}clients: {{qb: {{kind: qbittorrent, url: "{URL}", password: {SECRET}}}}}\n',
    "player": f'{GOOD}after: {{x: {{kind: sonarr-webhook, url: "{URL}", token_env: {SECRET}-x}}}}\n',
    "receiver": f'{GOOD}notify: {{x: {{kind: apprise, url: "{URL}"}}}}\n',
    "broken YAML": f"version: 1\nstores:\n  inbox: {{path: in, token: {SECRET}, token: {SECRET}\n   x\n",
    "variable": 'version: 1\nstores: {inbox: {path: "${WHERE}"}}\n',
}
COMMANDS = (
    ("validate",), ("scan",), ("plan",), ("apply", "--yes"), ("status",), ("doctor",), ("log",), ("check",), ("undo", "--yes"),
    ("observe",), ("explain", "in/a.mkv"), ("trash", "list"), ("fmt", "--check"),
)  # fmt: skip


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Outputs:
    """Return what runs a command in the workspace, and returns its exit code and all it said."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("WHERE", f"{URL}/x")

    def outputs(folder: Path, *args: str) -> tuple[int, str]:
        code = run(["-C", str(folder), *args])
        told = capfd.readouterr()
        return code, told.out + told.err

    return outputs


def files_with_it(top: Path) -> list[str]:
    return [str(file) for file in top.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]


def made(tmp_path: Path, workspace: str) -> Path:
    folder = tmp_path / "w"
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    (folder / "in" / "a.mkv").write_text("film")
    (folder / "reshelve.yaml").write_text(workspace)
    return folder


@pytest.mark.parametrize("workspace", WORKSPACES.values(), ids=WORKSPACES)
def test_a_secret_in_a_workspace_is_a_problem_and_is_shown_nowhere(tmp_path: Path, outputs: Outputs, workspace: str) -> None:
    folder = made(tmp_path, workspace)
    code, told = outputs(folder, "validate")
    assert code in (1, 7) and "reshelve.yaml" in told
    for command in COMMANDS:
        for form in ((), ("--json",)):
            assert SECRET not in outputs(folder, *command, *form)[1], command
    found = files_with_it(tmp_path)
    assert found == [str(folder / "reshelve.yaml")] * (SECRET in workspace)


def test_a_secret_in_a_layout_is_a_problem_at_its_line(tmp_path: Path, outputs: Outputs) -> None:
    folder = made(tmp_path, GOOD)
    text = f'version: 1\nfiles:\n  "library:a.json":\n    content: \'{{"aws_secret_access_key": "{SECRET}"}}\'\n'
    (folder / "layout.yaml").write_text(text)
    for command in (("validate",), ("plan",), ("plan", "--json"), ("apply", "--yes")):
        code, told = outputs(folder, *command)
        assert code == 1 and "document-secret" in told and SECRET not in told
        assert ":4:" in told or '"line":4' in told
    assert files_with_it(folder) == [str(folder / "layout.yaml")]


@pytest.mark.slow
def test_a_secret_in_an_argument_or_the_environment_is_shown_nowhere(
    tmp_path: Path, outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", URL)
    folder = made(tmp_path, "version: 1\nstores: {inbox: {path: in}, cloud: {s3: bucket, region: eu-west-1}}\n")
    organize = ("organize", "in", "--into", f"{URL}/x", "--yes")
    for command in (("organize", f"{URL}/x"), organize, ("status",), ("doctor", "--json"), ("scan",)):
        assert SECRET not in outputs(folder, *command)[1], command
    assert files_with_it(tmp_path) == []


def test_a_secret_is_in_no_line_of_a_log(tmp_path: Path, outputs: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", URL)
    folder = made(tmp_path, f"{GOOD}log: {{level: debug}}\n")
    key = "ghp_" + SECRET * 2
    (folder / "in" / f"{key}.mkv").write_text("film")
    asked = (("organize", f"{URL}/x"), ("explain", f"{URL}/x"), ("show", URL), ("scan", f"--token={SECRET}"), ("log", SECRET))
    for command in (*COMMANDS, *asked):
        outputs(folder, *command)
    text = f'version: 1\nfiles:\n  "library:a.json":\n    content: \'{{"aws_secret_access_key": "{SECRET}"}}\'\n'
    (folder / "layout.yaml").write_text(text)
    for command in (("plan",), ("apply", "--yes")):
        outputs(folder, *command)
    log = (folder / ".reshelve" / "log.ndjson").read_text()
    assert SECRET not in log
    assert {"document-secret", "usage"} <= {json.loads(line).get("code") for line in log.splitlines()}
