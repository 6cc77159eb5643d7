"""Watching workspaces: what comes to rest in their stores is filed, by the ordinary scan, plan and apply."""
