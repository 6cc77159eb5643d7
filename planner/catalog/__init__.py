"""What the catalog says of a file by where it stands."""
