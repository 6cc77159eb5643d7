"""`completion`: the scripts that it prints are ones that the shells take, and they complete."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shellcalls import call

READ_ONLY = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


@pytest.mark.parametrize("shell", READ_ONLY)
def test_the_shell_takes_its_script(tmp_path: Path, shell: str) -> None:
    came = call(tmp_path, "completion", shell)
    assert came.code == 0 and "_RESHELVE_COMPLETE" in came.out
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "script").write_text(came.out)
    subprocess.run([*READ_ONLY[shell], "script"], cwd=tmp_path, check=True)


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    (tmp_path / "script").write_text(call(tmp_path, "completion", "bash").out)
    given = """
    source ./script
    COMP_WORDS=(reshelve {words}); COMP_CWORD={at}
    _reshelve_completion reshelve
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    for words, at, offered in (("orga", 1, "organize"), ("organize --int", 2, "--into"), ("completion z", 2, "zsh")):
        command = ["bash", "-c", given.format(words=words, at=at)]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
        assert offered in done.stdout.split(), done


def test_another_shell_is_a_usage_error(tmp_path: Path) -> None:
    assert call(tmp_path, "completion", "tcsh").code == 64
