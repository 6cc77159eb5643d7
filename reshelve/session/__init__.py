"""A session: everything that can be asked of a workspace, each part a module."""
