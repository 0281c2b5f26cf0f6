"""Compiles the catalogs: called by the build of a wheel for all of them, and by `make` for those that changed."""

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatch's signature
        if version == "editable":  # `make` compiles them then, and shows what is printed here
            return
        for po in sorted(Path(self.root, "locales").rglob("*.po")):
            compile_catalog(po)


def compile_catalog(po: Path) -> None:
    with po.open("rb") as source:
        catalog = read_po(source, abort_invalid=True)
    if catalog.locale is None:
        # Babel drops the Plural-Forms of a language that it does not know (Hmong, for one) and keeps those of any that
        # it knows. The forms were read from the file; the name given here is used for nothing but the .mo's header.
        catalog.locale = "en"
    if stale := sorted(str(message.id) for message in catalog if message.id and message.fuzzy):
        print(f"{po}: {len(stale)} fuzzy, left out until a translator has seen them:", *stale, sep="\n  ")
    with po.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalog)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_catalog(Path(name))
