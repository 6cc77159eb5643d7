"""Asking a person: a plan is shown before, and nothing is done without a clear yes."""

import sys
from collections.abc import Callable, Iterable

from reshelve.cli.shell import Shell
from schemas.problems import ReshelveError, stop


def confirm(shell: Shell, question: str, *, yes: bool, details: Callable[[], Iterable[str]] | None = None) -> None:
    """Return when the answer is yes. Raises ReshelveError of kind "declined" otherwise, or when there is nobody to answer."""
    if yes:
        return
    if not shell.answers:
        raise nobody("Add --yes.")
    choices = "yes/no/details" if details else "yes/no"
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
    return stop("nobody-to-ask", "Nobody can answer here.", detail, hint=hint, kind="declined")


def ask(question: str) -> str:
    """Return the answer to a question, "" when there is none. The question goes to standard error: output stays clean."""
    sys.stdout.flush()
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
