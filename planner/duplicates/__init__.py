"""Duplicates: files of the same content, which of them is kept, and the layout by which the others go."""
