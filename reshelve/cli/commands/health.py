"""`health`: what is in the stores, checked: what is missing, damaged, stale, unreadable or too large; for people and for cron."""

from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option, size
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.schemas.problems import Problem


@click.command(epilog=exit_codes.epilog(0, 1, 2, 7))
@click.argument("project", required=False, default="")
@click.option("--only", multiple=True, metavar="CHECK", help="Run only this check; repeatable.")
@click.option("--skip", multiple=True, metavar="CHECK", help="Skip this check; repeatable.")
@click.option(
    "--scrub", callback=size, default="1GB", show_default=True, metavar="SIZE", help="How much to read, looking for damage."
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write the report as a page.")
@click.option("--no-save", is_flag=True, help="Do not keep the report.")
@json_option
@pass_shell
def health(
    shell: Shell, project: str, only: tuple[str, ...], skip: tuple[str, ...], scrub: int, html: Path | None, no_save: bool
) -> int:
    """Check what is in the stores, or in one PROJECT: missing, moved, damaged, unreadable files, drift, stale archives, space.

    Nothing in the stores is changed. Each run reads up to --scrub of the files, continuing where the last one ended, and
    compares them with their earlier content. The report is kept in .reshelve/health. The exit code is 2 if something needs
    attention.

    \b
    Examples:
      reshelve health
      reshelve health b63 --scrub 10GB
      reshelve health --only missing --json
      reshelve health --html health.html
    """
    from reshelve.examining.health.health_report import examine_health, save
    from reshelve.views.health import health_page, health_text
    from reshelve.views.printed_paths import shown

    session = shell.watching(api.open_workspace())
    page = output_files.claim(html, output_files.PAGE, session.setting) if html is not None else None
    with shell.working("Checking"):
        report = examine_health(session, project=project, scrub=scrub, only=only, skip=skip)
    shell.say(health_text(report))
    if page is not None:
        page.put(lambda path, version: replace_file(path, [health_page(report).encode()], version))
        shell.say([f"Wrote {shown(page.path)}."])
    if not no_save:
        try:
            save(report, session.setting.state.folder / "health")
        except OSError as trouble:
            detail = f"{trouble.strerror or trouble}."
            shell.problems([Problem("not-kept", "The report is not kept.", detail, severity="warning")])
    shell.events([{"type": "health", **report.document()}])
    return shell.finish(2 if report.overall_status != "healthy" else 0, overall_status=report.overall_status)
