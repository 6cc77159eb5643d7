"""Pictures, by pillow: how large, when and with what they were taken, and how they were generated. Nothing is decoded."""

import warnings
from typing import IO, Any, cast

from reshelve.executors.metadata.bounded_file import BoundedFile
from reshelve.executors.metadata.comfyui import generated
from reshelve.executors.metadata.plain_values import camera, known, moment, text, whole

MOST = 64 << 20
"""Bytes read of one file at most: what tells of a picture stands before it, but for WebP, which is read whole."""

_WIDTH, _HEIGHT, _MAKE, _MODEL, _CAMERA = 256, 257, 271, 272, 0x8769
_REDUCED, _BELOW = 254, 330
_TAKEN, _DIGITIZED, _OFFSET = 0x9003, 0x9004, 0x9011


def version() -> str:
    """Return the library and its version. Raises ImportError where it is not installed."""
    import PIL

    # What it warns of, damaged tags, are files whose facts are not known: no business of who runs the command.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    return f"pillow {PIL.__version__}"


def read(file: BoundedFile) -> dict[str, Any] | None:
    """Return the facts of a picture, or None where it is none that is known here. May raise what pillow raises."""
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    start = file.read(12)
    file.seek(0)
    source = cast("IO[bytes]", file)
    # The plugins themselves, not Image.open: that refuses pictures of more pixels than one should decode, and none is decoded.
    if start[:4] in (b"II*\0", b"MM\0*"):
        return _tiff(source)
    if start[:8] == b"\x89PNG\r\n\x1a\n":
        png = PngImagePlugin.PngImageFile(source)
        return known({**_size(png.size), **_taken(png.info), **generated(cast("dict[str, Any]", png.info))})
    if start[:2] == b"\xff\xd8":
        jpeg = JpegImagePlugin.JpegImageFile(source)
        return known({**_size(jpeg.size), **_taken(jpeg.info)})
    if start[:4] == b"RIFF" and start[8:] == b"WEBP":
        webp = WebPImagePlugin.WebPImageFile(source)
        return known({**_size(webp.size), **_taken(webp.info)})
    return None


def _size(size: tuple[int, int]) -> dict[str, Any]:
    return {"width": size[0] or None, "height": size[1] or None}


def _taken(info: dict[Any, Any]) -> dict[str, Any]:
    from PIL.Image import Exif

    exif = Exif()
    content = info.get("exif")
    if isinstance(content, bytes):
        exif.load(content)
    return _from_exif(exif)


def _tiff(source: IO[bytes]) -> dict[str, Any]:
    """Return the facts of a TIFF, or of a camera's raw file built like one, by its first folder of tags."""
    from PIL.Image import Exif

    exif = Exif()
    exif.load_from_fp(source)
    # The first folder of a raw file may be that of its thumbnail, the picture itself lying in folders below it.
    first = not whole(exif.get(_REDUCED)) and exif.get(_BELOW) is None
    size = {"width": whole(exif.get(_WIDTH)), "height": whole(exif.get(_HEIGHT))} if first else {}
    return known({**size, **_from_exif(exif)})


def _from_exif(exif: Any) -> dict[str, Any]:
    taken = exif.get_ifd(_CAMERA)
    when = text(taken.get(_TAKEN)) or text(taken.get(_DIGITIZED))
    captured = moment(when, text(taken.get(_OFFSET)))
    return {"captured": captured, "camera": camera(text(exif.get(_MAKE)), text(exif.get(_MODEL)))}
