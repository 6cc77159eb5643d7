"""The shell a command runs in: where text and NDJSON go, whether there is a terminal, and whether there is colour."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TextIO, TypeVar

import click

from reshelve import __version__
from reshelve.cli.command_log import CommandLog
from reshelve.schemas.problems import Problem

if TYPE_CHECKING:
    from reshelve.executors.state.last_times import LastTimes
    from reshelve.schemas.documents.atomic_files import Fresh
    from reshelve.schemas.plan import Plan
    from reshelve.schemas.run_report import Report
    from reshelve.session.session import Session
    from reshelve.views.progress import Pulse

_P = ParamSpec("_P")
_T = TypeVar("_T")

EVERY_SO_MANY = 10_000
"""Files between two events that say how many were seen."""


class Shell:
    """One command's way to the outside. With `json` on, text for people is left out and events go to standard output.

    It writes to outlets: what becomes of a reader never breaks a command off, and a run goes on to its end. When `quiet`, lines for
    people are held back: the last one is printed, and all of them before a question, for nobody is asked about what was not shown.
    `acted`: a run has begun, so that files may have been touched.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.dry_run = False
        self.log = CommandLog(environ)
        self.json = False
        self.quiet = False
        self.verbose = False
        self.acted = False
        self._held: list[str] = []
        self._pulse: Pulse | None = None
        self._seen: Callable[[int], object] | None = None
        self._begun = False
        self._copy: Fresh | None = None
        self._lost: OSError | None = None

    @property
    def colour(self) -> bool:
        """Whether standard output takes colour: a terminal, and neither NO_COLOR nor CI nor a dumb one."""
        plain = self.environ.get("NO_COLOR") or self.environ.get("CI") or self.environ.get("TERM") == "dumb"
        return not plain and on_terminal(sys.stdout)

    @property
    def watched(self) -> bool:
        """Whether somebody watches standard error, so that a progress line makes sense."""
        return on_terminal(sys.stderr) and not self.environ.get("CI") and self.environ.get("TERM") != "dumb"

    @property
    def answers(self) -> bool:
        """Whether somebody can answer a question."""
        return on_terminal(sys.stdin)

    def copy_events(self, copy: "Fresh") -> None:
        """Write events to a file too, whether or not they go to standard output. It takes them to the last, after a failure too."""
        self._copy = copy

    def close(self) -> None:
        """End the copy of the events, where there is one. Raises OSError and ReshelveError when it could not be written whole."""
        copy, self._copy = self._copy, None
        if copy is not None:
            copy.publish()
        if self._lost is not None:
            raise self._lost

    def say(self, lines: Iterable[str]) -> None:
        """Write lines for people to standard output, unless events go there."""
        if self.json:
            return
        if self.quiet:
            self._held += lines
            return
        self._still()
        for line in lines:
            _write(sys.stdout, line)

    def answer(self, lines: Iterable[str]) -> None:
        """Write a list that was asked for, also when `quiet`: its last line would say nothing of the others."""
        if self.quiet and not self.json:
            for line in lines:
                _write(sys.stdout, line)
            return
        self.say(lines)

    def advise(self, lines: Iterable[str]) -> None:
        """Write what may be done next, which nobody needs to be told when `quiet`."""
        if not self.quiet:
            self.say(lines)

    def report(self, report: "Report") -> None:
        """Write what a run came to; what went wrong in it also when `quiet`."""
        from reshelve.views.runs import report_text

        if self.quiet and (report.failures or report.notes or report.unsure or report.outcome != "done"):
            self._held.clear()
            self.tell(report_text(report, self.colour, brief=True) if not self.json else ())
            return
        self.say(report_text(report, self.colour, brief=self.quiet))

    def show_held(self) -> None:
        """Write every line that was held back: somebody is about to be asked about it."""
        for line in self._held:
            _write(sys.stdout, line)
        self._held.clear()

    def last_word(self) -> None:
        """Write the last line of those that were held back."""
        if last := next((line for line in reversed(self._held) if line), ""):
            _write(sys.stdout, last)
        self._held.clear()

    @contextmanager
    def working(self, what: str, times: "LastTimes | None" = None) -> Iterator[Callable[[int], object]]:
        """Tell how many files were seen by now, as long as this lasts: in a line where somebody watches, else as events.

        By `times` it is told, too, how much time is left, and how long it took is kept there once it is done.
        """
        from reshelve.views.progress import Pulse

        shown, began = self.watched and not self.json and not self.quiet, time.monotonic()
        expected = times.of(what) if times is not None and shown else None
        pulse = Pulse(sys.stderr, time.monotonic, what, shown=shown, expected=expected)
        self._pulse = pulse
        self._seen = self._seen_events(pulse.seen) if self.json else pulse.seen
        try:
            with pulse:
                yield self._seen
            if times is not None:
                times.keep(what, time.monotonic() - began)
        finally:
            self._pulse = self._seen = None

    def _seen_events(self, seen: Callable[[int], int]) -> Callable[[int], None]:
        def note(number: int) -> None:
            before = seen(0)
            total = seen(number)
            if total // EVERY_SO_MANY > before // EVERY_SO_MANY:
                self.events([{"type": "looking", "files": total // EVERY_SO_MANY * EVERY_SO_MANY}])

        return note

    def _still(self) -> None:
        if self._pulse is not None:
            self._pulse.clear()

    def put(self, lines: Iterable[str]) -> None:
        """Write lines that are the command's product to standard output, whatever the mode."""
        for line in lines:
            _write(sys.stdout, line)

    def put_text(self, lines: Iterable[str]) -> None:
        """Write lines that are the command's product to standard output, unless events go there."""
        if not self.json:
            self.put(lines)

    def tell(self, lines: Iterable[str]) -> None:
        """Write lines to standard error."""
        self._still()
        for line in lines:
            _write(sys.stderr, line)

    def problems(self, problems: Iterable[Problem], *, log: bool = True) -> None:
        """Report problems: as events, or in words on standard error; and in the log, unless whoever calls wrote them there."""
        from reshelve.views.problem_text import problems_brief, problems_text

        found = list(problems)
        if found and log:
            self.log.problems(found)
        if self.json or self._copy:
            from reshelve.views import ndjson

            self.events(ndjson.problem_event(problem) for problem in found)
        if found and not self.json:
            plain = self.environ.get("NO_COLOR") or self.environ.get("CI")
            self.tell((problems_text if self.verbose else problems_brief)(found, not plain and on_terminal(sys.stderr)))

    def looking(self, session: "Session") -> "Session":
        """Say which runs are unsettled or unknown, before anything is made of what is seen; return the session, watched."""
        self.problems([*session.runs.unsettled(), *session.runs.unknown()])
        return self.watching(session)

    def watching(self, session: "Session") -> "Session":
        """Return a session whose looks at the stores are told of while something is `working`."""
        return session.watched(self.seen)

    def seen(self, files: int) -> None:
        """Take note of files that were seen, if somebody is told."""
        if self._seen is not None:
            self._seen(files)

    def plan(self, plan: "Plan", *, full: bool = False, brief: bool = False, asked: bool = False, kept: bool = False) -> None:
        """Show a plan, or send its operations as events.

        `brief`: its last line, for a plan that was shown before; `asked`: it is what the command is for, also when `quiet`; `kept`:
        something asked for is not in it.
        """
        if self.json or self._copy:
            from reshelve.views import ndjson

            self.events(ndjson.plan_events(plan))
        if not self.json:
            from reshelve.views.plan_counts import summary
            from reshelve.views.plans import plan_text, trouble_text

            full = full or self.verbose
            if self.quiet and not asked:
                self.tell(trouble_text(plan, on_terminal(sys.stderr) and self.colour, self.width, full=full))
            if brief and not full and not plan.problems and not plan.blocked:
                self.say([summary(plan)])
                return
            (self.answer if asked else self.say)(
                plan_text(plan, full=full, verbose=self.verbose, colour=self.colour, width=self.width, kept=kept)
            )

    @property
    def width(self) -> int:
        """How many characters a line may have: the terminal's, or 100."""
        if not on_terminal(sys.stdout):
            return 100
        return max(60, min(160, os.get_terminal_size(sys.stdout.fileno()).columns))

    def events(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Send events, the version before the first of all."""
        if not (self.json or self._copy):
            return
        from reshelve.views import ndjson

        if not self._begun:
            self._begun = True
            self._line(ndjson.line(ndjson.version_event(__version__)))
        for event in events:
            self._line(ndjson.line(event))

    def finish(self, code: int, **figures: Any) -> int:
        """Send the summary that ends a stream of events, and return `code`."""
        if self.json or self._copy:
            from reshelve.views import ndjson

            self.events([ndjson.summary_event(exit_code=code, **figures)])
        return code

    def finish_plan(self, code: int, plan: "Plan", **figures: Any) -> int:
        """Send the summary with the figures of a plan that ends a stream of events, and return `code`."""
        if self.json or self._copy:
            from reshelve.views import ndjson

            figures = {**ndjson.plan_figures(plan), **figures}
        return self.finish(code, **figures)

    def _line(self, line: str) -> None:
        if self.json:
            _write(sys.stdout, line)
        if self._copy:
            try:
                self._copy.stream.write(line.encode() + b"\n")
            except OSError as trouble:
                self._copy.drop()
                self._copy, self._lost = None, trouble


def pass_shell(command: Callable[Concatenate[Shell, _P], _T]) -> Callable[_P, _T]:
    """Give a command the shell that it runs in, and the shell's log its name."""

    @wraps(command)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        context = click.get_current_context()
        shell = context.ensure_object(Shell) if context.obj is None else context.find_object(Shell)
        assert shell is not None
        shell.log.begin(context.command_path.partition(" ")[2])
        return context.invoke(command, shell, *args, **kwargs)

    return called


def on_terminal(stream: TextIO) -> bool:
    """Say whether a stream is a terminal."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def _write(out: TextIO, line: str) -> None:
    out.write(line + "\n")
