"""`report`: what a month of runs did, and what the buckets cost."""

from collections.abc import Iterator
from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.schemas.locations import printable


@click.group(epilog=exit_codes.epilog(0, 1, 7))
def report() -> None:
    """Report what runs did, and what the buckets cost.

    \b
    Example:
      reshelve report monthly
    """


@report.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option("--month", default="", metavar="YYYY-MM", help="The month. Default: the last whole one.")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write the report as a page.")
@click.option("--notify", is_flag=True, help="Send it to the receivers under `notify:` with `on: [report]`.")
@json_option
@pass_shell
def monthly(shell: Shell, month: str, html: Path | None, notify: bool) -> int:
    """Report a month: the cost of the buckets and of each project beside the report before, what was archived, what failed.

    The cost is what the buckets contain when the report is made. Reports of whole months are kept in .reshelve/reports; a kept one
    is shown again as it was. Levels that the cost reaches, of those under `cost: {warn: …}` now, are warnings.

    \b
    Examples:
      reshelve report monthly
      reshelve report monthly --month 2026-10 --html october.html
      reshelve report monthly --notify
    """
    from reshelve.executors.state.monthly_reports import document
    from reshelve.planner.cost import cost_levels
    from reshelve.views.monthly_reports import monthly_page, monthly_text
    from reshelve.views.printed_paths import shown

    session = shell.looking(api.open_workspace())
    page = output_files.claim(html, output_files.MONTH, session.setting) if html is not None else None
    with shell.working("Looking"):
        made = session.reports.month(month, tell=shell.problems)
    shell.answer(monthly_text(made))
    if page is not None:
        page.put(lambda path, version: replace_file(path, [monthly_page(made).encode()], version))
        shell.say([f"Wrote {shown(page.path)}."])
    if notify:
        names = session.reports.queue(made, "\n".join(monthly_text(made)))
        session.notices.send_briefly()
        shell.say(_sent(names, {notice.receiver for notice in session.notices.waiting() if not notice.run}))
    shell.events([{"type": "month", **document(made)}])
    shell.problems(cost_levels.of_currency(session.workspace.cost.warn, made.currency))
    shell.problems(cost_levels.of_now(made.levels))
    return shell.finish(0, month=made.month)


def _sent(names: list[str], waiting: set[str]) -> Iterator[str]:
    """Yield whom the report was sent to, and for whom it waits."""
    if not names:
        yield "No receiver under `notify:` has `on: [report]`."
    if sent := [printable(name) for name in names if name not in waiting]:
        yield f"Sent to {', '.join(sent)}."
    if late := [printable(name) for name in names if name in waiting]:
        yield f"Not delivered yet to {', '.join(late)}, and tried again: reshelve notify queue"
