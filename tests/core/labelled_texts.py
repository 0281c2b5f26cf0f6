"""The labelled texts (labelled/README.md), and how a reading of them is counted."""

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

LABELLED = Path(__file__).parent / "labelled"

READ_AGAIN: tuple[Callable[[str], str], ...] = (
    str.upper,
    lambda text: "".join(f"{sign}\u200b" for sign in text),
    lambda text: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text),
    lambda text: "".join(f"{sign}\u0301" if sign in "aeiou" else sign for sign in text),
    lambda text: "".join(sign * 3 if sign.isalpha() else sign for sign in text),
)
"""Ways to write a text that change nothing: capitals, zero-width signs, full-width letters, accents, long letters."""


def labelled(name: str) -> dict[str, list[str]]:
    """The texts of a file in all languages, by label."""
    tables = tomllib.loads((LABELLED / f"{name}.toml").read_text("utf-8"))
    return {label: [text for texts in table.values() for text in texts] for label, table in tables.items()}


def share(what: str, right: Callable[[str], bool], texts: Iterable[str]) -> float:
    """The share of the texts that are read right. It is printed, with each text that is not."""
    texts = list(texts)
    wrong = [text for text in texts if not right(text)]
    print(f"{what}: {1 - len(wrong) / len(texts):.3f} of {len(texts)}", *wrong, sep="\n    ")
    return 1 - len(wrong) / len(texts)
