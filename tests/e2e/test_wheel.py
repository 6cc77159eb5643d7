"""The built wheel, installed where nothing else is, or beside an application's own modules: it holds one package, whole."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("planner", "executors", "schemas")
LINKED = (*PARTS, "docs")

pytestmark = pytest.mark.slow


def _build(kind: str, source: Path, out: Path) -> Path:
    """Build the wheel or sdist of a source tree, by the backend that pyproject.toml names."""
    code = f"import sys, hatchling.build as backend; print(backend.build_{kind}(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(out)], cwd=source, check=True, capture_output=True, text=True)
    return out / done.stdout.split()[-1]


def _python(folder: Path, wheel: Path) -> Path:
    """Make an environment that has this wheel and what it needs, and nothing else."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, stdin=subprocess.DEVNULL)
    return python


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _python(tmp_path_factory.mktemp("environment") / "venv", wheel)


def _own() -> Iterator[str]:
    """Yield the files of the package by the names they are installed under."""
    for part in ("reshelve", *LINKED):
        for path in (ROOT / part).rglob("*"):
            rel = path.relative_to(ROOT)
            if path.is_file() and "__pycache__" not in rel.parts and (part != "reshelve" or rel.parts[1] not in LINKED):
                yield rel.as_posix() if part == "reshelve" else f"reshelve/{rel.as_posix()}"


def _shared() -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in (ROOT / "share").rglob("*") if path.is_file()]


def test_the_wheel_has_each_file_once_in_one_package_and_what_it_shares_beside_it(wheel: Path) -> None:
    packed = [name.partition(".data/data/")[2] or name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert sorted(packed) == sorted([*_own(), *_shared()])


def test_the_sdist_has_each_file_once_and_gives_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
        assert all(member.isfile() for member in members)
        rels = ["/".join(PurePosixPath(member.name).parts[1:]) for member in members]
        archive.extractall(tmp_path, filter="data")
    around = {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert sorted(set(rels) - around) == sorted([*_own(), *_shared()]) and len(rels) == len(set(rels))
    again = _build("wheel", next(tmp_path.iterdir()), tmp_path)
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def _film(folder: Path) -> dict[str, str]:
    (folder / "in").mkdir(parents=True)
    (folder / "out").mkdir()
    (folder / "in/Heat (1995).mkv").write_text("x")
    return {"HOME": str(folder), "PATH": "/usr/bin:/bin", "XDG_STATE_HOME": str(folder / "state")}


def test_it_runs_from_an_empty_environment(python: Path, tmp_path: Path) -> None:
    environ = _film(tmp_path)
    command = [python.with_name("reshelve"), "organize", "in", "--into", "out", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out/Movies/Heat (1995)/Heat (1995).mkv").read_text() == "x"


def test_the_man_page_and_the_completions_are_installed_where_they_are_looked_for(python: Path) -> None:
    installed = python.parents[1] / "share"
    for path in _shared():
        assert (installed.parent / path).read_bytes() == (ROOT / path).read_bytes()
    assert (installed / "man/man1/reshelve.1").exists()


APPLICATION = """
import sys

import executors
import planner
import schemas
from reshelve import api

session = api.open_organize("in", "out", preset="plex")
report = session.runs.apply(session.plans.make(session.layouts.scan().layout, command="organize"))
assert report.outcome == "done", report
assert (schemas.MINE, planner.MINE, executors.MINE) == ("schemas", "planner", "executors")
assert not [name for name in sys.modules if name.startswith(("schemas.", "planner.", "executors."))]
"""


def test_an_application_keeps_its_own_modules_of_these_names(python: Path, tmp_path: Path) -> None:
    environ = _film(tmp_path)
    for name in PARTS:
        (tmp_path / f"{name}.py").write_text(f'MINE = "{name}"\n')
    (tmp_path / "application.py").write_text(APPLICATION)
    done = subprocess.run([python, "application.py"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out/Movies/Heat (1995)/Heat (1995).mkv").read_text() == "x"


def test_what_a_wheel_is_built_of_goes_into_the_image_too() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    sent = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    assert sent >= {*built["sdist"]["only-include"], *built["wheel"]["shared-data"], *LINKED}
