"""What a client sends becomes a picture of which only what is seen is left, or is refused for a plain reason."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.pictures.cleaning import LARGEST, LONGEST_SIDE, NotTakenError, cleaned
from bot.pictures.sealing import UnreadableError, picture_cipher
from records.pictures import THUMBNAIL_SIDE, Size, WhyNot
from tests.bot.pictures import HEIC, HTML, PDF, SVG, bomb, photo, photo_with_a_place
from tests.bot.settings_for_tests import make_settings


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body), formats=["JPEG"])


def test_nothing_but_what_is_seen_is_left_of_a_photo_and_it_stands_upright() -> None:
    sent = photo_with_a_place()
    for secret in (b"SpyPhone", b"a secret comment", b"a secret profile", b"a secret archive", b"Exif"):
        assert secret in sent
    clean = cleaned(sent)
    for body in (clean.body, clean.thumbnail):
        assert not any(secret in body for secret in (b"Spy", b"secret", b"Exif", b"ICC_PROFILE", b"PK\x03\x04"))
        with opened(body) as picture:
            assert not picture.getexif()
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert picture.size == (48, 64)
            top, bottom = picture.getpixel((24, 8)), picture.getpixel((24, 56))
            assert isinstance(top, tuple)
            assert isinstance(bottom, tuple)
            assert top[0] > top[2]  # the red half, which lay to the left
            assert bottom[0] < bottom[2]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("WEBP", "RGBA")],
)
def test_every_kind_of_picture_that_is_taken_becomes_a_jpeg(kind: str, mode: str) -> None:
    clean = cleaned(photo(kind=kind, mode=mode))
    with opened(clean.body) as picture:
        assert (picture.mode, picture.size) == ("RGB", (64, 48))


def test_the_second_picture_that_some_phones_put_behind_the_first_stays_behind() -> None:
    to, second = BytesIO(), Image.new("RGB", (64, 48), "lime")
    Image.new("RGB", (64, 48), "blue").save(to, "MPO", save_all=True, append_images=[second])
    clean = cleaned(to.getvalue())
    assert clean.body.count(b"\xff\xd8\xff") == 1
    with opened(clean.body) as picture:
        assert picture.getpixel((5, 5)) == (0, 0, 254)


def test_what_lets_the_ground_through_is_seen_on_white() -> None:
    to = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(to, "PNG")
    with opened(cleaned(to.getvalue()).body) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_a_large_photo_is_scaled_down_and_keeps_its_shape() -> None:
    clean = cleaned(photo(5000, 3750))
    assert (clean.width, clean.height) == (LONGEST_SIDE, 1500)
    with opened(clean.thumbnail) as thumbnail:
        assert thumbnail.size == (THUMBNAIL_SIDE, 180)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (SVG, WhyNot.NO_PICTURE),
        (HTML, WhyNot.NO_PICTURE),
        (PDF, WhyNot.NO_PICTURE),
        (photo(kind="GIF"), WhyNot.NO_PICTURE),
        (b"", WhyNot.NO_PICTURE),
        (HEIC, WhyNot.HEIC),
        (photo(400, 300)[:900], WhyNot.BROKEN),
        (b"\xff\xd8" + bytes(LARGEST), WhyNot.TOO_LARGE),
        (bomb(), WhyNot.TOO_MANY_PIXELS),
        (bomb(5000), WhyNot.TOO_MANY_PIXELS),
        (bomb(10_000), WhyNot.TOO_MANY_PIXELS),
    ],
    ids=["svg", "html", "pdf", "gif", "empty", "heic", "cut off", "too large", "bomb", "over the limit", "warned of"],
)
def test_what_is_no_picture_that_we_take_is_refused_for_a_plain_reason(sent: bytes, why: WhyNot) -> None:
    with pytest.raises(NotTakenError) as refused:
        cleaned(sent)
    assert refused.value.why is why


def test_a_sealed_picture_opens_only_as_itself_and_only_with_its_key() -> None:
    cipher = picture_cipher(make_settings().secret_key)
    clean = cleaned(photo())
    sealed = cipher.seal(clean, "p1", "MM1")
    assert clean.body not in sealed.body
    assert cipher.open(sealed.body, "p1", "MM1", Size.WHOLE) == clean.body
    assert cipher.open(sealed.thumbnail, "p1", "MM1", Size.THUMBNAIL) == clean.thumbnail
    other = picture_cipher(make_settings(secret_key="o" * 32).secret_key)
    for who, body, as_what in (
        (cipher, sealed.body, ("p2", "MM1", Size.WHOLE)),
        (cipher, sealed.body, ("p1", "MM2", Size.WHOLE)),
        (cipher, sealed.body, ("p1", "MM1", Size.THUMBNAIL)),
        (cipher, sealed.body[:-1] + bytes([sealed.body[-1] ^ 1]), ("p1", "MM1", Size.WHOLE)),
        (cipher, b"", ("p1", "MM1", Size.WHOLE)),
        (other, sealed.body, ("p1", "MM1", Size.WHOLE)),
    ):
        with pytest.raises(UnreadableError):
            who.open(body, *as_what)
