"""What `reshelve --help` prints, made ahead for a few widths: loading click alone takes longer than all the rest."""

import os
import sys
from collections.abc import Mapping, Sequence

_COLUMNS = 80
"""Where no terminal says how wide it is."""
_LEAST_COLUMNS, _MOST_COLUMNS = 52, 110
MADE_FOR = (_LEAST_COLUMNS, _COLUMNS, _MOST_COLUMNS)
"""The columns that texts are made ahead for. In between, the widest that fits is printed."""


def printed(args: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Print the help of `reshelve` itself. False where something else is asked for, or it cannot be read or written."""
    if tuple(args) not in (("--help",), ("-h",)) or "_RESHELVE_COMPLETE" in environ:
        return False
    try:
        fitting = max(made for made in MADE_FOR if made <= columns(environ))
        with open(file_for(fitting), encoding="utf-8") as made:
            sys.stdout.write(made.read())
        sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True


def file_for(columns: int) -> str:
    """Return the path of the text for so many columns, one of `MADE_FOR`."""
    return os.path.join(os.path.dirname(__file__), "help_texts", f"{columns}.txt")


def columns(environ: Mapping[str, str]) -> int:
    """Return how many columns help is printed in. click would ask the same of a module that loads half of its start."""
    said = environ.get("COLUMNS", "")
    found = int(said) if said.isdecimal() else 0
    if not found:
        try:
            found = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ is not None else 0
        except (OSError, ValueError):
            found = 0
    return max(min(found or _COLUMNS, _MOST_COLUMNS), _LEAST_COLUMNS)
