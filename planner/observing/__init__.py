"""Observing: what is in the stores now, or was when an inventory was saved, and when two files are the same."""
