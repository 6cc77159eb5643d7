"""What is remembered on this machine: runs and their journals, what is held back, locks, and what was worked out before."""
