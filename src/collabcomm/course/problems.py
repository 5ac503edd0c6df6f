"""What is wrong with a course, and where."""

from __future__ import annotations

from dataclasses import dataclass

from collabcomm.errors import Refused


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and where. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    trail: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        trail = f" {self.trail}:" if self.trail else ""
        return f"{place}:{trail} {self.message}"


class CourseError(Refused):
    """A course that cannot be loaded; ``problems`` holds everything found in one run."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))
