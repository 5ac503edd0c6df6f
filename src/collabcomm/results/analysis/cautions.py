"""What to keep in mind when reading figures of few people."""

from __future__ import annotations

FEW = 30
"""Below this many learners every figure carries a warning."""


def rough_guess(
    counted_people: str, figures: str = "every figure below", intervals: bool = True
) -> str:
    """Return the warning that comes with figures of few people, such as "3 learners"."""
    ending = "; the intervals show how rough" if intervals else ""
    return f"Only {counted_people}: treat {figures} as a rough guess{ending}."
