"""`review`: going through what a scan left undecided, one item at a time."""

from pathlib import Path

import click

from reshelve import api, exits, reviewing
from reshelve.cli.asking import ask, nobody
from reshelve.cli.shell import Shell, pass_shell
from schemas.layout import Layout, Review
from schemas.locations import printable
from schemas.problems import ReshelveError


@click.command(epilog=exits.epilog(0, 1, 7))
@click.argument("layout", required=False, type=click.Path(path_type=Path))
@pass_shell
def review(shell: Shell, layout: Path | None) -> int:
    """Go through what the scan left undecided in LAYOUT. Each answer is written down at once, as an entry of your own.

    \b
    Answers: a accept the suggestion, a place to put it (store:folder/), l leave it for good, s or Enter skip, q quit.
    Example:
      reshelve review
    """
    path = layout or api.open_workspace().layout_path
    current = api.load_layout(path)
    if not current.review:
        shell.say(["Nothing to review."])
        return 0
    if not shell.answers:
        raise nobody("Run it in a terminal, or edit the layout: what stands there without a mark is yours.")
    decided = 0
    waiting = [item for item in current.review if not (item.because or "").startswith(reviewing.WITH)] or current.review
    for number, item in enumerate(waiting, 1):
        if item not in current.review:
            continue
        shell.say(_shown(item, number, len(waiting)))
        answered = _answer(shell, current, item)
        if answered is None:
            break
        if answered is not current:
            current = answered
            api.save_layout(current, path)
            decided += 1
    shell.say([f"{decided} decided, {len(current.review)} left.", *(["Next: reshelve plan"] if decided else [])])
    return 0


def _shown(item: Review, number: int, total: int) -> list[str]:
    lines = ["", f"{number} of {total}: {printable(item.source)}", f"  why: {printable(item.because or 'undecided')}"]
    if item.suggestion:
        lines.append(f"  suggestion: {printable(item.suggestion.to)}")
    return lines


def _answer(shell: Shell, layout: Layout, item: Review) -> Layout | None:
    """Ask until an answer holds; return the layout after it, the same one for a skip, None to quit."""
    question = "accept/leave/skip/quit, or a place: " if item.suggestion else "leave/skip/quit, or a place: "
    while True:
        answer = ask(question)
        try:
            match answer.lower():
                case "q" | "quit":
                    return None
                case "" | "s" | "skip":
                    return layout
                case "l" | "leave":
                    return reviewing.leave(layout, item)
                case "a" | "accept" if item.suggestion:
                    return reviewing.accept(layout, item, item.suggestion.to)
                case _:
                    return reviewing.accept(layout, item, answer)
        except ReshelveError as error:
            shell.problems(error.problems)
