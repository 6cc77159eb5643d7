"""The host's own package, called like one of reshelve's folders: neither sees the other."""

GREETING = "The studio's own app."
