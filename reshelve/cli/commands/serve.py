"""`serve`: the service, for programs and pages."""

import sys

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.extras import install
from reshelve.schemas.problems import stop


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option(
    "--listen", default="127.0.0.1:8765", show_default=True, metavar="ADDRESS:PORT", help="Where to listen; port 0: any free port."
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST:PORT",
    help="A host name and port that clients use, as in a browser's address bar.",
)
@click.option("--prefix", default="/api/files", show_default=True, help="The path that all routes begin with.")
@pass_shell
def serve(shell: Shell, listen: str, names: tuple[str, ...], prefix: str) -> int:
    """Serve this workspace over HTTP, so that programs and browsers can make, read, apply and undo plans.

    The printed address contains a token that gives full access to this workspace. Only this machine can reach the server,
    unless --listen says otherwise; then --name gives the host names. Needs the extra `server`.

    \b
    Examples:
      reshelve serve
      reshelve serve --listen 0.0.0.0:8765 --name nas.local:8765
    """
    session = api.open_workspace()
    try:
        from reshelve.service.serving import serve as serving
    except ModuleNotFoundError as missing:
        detail = f"{missing.name} is not installed."
        raise stop("no-server", "The service is not installed.", detail, hint=install("server")) from None
    if prefix and (
        not prefix.startswith("/") or prefix.endswith("/") or not prefix.isascii() or any(c in prefix for c in " {}?#%")
    ):
        raise click.BadParameter("It begins with a slash and does not end with one: /api/files.", param_hint="--prefix")

    def told(address: str) -> None:
        shell.put([address])
        sys.stdout.flush()

    assert session.setting.file is not None
    serving(session.setting.file, listen, names, prefix=prefix, told=told)
    return 0
