"""`organize`: scan, plan, ask and apply in one, without a workspace."""

from pathlib import Path
from typing import get_args

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import carry_out
from reshelve.cli.commands.scan_observe import counts_text, review_text, scan_events, scan_figures
from reshelve.cli.shared_options import (
    full_option,
    jobs_option,
    json_option,
    max_delete_option,
    on_error_option,
    set_option,
    strict_option,
    yes_option,
)
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening import wiring
from reshelve.schemas.layout import OnConflict, Transfer
from reshelve.schemas.locations import printable
from reshelve.schemas.run_record import OnError

TRANSFERS = get_args(Transfer)
CONFLICTS = get_args(OnConflict)
FOLDER = click.Path(path_type=Path)


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7, 130))
@click.argument("source", type=FOLDER)
@click.option("--into", "dest", type=FOLDER, required=True, metavar="DEST", help="The target folder; created if it does not exist.")
@click.option("--preset", type=click.Choice(wiring.PRESETS), default="plex", show_default=True, help="The rules to use.")
@click.option("--transfer", type=click.Choice(TRANSFERS), help="How files are transferred.  [default: as in the preset]")
@click.option("--on-conflict", type=click.Choice(CONFLICTS), help="What to do if a target exists already.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files whose name or path matches.")
@set_option
@yes_option
@on_error_option
@jobs_option
@max_delete_option
@strict_option
@json_option
@full_option
@pass_shell
def organize(
    shell: Shell,
    source: Path,
    dest: Path,
    preset: str,
    transfer: str | None,
    on_conflict: str | None,
    exclude: tuple[str, ...],
    values: dict[str, str],
    yes: bool,
    on_error: OnError,
    jobs: int,
    max_delete: str,
    strict: bool,
    full: bool,
) -> int:
    """Organize the files in SOURCE into DEST by a preset's rules: scan, plan, ask, apply. `reshelve undo` undoes it.

    Files that no rule decides stay where they are, and are listed: all of them with --full, and as `review` events with --json.

    \b
    Examples:
      reshelve organize ~/Downloads --into ~/Media
      reshelve organize ./out --into ~/projects --preset comfyui --set project=kai --yes
    """
    session = api.open_organize(source, dest, preset)
    session = session.scanning(transfer=transfer, on_conflict=on_conflict, exclude=exclude)
    result = session.layouts.scan(values=values)
    shell.problems(result.problems)
    shell.say(review_text(result.layout, full=full))
    shell.say(counts_text(result))
    shell.events(scan_events(result))
    shell.events([{"type": "scanned", **scan_figures(result)}])
    plan = session.plans.make(result.layout, max_delete=max_delete, command="organize")
    if plan.can_apply() and not dest.exists():
        shell.say([f"{printable(str(dest))} does not exist; it will be made."])
    return carry_out(
        shell, session, plan, yes=yes, full=full, on_error=on_error, jobs=jobs, max_delete=max_delete, strict=strict
    )
