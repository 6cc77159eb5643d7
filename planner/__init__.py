"""Deciding: from what is observed and what is desired to a plan. Reads through a port; cannot write."""
