"""Pages of a PDF: letter size, letters of most languages, a foot that says which page this is."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
MARGIN = 18
BOX = "\u25a1"
"""Stands for a sign that the font has not got."""

JOINERS = "\u200c\u200d"
"""Farsi is misspelt without them."""

UNSEEN = "\ufe0e\ufe0f"
"""They only say how the sign before them is drawn."""

WRITTEN_LEFTWARD = frozenset({"R", "AL"})
"""Of these directions' letters some have to be joined and all to be turned round, which takes ten times as long."""


class Paper(FPDF):
    """Whatever is written on it is data. `lacks` says whether a box had to stand for a sign.

    `foot` stands at the bottom of each page, before the page's number.
    """

    def __init__(self, title: str, foot: str, language: str = "en") -> None:
        super().__init__(format="letter")
        self.lacks = False
        self._foot = foot
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        font = self.fonts[FONT.lower()]
        self._there = frozenset(font.cmap) if isinstance(font, TTFFont) else frozenset()
        self.set_title(self.shown(title))
        self.set_lang(language)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 6)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_text_color(90)
        self.set_font(FONT, "", 8)
        self.cell(0, 5, self.shown(self._foot), align="L")
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R", new_x=XPos.LMARGIN)
        self.set_text_color(0)

    def heading(self, words: str, size: int = 16) -> None:
        self._line(words, "B", size, 1.3)

    def line(self, words: str, size: int = 10, *, bold: bool = False, grey: bool = False) -> None:  # type: ignore[override]
        """As many lines as the words need."""
        self.set_text_color(90 if grey else 0)
        self._line(words, "B" if bold else "", size, 1.35)
        self.set_text_color(0)

    def done(self) -> bytes:
        """The whole document. Nothing can be written after it."""
        document = bytes(self.output())
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return document

    def gap(self, height: float = 3) -> None:
        self.ln(height)

    def shown(self, words: str) -> str:
        """With a box for what the font has not got, and for what cannot be seen."""
        composed = unicodedata.normalize("NFC", words)
        signs = "".join(sign if self._is_there(sign) else BOX for sign in composed if sign not in UNSEEN)
        self.lacks = self.lacks or signs.count(BOX) > words.count(BOX)
        return signs

    def _is_there(self, sign: str) -> bool:
        if sign == "\n" or sign in JOINERS:
            return True
        return ord(sign) in self._there and not unicodedata.category(sign).startswith("C")

    def _line(self, words: str, style: str, size: float, spacing: float) -> None:
        signs = self.shown(words)
        leftward = any(unicodedata.bidirectional(sign) in WRITTEN_LEFTWARD for sign in signs)
        self.set_text_shaping(use_shaping_engine=leftward)
        self.set_font(FONT, style, size)
        self.multi_cell(0, size * spacing * 0.3528, signs, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def fields(paper: Paper, rows: Sequence[tuple[str, str]]) -> None:
    """Each label over what belongs to it."""
    for label, words in rows:
        paper.line(label, 9, grey=True)
        paper.line(words or " ", 12)
        paper.gap()
