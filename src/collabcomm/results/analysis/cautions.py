"""What to keep in mind when reading figures of few people."""

from __future__ import annotations

FEW = 30
"""Below this many learners every figure carries a warning."""


def learners_counted(n: int) -> str:
    """Return how many learners, in words."""
    return f"{n:,} learner" if n == 1 else f"{n:,} learners"
