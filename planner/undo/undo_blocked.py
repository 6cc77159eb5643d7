"""What stops one operation from being taken back: a signal, told as an obstacle."""


class BlockedError(Exception):
    """Something stands in the way of taking an operation back: `place`, and `what` in words."""

    def __init__(self, code: str, place: str, what: str) -> None:
        super().__init__(code)
        self.code, self.place, self.what = code, place, what
