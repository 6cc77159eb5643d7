"""Taking back: the verbs of operations, last first, each checked by identity before it is touched."""

from collections.abc import Sequence

from executors.perform import Drifted, Hands, advice, same
from schemas.locations import printable
from schemas.problems import Problem
from schemas.records import Made
from schemas.verbs import CopyTo, Publish, Verb


def take_back_verbs(hands: Hands, verbs: Sequence[Verb], performed: int, made: Made | None) -> Problem | None:
    """Take back the first `performed` of an operation's verbs; return what could not be, naming the place, or None.

    A copy is removed only while its source stands unchanged: nothing here removes the last copy of anything.
    """
    for verb in reversed(verbs[:performed]):
        try:
            if isinstance(verb, Publish) and isinstance(verbs[0], CopyTo):
                source = verbs[0]
                if not same(hands.seen(source.src), source.size, source.mtime_ns, source.ino):
                    raise Drifted(source.src, "is not as it was, so its copy stays")
            hands.take_back(verb, made)
        except OSError as error:
            place = error.filename if isinstance(error, Drifted) else getattr(verb, "dst", getattr(verb, "place", ""))
            detail = f"{printable(str(place))} {error.strerror}." if isinstance(error, Drifted) else f"{printable(str(place))}: {error.strerror}."
            return Problem("left-as-is", "A step could not be taken back.", detail, str(place), advice(error)[1])
    return None
