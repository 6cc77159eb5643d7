"""Looking up: what a name leaves in doubt and a database of films and shows can settle, and which of its answers fit."""
