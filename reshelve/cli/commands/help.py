"""`help`: the pages of the documentation, in the terminal."""

from textwrap import wrap

import click

from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.problems import stop


@click.command(epilog=exit_codes.epilog(0))
@click.argument("topic", metavar="[TOPIC]", required=False)
@json_option
@click.pass_context
@pass_shell
def help(shell: Shell, context: click.Context, topic: str | None) -> int:  # noqa: A001 - the name of the command
    """Print a documentation page. Without TOPIC, list the pages. The name of a command prints its help, unless a page
    has the same name. The code of a message prints what it means.

    \b
    Examples:
      reshelve help
      reshelve help rules
      reshelve help workspace | less
      reshelve help no-layout
    """
    from reshelve.views import help_pages

    if topic is None:
        for group, pages in help_pages.topics().items():
            wide = max(map(len, pages))
            shell.put_text([f"{group}:", *(f"  {name:<{wide}}  {title}" for name, title in pages.items()), ""])
            shell.events({"type": "page", "topic": name, "title": title, "group": group} for name, title in pages.items())
        shell.put_text(["Read one: reshelve help TOPIC. About a command: reshelve COMMAND --help"])
        return shell.finish(0)
    text = help_pages.page(topic)
    top = context.find_root()
    assert isinstance(top.command, click.Group)
    commands = top.command.list_commands(top)
    if text is not None:
        shell.put_text(help_pages.shown(text, shell.width))
        if topic in commands:
            shell.put_text(["", f"About the command: reshelve {topic} --help"])
        shell.events([{"type": "page", "topic": topic, "text": text}])
        return shell.finish(0)
    if topic in commands:
        command = top.command.get_command(top, topic)
        assert command is not None
        with command.make_context(topic, [], parent=top, resilient_parsing=True) as inner:
            told = command.get_help(inner)
        shell.put_text([told])
        shell.events([{"type": "page", "topic": topic, "text": told}])
        return shell.finish(0)
    if (entry := help_pages.message(topic)) is not None:
        return _put_message(shell, *entry)
    meant = [*help_pages.near(topic), *_alike(topic, commands)]
    speaking = [] if meant else help_pages.speaking_of(topic)
    if speaking:
        hint = f"The word is used in: {', '.join(f'`{name}`' for name in speaking)}."
    else:
        hint = f"Did you mean {' or '.join(f'`{name}`' for name in meant)}?" if meant else "All pages: reshelve help"
    raise stop(
        "no-such-topic",
        "There is no such page.",
        f"{topic!r} is neither a page, a command nor the code of a message.",
        hint=hint,
        kind="usage",
    )


def _put_message(shell: Shell, code: str, heading: str, said: str) -> int:
    """Print what the code of a message means."""
    from reshelve.views import help_pages

    said = said[:1].upper() + said[1:]
    wide = min(shell.width, _LINE)
    shell.put_text([f"{code}  ({heading})", "", *(line for part in help_pages.shown(said, wide) for line in wrap(part, wide))])
    shell.put_text(["", f"All messages: reshelve help {help_pages.MESSAGES}"])
    shell.events([{"type": "page", "topic": code, "text": said}])
    return shell.finish(0)


_LINE = 100
"""How wide running text is at most."""


def _alike(name: str, commands: list[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, commands, 2, 0.7)
