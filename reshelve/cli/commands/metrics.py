"""`metrics`: how things stand, for Prometheus."""

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.terminal import Shell, pass_shell


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@pass_shell
def metrics(shell: Shell) -> int:
    """Print metrics of the workspace in the Prometheus text format: stores, runs, layout, trash. Nothing is written.

    Run it from cron for the textfile collector of node_exporter; `reshelve serve` has the same at /metrics.

    \b
    Example:
      reshelve metrics > reshelve.prom.new && mv reshelve.prom.new reshelve.prom
    """
    from reshelve.examining.status_and_doctor import status
    from reshelve.views.metrics import metrics_text

    session = api.find_session()
    shell.put(metrics_text(status(session), session.setting.state.runs([])))
    return 0
