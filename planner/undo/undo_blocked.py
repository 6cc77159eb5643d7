"""What stops one operation from being taken back: a signal, told as an obstacle."""


class BlockedError(Exception):
    """Something stands in the way of taking an operation back: `place`, and `what` in words.

    `restored`: it may be the very thing, restored from a backup, which an undo by content would know again.
    """

    def __init__(self, code: str, place: str, what: str, *, restored: bool = False) -> None:
        super().__init__(code)
        self.code, self.place, self.what, self.restored = code, place, what, restored
