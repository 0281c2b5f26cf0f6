"""The steps from one release's tables to the next one's. Files in versions/ are named <revision>_<what it does>.py."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def known_revisions() -> list[str]:
    """All revisions this release knows, oldest first. Read from the file names: serving needs no alembic."""
    return sorted(path.name.split("_", 1)[0] for path in (HERE / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    return known_revisions()[-1]
