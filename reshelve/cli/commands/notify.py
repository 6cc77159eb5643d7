"""`notify`: who is told how runs ended: tried out, sent to, and what waits."""

from dataclasses import asdict

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import end_if_only_told
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.session.undelivered_notices import undelivered
from reshelve.views.colour import count


@click.group(epilog=exit_codes.epilog(0, 1, 7))
def notify() -> None:
    """Notify the receivers under `notify:` and `after:` in reshelve.yaml of runs. Undelivered notices wait and are retried.

    \b
    Examples:
      reshelve notify test
      reshelve notify queue
      reshelve notify send
    """


@notify.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("names", metavar="[NAME]...", nargs=-1)
@json_option
@pass_shell
def test(shell: Shell, names: tuple[str, ...]) -> int:
    """Send a test notice to every receiver, or to each NAME, now. A receiver under `after:` is called `after.NAME`.

    \b
    Examples:
      reshelve notify test ops
      reshelve notify test after.plex
    """
    session = api.open_workspace()
    names = names or tuple(session.notices.names())
    troubles: list[Problem] = []
    for name in names:
        try:
            session.notices.try_out(name)
        except ReshelveError as trouble:
            if trouble.kind == "usage":
                raise
            troubles += trouble.problems
        else:
            shell.say([f"Delivered to {printable(name)}."])
    shell.say([] if names else ["reshelve.yaml declares no receivers under `notify:` or `after:`."])
    shell.problems(troubles)
    return shell.finish(1 if troubles else 0, delivered=len(names) - len(troubles))


@notify.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option("--now", "at_once", is_flag=True, help="Send all waiting notices, not only those that are due.")
@json_option
@pass_shell
def send(shell: Shell, at_once: bool) -> int:
    """Send the notices that are due, for at most a minute. Every command that ends a run also does so, for a few seconds.

    \b
    Example:
      reshelve notify send --now
    """
    session = api.open_workspace()
    left = session.notices.send(at_once=at_once)
    shell.problems(undelivered(left))
    waiting = len(session.notices.waiting())
    shell.say([f"{count(waiting, 'notice')} waiting." if waiting else "Nothing waits."])
    return shell.finish(1 if left else 0, waiting=waiting)


@notify.command(epilog=exit_codes.epilog(0, 1, 7))
@json_option
@pass_shell
def queue(shell: Shell) -> int:
    """List the waiting notices, and why they wait.

    \b
    Example:
      reshelve notify queue
    """
    waiting = api.open_workspace().notices.waiting()
    for notice in waiting:
        why = f" ({count(notice.tries, 'try', 'tries')}: {notice.why})" if notice.tries else ""
        shell.answer([printable(f"{notice.id}  {notice.receiver}  {notice.text}{why}")])
    shell.say([] if waiting else ["Nothing waits."])
    shell.events({"type": "notice", **asdict(notice)} for notice in waiting)
    return shell.finish(0, waiting=len(waiting))


@notify.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@json_option
@pass_shell
def drop(shell: Shell, ids: tuple[str, ...]) -> int:
    """Delete waiting notices, by the ids from `notify queue`.

    \b
    Example:
      reshelve notify drop 4f0c2a9b71de
    """
    notices = api.open_workspace().notices
    chosen = notices.chosen(ids)
    end_if_only_told(shell, f"{count(len(chosen), 'notice')} would be dropped.", {"dropped": 0})
    gone = notices.drop(ids)
    shell.say([f"Dropped {count(len(gone), 'notice')}."])
    return shell.finish(0, dropped=len(gone))
