"""What the wheel brings for other programs: the man page, and the completion of each shell, where each looks for them."""

from collections.abc import Mapping
from pathlib import Path

from reshelve.cli.commands.completion import script
from reshelve.cli.entry import cli
from reshelve.reference import man_page

FOLDER = Path(__file__).resolve().parents[2] / "share"
"""Where they lie in the source; the wheel puts them into `share` of wherever it is installed."""
_COMPLETIONS = {
    "bash": "bash-completion/completions/reshelve",
    "fish": "fish/vendor_completions.d/reshelve.fish",
    "zsh": "zsh/site-functions/_reshelve",
}


def texts() -> Mapping[str, str]:
    """Return each file's text, by its path below `FOLDER`."""
    return {"man/man1/reshelve.1": man_page.page(), **{path: script(shell, cli) for shell, path in _COMPLETIONS.items()}}


def write() -> None:
    """Write each file to where the build finds it."""
    for path, text in texts().items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
