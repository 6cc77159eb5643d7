"""The man page: the same help as `--help` and the reference, in roff."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import click

from reshelve import __version__
from reshelve.cli import exit_codes
from reshelve.cli.command_list import COMMANDS
from reshelve.cli.entry import cli
from reshelve.reference.commands_page import EVERYWHERE
from reshelve.reference.environment_page import VARIABLES

_FILES = {
    "reshelve.yaml": "The workspace: stores, rules and settings.",
    "reshelve.local.yaml": "Settings of this machine alone, laid over the workspace.",
    "layout.yaml": "The layout: where every file belongs.",
    "assets.yaml": "Tags, notes and links of assets.",
    ".reshelve/": "The state of the workspace: runs, journals, the catalog.",
    ".reshelve-trash/": "The trash of each disk.",
}


def page() -> str:
    """Return the man page of `reshelve`, section 1."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield f'.TH RESHELVE 1 "" "reshelve {__version__}" "User Commands"'
    summary, _, rest = inspect.cleandoc(cli.help or "").partition("\n")
    yield from (".SH NAME", f"reshelve \\- {_text(summary.rstrip('.'))}")
    yield from (".SH SYNOPSIS", "\\fBreshelve\\fR [\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]")
    yield ".SH DESCRIPTION"
    yield from _paragraphs(rest)
    yield ".SH OPTIONS"
    yield from _options(cli, click.Context(cli, info_name="reshelve"))
    yield ".SH COMMANDS"
    for name, (module, _) in COMMANDS.items():
        yield from _command(getattr(import_module(f"reshelve.cli.commands.{module}"), name), name)
    yield ".SH EXIT STATUS"
    for number, meaning in exit_codes.MEANINGS.items():
        yield from _term(str(number), meaning)
    yield ".SH ENVIRONMENT"
    for variable, does in VARIABLES.items():
        yield from _term(variable, does)
    yield ".SH FILES"
    for file, holds in _FILES.items():
        yield from _term(file, holds)
    yield from (".SH SEE ALSO", _text("`reshelve help` lists the pages of the manual; `reshelve help TOPIC` prints one."))


def _command(command: Any, name: str) -> Iterator[str]:
    context = command.context_class(command, info_name=name)
    yield f'.SS "{_text(" ".join(["reshelve", name, *command.collect_usage_pieces(context)]))}"'
    yield from _paragraphs(inspect.cleandoc(command.help or ""))
    yield from _options(command, context)
    for inner in getattr(command, "commands", {}).values():
        yield from _command(inner, f"{name} {inner.name}")


def _options(command: Any, context: Any) -> Iterator[str]:
    for option in command.get_params(context):
        flags, text = option.get_help_record(context) or ("", "")
        everywhere = flags.endswith(EVERYWHERE) and command is not cli
        if text and not everywhere and not flags.endswith("--help"):
            yield from _term(flags, re.sub(r"  +", " ", text))


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text: what stands under a `\\b` line by line, as an example does."""
    for part in re.split(r"\n\s*\n", text):
        lines = part.strip("\n").splitlines()
        if lines and lines[0].strip() == "\b":
            yield from (".PP", ".nf", *map(_text, lines[1:]), ".fi")
        elif lines:
            yield from (".PP", _text(" ".join(map(str.strip, lines))))


def _term(name: str, text: str) -> Iterator[str]:
    yield from (".TP", f"\\fB{_text(name)}\\fR", _text(text))


def _text(text: str) -> str:
    """Return text as roff reads it: code in bold, hyphens that can be copied, and no line taken for a request."""
    told = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("'", "\\(aq")
    told = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", told)
    told = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", told)
    return f"\\&{told}" if told.startswith((".", "\\(aq")) else told
