"""Archives: folders packed as a stream of bytes, the same for the same members, and unpacked without trusting what is inside."""

from collections.abc import Iterator, Sequence

from reshelve.executors.archives.packed_members import Cancel, Members, Progress
from reshelve.executors.contracts.folder_store import Store
from reshelve.schemas.verbs import ArchiveFormat, Member


def packed(
    source: Store,
    src: str,
    form: ArchiveFormat,
    members: Sequence[Member],
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Iterator[bytes]:
    """Yield the bytes of an archive of folder `src` of `source`; the same members and content give the same bytes.

    Memory stays flat. Raises OSError: ESTALE (naming the place) where a member is not, or does not stay, what `members` says;
    ECANCELED when `cancel` says so.
    """
    return stream(Members(source, src, progress, cancel), form, members)


def stream(reading: Members, form: ArchiveFormat, members: Sequence[Member], manifest: str = "") -> Iterator[bytes]:
    """Yield the bytes of an archive of `members`, their content taken from `reading`, which keeps their hashes.

    A `manifest` stands at its head, as an entry that is no member.
    """
    if form == "zip":
        from reshelve.executors.archives.zip_writer import zip_stream

        return zip_stream(reading, members, manifest.encode())
    from reshelve.executors.archives.tar_writer import tar_gz_stream

    return tar_gz_stream(reading, members, manifest.encode())
