"""Taking back: the verbs of operations, last first, each checked by identity before it is touched."""

from collections.abc import Sequence

from executors.perform import DriftedError, Hands, advice, same
from schemas.locations import printable
from schemas.problems import Problem
from schemas.records import Made
from schemas.verbs import CopyTo, PackTo, Publish, UnpackTo, Verb


def take_back_verbs(hands: Hands, performed: Sequence[Verb], made: Made | None, copied: Verb) -> Problem | None:
    """Take back these verbs of one operation; return what could not be, naming the place, or None.

    `copied` is the operation's first verb: if that is a copy, a pack or an unpack, what it made is removed only while its source
    stands unchanged, so that nothing here removes the last copy of anything.
    """
    for verb in reversed(performed):
        try:
            if isinstance(verb, Publish) and isinstance(copied, CopyTo) and not _stands(hands, copied):
                raise DriftedError(copied.src, "is not as it was, so its copy stays")
            if isinstance(verb, Publish) and isinstance(copied, PackTo | UnpackTo):
                from executors.archives import verbs as archives

                archives.may_take_back(hands, copied, made, verb.dst)
            hands.take_back(verb, made)
        except OSError as error:
            place = error.filename if isinstance(error, DriftedError) else getattr(verb, "dst", getattr(verb, "place", ""))
            detail = (
                f"{printable(str(place))} {error.strerror}."
                if isinstance(error, DriftedError)
                else f"{printable(str(place))}: {error.strerror}."
            )
            return Problem("left-as-is", "A step could not be taken back.", detail, str(place), advice(error)[1])
    return None


def _stands(hands: Hands, copied: CopyTo) -> bool:
    return same(hands.seen(copied.src), copied.size, copied.mtime_ns, copied.ino)
