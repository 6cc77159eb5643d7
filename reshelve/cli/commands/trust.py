"""`trust`: consent to what a workspace wants of this machine, shown, given and taken back; and the question where it is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import exclude_each_other, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.cli.terminal_questions import confirm
from reshelve.opening import workspace_search
from reshelve.opening.consent import Consent, Trust, UntrustedError, trust_of
from reshelve.schemas.consent_needs import Reach
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.views.colour import count


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--show", is_flag=True, help="Show what the workspace wants and what you consented to; do not ask.")
@click.option("--revoke", is_flag=True, help="Withdraw your consent: all of it, or for each KEY.")
@yes_option
@json_option
@pass_shell
def trust(shell: Shell, keys: tuple[str, ...], show: bool, revoke: bool, yes: bool) -> int:
    """Consent to what this workspace wants from this machine: to send something to a host, to use a variable's value, or to read
    files outside its folder. Everything is shown first. KEY is a part of reshelve.yaml, such as stores.archive.

    Consent is kept outside the folder, and is valid for this folder and exactly these hosts, variables and files.

    \b
    Examples:
      reshelve trust
      reshelve trust --show
      reshelve trust --revoke suggest
    """
    exclude_each_other(show=show, revoke=revoke)
    file = workspace_search.need_workspace(Path.cwd())
    held = trust_of(file, shell.environ)
    if revoke:
        gone = held.take_back(keys)
        shell.say(f"Taken back: {_line(one)}" for one in gone)
        shell.say([] if gone else ["There was no such consent."])
        shell.events({"type": "taken-back", **asdict(one)} for one in gone)
        return shell.finish(0, taken_back=len(gone))
    if show:
        return _show(shell, file, held)
    given: list[Reach] = []
    unheld: list[Reach] = []
    while True:
        # What is wanted at first may keep the rest of the document from being read.
        lacking = [reach for reach in held.lacking(api.wants(file, environ=shell.environ)) if reach not in unheld]
        chosen = [reach for reach in lacking if not keys or reach.key in keys]
        unheld += [reach for reach in lacking if reach not in chosen]
        if not chosen:
            break
        _agree(shell, held, chosen, yes=yes)
        given += chosen
    if not given:
        other = f" {count(len(unheld), 'other thing')} has none: reshelve trust --show" if unheld else ""
        shell.say([f"There is nothing to consent to{' in that' if keys else ''}.{other}"])
    return shell.finish(0, given=len(given))


def consented(error: ReshelveError, shell: Shell, asked: set[str]) -> bool:
    """Ask about what a command stopped at; say whether it is consented to now. `asked` is what was asked before: nothing is twice.

    Raises ReshelveError of kind "declined" when the answer is no.
    """
    if not isinstance(error, UntrustedError) or not {reach.exact for reach in error.reaches} - asked:
        return False
    asked.update(reach.exact for reach in error.reaches)
    _agree(shell, error.trust, error.reaches, yes=False)
    return True


def _agree(shell: Shell, held: Trust, reaches: Sequence[Reach], *, yes: bool) -> None:
    """Show what is wanted, ask, and keep the consent. Raises ReshelveError of kind "declined"."""
    lines = ["The workspace wants this machine to", *(f"  {_line(reach)}" for reach in reaches)]
    shell.events({"type": "wanted", **asdict(reach)} for reach in reaches)
    if yes:
        shell.say(lines)
    else:
        shell.tell(lines)
    confirm(shell, f"Consent to that, for {printable(str(held.folder))}?", yes=yes)
    try:
        held.give(reaches, _now())
    except OSError as trouble:
        hint = "Give this user the right to write there, or set XDG_STATE_HOME."
        detail = f"{trouble.strerror}."
        raise stop("not-kept", "The consent cannot be kept.", detail, path=str(held.file), hint=hint) from None
    told = [f"Consent is kept in {printable(str(held.file))}. Take it back with: reshelve trust --revoke"]
    if yes:
        shell.say(told)
    else:
        shell.tell(told)


def _show(shell: Shell, file: Path, held: Trust) -> int:
    lacking = held.lacking(api.wants(file, environ=shell.environ))
    given = held.given()
    shell.answer(_listed("Wanted, without consent:", lacking))
    shell.answer(_listed("Consented to:", given))
    shell.say([] if lacking or given else ["Nothing here needs consent."])
    shell.events({"type": "wanted", **asdict(reach)} for reach in lacking)
    shell.events({"type": "consent", **asdict(one)} for one in given)
    return shell.finish(0, wanted=len(lacking), given=len(given))


def _listed(head: str, things: Sequence[Reach | Consent]) -> Iterable[str]:
    return [head, *(f"  {_line(one)}" for one in things)] if things else []


def _line(one: Reach | Consent) -> str:
    since = f", since {one.since}" if isinstance(one, Consent) else f" ({one.document})"
    return printable(f"{one.key}: {one.does}{since}")


def _now() -> datetime:
    return api.utc_now()
