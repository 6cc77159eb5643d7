"""What a scan leaves alone: folders and files of systems and other programs, folders that are one thing, work under way."""
