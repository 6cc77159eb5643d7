"""Layouts: from proposals to entries, merged with the layout that is there, and compared."""
