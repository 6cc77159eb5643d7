"""Backups: what of a folder goes into an archive, which archives stay, and which of them make the folder of a day again."""
