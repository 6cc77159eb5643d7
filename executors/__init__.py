"""Doing: the stores and their verbs, the journal, apply and recover. Decides nothing about where a file belongs."""
