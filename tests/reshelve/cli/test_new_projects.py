"""`new`: a project added to the workspace, laid out, taken back, and made again."""

import json
from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay, tree


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def test_new_adds_a_project_asks_and_makes_it(place: Path) -> None:
    declined = call(place, "new", "b63", "--client", "Acme", answers="no\n")
    assert declined.code == 7 and "b63" not in (place / "reshelve.yaml").read_text()
    came = call(place, "new", "b63", "--client", "Acme", "--yes")
    assert came.code == 0, came.err
    assert sum(path.is_dir() for path in (place / "projects" / "b63_Acme").rglob("*")) == 38
    assert json.loads((place / "projects" / "b63_Acme" / "project_config.json").read_text())
    assert "name: b63" in (place / "reshelve.yaml").read_text()
    assert "Nothing to do" in call(place, "new", "b63", "--yes").out
    assert call(place, "new", "b64", "--in", "nowhere:").code == 64


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        (("--client", "Acme: Co/../x"), "p_Acme - Co-..-x"),
        ((), "p"),
        (("--client", "Acme", "--set", "folder=mine"), "mine"),
        (("--client", "Acme", "--in", "projects:{{ client }}"), "Acme/p_Acme"),
        (("--in", "projects:{{ client }}/{{ team }}", "--set", "team=Red"), "Red/p"),
    ],
)
def test_the_folder_of_a_new_project_is_made_of_its_name_and_client(place: Path, given: tuple[str, ...], folder: str) -> None:
    came = call(place, "new", "p", *given, "--yes")
    assert came.code == 0, came.err
    assert (place / "projects" / folder / "project_config.json").is_file()
    assert "Nothing to do" in call(place, "new", "p", "--yes").out


def test_a_new_project_of_a_client_changes_no_other(place: Path) -> None:
    with (place / "reshelve.yaml").open("a") as file:
        file.write("projects:\n  - {name: old, client: Acme, in: 'projects:'}\n")
    assert call(place, "new", "p", "--client", "Acme", "--yes").code == 0
    assert call(place, "scan").code == 0
    assert call(place, "apply", "--yes").code == 0
    assert sorted(path.name for path in (place / "projects").iterdir()) == ["old", "p_Acme"]


def test_a_store_elsewhere_is_not_made_by_new(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("mnt") / "disk"
    with (place / "reshelve.local.yaml").open("w") as file:
        file.write(f"stores: {{projects: {{path: {away}}}}}\n")
    came = call(place, "new", "p", "--yes")
    assert came.code == 1 and "store-unavailable" in came.out + came.err
    assert not away.exists() and "name: p" not in (place / "reshelve.yaml").read_text()


def test_what_an_undo_took_back_is_held_whole_and_a_second_new_makes_all_of_it(place: Path) -> None:
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    made = tree(place)
    assert call(place, "undo", "--yes").code == 0
    assert call(place, "scan").code == 0
    for command in (("plan", "--detailed-exitcode", "--exclude", "inbox:*"), ("check", "--offline")):
        came = call(place, *command)
        assert came.code == 0 and "b63" not in came.out, came.out
    # Named again, it is meant.
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    assert {path: text for path, text in tree(place).items() if path in made} == made
    assert "held" not in call(place, "plan").out
    (place / "projects" / "b63-flivideo" / "project_config.json").unlink()
    assert "project_config.json" in call(place, "plan").out


def test_a_second_new_lets_go_of_what_is_there_by_now_too(place: Path) -> None:
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    folders = sorted(path for path in tree(place) if path.startswith("projects/b63-flivideo/"))
    assert call(place, "undo", "--yes").code == 0
    first = place / "projects" / "b63-flivideo" / "01_Project_Files"
    first.mkdir(parents=True)
    assert call(place, "new", "b63-flivideo", "--yes").code == 0
    assert set(folders) <= set(tree(place))
    assert call(place, "new", "b63-flivideo", "--yes").code == 0  # nothing to do, and nothing held
    assert call(place, "scan").code == 0
    assert "held" not in call(place, "plan").out
