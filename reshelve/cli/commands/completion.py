"""`completion`: what a shell needs to complete commands and options."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from reshelve.cli import exit_codes
from reshelve.cli.terminal import Shell, pass_shell


@click.command(epilog=exit_codes.epilog(0))
@click.argument("name", metavar="bash|zsh|fish", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
@pass_shell
def completion(shell: Shell, context: click.Context, name: str) -> int:
    """Print the script for shell completion of commands and options. Save it, then start a new shell.

    \b
    Examples:
      reshelve completion bash > ~/.local/share/bash-completion/completions/reshelve
      reshelve completion zsh > ~/.zfunc/_reshelve
      reshelve completion fish > ~/.config/fish/completions/reshelve.fish
    """
    shell.put(script(name, context.find_root().command).splitlines())
    return 0


def script(name: str, command: click.Command) -> str:
    """Return the script by which a shell completes the commands and options of reshelve. Raises KeyError for an unknown shell."""
    made = get_completion_class(name)
    if made is None:
        raise KeyError(name)
    # Not the shell's own `source`: it asks the bash that is installed for its version, and there may be none where this is written.
    return f"{ShellComplete.source(made(command, {}, 'reshelve', '_RESHELVE_COMPLETE')).strip()}\n"
