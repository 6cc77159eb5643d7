"""The way in and the only way out: every failure becomes words, or a last event, and an exit code."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from reshelve import __version__
from reshelve.cli import exit_codes
from reshelve.cli.command_list import Commands
from reshelve.cli.first_help import columns
from reshelve.cli.output_streams import outlets
from reshelve.cli.terminal import Shell
from reshelve.cli.terminal_questions import Unanswered
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.system_errors import problem_of


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=exit_codes.epilog(*exit_codes.MEANINGS),
)
@click.option("-C", "folder", type=click.Path(), metavar="DIR", help="Run as if started in DIR.")
@click.option("-q", "--quiet", is_flag=True, help="Print only problems and the last line, or the list asked for.")
@click.option("-v", "--verbose", is_flag=True, help="Print every reason, fact, operation and problem.")
@click.version_option(__version__, "--version", prog_name="reshelve", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, folder: str | None, quiet: bool, verbose: bool) -> None:
    """Declare where every media file belongs, read the plan, apply it, and undo it if you want.

    \b
    Examples:
      reshelve organize ~/Downloads --into ~/Media
      reshelve init --preset plex && reshelve scan && reshelve apply
      reshelve undo
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other.", ctx)
    shell = ctx.ensure_object(Shell)
    shell.quiet, shell.verbose = quiet, verbose
    if folder is not None:
        before = os.getcwd()
        try:
            os.chdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            detail = f"{printable(os.path.abspath(folder))} is no folder."
            raise stop("no-such-folder", "There is no such folder.", detail, path=f"-C {folder}") from None
        shell.log.moved()
        ctx.call_on_close(lambda: os.chdir(before))


def run(args: Sequence[str]) -> int:
    """Run one command line (without the program's name) and return its exit code. Raises SystemExit for shell completion only."""
    if "_RESHELVE_COMPLETE" in os.environ:
        cli.main(list(args), prog_name="reshelve", complete_var="_RESHELVE_COMPLETE")
    shell = Shell(os.environ)
    with outlets() as out:
        code = _run(shell, args)
        try:
            shell.close()
        except (OSError, ReshelveError) as error:
            shell.problems(error.problems if isinstance(error, ReshelveError) else [problem_of(error)])
            code = exit_codes.first([code, exit_codes.code("error")])
        shell.log.ended(code)
        out.flush()
        if out.trouble is not None:
            shell.json = False
            shell.problems([_not_told(out.trouble, code)])
            code = code if code not in (0, exit_codes.code("changes")) else exit_codes.code("error")
        sys.stderr.flush()
    return code


def _run(shell: Shell, args: Sequence[str]) -> int:
    try:
        return _invoked(shell, args)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.UsageError as error:
        error.show()
        shell.json = shell.json or _asks_for_json(args)
        shell.log.not_understood(error.ctx.command_path.partition(" ")[2] if error.ctx else "")
        if shell.json:
            problem = Problem("usage", "The command line was not understood.", error.format_message(), hint=_help(error))
            shell.problems([problem], log=False)
        return shell.finish(exit_codes.code("usage"))
    except click.ClickException as error:
        error.show()
        return shell.finish(exit_codes.code("error"))
    except ReshelveError as error:
        shell.problems(error.problems)
        return shell.finish(exit_codes.code(error.kind))
    except (KeyboardInterrupt, click.Abort) as error:
        shell.tell(["", f"Interrupted. {_done(shell, error)}"])
        return shell.finish(exit_codes.code("interrupted"))
    except OSError as error:
        shell.problems([problem_of(error)])
        return shell.finish(exit_codes.code("error"))
    except Exception as error:  # noqa: BLE001  # the last resort: a bug is said to be one
        shell.log.bug(error)
        shell.problems([_bug(error)], log=False)
        return shell.finish(exit_codes.code("error"))


def _done(shell: Shell, interrupt: BaseException) -> str:
    if shell.acted:
        return "What was done is in `reshelve log`."
    # Documents may be written by then, but for those that come after a question.
    return "Nothing was done." if isinstance(interrupt, Unanswered) else "No file in a store was touched."


def _invoked(shell: Shell, args: Sequence[str]) -> int:
    """Run a command; where it stops at what nobody consented to, and somebody is there and now does, run it again.

    Nothing was done before such a stop: what a command works on is opened before it is changed.
    """
    asked: set[str] = set()
    while True:
        try:
            with cli.make_context("reshelve", list(args), obj=shell, terminal_width=columns(shell.environ) - 2) as context:
                result = _asked_of(context, args)
            shell.last_word()
            return result if isinstance(result, int) else 0
        except ReshelveError as error:
            if not shell.answers or all(problem.code != "not-trusted" for problem in error.problems):
                raise
            from reshelve.cli.commands.trust import consented

            if not consented(error, shell, asked):
                raise


def _asked_of(context: click.Context, args: Sequence[str]) -> object:
    """Run the command of a context. Raises click.UsageError where it was not understood."""
    try:
        return cli.invoke(context)
    except click.NoSuchOption as error:
        from reshelve.cli.unknown_options import as_value

        raise as_value(error, args) from error


def _asks_for_json(args: Sequence[str]) -> bool:
    """Say whether a command line that could not be parsed asked for events: they come after a failure too."""
    return any(arg in ("--json", "--format=json") for arg in args) or ("--format", "json") in pairwise(args)


def _help(error: click.UsageError) -> str:
    return f"{error.ctx.command_path} --help" if error.ctx else "reshelve --help"


def _not_told(error: OSError, code: int) -> Problem:
    detail = f"{error.strerror or error}. The command itself finished with exit code {code}."
    return Problem("output", "Not all of the output could be written.", detail, hint="What runs did: reshelve log")


def _bug(error: Exception) -> Problem:
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{'/'.join(last.filename.split(os.sep)[-2:])}:{last.lineno}"
    detail = f"{type(error).__name__}: {error} (in {where})"
    hint = (
        "If a run was under way, `reshelve status` says so, and how to settle it.\n"
        "Please report this message with the command that you gave and `reshelve --version`. "
        "With `log:` in the workspace, the log has all of where it came from."
    )
    return Problem("bug", "This is a bug in reshelve.", detail, hint=hint)
