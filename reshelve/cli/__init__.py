"""The command line: plain click commands over the Python API, each loaded when it is used."""

from reshelve.cli.entry import cli, run

__all__ = ["cli", "run"]
