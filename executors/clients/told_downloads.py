"""What a client says of a download, before its paths are looked for in stores."""

from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class ToldDownload:
    """A download as its client tells of it: the paths of its files or folder, by the client's names."""

    paths: tuple[str, ...]
    complete: bool
    category: str = ""
    tags: tuple[str, ...] = ()
