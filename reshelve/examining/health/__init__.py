"""Health: a registry of checks over what a session has in its care, and the report that they come to."""
