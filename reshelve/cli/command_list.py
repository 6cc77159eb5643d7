"""The top command: the explicit list of commands, loaded when used, with a "did you mean" for the rest."""

from importlib import import_module

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init_new", "Create a workspace."),
    "new": ("init_new", "Create a project from a template."),
    "scan": ("scan_observe", "Propose where every file belongs, as a layout."),
    "observe": ("scan_observe", "Save an inventory of the stores."),
    "review": ("review", "Go through the files that no rule decided."),
    "explain": ("explain", "Explain what a scan does with a file, and why."),
    "validate": ("validate_fmt_schema_diff", "Check documents."),
    "fmt": ("validate_fmt_schema_diff", "Format documents."),
    "schema": ("validate_fmt_schema_diff", "Print the JSON Schema of a document."),
    "diff": ("validate_fmt_schema_diff", "Show the differences between two layouts."),
    "plan": ("plan_show_check", "Show what apply would do."),
    "show": ("plan_show_check", "Show a saved plan or a run."),
    "check": ("plan_show_check", "Check documents, policies and drift, for CI."),
    "manifest": ("manifest_cost", "List every project in every tier."),
    "archive": ("archive_restore", "Archive projects by name."),
    "restore": ("archive_restore", "Bring projects back by name."),
    "cost": ("manifest_cost", "Show the cost of buckets, now or after a plan."),
    "s3": ("s3", "Print the permissions that reshelve needs in buckets."),
    "backup": ("backup", "Back up projects, and restore them."),
    "sync": ("sync", "Share projects with others through a bucket."),
    "apply": ("apply_recover", "Apply a plan."),
    "organize": ("organize", "Scan, plan, ask and apply in one step, without a workspace."),
    "watch": ("watch", "File new arrivals automatically."),
    "file": ("file", "File one download that is complete, from its client."),
    "schedule": ("schedule", "Run commands of this workspace at set times."),
    "recover": ("apply_recover", "Settle a run that was cut short."),
    "undo": ("undo_redo_log_release", "Undo a run."),
    "redo": ("undo_redo_log_release", "Redo what the last undo reversed."),
    "log": ("undo_redo_log_release", "List the runs."),
    "release": ("undo_redo_log_release", "Allow undone entries to be planned again."),
    "assets": ("assets", "List files, and record tags, notes, uses and lineage."),
    "history": ("history_stats_catalog", "Show what happened to a file, under all its names."),
    "stats": ("history_stats_catalog", "Count files and bytes by type, project and job."),
    "catalog": ("history_stats_catalog", "Update the catalog, or rebuild it."),
    "parse": ("parse", "Read facts from names."),
    "status": ("status_doctor", "Show the stores, the last run, and what needs attention."),
    "health": ("health", "Check what is in the stores: missing, damaged, stale, too large."),
    "report": ("report", "Report a month: cost, what was archived, what failed."),
    "metrics": ("metrics", "Print metrics for Prometheus."),
    "dashboard": ("dashboard", "Write projects, cost and health as a page that opens offline."),
    "doctor": ("status_doctor", "Find problems that would keep reshelve from working."),
    "trust": ("trust", "Consent to what a workspace wants from this machine."),
    "notify": ("notify", "Notify others of how runs ended: test, send, show the queue."),
    "cache": ("cache", "Show, clear or import what reshelve remembers."),
    "duplicates": ("duplicates", "Find files with the same content."),
    "cleanup": ("cleanup", "Put old files in the trash, and remove empty folders."),
    "trash": ("trash_list_restore_empty", "List, restore or empty the trash."),
    "serve": ("serve", "Serve this workspace over HTTP, for programs and browsers."),
    "completion": ("completion", "Print the script for shell completion."),
    "help": ("help", "Print a documentation page."),
}
"""Every command: the module below `reshelve.cli.commands` that holds it, and one line of help."""


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
        module = import_module(f"reshelve.cli.commands.{COMMANDS[cmd_name][0]}")
        from reshelve.cli.shared_options import with_loudness

        return with_loudness(getattr(module, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the arguments. Raises click.UsageError with the nearest names."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 3, 0.6)
            meant = f" Did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else ""
            raise click.UsageError(f"There is no command `{name}`.{meant}", ctx)
        return super().resolve_command(ctx, args)
