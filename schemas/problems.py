"""Problems: what is wrong, where, why, and what to do; and the one exception that carries them."""

from collections.abc import Iterable
from typing import Literal

from reshelve.schemas.quick_dataclasses import dataclass

Severity = Literal["error", "warning", "note"]

Kind = Literal["error", "changes", "rolled-back", "unsettled", "stale", "locked", "declined", "usage", "interrupted"]
"""What an outcome means to the caller; `reshelve.cli.exit_codes` maps each to its exit code, and nothing else does."""


@dataclass(slots=True, frozen=True)
class Where:
    """A position in a document: file, line and column (from 1), and the line's text, with `*` in place of secrets."""

    file: str
    line: int
    column: int
    source: str = ""

    def __post_init__(self) -> None:
        # Its patterns take a while to be made, and most commands have nothing to say.
        from reshelve.schemas.secret_texts import masked_line

        if (shown := masked_line(self.source)) != self.source:
            object.__setattr__(self, "source", shown)


@dataclass(slots=True, frozen=True)
class Problem:
    """One thing that is wrong.

    `code` is a stable kebab-case id; `summary` a short sentence without names; `detail` says what exactly and why; `hint`
    what to do next; `path` the location or file it is about. Secrets in them are shown as `*`: a problem is printed, kept in
    reports and sent to programs, and is masked once, here.
    """

    code: str
    summary: str
    detail: str = ""
    path: str = ""
    hint: str = ""
    where: Where | None = None
    severity: Severity = "error"

    def __post_init__(self) -> None:
        from reshelve.schemas.secret_texts import masked

        for name in ("summary", "detail", "path", "hint"):
            text = getattr(self, name)
            if (shown := masked(text)) != text:
                object.__setattr__(self, name, shown)

    def order(self) -> tuple[str, int, int, str, str, str]:
        """Sort key: by document position, then path, then code."""
        at = self.where
        return (at.file if at else "", at.line if at else 0, at.column if at else 0, self.path, self.code, self.detail)


class ReshelveError(Exception):
    """Stops a command with problems a person can act on; `kind` decides the exit code."""

    def __init__(self, problems: Problem | Iterable[Problem], kind: Kind = "error") -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else sorted(problems, key=Problem.order)
        self.kind: Kind = kind
        super().__init__("; ".join(f"{p.path}: {p.summary} {p.detail}".strip() for p in self.problems[:3]))


def stop(code: str, summary: str, detail: str = "", *, path: str = "", hint: str = "", kind: Kind = "error") -> ReshelveError:
    """Return a ReshelveError of one problem, to raise."""
    return ReshelveError(Problem(code, summary, detail, path, hint), kind)


def sentence(reason: str) -> str:
    """Return a reason, as it stands within sentences, as the beginning of one: "there is none" as "There is none"."""
    first = reason.partition(" ")[0]
    return f"{reason[:1].upper()}{reason[1:]}" if first.isalpha() and first.islower() else reason


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are errors."""
    return [p for p in problems if p.severity == "error"]
