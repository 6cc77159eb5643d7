"""Asking a person: a plan is shown before, and nothing is done without a clear yes."""

import sys
from collections.abc import Callable, Iterable

from reshelve.cli.terminal import Shell, on_terminal
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import ReshelveError, stop


class Unanswered(KeyboardInterrupt):
    """An interrupt in the place of an answer."""


def confirm(shell: Shell, question: str, *, yes: bool, details: Callable[[], Iterable[str]] | None = None) -> None:
    """Return when the answer is yes. Raises ReshelveError of kind "declined" otherwise, or when there is nobody to answer."""
    if yes:
        return
    if not shell.answers:
        raise nobody("Add --yes.")
    choices = "yes/no/details" if details else "yes/no"
    shell.show_held()
    while True:
        answer = ask(f"{question} {choices}: ").lower()
        if answer in ("y", "yes"):
            return
        if details and answer in ("d", "details"):
            shell.tell(details())
        elif answer in ("", "n", "no", "q", "quit"):
            raise stop("declined", "Declined.", "Nothing was done.", kind="declined")


def nobody(hint: str) -> ReshelveError:
    """Return the refusal to ask where nobody can answer."""
    detail = "Standard input is not a terminal."
    return stop("nobody-to-ask", "There is no terminal to ask on.", detail, hint=hint, kind="declined")


def ask(question: str, given: str = "") -> str:
    """Return the answer to a question, "" when there is none. The question goes to standard error: output stays clean.

    `given` stands there to be edited, where the terminal can do that; else Enter means it.
    """
    try:
        return _asked(question, given)
    except KeyboardInterrupt:
        raise Unanswered from None


def _asked(question: str, given: str) -> str:
    sys.stdout.flush()
    if given and on_terminal(sys.stdin) and on_terminal(sys.stderr) and sys.stdin is sys.__stdin__:
        return _edited(question, given)
    if given:
        sys.stderr.write(f"[{printable(given)}] ")
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _edited(question: str, given: str) -> str:
    """Let a line be edited that is there to begin with."""
    try:
        import readline
    except ImportError:
        sys.stderr.write(f"[{printable(given)}] {question}")
        sys.stderr.flush()
        return sys.stdin.readline().strip()
    readline.set_startup_hook(lambda: readline.insert_text(given))
    try:
        return input(question).strip()
    except EOFError:
        return ""
    finally:
        readline.set_startup_hook(None)
