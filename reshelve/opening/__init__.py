"""Opening: the workspace a command works on, its stores, and whoever it may ask."""
