"""A picture as anybody may send it, made into one that nothing is left of but what is seen.

It is drawn anew: places and times (EXIF, GPS), colour profiles, comments, hidden second pictures and whatever stands
behind the end of the file stay behind. What the file calls itself, by its name or its type, is not asked.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from records.pictures import THUMBNAIL_SIDE, WhyNot

LARGEST = 10 * 1024 * 1024
"""Bytes that are looked at."""

MOST_PIXELS, MOST_PIXELS_UNPACKED_WHOLE = 40_000_000, 16_000_000
"""More would be unpacked into more memory than a small server has; looked for before anything is unpacked.

A JPEG is unpacked at half its size or less where that is enough, the others whole, and twice.
"""

LONGEST_SIDE = 2000
"""Pixels: enough to read a letter that was photographed whole."""

QUALITY, THUMBNAIL_QUALITY = 85, 70
FORMATS = ("JPEG", "PNG", "WEBP")
AS_JPEG = ("JPEG", "MPO")
"""Some phones put a second picture behind the first."""

JPEG = "image/jpeg"
"""What all clean pictures are."""

_ISO_MEDIA, _HEIC_BRANDS = b"ftyp", (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """`body` and `thumbnail` are JPEG, upright, in sRGB; the sizes are of `body`, in pixels."""

    body: bytes
    thumbnail: bytes
    width: int
    height: int


class NotTakenError(Exception):
    """It cannot be taken as a picture, whenever it is tried again."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


class Cleaner:
    """Cleans one picture after another, on a thread of its own: one alone may take 160 MB while it is at it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    async def clean(self, sent: bytes) -> CleanPicture:
        """Raises NotTakenError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, cleaned, sent)

    def close(self) -> None:
        """What waits is given up. Safe to call twice."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def cleaned(sent: bytes) -> CleanPicture:
    """Raises NotTakenError."""
    if len(sent) > LARGEST:
        raise NotTakenError(WhyNot.TOO_LARGE)
    if sent[4:8] == _ISO_MEDIA and sent[8:12] in _HEIC_BRANDS:
        raise NotTakenError(WhyNot.HEIC)
    try:
        return _drawn_anew(sent)
    except NotTakenError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise NotTakenError(WhyNot.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise NotTakenError(WhyNot.NO_PICTURE) from None
    except Exception:  # noqa: BLE001  a broken file makes its decoder fail in ways that nobody has listed
        raise NotTakenError(WhyNot.BROKEN) from None


def _drawn_anew(sent: bytes) -> CleanPicture:
    with Image.open(BytesIO(sent), formats=FORMATS) as picture:
        most = MOST_PIXELS if picture.format in AS_JPEG else MOST_PIXELS_UNPACKED_WHOLE
        if picture.width * picture.height > most:
            raise NotTakenError(WhyNot.TOO_MANY_PIXELS)
        plain = _on_white(_small(picture))
    thumbnail = plain.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return CleanPicture(_encoded(plain, QUALITY), _encoded(thumbnail, THUMBNAIL_QUALITY), *plain.size)


def _small(picture: Image.Image) -> Image.Image:
    """Upright, and no longer than it may be. Nothing must unpack a JPEG before."""
    if picture.mode in ("P", "PA", "LA"):
        picture = picture.convert("RGBA")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=1.0)
    return ImageOps.exif_transpose(picture)


def _on_white(picture: Image.Image) -> Image.Image:
    """A new picture, which knows nothing of the file."""
    plain = Image.new("RGB", picture.size, "white")
    if "A" in picture.getbands() or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain.paste(picture.convert("RGB"))
    return plain


def _encoded(picture: Image.Image, quality: int) -> bytes:
    to = BytesIO()
    picture.save(to, "JPEG", quality=quality, optimize=True)
    return to.getvalue()
