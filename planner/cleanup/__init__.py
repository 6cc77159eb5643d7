"""Clean-up: what has not been changed for a long time, and folders with nothing in them, as a layout by which they go."""
