"""The command line: plain click commands over the Python API, each loaded when it is used."""
