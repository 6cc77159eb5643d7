"""Two users file into one group-writable library: one waits for the other, and what one left cut short only that one settles."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

GROUP, FILES = 4242, 250
ANN, BEN = 4001, 4002
RULES = (
    "version: 1\nstores:\n  inbox: {path: in}\n  library: {path: LIBRARY}\nscan:\n  inbox:\n    rules:\n"
    '      - {name: films, when: {kind: movie}, place: "library:Movies/{{ title }} ({{ year }})/{{ filename }}"}\n'
)


def command(user: int, at: Path, *args: str) -> list[str]:
    home = f"HOME={at}"
    who = ["setpriv", "--reuid", str(user), "--regid", str(GROUP), "--clear-groups", "env", "-u", "XDG_STATE_HOME", home]
    return [*who, sys.executable, *args]


def reshelve(user: int, at: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(user, at, "-m", "reshelve", *args), cwd=at, capture_output=True, text=True, umask=0o002)


@pytest.fixture
def library() -> Iterator[Path]:
    """Make a folder of two users' workspaces and their common library, which both may reach."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become two users")
    top = Path(tempfile.mkdtemp(prefix="two-users-"))
    try:
        top.chmod(0o755)
        if subprocess.run(command(ANN, top, "-c", "import reshelve.api"), cwd=top, capture_output=True).returncode != 0:
            pytest.skip("other users cannot read this installation")
        (top / "library").mkdir()
        os.chown(top / "library", 0, GROUP)
        (top / "library").chmod(0o2775)
        for name, user in (("ann", ANN), ("ben", BEN)):
            inbox = top / name / "in"
            inbox.mkdir(parents=True)
            (top / name / "reshelve.yaml").write_text(RULES.replace("LIBRARY", str(top / "library")))
            for number in range(FILES):
                (inbox / f"Film {name}{number} ({1950 + number % 50}).mkv").write_text(f"{name}{number}")
            for path in (top / name, *(top / name).rglob("*")):
                os.chown(path, user, GROUP)
        yield top
    finally:
        shutil.rmtree(top)


def films(top: Path) -> int:
    return sum(1 for _ in (top / "library").rglob("*.mkv"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="users are changed with setpriv")
def test_one_waits_for_the_other_and_each_takes_back_its_own(library: Path) -> None:
    ann, ben = library / "ann", library / "ben"
    assert reshelve(ANN, ann, "scan").returncode == reshelve(BEN, ben, "scan").returncode == 0
    running = subprocess.Popen(
        command(ANN, ann, "-m", "reshelve", "apply", "--yes"), cwd=ann, stdout=subprocess.DEVNULL, umask=0o002
    )
    movies = library / "library/Movies"
    while not movies.is_dir() and running.poll() is None:
        time.sleep(0.001)
    running.send_signal(signal.SIGSTOP)
    try:
        said = reshelve(BEN, ben, "apply", "--yes")
        assert (said.returncode != 0, f"Process {running.pid} " in said.stderr) == (True, True), said
        assert "Locked: library" in reshelve(BEN, ben, "status").stdout
    finally:
        running.kill()
        running.wait()
    said = reshelve(BEN, ben, "apply", "--yes")
    assert "unsettled-elsewhere" in said.stderr and f"In {ann}: reshelve recover" in said.stderr, said
    assert reshelve(BEN, ann, "recover", "--finish").returncode != 0
    assert len(list((ben / "in").glob("*.mkv"))) == len(list((ann / "in").glob("*.mkv"))) + films(library) == FILES
    assert reshelve(ANN, ann, "recover", "--finish").returncode == 0
    assert (films(library), len(list((ann / "in").glob("*.mkv")))) == (FILES, 0)
    assert reshelve(BEN, ben, "apply", "--yes").returncode == 0
    assert films(library) == 2 * FILES
    assert reshelve(ANN, ann, "undo", "--yes").returncode == reshelve(BEN, ben, "undo", "--yes").returncode == 0
    assert films(library) == 0
    for at, name in ((ann, "ann"), (ben, "ben")):
        assert {path.name: path.read_text() for path in (at / "in").iterdir()} == {
            f"Film {name}{number} ({1950 + number % 50}).mkv": f"{name}{number}" for number in range(FILES)
        }
