"""The systems reshelve runs on: their calls, their file systems, their folders and processes."""
