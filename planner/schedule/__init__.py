"""The schedule: which job is due."""
