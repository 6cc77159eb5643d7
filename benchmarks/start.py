"""What a start costs: commands of a small workspace beside loading the libraries that every command needs.

    python benchmarks/start.py [--rounds 20] [--count]

Prints the least wall-clock seconds and processor seconds of several starts each, in turns; `--count` adds instructions, by
valgrind, which nothing else on the machine disturbs.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measure import LOG, Measure, measure

LIMIT = 0.25
"""Seconds that `plan` of an unchanged small workspace may take on a quiet machine with 2 cores."""
WORKSPACE = """\
stores: {inbox: {path: inbox}, library: {path: library}}
scan: {inbox: {rules: [{name: films, when: {kind: movie}, place: "library:{{ title }}/{{ filename }}"}]}}
"""
COMMANDS = ("plan", "status", "check", "validate", "log", "scan", "--help")
COUNTED = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
LIBRARIES = "pydantic, yaml, click"


def main() -> None:
    """Print a line a command, and whether the limit holds."""
    parser = argparse.ArgumentParser(description="what a start costs")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--count", action="store_true", help="count instructions too (needs valgrind)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reshelve-start-") as made:
        folder = Path(made)
        environ = _settled(folder)
        commands = {f"import {LIBRARIES}": [sys.executable, "-c", f"import {LIBRARIES}"]}
        commands |= {f"reshelve {name}": [sys.executable, "-m", "reshelve", name] for name in COMMANDS}
        taken: dict[str, list[Measure]] = {name: [] for name in commands}
        for _ in range(given.rounds):
            for name, command in commands.items():
                taken[name].append(measure(command, folder, environ))
        libraries = min(one.worked for one in next(iter(taken.values())))
        for name, command in commands.items():
            seconds, worked = min(one.seconds for one in taken[name]), min(one.worked for one in taken[name])
            counted = f"  {_instructions(command, folder, environ) / 1e6:6,.0f} M instructions" if given.count else ""
            print(f"{name:<32} {seconds:5.2f} s  {worked:5.2f} s of processor  {worked / libraries:4.1f} x{counted}", flush=True)
        least = min(one.seconds for one in taken["reshelve plan"])
        print(f"plan: at most {LIMIT} s: {'holds' if least <= LIMIT else 'DOES NOT HOLD'}")


def _settled(folder: Path) -> dict[str, str]:
    """Make a workspace in which nothing is left to do; return the environment to start commands in."""
    (folder / "inbox").mkdir()
    (folder / "library").mkdir()
    (folder / "inbox/Heat.1995.mkv").write_bytes(b"x")
    (folder / "reshelve.yaml").write_text(WORKSPACE)
    environ = {**os.environ, "XDG_STATE_HOME": str(folder / ".state"), "CI": "true", "PYTHONHASHSEED": "0"}
    # Without bytecode each start compiles everything, which hides what is measured.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for command in (["scan"], ["apply", "--yes"], ["scan"], *([name] for name in COMMANDS)):
        measure([sys.executable, "-m", "reshelve", *command], folder, environ)
    return environ


def _instructions(command: list[str], folder: Path, environ: dict[str, str]) -> int:
    measure([*COUNTED, *command], folder, environ)
    told = re.search(r"I\s+refs:\s+([\d,]+)", (folder / LOG).read_text())
    if told is None:
        raise RuntimeError("valgrind counted nothing")
    return int(told[1].replace(",", ""))


if __name__ == "__main__":
    main()
