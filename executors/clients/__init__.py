"""Download clients: what they say of their downloads, over their own interfaces."""
