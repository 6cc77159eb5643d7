"""Taking back: the verbs of operations, last first, each checked by identity before it is touched."""

from collections.abc import Sequence

import xxhash

from reshelve.executors.verbs.file_verbs import DriftedError, Hands, advice_back, same
from reshelve.executors.verbs.withdrawing import BroughtAwayError
from reshelve.schemas.locations import decode_path, join, printable, split
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import (
    Confirm,
    CopyObject,
    CopyTo,
    Layer,
    PackTo,
    Publish,
    Rename,
    UnpackTo,
    Upload,
    UploadPacked,
    Verb,
    Witness,
    WriteTo,
)


def take_back_verbs(hands: Hands, performed: Sequence[Verb], made: Made | None, verbs: Sequence[Verb]) -> Problem | None:
    """Take back those of an operation's `verbs` that were performed; return what could not be, naming the place, or None.

    If the first that changes anything is a copy, that is removed only while its source stands unchanged, so that nothing here
    removes the last copy of anything.
    """
    copied = next(verb for verb in verbs if not isinstance(verb, Confirm))
    for verb in reversed(performed):
        try:
            if isinstance(verb, Publish | Upload | UploadPacked | CopyObject) and not _stands(hands, copied, made):
                raise DriftedError(getattr(copied, "src", ""), "has changed, so its copy stays")
            if isinstance(verb, Publish):
                _withdraw(hands, verb, made, copied)
            else:
                hands.take_back(verb, made)
        except OSError as error:
            place = error.filename if isinstance(error, DriftedError) else _place(verb, verbs, error)
            detail = (
                f"{printable(str(place))} {error.strerror}."
                if isinstance(error, DriftedError)
                else f"{printable(str(place))}: {error.strerror}."
            )
            hint = advice_back(error)
            if isinstance(error, BroughtAwayError):
                hint = f"{error.hint}\n{hint}"
            return Problem("left-as-is", "A step could not be taken back.", detail, str(place), hint)
    return None


def _place(verb: Verb, verbs: Sequence[Verb], error: OSError) -> str:
    """Return the place that a verb is about, as plans name it: what is made under a temporary name is about that it gets.

    What cannot go back since its name is taken is about that name.
    """
    if isinstance(verb, Rename) and isinstance(error, FileExistsError):
        return verb.src
    final = next((each.dst for each in verbs if isinstance(each, Publish)), "")
    return str(getattr(verb, "dst", getattr(verb, "place", final)))


def _withdraw(hands: Hands, verb: Publish, made: Made | None, copied: Verb) -> None:
    """Take away what this run made and published. Raises DriftedError where it holds anything else by now: its bytes are read.

    An edit that kept the size and the times shows in them alone.
    """
    place = verb.dst
    if made is None:
        raise DriftedError(place, "is not known to be what this run made")
    seen = made.size, made.mtime_ns, made.ino
    match copied:
        case UnpackTo():
            from reshelve.executors.archives.archive_contents import record_in

            if record_in(*hands.at(place)) != made.hash:
                raise DriftedError(place, "was changed inside since this run made it")
            archives: list[UnpackTo | Layer] = [copied, *copied.layers]
            held = tuple(Witness(each.src, each.size, each.mtime_ns, each.ino, holding="within") for each in archives)
            hands.witnesses.confirm(Confirm(place, "", *seen, held, ""))
            hands.withdrawing.folder(verb, made)
        case _:
            written = copied.content.encode() if isinstance(copied, WriteTo) else None
            content = made.hash if written is None else f"xxh3:{xxhash.xxh3_128_hexdigest(written)}"
            hands.letting_go.vouch(place)
            hands.witnesses.confirm(Confirm(place, content, *seen, (), ""))
            hands.withdrawing.file(verb, made, content)


def _stands(hands: Hands, first: Verb, made: Made | None) -> bool:
    """Say whether what an operation's first verb copied from still stands, unchanged; so it does where nothing was copied.

    An object that was itself brought back by now is another, of the same content.
    """
    match first:
        case CopyTo() if hands.in_bucket(first.src):
            content = made.hash if made is not None else ""
            return hands.objects.holds(first.src, first.size, first.ino, content)
        case UnpackTo():
            below = same(hands.seen(first.src), first.size, first.mtime_ns, first.ino)
            return below and all(same(hands.seen(each.src), each.size, each.mtime_ns, each.ino) for each in first.layers)
        case CopyTo() | Upload():
            return same(hands.seen(first.src), first.size, first.mtime_ns, first.ino)
        case CopyObject():
            return hands.objects.is_meant(first.src, first.size, first.ino, first.token)
        case UploadPacked() | PackTo():
            root, rel = split(first.src)
            top = f"{rel.rstrip('/')}/".lstrip("/")
            places = ((join(root, top + decode_path(each.rel)), each) for each in first.members if each.kind != "dir")
            return all(same(hands.seen(place), each.size, each.mtime_ns, each.ino) for place, each in places)
        case _:
            return True
