"""`watch`: file what arrives, by itself."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import Watcher
from reshelve.cli.ending_signals import asked_to_end
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.executors.runs.run_events import Emit
from reshelve.opening.workspace_log import log_of
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_report import Report
from reshelve.session.logged_runs import note_problem
from reshelve.views.colour import count
from reshelve.views.filed import filed_text

if TYPE_CHECKING:
    from reshelve.watching.filing import Filed
    from reshelve.watching.watched_workspace import Look, WatchedWorkspace


@click.command(epilog=exit_codes.epilog(0, 1, 4, 6, 130))
@click.option(
    "-C", "folders", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="A workspace to watch; repeatable."
)
@click.option("--once", is_flag=True, help="Look at everything once, file what is at rest, and exit.")
@json_option
@pass_shell
def watch(shell: Shell, folders: tuple[Path, ...], once: bool) -> int:
    """File new arrivals in the scanned stores automatically, once nothing is writing to them any more.

    Only files that rules decide with certainty are filed, and nothing is removed or replaced: the rest stays for `scan` and
    `review`. `watch:` in reshelve.yaml says how long a folder must be unchanged, and how much may be filed per minute. Each
    run can be undone. On SIGTERM it exits with 0 after the current run has settled.

    \b
    Examples:
      reshelve watch
      reshelve watch --once
      reshelve watch -C ~/media -C ~/projects --json
    """
    from reshelve.executors.platforms.service_manager import ServiceManager
    from reshelve.watching.watch_loop import Ending
    from reshelve.watching.watch_loop import watch as go_on

    sessions = [api.open_workspace(folder) for folder in folders or (Path("."),)]
    teller, manager = _Teller(shell, several=len(sessions) > 1), ServiceManager(shell.environ)
    with asked_to_end() as asked:
        ended = go_on(sessions, teller, Ending(asked.event, asked.fd), manager, once=once)
    if asked.interrupted:
        return shell.finish(exit_codes.code("interrupted"))
    return shell.finish(0 if ended else 1)


_FEW = 10
"""Undecided files that are named of those that just arrived."""


class _Teller:
    """Tells what a watch does: a line each for people, or events."""

    def __init__(self, shell: Shell, *, several: bool) -> None:
        self.emit: Emit = Watcher(shell)
        self._shell = shell
        self._several = several
        self._undecided: dict[str, set[str]] = {}

    def watching(self, workspace: "WatchedWorkspace") -> None:
        self._say(workspace, f"Watching {printable(workspace.name)}")
        for store in workspace.stores:
            why = f", for {printable(store.why)}" if store.why else ""
            self._say(workspace, f"  {store.root}: {store.how}{why}")
        log_of(workspace.session.setting).write("info", "watching", "A watch began.", {"command": "watch"})
        stores = [{"root": store.root, "how": store.how, "why": store.why} for store in workspace.stores]
        self._shell.events([{"type": "watching", "workspace": workspace.name, "stores": stores}])

    def looked(self, workspace: "WatchedWorkspace", look: "Look", filed: "Filed") -> None:
        report = filed.report
        if report is not None:
            self._filed(workspace, report)
        self._to_decide(workspace, look, filed)
        told = {"command": "watch", "run": report.run if report is not None else "", "review": filed.review}
        log_of(workspace.session.setting).write("debug", "looked", "A watch looked at stores.", told)
        event = {"type": "looked", "workspace": workspace.name, "whole": look.whole, "counts": filed.counts, "review": filed.review}
        self._shell.events([event | {"run": report.run if report is not None else "", "more": filed.more}])
        _flush()

    def recovered(self, workspace: "WatchedWorkspace", reports: Sequence[Report]) -> None:
        for report in reports:
            self._say(workspace, f"Settled run {report.run}, which was cut short.")
            told = {"command": "watch", "run": report.run, "outcome": report.outcome}
            log_of(workspace.session.setting).write("warning", "recovered", "A watch settled a run that was cut short.", told)
            self._shell.events([{"type": "recovered", "workspace": workspace.name, "run": report.run, "outcome": report.outcome}])

    def problems(self, workspace: "WatchedWorkspace", problems: Sequence[Problem]) -> None:
        log = log_of(workspace.session.setting)
        for problem in problems:
            note_problem(log, "problem", problem, {"command": "watch"})
        self._shell.problems(problems, log=False)
        _flush()

    def _to_decide(self, workspace: "WatchedWorkspace", look: "Look", filed: "Filed") -> None:
        """Say how many files no rule decides, where that is news; of those that arrived since the last whole look, which."""
        before = self._undecided.get(workspace.name)
        known = before or set()
        new = [location for location in filed.undecided if location not in known]
        number = len(filed.undecided) if look.whole else len(new)
        self._undecided[workspace.name] = set(filed.undecided) if look.whole else known.union(new)
        if not number or (look.whole and known == set(filed.undecided)):
            return
        self._say(workspace, f"{count(number, 'file')} for you to decide: reshelve scan, then reshelve review")
        for location in new[:_FEW] if before is not None else ():
            self._say(workspace, f"  {printable(location)}")

    def _filed(self, workspace: "WatchedWorkspace", report: Report) -> None:
        for line in filed_text(report):
            self._say(workspace, line)

    def _say(self, workspace: "WatchedWorkspace", line: str) -> None:
        at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
        which = f"{printable(os.path.dirname(workspace.name))}: " if self._several else ""
        self._shell.say([f"{at}  {which}{line}"])
        _flush()


def _flush() -> None:
    """Let who reads a log see it now."""
    sys.stdout.flush()
    sys.stderr.flush()
