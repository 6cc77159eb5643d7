"""`dashboard`: projects, cost and health as one page that opens offline."""

from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import size
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.views.printed_paths import shown


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="dashboard.html",
    show_default=True,
    metavar="FILE.HTML",
    help="The page.",
)
@click.option(
    "--scrub", callback=size, default="0", show_default=True, metavar="SIZE", help="How much to read, looking for damage."
)
@pass_shell
def dashboard(shell: Shell, output: Path, scrub: int) -> int:
    """Write a page with every project in its tiers, the cost of buckets, and the health report, as one self-contained file.

    `reshelve serve` shows the same and more, always current.

    \b
    Example:
      reshelve dashboard -o dashboard.html
    """
    from reshelve.service.pages.dashboard import dashboard as page_of

    session = shell.looking(api.open_workspace())
    page = output_files.claim(output, output_files.DASHBOARD, session.setting)
    text = page_of(session, scrub=scrub)
    page.put(lambda path, version: replace_file(path, [text.encode("utf-8", "backslashreplace")], version))
    shell.say([f"Wrote {shown(output)}."])
    return shell.finish(0)
