"""Options that several commands share, spelt and explained once."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from reshelve.cli.terminal import Shell
from reshelve.schemas import quantities

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add `--json`, which turns the command's output into NDJSON events from the first line on."""
    option = click.option("--json", is_flag=True, expose_value=False, is_eager=True, callback=_json, help="Print NDJSON events.")
    return option(function)


def with_loudness(command: click.Command) -> click.Command:
    """Give a command, and those in its group, `--quiet` and `--verbose`; once is enough. Exit codes and events stay the same."""
    if not any(option.name in _LOUDNESS for option in command.params):
        command.params += [_loudness(flags, text) for flags, text in _LOUDNESS.values()]
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        with_loudness(inner)
    return command


_LOUDNESS = {
    "quiet": (("-q", "--quiet"), "Print only problems and the last line, or the list asked for."),
    "verbose": (("-v", "--verbose"), "Print every reason, fact, operation and problem."),
}


def _loudness(flags: tuple[str, str], text: str) -> click.Option:
    return click.Option(flags, is_flag=True, expose_value=False, callback=_set_loudness, help=text)


def _set_loudness(context: click.Context, option: click.Parameter, on: bool) -> None:
    if on:
        shell = context.ensure_object(Shell)
        setattr(shell, option.name or "", True)
        if shell.quiet and shell.verbose:
            exclude_each_other(quiet=True, verbose=True)


def one_of(name: str, **flags: str) -> Callable[[F], F]:
    """Add flags that exclude each other, each with its help; argument `name` is which was given, or None."""

    def given(context: click.Context, option: click.Parameter, on: bool) -> None:
        earlier = context.params.setdefault(name, None)
        if on:
            exclude_each_other(**{earlier or "": bool(earlier), option.name or "": True})
            context.params[name] = option.name

    def added(function: F) -> F:
        for flag, text in reversed(flags.items()):
            function = click.option(f"--{flag}", is_flag=True, expose_value=False, callback=given, help=text)(function)
        return function

    return added


def exclude_each_other(**given: object) -> None:
    """Refuse two options that exclude each other where both were given. Raises click.UsageError that names them."""
    names = [f"--{name.replace('_', '-')}" for name, value in given.items() if value]
    if len(names) > 1:
        raise click.UsageError(f"{names[0]} and {names[1]} exclude each other.")


def yes_option(function: F) -> F:
    """Add `--yes`."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")(function)


def full_option(function: F) -> F:
    """Add `--full`."""
    return click.option("--full", is_flag=True, help="List every operation and every problem.")(function)


def strict_option(function: F) -> F:
    """Add `--strict`, for commands that act."""
    return click.option("--strict", is_flag=True, help="Do nothing, and exit with 1, if an entry is blocked.")(function)


def dry_run_option(function: F) -> F:
    """Add `--dry-run`, for commands that show a plan before they act."""

    def keep(context: click.Context, _option: click.Parameter, given: bool) -> None:
        context.ensure_object(Shell).dry_run = given

    option = click.option("--dry-run", is_flag=True, expose_value=False, callback=keep, help="Show the plan, and do nothing.")
    return option(function)


def on_error_option(function: F) -> F:
    """Add `--on-error`."""
    return click.option(
        "--on-error",
        type=click.Choice(["rollback", "stop", "continue"]),
        default=None,
        help="What to do when a step fails: roll the run back, stop, or continue with the rest.  "
        "[default: rollback; continue if a plan is several independent archives, uploads or downloads]",
    )(function)


def jobs_option(function: F) -> F:
    """Add `--jobs`."""
    what = "Number of parallel copies, uploads and downloads.  [default: 1; 24 if a plan uses a bucket]"
    return click.option("--jobs", type=click.IntRange(1, 64), default=None, help=what)(function)


def max_delete_option(function: F) -> F:
    """Add `--max-delete`."""
    return click.option(
        "--max-delete",
        callback=_share,
        default="",
        metavar="N|P%",
        help="The most files of a store, by number or share, that may go to the trash.",
    )(function)


def set_option(function: F) -> F:
    """Add `--set K=V`, any number of times, as a dict."""
    return click.option("--set", "values", multiple=True, callback=_pairs, metavar="K=V", help="Set a template value.")(function)


def only_options(function: F) -> F:
    """Add `--only` and `--exclude`."""
    exclude = click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out entries whose source or target matches.")
    only = click.option("--only", multiple=True, metavar="GLOB", help="Only entries whose source or target matches.")
    return only(exclude(function))


def age(context: click.Context, option: click.Parameter, text: str | None) -> float | None:
    """Read an age option as seconds."""
    del context
    return None if text is None else _parsed(option, quantities.age, text)


def size(context: click.Context, option: click.Parameter, text: str) -> int:
    """Read a size option as bytes."""
    del context
    read: int = _parsed(option, quantities.size, text)
    return read


def _json(context: click.Context, option: click.Parameter, on: bool) -> None:
    del option
    if on:
        context.ensure_object(Shell).json = True


def _share(context: click.Context, option: click.Parameter, text: str) -> str:
    del context
    if text:
        _parsed(option, quantities.share, text)
    return text


def _pairs(context: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise click.BadParameter(f"{text!r} is not written NAME=VALUE.", context, option)
        pairs[name] = value
    return pairs


def _parsed(option: click.Parameter, parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=option) from None
