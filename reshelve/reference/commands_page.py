"""The page about commands: their help, as `--help` prints it, in the order people meet them."""

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from reshelve.cli.command_list import COMMANDS
from reshelve.reference.markdown_tables import code, fenced

EVERYWHERE = ("--help", "--quiet", "--verbose")
"""Options of every command, from its first call on: they are told of once."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    made = (
        _command(getattr(import_module(f"reshelve.cli.commands.{module}"), name), name) for name, (module, _) in COMMANDS.items()
    )
    return {"commands": "\n\n".join(part for parts in made for part in parts)}


def _command(command: Any, name: str) -> Iterator[str]:
    context = command.context_class(command, info_name=name)
    yield f"## {name}"
    yield fenced(" ".join(["reshelve", name, *command.collect_usage_pieces(context)]))
    yield from _words(inspect.cleandoc(command.help or ""))
    options = [record for option in command.get_params(context) if (record := option.get_help_record(context))]
    told = [(flags, text) for flags, text in options if text and not flags.endswith(EVERYWHERE)]
    yield "\n".join(f"- {code(flags)}: {re.sub(r'  +', ' ', text)}" for flags, text in told)
    for inner in getattr(command, "commands", {}).values():
        yield from _command(inner, f"{name} {inner.name}")
    yield from _codes(command.epilog or "")


def _words(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text, its examples as a block."""
    for part in re.split(r"\n\s*\n", text.replace("\b\n", "")):
        if re.match(r"Examples?:", part):
            yield fenced(inspect.cleandoc(part.partition("\n")[2]), "sh")
        else:
            yield part


def _codes(epilog: str) -> Iterator[str]:
    found = re.findall(r"^ +([0-9]+)  ", epilog, re.MULTILINE)
    if found:
        yield f"Exit codes: {', '.join(found)}."
