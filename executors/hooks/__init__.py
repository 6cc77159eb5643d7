"""Hooks: what others are told once a run has settled, kept on disk until they were told."""
