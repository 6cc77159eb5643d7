"""Jobs: the commands of a workspace that run by themselves."""
