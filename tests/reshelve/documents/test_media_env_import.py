"""An environment file with MOVIES_PATH and TV_SHOWS_PATH becomes a workspace that is sound and does what it says."""

import re
from pathlib import Path

import pytest

from tests.support.shellcalls import call

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("films/Heat.1995.1080p.mkv", "films/Lost.S01E02.mkv", "shows/lost s1e1.mkv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def test_both_are_kept_in_order_in_place(place: Path) -> None:
    given = (
        f"MOVIES_PATH={place}/films\nTV_SHOWS_PATH='{place}/shows'\nGEMINI_API_KEY=hush\nDRY_RUN=true\nBACKUP_ENABLED=false\nX=1\n"
    )
    (place / ".env").write_text(given)
    came = call(place, "init", "--from-env", ".env")
    assert came.code == 0, came
    assert set(re.findall(r"\[(env-[a-z]+)\]", came.err)) == {"env-secret", "env-live", "env-backup", "env-unknown"}
    assert "hush" not in came.out + came.err + (place / "reshelve.yaml").read_text()
    assert call(place, "validate", "reshelve.yaml").code == 0
    assert call(place, "scan").code == 0 and call(place, "apply", "--yes").code == 0
    assert (place / "films/Heat (1995)/Heat (1995).mkv").is_file() or list((place / "films").glob("Heat (1995)/*.mkv"))
    assert len(list((place / "shows").glob("Lost/Season 01/*.mkv"))) == 2
    assert call(place, "scan").code == 0 and "Nothing to do" in call(place, "plan").out


@pytest.mark.parametrize(("name", "folder"), [("MOVIES_PATH", "films"), ("TV_SHOWS_PATH", "shows")])
def test_one_alone_leaves_the_other_kind_to_a_person(place: Path, name: str, folder: str) -> None:
    (place / ".env").write_text(f"{name}={folder}\n")
    assert call(place, "init", "--from-env", ".env").code == 0
    assert call(place, "validate", "reshelve.yaml").code == 0
    assert call(place, "scan").code == 0 and call(place, "apply", "--yes").code == 0
    other = place / "films/Lost.S01E02.mkv"
    assert other.is_file()


def test_the_example_is_understood_whole(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    came = call(tmp_path, "init", "--from-env", ".env")
    assert came.code == 0 and "env-unknown" not in came.err and "env-line" not in came.err, came.err
    assert call(tmp_path, "validate", "reshelve.yaml").code == 0


def test_the_example_with_every_value_set_is_understood_whole_and_no_key_is_copied(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text()
    names = re.findall(r"^#? ?([A-Z][A-Z_]+)=(?:'')?$", example, re.MULTILINE)
    assert {"TMDB_API_KEY", "QB_PASSWORD"} <= set(names)
    (tmp_path / ".env").write_text(example + "".join(f"{name}=hush\n" for name in names))
    came = call(tmp_path, "init", "--from-env", ".env")
    assert came.code == 0 and "env-unknown" not in came.err and "hush" not in came.err + came.out, came.err
    made = (tmp_path / "reshelve.yaml").read_text()
    assert "hush" not in made and "lookup: {providers: [tmdb, tvdb]}" in made
    assert call(tmp_path, "validate", "reshelve.yaml").code == 0


def test_what_compose_passes_on_is_in_the_example(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    assert asked and asked <= set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
