"""`duplicates`: files of the same content, and the layout by which all but one of each go; pictures that look alike."""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import full_option, json_option, size
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.planner.duplicates.duplicate_words import ALIKE_BECAUSE, LOOK_BITS, MOST_BITS, REMOVED_BECAUSE
from reshelve.planner.duplicates.keep_rules import WORDS
from reshelve.schemas.layout import Layout
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import errors, stop
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.planner.duplicates.alike_pictures import Alike
    from reshelve.session.session import Session
    from reshelve.session.session_duplicates import Decided

_MOST = 10
"""Bits of a look that may differ unless told otherwise."""


def _rules(context: click.Context, option: click.Parameter, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what is neither a word nor a glob on locations."""
    for rule in rules:
        if rule not in WORDS and ":" not in rule:
            meant = near(rule, WORDS)
            meant = f" Did you mean {meant}?" if meant else ""
            words = f"{', '.join(WORDS)}, or a glob such as 'library:**'"
            raise click.BadParameter(f"{rule!r} is no rule: a rule is {words}.{meant}", context, option)
    return rules


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("within", nargs=-1, metavar="[STORE|FOLDER]...")
@click.option(
    "--keep",
    multiple=True,
    callback=_rules,
    metavar="RULE",
    help="Which file stays: layout, store, oldest, newest, shortest, or a GLOB.",
)
@click.option("-o", "--output", metavar="LAYOUT", help="Write a layout that removes the others; - prints it.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders that match.")
@click.option("--min-size", "least", callback=size, default="1 B", show_default=True, metavar="SIZE", help="The smallest size.")
@click.option("--alike", is_flag=True, help="Find pictures that look alike instead. They are only for review.")
@click.option(
    "--differ",
    "most",
    type=click.IntRange(0, MOST_BITS),
    metavar="BITS",
    help=f"With --alike: how many of the {LOOK_BITS} bits of a look may differ.  [default: {_MOST}]",
)
@full_option
@json_option
@pass_shell
def duplicates(
    shell: Shell,
    within: tuple[str, ...],
    keep: tuple[str, ...],
    output: str | None,
    exclude: tuple[str, ...],
    least: int,
    alike: bool,
    most: int | None,
    full: bool,
) -> int:
    """Find files with the same content, in all stores or in the given STOREs and FOLDERs (inbox:Films). Nothing is removed.

    One file of each set stays: the first RULE that prefers some of them decides, then the next; finally where the layout
    wants the file, the first store, the oldest, the shortest path. With -o the others become `absent` entries of a layout,
    each with the file that stays: a plan for it puts them in the trash, as long as that file is verified.

    Hard links count as one file. A file that travels with another, such as a subtitle, is removed only together with it.

    With --alike, find pictures in folders that look the same at another size, in another format or after a light edit. Each group
    begins with the picture of most pixels. With -o the others become review entries of a layout, for `reshelve review`.

    \b
    Examples:
      reshelve duplicates
      reshelve duplicates inbox --keep 'library:**' --min-size 1MB
      reshelve duplicates -o duplicates.yaml && reshelve apply duplicates.yaml
      reshelve duplicates --alike library:Photos
    """
    if alike and keep:
        raise click.UsageError("--keep is for files of the same content: of pictures that look alike none goes.")
    if most is not None and not alike:
        raise click.UsageError("--differ is for --alike.")
    session = shell.looking(api.open_workspace())
    to = _To(output, session, alike=alike)
    if alike:
        with shell.working("Looking"):
            found = session.duplicates.alike(within, exclude=exclude, least=least, most=_MOST if most is None else most)
        return _show_alike(shell, to, found, full=full)
    wanted = session.layouts.path
    layout = api.load_layout(wanted) if wanted.exists() else None
    with shell.working("Comparing"):
        decided = session.duplicates.find(within, keep=keep, layout=layout, exclude=exclude, least=least)
    return _show_same(shell, to, session, decided, full=full)


class _To:
    """Where a layout is written to: `path`, or printed (`is_printed`), or neither. Raises ReshelveError where it cannot be."""

    def __init__(self, output: str | None, session: "Session", *, alike: bool) -> None:
        self.is_printed = output == "-"
        self.path = Path(output) if output and output != "-" else None
        self._read: dict[Path, str] = {}
        if self.path is not None:
            output_files.claim(self.path, output_files.LAYOUT, session.setting)
            self._read = api.layout_versions(self.path)
            _refuse_foreign(self.path, alike=alike)

    def put(self, shell: Shell, layout: Layout, said: Iterable[str]) -> None:
        """Write a layout, and say so; or print it. With --json it is not printed: the events tell it."""
        if self.path is not None:
            api.save_layout(layout, self.path, self._read)
            shell.say(said)
        elif self.is_printed and not shell.json:
            from reshelve.schemas.documents.layout_files import layout_lines

            shell.put(line.rstrip("\n") for line in layout_lines(layout))


def _show_same(shell: Shell, to: _To, session: "Session", decided: "Decided", *, full: bool) -> int:
    """Show the files of one content, and write what lets all but one of each go."""
    from reshelve.views.duplicates import duplicate_events, duplicates_text, layout_text, staying_events

    shell.problems(decided.found.problems)
    figures = {"files": decided.found.files, "sets": len(decided.sets), "bytes": sum(one.gain for one in decided.sets)}
    shell.events(duplicate_events(decided))
    if not to.is_printed or shell.json:
        shell.answer(duplicates_text(decided, full=full))
    if to.path is not None or to.is_printed:
        made = session.duplicates.layout(decided)
        shell.events(staying_events(made.staying))
        figures["going"] = len(made.layout.absent)
        to.put(shell, made.layout, layout_text(made, shlex.quote(str(to.path)), full=full))
    return shell.finish(1 if errors(decided.found.problems) else 0, **figures)


def _show_alike(shell: Shell, to: _To, found: "Alike", *, full: bool) -> int:
    """Show the pictures that look alike, and write what asks about them. None of them goes."""
    from reshelve.planner.duplicates.alike_pictures import review_of
    from reshelve.views.duplicates import alike_events, alike_text

    shell.problems(found.problems)
    shell.events(alike_events(found))
    if not to.is_printed or shell.json:
        shell.answer(alike_text(found, full=full))
    made = review_of(found.groups)
    path = shlex.quote(str(to.path))
    following = [f"Next: reshelve review {path}"] if made.review else []
    to.put(shell, made, [f"Wrote {path}: {count(len(made.review), 'picture')} to review. Nothing is removed.", *following])
    figures = {"pictures": found.pictures, "groups": len(found.groups), "not_looked_at": len(found.unseen)}
    return shell.finish(1 if errors(found.problems) else 0, **figures)


def _refuse_foreign(path: Path, *, alike: bool) -> None:
    """Refuse to replace a layout that this command did not write."""
    if not path.exists():
        return
    there = api.load_layout(path)
    others = there.files or there.dirs or there.leave or (there.absent if alike else there.review)
    entries, because = (there.review, ALIKE_BECAUSE) if alike else (there.absent, REMOVED_BECAUSE)
    if others or any(thing.note or not (thing.because or "").startswith(because) for thing in entries):
        hint = "Name another file, such as duplicates.yaml."
        raise stop("not-written", "It cannot be written there.", "The layout there says other things.", path=str(path), hint=hint)
