"""Recognising: from names to facts, each with its source."""
