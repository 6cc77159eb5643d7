"""Bundles: a main file and all that travels with it."""
