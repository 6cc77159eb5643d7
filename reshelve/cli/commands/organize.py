"""`organize`: scan, plan, ask and apply in one, without a workspace."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, get_args

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import RunOptions, advise_to_free, carry_out
from reshelve.cli.shared_options import (
    dry_run_option,
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
from reshelve.opening.organize_setting import PRESETS, refuse_no_folder
from reshelve.schemas import quantities
from reshelve.schemas.layout import Layout, OnConflict, Review, Transfer
from reshelve.schemas.locations import printable, split
from reshelve.schemas.scan_settings import Junk, OnDuplicate
from reshelve.session.scan_overrides import Only, Overrides
from reshelve.views.organize_advice import Asked, advice
from reshelve.views.scans import counts_text, decided_text, review_text, scan_events, scan_figures

if TYPE_CHECKING:
    from reshelve.planner.scan import ScanResult
    from reshelve.session.session import Session

TRANSFERS = get_args(Transfer)
CONFLICTS = get_args(OnConflict)
JUNK = get_args(Junk)
DUPLICATES = get_args(OnDuplicate)
FOLDER = click.Path(path_type=Path)
_KINDS: dict[str, Only] = {"episode": "shows", "movie": "films"}


class _OneSource(click.Command):
    """A command that says what to do about a second SOURCE."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises click.UsageError."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            if "extra argument" not in wrong.message:
                raise
            said = f"{wrong.message.rstrip('.')}. It takes one SOURCE: run it once for each, with the same --into."
            raise click.UsageError(said, ctx) from wrong


def _size(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    if text is not None:
        try:
            quantities.size(text)
        except ValueError as fault:
            raise click.BadParameter(str(fault), context, option) from fault
    return text


def _of_one_kind(layout: Layout, source: Path) -> Iterator[str]:
    """Yield a word on leaving out a folder that nothing would stand beside: all that is to be filed is of one kind."""
    tops = {split(target)[1].partition("/")[0] for target in layout.files}
    kinds = {entry.facts.get("kind") for entry in layout.files.values() if entry.facts}
    only = _KINDS.get(str(kinds.pop())) if len(kinds) == 1 else None
    if only is not None and len(tops) == 1 and not (source / (top := tops.pop())).exists():
        yield f"All that is to be filed is {only}. To have their folders at the top, without {top}/ above them: --only-{only}"


@click.command(cls=_OneSource, epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7, 130))
@click.argument("source", type=FOLDER)
@click.option(
    "--into", "dest", type=FOLDER, metavar="DEST", help="The target folder; created if missing.  [default: SOURCE itself]"
)
@click.option("--preset", type=click.Choice(PRESETS), default="plex", show_default=True, help="The rules to use.")
@click.option("--transfer", type=click.Choice(TRANSFERS), help="How files are transferred.  [default: as in the preset]")
@click.option("--on-conflict", type=click.Choice(CONFLICTS), help="What to do if a target already exists.")
@click.option(
    "--on-duplicate", type=click.Choice(DUPLICATES), help="What to do if the target has the same content under another name."
)
@click.option("--only-shows", is_flag=True, help="The target has only shows: their folders are at its top.")
@click.option("--only-films", is_flag=True, help="The target has only films: their folders are at its top.")
@click.option("--never-rename", is_flag=True, help="Every file keeps its name; only folders change.")
@click.option("--junk", type=click.Choice(JUNK), help="What to do with samples and the like.  [default: as in the preset]")
@click.option("--reserve", callback=_size, metavar="SIZE", help="Space to leave free on the target's disk, such as 1GB.")
@click.option("--empty", is_flag=True, help="File nothing; trash files in SOURCE of which DEST has a copy, by content.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files whose name or path matches.")
@set_option
@yes_option
@dry_run_option
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
    dest: Path | None,
    preset: str,
    transfer: str | None,
    on_conflict: str | None,
    on_duplicate: str | None,
    only_shows: bool,
    only_films: bool,
    never_rename: bool,
    junk: str | None,
    reserve: str | None,
    empty: bool,
    exclude: tuple[str, ...],
    values: dict[str, str],
    **how: Unpack[RunOptions],
) -> int:
    """Organize the files in SOURCE into DEST by a preset's rules: scan, plan, ask, apply. `reshelve undo` undoes it.

    Without --into, files are sorted within SOURCE. Files that no rule decides stay where they are. They are listed once, many of
    them by folder: all by name with --full, and as `review` events with --json. Run it once for each of several cards: with the
    preset video, a name that is taken gets a number.

    After copying a card, --empty empties it: each file goes of which DEST has a copy, verified again, whatever its name and
    whatever preset or command copied it. The files that stay are named.

    \b
    Examples:
      reshelve organize ~/Downloads --into ~/Media
      reshelve organize /media/shows --only-shows --never-rename
      reshelve organize /media/card --into ~/Shoots --empty
      reshelve organize ./out --into ~/projects --preset comfyui --set project=kai --yes
    """
    only = _only(shows=only_shows, films=only_films)
    _refuse_contradictions(source, dest, transfer, on_conflict, never_rename=never_rename, empty=empty)
    dest = dest or source
    session = api.open_organize(source, dest, preset)
    if empty:
        refuse_no_folder(dest, source)
        return _empty(shell, session, exclude, how)
    session = session.scanning(
        transfer=transfer,
        on_conflict=on_conflict,
        exclude=exclude,
        only=only,
        rename=not never_rename,
        junk=junk,
        on_duplicate=on_duplicate,
        reserve=reserve,
    )
    over = Overrides(transfer, on_conflict, exclude, only, not never_rename, junk, on_duplicate)
    with shell.working("Scanning", session.times()) as seen:
        result = session.watched(seen).layouts.scan(values=values)
    if new := _tell_scan(shell, session, result, full=how["full"]):
        shell.advise(advice(_asked(source, dest, preset, values, over, reserve, how), result.layout, new))
    if only is not None and result.counts.get("left_by_rule"):
        shell.say([f"What is left by rule is no {only.removesuffix('s')}."])
    if dest == source and only is None and not result.counts["in_place"]:
        shell.say(_of_one_kind(result.layout, source))
    with shell.working("Planning", session.times()) as seen:
        plan = session.watched(seen).plans.make(result.layout, max_delete=how["max_delete"], command="organize")
    if plan.can_apply() and not dest.exists():
        shell.say([f"{printable(str(dest))} does not exist; it will be made."])
    return carry_out(shell, session, plan, **how, told=result.problems)


def _asked(
    source: Path, dest: Path, preset: str, values: dict[str, str], over: Overrides, reserve: str | None, how: RunOptions
) -> Asked:
    """Return what was asked for, as a workspace writes it."""
    given = {"transfer": over.transfer, "on_conflict": over.on_conflict, "on_duplicate": over.on_duplicate, "junk": over.junk}
    settings: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    settings |= {} if over.rename else {"rename": False}
    settings |= {"exclude": [*over.exclude]} if over.exclude else {}
    run = [f"--{name.replace('_', '-')} {value}" for name in ("on_error", "jobs", "max_delete") if (value := how[name])]
    run += ["--strict"] if how["strict"] else []
    store = {"reserve": reserve} if reserve is not None else {}
    return Asked(source, dest, preset, values, settings, store, run, f"--only-{over.only}" if over.only else "")


def _empty(shell: Shell, session: "Session", exclude: tuple[str, ...], how: RunOptions) -> int:
    """Trash the files of the source of which the target has a copy, whatever rules and names filed it."""
    from reshelve.views.duplicates import kept_text, staying_events

    with shell.working("Comparing"):
        made, problems = session.duplicates.emptied("inbox", "library", exclude=exclude)
    shell.problems(problems)
    shell.say(kept_text(made.staying, full=how["full"] or shell.verbose))
    shell.events(staying_events(made.staying))
    with shell.working("Planning", session.times()) as seen:
        plan = session.watched(seen).plans.make(made.layout, max_delete=how["max_delete"], command="organize")
    code = carry_out(shell, session, plan, **how, told=problems)
    if code == 0:
        advise_to_free(shell, plan)
    return code


def _refuse_contradictions(
    source: Path, dest: Path | None, transfer: str | None, on_conflict: str | None, *, never_rename: bool, empty: bool
) -> None:
    """Raise UsageError where options ask for what cannot be together."""
    if never_rename and on_conflict == "keep-both":
        raise click.UsageError("--never-rename and --on-conflict keep-both exclude each other: keeping both gives one a number.")
    if empty and (transfer is not None or dest is None or dest.resolve() == source.resolve()):
        raise click.UsageError("--empty looks for copies: it needs --into with another folder, and no --transfer.")


def _only(*, shows: bool, films: bool) -> Only | None:
    """Return which of the two the target is to hold alone. Raises UsageError where it is to be both."""
    if shows and films:
        raise click.UsageError("--only-shows and --only-films exclude each other: without both, shows and films each get a folder.")
    return "shows" if shows else "films" if films else None


def _tell_scan(shell: Shell, session: "Session", result: "ScanResult", *, full: bool) -> list[Review]:
    """Tell what a scan came to, and return what it leaves for review that was not told before."""
    shell.problems(result.problems)
    shell.say(decided_text(result.layout) if shell.verbose else ())
    before = session.layouts.told_before(result.layout)
    shell.say(review_text(result.layout, full=full or shell.verbose, before=before))
    if not (shell.quiet or shell.json):
        session.layouts.keep_told(result.layout)
    shell.say(counts_text(result, full=full or shell.verbose))
    shell.events(scan_events(result))
    shell.events([{"type": "scanned", **scan_figures(result)}])
    return [item for item in result.layout.review if item.source not in before]
