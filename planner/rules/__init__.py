"""What a workspace's rules are made of: conditions, places, names, numbers, and policies."""
