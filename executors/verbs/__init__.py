"""Verbs carried out: on folders, objects and archives, forwards and backwards, and told apart by identity."""
