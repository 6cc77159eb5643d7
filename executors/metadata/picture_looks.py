"""What pictures look like, by pillow: one number by which those that look alike are told, whatever their size and format.

It is a difference hash: the picture is made small and grey, and each bit says whether a field is brighter than the next one to its
right (64 bits), or below it (64 bits). Scaling, compressing and changing the brightness leave nearly all bits as they are.
"""

import warnings
from typing import IO, Any, cast

from reshelve.executors.metadata.bounded_file import BoundedFile

MOST = 512 << 20
"""Bytes read of one file at most."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_MOST_PIXELS = 150_000_000
"""Pictures of more pixels are not decoded. One takes up to four bytes."""
_SIDE = 8


def version() -> str:
    """Return the library and its version. Raises ImportError where it is not installed."""
    import PIL

    warnings.filterwarnings("ignore", module=r"PIL\.")
    return f"pillow {PIL.__version__}"


def read(file: BoundedFile) -> dict[str, Any] | None:
    """Return the `look` of a picture (32 hex digits), its `width` and `height`, None of too large a one; raises as pillow does."""
    from PIL import Image, ImageOps

    with Image.open(cast("IO[bytes]", file), formats=_FORMATS) as picture:
        width, height = picture.size
        # A JPEG is decoded no larger than it is needed.
        picture.draft("L", (64, 64))
        if picture.size[0] * picture.size[1] > _MOST_PIXELS:
            return None
        turned = ImageOps.exif_transpose(picture)
        if (turned.size[0] > turned.size[1]) != (width > height):
            width, height = height, width
        grey = _on_white(turned).convert("L")
    across = grey.resize((_SIDE + 1, _SIDE), Image.Resampling.BOX).tobytes()
    down = grey.resize((_SIDE, _SIDE + 1), Image.Resampling.BOX).tobytes()
    bits = [across[at] > across[at + 1] for row in range(_SIDE) for at in range(row * 9, row * 9 + _SIDE)]
    bits += [down[at] > down[at + _SIDE] for at in range(_SIDE * _SIDE)]
    look = sum(1 << at for at, bit in enumerate(bits) if bit)
    return {"look": f"{look:032x}", "width": width, "height": height}


def _on_white(picture: Any) -> Any:
    """Return a picture without transparency: what shows through is white, as on a page."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture.convert("RGBA"))
    return page
