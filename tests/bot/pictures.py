"""Pictures as phones send them, and files that only say that they are some."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

GPS_IFD, ORIENTATION, CAMERA, LATITUDE, NORTH = 0x8825, 0x0112, 0x010F, 2, 1
LYING_ON_ITS_SIDE = 6

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def photo(width: int = 64, height: int = 48, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """Of the given size, its left half red, without a word about itself."""
    return _written(_drawn(width, height, mode), kind)


def photo_with_a_place() -> bytes:
    """As from a phone that was held upright: stored on its side, with where it was taken, and more behind its end."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = LYING_ON_ITS_SIDE, "SpyPhone"
    exif[GPS_IFD] = {NORTH: "N", LATITUDE: (IFDRational(40), IFDRational(48), IFDRational(7))}
    with_all = {"exif": exif, "comment": b"a secret comment", "icc_profile": b"a secret profile" + bytes(128)}
    return _written(_drawn(64, 48, "RGB"), "JPEG", **with_all) + b"PK\x03\x04 a secret archive"


def bomb(side: int = 20_000) -> bytes:
    """A sound PNG of many pixels in few bytes."""
    row = bytes(1 + side // 8)
    packed = zlib.compressobj(9)
    rows = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, what: bytes) -> bytes:
    return struct.pack(">I", len(what)) + name + what + struct.pack(">I", zlib.crc32(name + what))


def _drawn(width: int, height: int, mode: str) -> Image.Image:
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    return picture.convert(mode)


def _written(picture: Image.Image, kind: str, **more: object) -> bytes:
    to = BytesIO()
    picture.save(to, kind, **more)
    return to.getvalue()
