"""What stops a start or a command, said so that whoever reads it knows what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` is a setting, a key of the county file, a flow step; `remedy` says what to do. Never holds a secret."""

    where: str
    what: str
    remedy: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" -> {self.remedy}" if self.remedy else "")


class StartError(Exception):
    """Milepost cannot start, or a command cannot run. Holds every problem found, not only the first."""

    def __init__(self, title: str, problems: Iterable[Problem] = ()) -> None:
        self.title = title
        self.problems = tuple(problems)
        super().__init__("\n".join([title, *(f"  - {problem}" for problem in self.problems)]))
