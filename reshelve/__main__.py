"""The `reshelve` command."""

import gc
import os
import sys


def main() -> None:
    """Run the command line on this process's arguments, and end with its exit code."""
    from reshelve.cli import first_help
    from reshelve.cli.output_streams import open_closed

    open_closed()
    # Names from disk may hold what the terminal's encoding does not: escaped, never a crash.
    for out in (sys.stdout, sys.stderr):
        if hasattr(out, "reconfigure"):
            out.reconfigure(errors="backslashreplace")
    if first_help.printed(sys.argv[1:], os.environ):
        return
    # A plan is a million small values that live to the end: collecting garbage among them again and again finds none.
    gc.set_threshold(200_000, 50, 100)
    # Looking for plugins of pydantic costs a tenth of the start, and none is to see documents.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from reshelve.cli.entry import run

    code = run(sys.argv[1:])
    # What is left goes with the process: looking for garbage in it would take a sixth of a short command's time.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
