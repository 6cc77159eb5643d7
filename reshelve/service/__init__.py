"""The service: what the command line does, for programs and pages, over HTTP. Its routes are one table of values."""
