"""The top command: the explicit list of commands, loaded when used, with a "did you mean" for the rest."""

import difflib
from importlib import import_module

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("starting", "Write a workspace to begin with."),
    "new": ("starting", "Start a project from a template."),
    "scan": ("scanning", "Propose where every file belongs, as a layout."),
    "observe": ("scanning", "Save what is in the stores now."),
    "review": ("reviewing", "Decide what the scan left undecided."),
    "validate": ("documents", "Check documents."),
    "fmt": ("documents", "Bring documents into their canonical form."),
    "schema": ("documents", "Print the JSON Schema of a document."),
    "diff": ("documents", "Show what differs between two layouts."),
    "plan": ("planning", "Show what would be done."),
    "show": ("planning", "Show a saved plan or a run."),
    "check": ("planning", "Check documents, policies and drift, for CI."),
    "manifest": ("reckoning", "List every project over all tiers."),
    "cost": ("reckoning", "Show what buckets cost, now or with a plan."),
    "s3": ("buckets", "Print what reshelve must be allowed in buckets."),
    "apply": ("applying", "Carry out a plan."),
    "organize": ("organizing", "Scan, plan, ask and apply in one, without a workspace."),
    "recover": ("applying", "Settle a run that was cut short."),
    "undo": ("history", "Take back a run."),
    "redo": ("history", "Do again what the last undo took back."),
    "log": ("history", "List the runs."),
    "release": ("history", "Let what an undo took back be planned again."),
    "parse": ("parsing", "Read facts from names."),
    "status": ("examining", "Show stores, runs and what waits for a decision."),
    "doctor": ("examining", "Find what would keep reshelve from working here."),
    "trust": ("trusting", "Consent to what a workspace wants of this machine."),
    "cache": ("caching", "Show, forget or import what was worked out before."),
    "trash": ("trashing", "List, restore or empty the trash."),
}
"""Every command: the module below `reshelve.cli` that holds it, and one line of help."""


class Commands(click.Group):
    """Loads a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"reshelve.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the arguments. Raises click.UsageError with the nearest names."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, 3, 0.6)
            meant = f" Did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else ""
            raise click.UsageError(f"There is no command `{name}`.{meant}", ctx)
        return super().resolve_command(ctx, args)
