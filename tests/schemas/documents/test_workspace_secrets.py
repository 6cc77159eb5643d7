"""Secrets in a workspace are refused and not repeated: keys by their form, misspelt names of secrets, and values of `*_env`."""

from pathlib import Path

import pytest

from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.problems import Problem, ReshelveError

GOOGLE = "AIza" + "SyA1234567890abcdefghijklmnopqrstuvw"
RANDOM = "aB3" * 9


def refused(folder: Path, text: str) -> list[Problem]:
    path = folder / "reshelve.yaml"
    path.write_text("version: 1\nstores: {inbox: {path: inbox}}\n" + text)
    with pytest.raises(ReshelveError) as found:
        load_workspace(path, {})
    return found.value.problems


@pytest.mark.parametrize(
    ("text", "secret", "hint"),
    [
        (f"suggest: {{provider: gemini, key: {GOOGLE}}}\n", GOOGLE, "key_env"),
        ("suggest: {provider: gemini, key: 'my own key'}\n", "my own key", "key_env"),
        (f"suggest: {{provider: gemini, key_env: {GOOGLE}}}\n", GOOGLE, ""),
        (f"suggest: {{provider: gemini, key_env: {RANDOM}}}\n", RANDOM, ""),
        ("notify: {me: {kind: slack, url_env: HOOK, pasword: hunter2hunter2}}\n", "hunter2hunter2", "password_env"),
        ("notify: {me: {kind: slack, url_env: HOOK, secert: hunter2}}\n", "hunter2", ""),
        ("set: {password: hunter2}\n", "hunter2", ""),
    ],
)
def test_a_secret_is_refused_with_a_way_on_and_not_repeated(text: str, secret: str, hint: str, tmp_path: Path) -> None:
    problems = refused(tmp_path, text)
    assert "document-secret" in [each.code for each in problems]
    assert secret not in str(problems)
    assert any(hint in each.hint for each in problems)


@pytest.mark.parametrize("given", ["hunter2-with!", "'my pass'"])
def test_what_is_not_the_name_of_a_variable_is_not_repeated(given: str, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, f"notify: {{me: {{kind: slack, url_env: {given}}}}}\n")
    assert problem.code == "document-value" and "variable" in problem.hint and given.strip("'") not in str(problem)
