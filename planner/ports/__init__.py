"""Ports: what planning may ask of stores, of whoever opens files, and of whoever answers questions. It reads, nothing else."""
