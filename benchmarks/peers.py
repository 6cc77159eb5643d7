"""The peers: organize-tool in a virtual environment of its own, guessit beside our own recogniser."""

import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ORGANIZE_TOOL = "organize-tool==3.3.0"
ENVIRONMENT = Path(__file__).resolve().parent / ".peers"


def organize_tool() -> str:
    """Return the path of organize-tool's command, installing it on first use; "" where it cannot be had."""
    command = ENVIRONMENT / "bin" / "organize"
    if not command.exists():
        venv.create(ENVIRONMENT, with_pip=True)
        install = [ENVIRONMENT / "bin/python", "-m", "pip", "install", "--quiet", ORGANIZE_TOOL]
        done = subprocess.run(install, check=False, capture_output=True)
        if done.returncode or not command.exists():
            print("  organize-tool cannot be installed here: left out", flush=True)
            return ""
    return str(command)


def name_rates(count: int) -> Iterator[tuple[str, float]]:
    """Yield (parser, names a second) on the names of a sample tree, each name read once by each parser."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from guessit import guessit

    from reshelve.planner.recognise.recogniser import NameRecogniser

    names = _names(count)
    recogniser = NameRecogniser()
    for name, read in (("guessit", guessit), ("reshelve, cold", recogniser.read), ("reshelve, again", recogniser.read)):
        read("Warm.Up.S01E01.mkv")
        started = time.perf_counter()
        for one in names:
            read(one)
        yield name, len(names) / (time.perf_counter() - started)


def _names(count: int) -> list[str]:
    """Return `count` video names in the ways people write them, three quarters episodes."""
    ways = (
        "The.Show.{n:04}.S{s:02}E{e:02}.Title.{n}.1080p.WEB-DL.H264-GRP.mkv",
        "Show {n:04} - {s}x{e:02} - A Title.mkv",
        "Show {n:04} (2011)/Season {s:02}/S{s:02}E{e:02}.mkv",
        "The.Film.{n:04}.1999.720p.BluRay.x264-GRP.mkv",
    )
    return [ways[n % len(ways)].format(n=n, s=n % 9 + 1, e=n % 24 + 1) for n in range(count)]
