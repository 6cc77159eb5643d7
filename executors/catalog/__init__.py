"""The catalog: assets by content, each place they were seen at, one row an operation of a settled run; all in `assets.db`."""
