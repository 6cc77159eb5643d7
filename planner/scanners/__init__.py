"""The scanners: each proposes where things belong, with a reason."""
